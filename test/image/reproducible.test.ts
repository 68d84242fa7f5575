/** Two builds have one hash: another clock, another folder, another file system, empty caches. And attaching published signatures gives the released disk. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import test from 'ava'
import { sbom } from '../../appliance/image/sbom.ts'
import { testKeys } from './built.ts'
import { ownTurn } from './turn.ts'

/** A file system in memory lists folders in another order than one on a disk. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

test('two builds with clocks an hour apart, empty caches and other folders are the same disk; signatures attached to an unsigned one give it as well', async (t) => {
  const turn = await ownTurn('build')
  const [first, second] = [
    mkdtempSync(join(tmpdir(), 'sealbox-build-')),
    mkdtempSync(join(memory, 'sealbox-build-')),
  ]
  try {
    const keys = await testKeys()
    const signed = await build(first, ['--keys', keys])
    // The third party has the public files alone.
    const publicKeys = join(second, 'public')
    cpSync(join(keys, 'release.crt'), join(publicKeys, 'release.crt'))
    await build(second, ['--keys', publicKeys, '--unsigned'], '+1h')
    await sealbox(
      second,
      [
        'attach',
        '--out',
        join(second, 'out'),
        '--signatures',
        join(first, 'out/signatures'),
        '--version',
        '0.9.0',
      ],
      '+2h',
    )
    t.is(await sha256Of(join(second, 'out/sealbox-0.9.0.img')), signed)
  } finally {
    for (const folder of [first, second]) rmSync(folder, { recursive: true, force: true })
    await turn[Symbol.asyncDispose]()
  }
})

test('the list of materials names another package by another serial number', (t) => {
  const debian = [
    { name: 'libc6', version: '2.36', architecture: 'amd64', sha256: 'a'.repeat(64), use: 'root' },
  ] as const
  const one = {
    path: 'node_modules/koa',
    name: 'koa',
    version: '3.3.0',
    integrity: undefined,
    license: 'MIT',
  }
  const serial = (npm: (typeof one)[]) =>
    (sbom({ debian, npm, version: '1.0.0' }) as { serialNumber: string }).serialNumber
  t.is(serial([one]), serial([one]))
  t.not(serial([one]), serial([{ ...one, version: '3.3.1' }]))
})

/** Builds into `folder/out` with caches of its own; gives the disk's hash. */
async function build(folder: string, args: readonly string[], clock?: string): Promise<string> {
  await sealbox(
    folder,
    ['build', '--out', join(folder, 'out'), '--version', '0.9.0', '--fast', ...args],
    clock,
  )
  const record = JSON.parse(readFileSync(join(folder, 'out/build.json'), 'utf8')) as {
    sha256: string
  }
  return record.sha256
}

function sealbox(folder: string, args: readonly string[], clock?: string): Promise<void> {
  const command = ['appliance/sealbox', 'image', ...args]
  const [program = '', ...rest] =
    clock === undefined ? command : ['faketime', '-f', clock, ...command]
  const env = { ...process.env, SEALBOX_IMAGE_CACHE: join(folder, 'cache') }
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'inherit'], env })
    child.once('error', reject)
    child.once('close', (status) => {
      if (status === 0) resolve()
      else reject(new Error(`image ${args[0] ?? ''} ended with ${String(status)}`))
    })
  })
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
