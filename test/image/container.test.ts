/** The container: built without an engine, run by podman with runc on a root that is read-only and without any capability; it serves, keeps, and has no shell. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import test from 'ava'
import { freePort } from '../../appliance/demo/box_process.ts'
import { buildContainer, type BuiltContainer } from '../../appliance/image/container.ts'

const exec = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'sealbox-podman-'))
const name = `sealbox-test-${String(process.pid)}`
const image = 'localhost/sealbox:9.9.9'
let built: BuiltContainer

test.before(async () => {
  built = await buildContainer({ version: '9.9.9', out: join(folder, 'out') })
  await exec('podman', ['load', '-i', built.archive])
})

test.after.always(async () => {
  await exec('podman', ['rm', '-f', name]).catch(() => undefined)
  await exec('podman', ['rmi', '-f', image]).catch(() => undefined)
  rmSync(folder, { recursive: true, force: true })
})

/** No network but the machine's own loopback; nothing may be written but the volume and a /tmp in memory. */
const walls = [
  ...['--network=host', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'all'],
  ...['--security-opt', 'no-new-privileges'],
  // The default limits are above what this machine may set.
  ...['--ulimit', 'nofile=20000:20000', '--ulimit', 'nproc=4096:4096'],
]

const podman = (...args: string[]): string[] => ['--runtime', 'runc', ...args]

async function run(volume: string, args: readonly string[]): Promise<string> {
  const given = ['run', '--rm', ...walls, '-v', `${volume}:/var/lib/sealbox`, image, ...args]
  return (await exec('podman', podman(...given))).stdout
}

interface Serving {
  readonly port: number
  readonly pkiPort: number
  readonly said: () => string
}

async function serve(volume: string): Promise<Serving> {
  const port = await freePort()
  const pkiPort = await freePort(port)
  const ports = ['--port', String(port), '--pki-port', String(pkiPort)]
  const start = ['start', ...ports, '--host', 'localhost']
  const given = ['run', '--rm', '--name', name, ...walls, '-v', `${volume}:/var/lib/sealbox`]
  const child = spawn('podman', podman(...given, image, ...start))
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => (said += part.toString()))
  }
  for (let tries = 0; tries < 600 && !said.includes('Ctrl-C'); tries++) await pause(200)
  if (!said.includes('Ctrl-C')) throw new Error(said)
  return { port, pkiPort, said: () => said }
}

const stop = (): Promise<unknown> => exec('podman', ['stop', '-t', '20', name])

test.serial(
  'it holds Node, its libraries and the product, one user, and no shell or package manager',
  (t) => {
    const seen = JSON.parse(
      execFileSync('skopeo', ['inspect', '--config', `oci:${built.layout}`], { encoding: 'utf8' }),
    ) as { config: object }
    t.like(seen.config, { User: '700:700', StopSignal: 'SIGTERM' })
    const manifest = JSON.parse(
      execFileSync('skopeo', ['inspect', '--raw', `oci:${built.layout}`], { encoding: 'utf8' }),
    ) as { layers: [{ digest: string; size: number }] }
    const [{ digest, size }] = manifest.layers
    t.true(size < 120 * 1024 * 1024, String(size))
    const layer = join(built.layout, 'blobs/sha256', digest.slice(7))
    const files = execFileSync('tar', ['-tzf', layer], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    }).split('\n')
    t.true(files.includes('./usr/bin/node'))
    t.true(files.includes('./usr/lib/sealbox/web/signer/made.html'))
    const programs = files.filter((path) => /^\.\/(usr\/)?s?bin\/./.test(path))
    t.deepEqual(programs, ['./usr/bin/node'])
    t.deepEqual(
      files.filter((path) => /appliance\/image\//.test(path)),
      [],
    )
  },
)

test.serial('two builds have one digest', async (t) => {
  const again = await buildContainer({ version: '9.9.9', out: join(folder, 'again') })
  t.is(again.digest, built.digest)
  t.true(readFileSync(again.archive).equals(readFileSync(built.archive)))
})

test.serial(
  'it serves on a read-only root without capabilities, an officer enrols from outside, and a second container goes on with the same box',
  async (t) => {
    const volume = join(folder, 'volume')
    mkdirSync(volume)
    chownSync(volume, 700, 700)
    const first = await serve(volume)
    const code = /#enrol {2}(\S+)/.exec(first.said())?.[1] ?? ''
    const root = /--root-fingerprint ([0-9a-f]{64})/.exec(first.said())?.[1] ?? ''
    t.regex(root, /^[0-9a-f]{64}$/)
    for (const path of ['/', '/signer.html', '/verifier.html']) {
      const page = await exec('curl', [
        '-sk',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        `https://127.0.0.1:${String(first.port)}${path}`,
      ])
      t.is(page.stdout, '200', path)
    }
    const passphrase = join(folder, 'passphrase')
    writeFileSync(passphrase, 'a passphrase for the test\n', { mode: 0o600 })
    const box = `https://localhost:${String(first.port)}`
    const cli = join(import.meta.dirname, '../../appliance/sealbox')
    const out = join(folder, 'officer')
    await exec(cli, [
      ...['enrol', '--box', box, '--code', code, '--root-fingerprint', root, '--out', out],
      ...['--passphrase-file', passphrase],
    ])
    await stop()
    t.regex(await run(volume, ['journal', 'verify']), /[1-9]/)
    const second = await serve(volume)
    const served = await exec('curl', [
      '-s',
      '--output',
      '-',
      `http://127.0.0.1:${String(second.pkiPort)}/healthz`,
    ])
    t.regex(served.stdout, /"state":"running"/)
    t.false(second.said().includes('#enrol'), 'the officer is known')
    await stop()
  },
)

test.serial(
  'without a volume that it may write, and with another owner’s, it says so and changes nothing',
  async (t) => {
    const volume = join(folder, 'foreign')
    mkdirSync(volume, { mode: 0o755 })
    const error = await t.throwsAsync(run(volume, ['start', '--port', '0', '--pki-port', '0']))
    t.regex(error.message, /EACCES|permission/i)
  },
)
