/** Node's permission model as the units set it, the second belt: the product works under it, and reads and writes nothing else. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { readBoxFile } from '../../../appliance/box/data_folder.ts'
import { firstBoot } from '../../../appliance/box/first_boot.ts'
import { fromBase64 } from '../../../ca/index.ts'
import { moveKeys, startKeys, tbsOf } from '../keys_process/processes.ts'
import { temporaryFolder } from '../places.ts'

const unitsFolder = 'appliance/image/tree/etc/systemd/system'

/** Stands for the unit's private /tmp. */
const ownTmp = mkdtempSync('/var/tmp/sealbox-tmp-')
test.after.always(() => {
  rmSync(ownTmp, { recursive: true, force: true })
})

/** Node's flags in a unit, with the image's folders as those of this test; no JIT-less ones, since types are stripped by WebAssembly here. */
function flagsOf(unit: string, folders: Readonly<Record<string, string>>): string[] {
  const text = readFileSync(`${unitsFolder}/${unit}.service`, 'utf8').replaceAll('\\\n', ' ')
  const words = (/^ExecStart=(.*)$/m.exec(text)?.[1] ?? '').split(/\s+/)
  const flags = words.filter(
    (word) =>
      word.startsWith('--') &&
      words.indexOf(word) < words.findIndex((one) => one.endsWith('/cli.js')),
  )
  // The clone may itself lie below /tmp, which is the service's own in the image.
  const moves = Object.entries({ ...folders, '/tmp': ownTmp })
  const moved = flags.map((flag) => {
    const [name = '', path = ''] = flag.split('=')
    const [from, to] = moves.find(([start]) => path.startsWith(start)) ?? []
    return from === undefined ? flag : `${name}=${String(to)}${path.slice(from.length)}`
  })
  return [
    ...moved.filter((flag) => flag !== '--jitless'),
    `--allow-fs-read=${realpathSync('node_modules')}`,
  ]
}

const run = promisify(execFile)

test('the service starts and answers under the flags of its unit, and does so again', async (t) => {
  // All folders of the image, whose names begin alike; not below /tmp, which is another row of the unit's.
  const folder = mkdtempSync('/var/tmp/sealbox-flags-')
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const state = join(folder, 'sealbox')
  for (const name of ['sealbox', 'sealbox-machine', 'sealbox-exchange/out', 'sealbox-keys'])
    mkdirSync(join(folder, name), { recursive: true })
  const flags = flagsOf('sealbox', { '/usr/lib/sealbox': process.cwd(), '/var/lib': folder })
  t.true(flags.includes('--permission'))
  const args = [
    'appliance/cli.ts',
    'start',
    '--data',
    join(state, 'data'),
    '--port',
    '0',
    '--pki-port',
    '0',
  ]
  // The second start reads what the first one wrote.
  for (const killedBy of ['SIGKILL', 'SIGTERM'] as const) {
    const child = spawn(process.execPath, [...flags, ...args], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, TMPDIR: ownTmp },
    })
    t.teardown(() => child.kill('SIGKILL'))
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    const [answer] = (await once(
      get({ port, host: '127.0.0.1', path: '/', rejectUnauthorized: false }),
      'response',
    )) as [{ statusCode: number }]
    t.is(answer.statusCode, 200)
    child.kill(killedBy)
    await once(child, 'exit')
  }
})

test('what Node refuses is named on the way out: which right, and to what', async (t) => {
  const flags = flagsOf('sealbox-keys', { '/usr/lib/sealbox': process.cwd() })
  const args = ['appliance/cli.ts', 'keys', 'serve', '--state', '/var/tmp/of-nobody']
  const { stderr } = await t.throwsAsync<Error & { stderr: string }>(
    run(process.execPath, [...flags, ...args]),
  )
  t.regex(stderr, /^FileSystem\w+ .*\/var\/tmp\/of-nobody/m)
})

test('the keys’ process signs under the flags of its unit, many at once too', async (t) => {
  const folder = await temporaryFolder(t)
  const [data, state] = [join(folder, 'data'), join(folder, 'state')]
  await firstBoot({
    ...{ directory: data, districtName: '测试区', hostNames: ['localhost'] },
    ...{ pkiUrl: 'http://localhost:8080', zone: 'Asia/Shanghai' },
  })
  await moveKeys(data, state)
  const flags = flagsOf('sealbox-keys', {
    '/usr/lib/sealbox': process.cwd(),
    '/var/lib/sealbox-keys': state,
  })
  t.false(flags.some((flag) => /^--allow-(?:child-process|addons|worker)/.test(flag)))
  const running = await startKeys(state, { node: flags })
  t.teardown(() => running.stop())
  const certificate = fromBase64(readBoxFile(data).certificates['issuing'] ?? '')
  const signer = await running.process.keys.open('issuing', certificate)
  const tbs = await tbsOf(certificate)
  const signatures = await Promise.all(Array.from({ length: 30 }, () => signer.sign(tbs)))
  t.true(signatures.every((one) => one.length > 60))
  t.like(await running.process.status(), { certificates: 30 })
})

const outside: readonly (readonly [title: string, script: string])[] = [
  ['reading a system file', `require('node:fs').readFileSync('/etc/passwd')`],
  ['writing beside its folder', `require('node:fs').writeFileSync('/etc/sealbox-probe', '')`],
  ['changing the product', `require('node:fs').writeFileSync('sealbox-probe', '')`],
]

for (const unit of ['sealbox', 'sealbox-keys']) {
  for (const [title, script] of outside) {
    test(`${unit}: ${title} is refused by Node too`, async (t) => {
      const flags = flagsOf(unit, { '/usr/lib/sealbox': process.cwd() })
      const refusal = await t.throwsAsync(run(process.execPath, [...flags, '-e', script]))
      t.regex(String(refusal), /ERR_ACCESS_DENIED/)
    })
  }
}

test('the keys’ process starts no program', async (t) => {
  const flags = flagsOf('sealbox-keys', { '/usr/lib/sealbox': process.cwd() })
  const script = `require('node:child_process').execFileSync('/bin/true')`
  const refusal = await t.throwsAsync(run(process.execPath, [...flags, '-e', script]))
  t.regex(String(refusal), /ERR_ACCESS_DENIED/)
})
