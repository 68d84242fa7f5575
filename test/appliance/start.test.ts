/** `sealbox start` as the machine's owner meets it: first boot, second start, a busy folder, a taken port, the end. */
import { toPem } from '../../ca/index.ts'
import { spawn } from 'node:child_process'
import { connect } from 'node:tls'
import { createServer, type AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { fetchRoot } from '../../appliance/unit/root.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { readBoxFile } from '../../appliance/box/data_folder.ts'
import { readBoxState } from '../../appliance/box/box_state.ts'
import { firstBoot, firstOfficer } from '../../appliance/box/first_boot.ts'
import { enrolPerson } from '../../appliance/demo/district.ts'
import { full, run, sealbox, seed, seededNumbers, temporaryFolder } from './places.ts'

interface Started {
  /** All it printed until it was ready; later `words()` has more. */
  readonly words: () => string
  readonly url: string
  readonly pkiUrl: string
  /** Sends the signal; resolves with exit status and seconds it took. */
  stop(signal?: NodeJS.Signals): Promise<{ status: number | null; seconds: number }>
}

const clone = join(import.meta.dirname, '..', '..')

/** Starts a box on free ports and waits until it says how to stop it. */
async function start(data: string, ...more: string[]): Promise<Started> {
  const ports = ['--port', '0', '--pki-port', '0', '--bind', '127.0.0.1']
  const child = spawn(sealbox, ['start', '--data', data, ...ports, ...more], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 100_000,
    killSignal: 'SIGKILL',
  })
  let out = ''
  let err = ''
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (status) => {
      resolve(status)
    }),
  )
  child.stderr.on('data', (part: Buffer) => (err += part.toString('utf8')))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString('utf8')
      if (out.includes('Ctrl-C stops the box')) resolve()
    })
    void ended.then((status) => {
      reject(new Error(`start ended with ${String(status)}: ${out}${err}`))
    })
  })
  const url = (words: RegExp): string => words.exec(out)?.[1] ?? ''
  return {
    words: () => out,
    url: url(/(https:\/\/localhost:\d+)/),
    pkiUrl: url(/(http:\/\/localhost:\d+)/),
    stop: async (signal = 'SIGTERM') => {
      const began = performance.now()
      child.kill(signal)
      const status = await ended
      return { status, seconds: (performance.now() - began) / 1000 }
    },
  }
}

const fingerprintIn = (words: string): string =>
  /root SHA-256 +([0-9A-F ]{79})\n/.exec(words)?.[1]?.replaceAll(' ', '').toLowerCase() ?? ''
const entriesIn = (words: string): number => Number(/journal entries (\d+)/.exec(words)?.[1])

/** The printed command, put on one line and its last words changed to what the test needs. */
function printedCommand(words: string): string {
  const [, command = ''] = /(npx sealbox enrol (?:.*\\\n)*.*)\n/.exec(words) ?? []
  return command.replace(/\\\n\s*/g, '')
}

test('an empty folder gets a first boot, answers HTTPS with our root, and the printed command works', async (t) => {
  const folder = await temporaryFolder(t)
  const data = join(folder, 'data')
  const first = await start(data)
  t.teardown(() => first.stop('SIGKILL'))
  const fingerprint = fingerprintIn(first.words())
  const root = await fetchRoot(first.url, fingerprint)
  // Any other root is refused, though the box is the same.
  await t.throwsAsync(
    fetchRoot(
      first.url,
      fingerprint.replace(/^./, (c) => (c === '0' ? '1' : '0')),
    ),
    {
      code: 'ROOT_DIFFERS',
    },
  )
  const page = createBoxClient({ url: first.url, root: toPem('CERTIFICATE', root), identity: {} })
  t.regex(await page.text('/'), /signer\.html#enrol/)
  await t.throwsAsync(page.get('/api/v1/me'), { code: 'BOX_REFUSED' })
  page.close()
  const served = new Uint8Array(await (await fetch(`${first.pkiUrl}/ca/root.crt`)).arrayBuffer())
  t.deepEqual(served, root)

  // As printed, but for the place of its files and the passphrase, which a person would type.
  const command = printedCommand(first.words())
  t.regex(command, /^npx sealbox enrol --box https:\/\/localhost:\d+ --code \S+ --root-fingerprint/)
  const passphrase = join(folder, 'passphrase')
  await writeFile(passphrase, 'long enough for an officer\n')
  const line = `cd '${clone}' && ${command.replace(/--out officer$/, `--out '${folder}/officer'`)}`
  const enrolled = await run('sh', ['-c', `${line} --passphrase-file '${passphrase}'`])
  t.is(enrolled.status, 0, enrolled.stderr)
  t.deepEqual((await readdir(join(folder, 'officer'))).sort(), [
    'enrolment.json',
    'keys.json',
    'root.pem',
    'self.p12',
    'sheet.txt',
  ])
  // The code works once.
  const twice = await run('sh', [
    '-c',
    `${line.replace('/officer', '/thief')} --passphrase-file '${passphrase}'`,
  ])
  t.is(twice.status, 1, twice.stderr)
  t.regex(twice.stderr, /ENROLMENT_CODE_USED/)

  const { status, seconds } = await first.stop()
  t.is(status, 0)
  t.log(`ended after ${String(seconds)} s`)

  const second = await start(data)
  t.teardown(() => second.stop('SIGKILL'))
  t.is(fingerprintIn(second.words()), fingerprint)
  t.true(entriesIn(second.words()) > entriesIn(first.words()), 'the journal goes on')
  // Its officer is there, so nothing is left to be said.
  t.is(printedCommand(second.words()), '')
  t.is((await second.stop('SIGINT')).status, 0)
})

test('a busy folder, a taken port, a foreign folder: one clear line, status 69 or 1, and nothing changed', async (t) => {
  const folder = await temporaryFolder(t)
  const data = join(folder, 'data')
  // A folder that is there and empty is as good as none.
  await mkdir(data)
  const box = await start(data)
  t.teardown(() => box.stop('SIGKILL'))
  const ports = ['--port', '0', '--pki-port', '0', '--bind', '127.0.0.1']
  const busy = await run(sealbox, ['start', '--data', data, ...ports])
  t.is(busy.status, 69, busy.stderr)
  t.is(busy.stderr.trim(), `sealbox: ${data} is in use by another sealbox`)

  const other = join(folder, 'other')
  const taken = new URL(box.url).port
  const port = await run(sealbox, ['start', '--data', other, '--port', taken, ...ports.slice(2)])
  t.is(port.status, 69, port.stderr)
  const words = port.stderr.split('\n').filter((line) => line.startsWith('sealbox: '))
  t.is(words.length, 1, port.stderr)
  t.regex(words[0] ?? '', new RegExp(`port ${taken} is not to be had .*EADDRINUSE`))
  const pkiTaken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => pkiTaken.close())
  await pause(50)
  const { port: second } = pkiTaken.address() as AddressInfo
  const args = ['--port', '0', '--pki-port', String(second), '--bind', '127.0.0.1']
  const pki = await run(sealbox, ['start', '--data', other, ...args])
  t.is(pki.status, 69, pki.stderr)
  // The folder of the one that found no port is a whole box.
  const now = await start(other)
  t.is((await now.stop()).status, 0)

  const foreign = join(folder, 'foreign')
  await mkdir(foreign)
  await writeFile(join(foreign, 'letter.txt'), 'mine')
  const refused = await run(sealbox, ['start', '--data', foreign, ...ports])
  t.not(refused.status, 0)
  t.is(refused.stderr.split('\n').filter((line) => line !== '').length, 1, refused.stderr)
  t.regex(refused.stderr, /is not empty and holds no box/)
  t.deepEqual(await readdir(foreign), ['letter.txt'])

  // The first one noticed nothing, and ends in time though a client holds a line open.
  const line = connect({ port: Number(taken), host: '127.0.0.1', rejectUnauthorized: false })
  await new Promise((resolve) => line.once('secureConnect', resolve))
  line.on('error', () => undefined)
  const { status, seconds } = await box.stop()
  line.destroy()
  t.is(status, 0)
  t.log(`ended after ${String(seconds)} s`)
})

/** Kills of a first boot. */
const kills = full ? 40 : 4

test(`a first boot killed at any moment leaves nothing or a whole box (${String(kills)} kills; in full 40; seed ${String(seed)})`, async (t) => {
  const folder = await temporaryFolder(t)
  const draw = seededNumbers('first boot')
  const seen = { nothing: 0, whole: 0 }
  for (let kill = 0; kill < kills; kill++) {
    const data = join(folder, 'data')
    const ports = ['--port', '0', '--pki-port', '0', '--bind', '127.0.0.1']
    const child = spawn(sealbox, ['start', '--data', data, ...ports], { stdio: 'ignore' })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    // From when its folder appears, so that the draw falls into the boot, not into the start of Node.
    while (!existsSync(`${data}.first-boot`) && !existsSync(data)) await pause(1)
    // The first kill always leaves something half-done.
    await pause(kill === 0 ? 0 : draw(600))
    child.kill('SIGKILL')
    await ended
    const isWhole = existsSync(data)
    if (isWhole) {
      t.is((await readFile(join(data, 'VERSION'), 'utf8')).trim(), '1')
      t.is(readBoxFile(data).mode, 'trial')
    }
    const isFirst = seen[isWhole ? 'whole' : 'nothing']++ === 0
    if (full || isFirst) {
      // Whatever was left, the next start makes or takes a whole box, with its first code.
      const box = await start(data)
      t.true(printedCommand(box.words()).startsWith('npx sealbox enrol'))
      t.is((await box.stop()).status, 0)
      t.false(existsSync(`${data}.first-boot`))
      const { status } = await run(sealbox, ['journal', 'verify', '--data', data])
      t.is(status, 0)
    }
    await rm(data, { recursive: true, force: true })
  }
  t.log(seen)
})

test('a box that was set up at the image’s console keeps the code that was shown there, says none, and tells the console when it was used', async (t) => {
  const folder = await temporaryFolder(t)
  const directory = join(folder, 'data')
  const { code } = await firstBoot({
    ...{ directory, districtName: '测试区', hostNames: ['localhost'], zone: 'Asia/Shanghai' },
    pkiUrl: 'http://localhost:8080',
  })
  process.env['RUNTIME_DIRECTORY'] = folder
  const box = await start(directory, '--set-up-at-console')
  t.notRegex(box.words(), /[0-9A-Z]{6}-[0-9A-Z]{6}-[0-9A-Z]{6}/)
  const root = toPem(
    'CERTIFICATE',
    Buffer.from(readBoxFile(directory).certificates['root'] ?? '', 'base64'),
  )
  const { url } = box
  const client = createBoxClient({ url, root, identity: {} })
  const { box: id, journalCertificate } = await client.act<{
    box: string
    journalCertificate: string
  }>('/api/v1/requests/acts/look-up', { code })
  client.close()
  t.true((await readBoxState(folder))?.awaitsFirstOfficer)
  const known = { url, root, id, journalCertificate: Buffer.from(journalCertificate, 'base64') }
  const officer = await enrolPerson(known, { id: firstOfficer, role: 'officer', code })
  officer.client.close()
  while ((await readBoxState(folder))?.awaitsFirstOfficer !== false) await pause(20)
  await box.stop()
})
