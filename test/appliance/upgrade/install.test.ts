/** Installing into the idle slot, the trial and its three ends, on disks that are files; and the power cut between any two writes. */
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, open, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sha256Hex, utf8 } from '../../../ca/index.ts'
import { UpgradeError } from '../../../appliance/upgrade/errors.ts'
import { entryName } from '../../../appliance/upgrade/entries.ts'
import { keepOrFall } from '../../../appliance/upgrade/healthy.ts'
import { installUpgrade } from '../../../appliance/upgrade/install.ts'
import { slotIo } from '../../../appliance/upgrade/slot_io.ts'
import { readState } from '../../../appliance/upgrade/state.ts'
import type { Finding } from '../../../appliance/upgrade/health_probe.ts'
import {
  benchMachine,
  now,
  slotBytes,
  type BenchMachine,
  type BuiltBundle,
} from './bench_machine.ts'
import { cutDisk } from './cut_disk.ts'

const order = sha256Hex(utf8('an order'))

async function withMachine(work: (bench: BenchMachine) => Promise<void>): Promise<void> {
  const bench = await benchMachine()
  try {
    await work(bench)
  } finally {
    await bench.remove()
  }
}

async function install(bench: BenchMachine, bundle: BuiltBundle) {
  await bench.offer(bundle)
  const { machine } = bench
  return installUpgrade({ machine, manifest: bundle.manifest, order, now })
}

/** One start of the version, as the loader and systemd would do it: a try is used up, then health is asked. */
async function startUp(
  bench: BenchMachine,
  of: { readonly version: string; readonly slot: 'a' | 'b'; readonly finds: Finding },
): Promise<boolean> {
  await bench.start(of.version, of.slot)
  const { machine } = bench
  for (const name of await bench.entries()) {
    const [, left, done = '0'] = /\+(\d)(?:-(\d))?\.efi$/.exec(name) ?? []
    if (left === undefined || !name.includes(`_${of.version}+`)) continue
    const tries = { left: Number(left) - 1, done: Number(done) + 1 }
    const to = join(machine.entries, entryName(of.version, tries))
    await rename(join(machine.entries, name), to)
  }
  return keepOrFall({
    ...{ machine, io: slotIo, now, port: 1, pkiPort: 1, say: () => undefined, patienceMs: 1 },
    look: () => Promise.resolve(of.finds),
  })
}

const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof UpgradeError ? error.code : String(error)),
  )

test('a newer version is written to the idle slot, tried, and committed once it is well', (t) =>
  withMachine(async (bench) => {
    const bundle = await bench.build({ version: '1.1.0' })
    const before = await bench.slot('root', 'a')
    const attempt = await install(bench, bundle)
    t.is(attempt.state, 'trial')
    t.deepEqual(await bench.entries(), ['sealbox_1.0.0.efi', 'sealbox_1.1.0+3.efi'])
    t.true((await bench.slot('root', 'a')).equals(before))
    const [root, verity] = [await bench.slot('root', 'b'), await bench.slot('verity', 'b')]
    t.true(root.subarray(0, bundle.bytes.root.length).equals(bundle.bytes.root))
    t.true(verity.subarray(0, bundle.bytes.verity.length).equals(bundle.bytes.verity))
    t.is(root.length, slotBytes.root)
    t.true(await startUp(bench, { version: '1.1.0', slot: 'b', finds: 'well' }))
    // Nothing older is left to start.
    t.deepEqual(await bench.entries(), ['sealbox_1.1.0.efi'])
    const state = await readState(bench.machine, '1.1.0')
    t.is(state.highest, '1.1.0')
    t.like(state.attempt, { state: 'committed', version: '1.1.0', from: '1.0.0', order })
  }))

test('a version that does not become well is not committed, and the one before says that it fell back', (t) =>
  withMachine(async (bench) => {
    await install(bench, await bench.build({ version: '1.1.0' }))
    for (const left of [2, 1, 0]) {
      t.false(await startUp(bench, { version: '1.1.0', slot: 'b', finds: 'ill' }))
      t.true(
        (await bench.entries()).includes(`sealbox_1.1.0+${String(left)}-${String(3 - left)}.efi`),
      )
    }
    // No try is left: the loader starts the one before.
    t.true(await startUp(bench, { version: '1.0.0', slot: 'a', finds: 'well' }))
    const state = await readState(bench.machine, '1.0.0')
    t.is(state.highest, '1.0.0')
    t.is(state.attempt?.state, 'fell-back')
    // Its bad entry is gone; the same version may be tried again.
    t.deepEqual(await bench.entries(), ['sealbox_1.0.0.efi'])
    await install(bench, await bench.build({ version: '1.1.0' }))
    t.deepEqual(await bench.entries(), ['sealbox_1.0.0.efi', 'sealbox_1.1.0+3.efi'])
  }))

test('a third version goes back into the first slot', (t) =>
  withMachine(async (bench) => {
    await install(bench, await bench.build({ version: '1.1.0' }))
    t.true(await startUp(bench, { version: '1.1.0', slot: 'b', finds: 'well' }))
    const third = await bench.build({ version: '1.2.0' })
    await install(bench, third)
    t.true(
      (await bench.slot('root', 'a')).subarray(0, third.bytes.root.length).equals(third.bytes.root),
    )
    t.deepEqual(await bench.entries(), ['sealbox_1.1.0.efi', 'sealbox_1.2.0+3.efi'])
  }))

test('what is older, or the same, is refused, though it is signed; and so is what was committed before', (t) =>
  withMachine(async (bench) => {
    const untouched = await bench.slot('root', 'b')
    for (const version of ['0.9.0', '1.0.0']) {
      t.is(await refusal(install(bench, await bench.build({ version }))), 'UPGRADE_NOT_NEWER')
    }
    await install(bench, await bench.build({ version: '1.5.0' }))
    t.true(await startUp(bench, { version: '1.5.0', slot: 'b', finds: 'well' }))
    // Somebody put the old entry back and started it: what lies between is older than what was committed.
    await bench.start('1.0.0', 'a')
    await writeFile(join(bench.machine.entries, 'sealbox_1.0.0.efi'), 'uki 1.0.0')
    t.is(
      await refusal(install(bench, await bench.build({ version: '1.4.0' }))),
      'UPGRADE_NOT_NEWER',
    )
    t.false((await bench.slot('root', 'b')).equals(untouched))
  }))

test('nothing is written before all that may refuse a bundle was asked', (t) =>
  withMachine(async (bench) => {
    const [root, verity] = [await bench.slot('root', 'b'), await bench.slot('verity', 'b')]
    const good = await bench.build({ version: '1.1.0' })
    const refuse = async (code: string, work: () => Promise<unknown>): Promise<void> => {
      t.is(await refusal(work()), code)
      t.true((await bench.slot('root', 'b')).equals(root), code)
      t.true((await bench.slot('verity', 'b')).equals(verity), code)
      t.deepEqual(await bench.entries(), ['sealbox_1.0.0.efi'])
      t.is((await readState(bench.machine, '1.0.0')).attempt, null)
    }
    await refuse('UPGRADE_MISSING', async () => {
      await bench.offer(good)
      const other = sha256Hex(utf8('another manifest'))
      return installUpgrade({ machine: bench.machine, manifest: other, order, now })
    })
    await refuse('UPGRADE_TOO_LARGE', async () =>
      install(bench, await bench.build({ version: '1.1.0', rootBytes: slotBytes.root + 1 })),
    )
    await refuse('UPGRADE_DATA', async () =>
      install(bench, await bench.build({ version: '1.1.0', data: { reads: [2], writes: 2 } })),
    )
    await refuse('UPGRADE_DAMAGED', async () => {
      const bundle = await bench.build({ version: '1.1.0' })
      await using file = await open(bundle.path, 'r+')
      const { size } = await file.stat()
      await file.write(Buffer.of(0), 0, 1, size - 5)
      return await install(bench, bundle)
    })
    await refuse('UPGRADE_NOT_HERE', async () => {
      await rm(join(bench.machine.entries, 'sealbox_1.0.0.efi'))
      try {
        return await install(bench, good)
      } finally {
        await writeFile(join(bench.machine.entries, 'sealbox_1.0.0.efi'), 'uki 1.0.0')
      }
    })
    await refuse('UPGRADE_NOT_HERE', async () => {
      await rm(bench.machine.image)
      try {
        return await install(bench, good)
      } finally {
        await bench.start('1.0.0', 'a')
      }
    })
  }))

test('while a version is on trial no other is installed', (t) =>
  withMachine(async (bench) => {
    await install(bench, await bench.build({ version: '1.1.0' }))
    t.false(await startUp(bench, { version: '1.1.0', slot: 'b', finds: 'ill' }))
    t.is(await refusal(install(bench, await bench.build({ version: '1.2.0' }))), 'UPGRADE_BUSY')
  }))

test('a commit that was cut off anywhere is ended by the next start', (t) =>
  withMachine(async (bench) => {
    for (const stop of [1, 2, 3, 4, 5]) {
      await bench.start('1.0.0', 'a')
      for (const name of await bench.entries()) await rm(join(bench.machine.entries, name))
      await writeFile(join(bench.machine.entries, 'sealbox_1.0.0.efi'), 'uki 1.0.0')
      await rm(bench.machine.state, { force: true })
      await install(bench, await bench.build({ version: '1.1.0' }))
      await bench.start('1.1.0', 'b')
      await rename(
        join(bench.machine.entries, 'sealbox_1.1.0+3.efi'),
        join(bench.machine.entries, 'sealbox_1.1.0+2-1.efi'),
      )
      await t.throwsAsync(
        keepOrFall({
          ...{ machine: bench.machine, io: stoppingAt(stop), now, port: 1, pkiPort: 1 },
          ...{ say: () => undefined, look: () => Promise.resolve('well') },
        }),
        { message: 'the power is gone' },
      )
      t.true(await startUp(bench, { version: '1.1.0', slot: 'b', finds: 'well' }))
      t.deepEqual(await bench.entries(), ['sealbox_1.1.0.efi'], String(stop))
      t.like(await readState(bench.machine, '1.1.0'), {
        highest: '1.1.0',
        attempt: { state: 'committed' },
      })
    }
  }))

/** The real disk, until so many changes were made to it. */
function stoppingAt(stop: number): typeof slotIo {
  let count = 0
  const step = (): void => {
    count += 1
    if (count >= stop) throw new Error('the power is gone')
  }
  return {
    ...slotIo,
    async rename(from, to) {
      step()
      await slotIo.rename(from, to)
    },
    async syncFile(path) {
      step()
      await slotIo.syncFile(path)
    },
    async syncFolder(path) {
      step()
      await slotIo.syncFolder(path)
    },
    async remove(path) {
      step()
      await slotIo.remove(path)
    },
  }
}

test('whatever was written when the power went, the version that runs starts again, or the new one is whole', (t) =>
  withMachine(async (bench) => {
    const bundle = await bench.build({ version: '1.1.0', rootBytes: 2_100_000 })
    await bench.offer(bundle)
    // What another attempt left, and an older version.
    for (const name of ['sealbox_0.9.0.efi', 'sealbox_1.1.0+0-3.efi', 'sealbox_1.1.0.new']) {
      await writeFile(join(bench.machine.entries, name), 'uki of before')
    }
    let cuts = 0
    for (let stop = 1; ; stop += 1) {
      const disk = await cutDisk(bench, stop)
      const { machine } = bench
      const ended = await installUpgrade({
        ...{ machine, manifest: bundle.manifest, order, now, io: disk.io },
      }).then(
        () => true,
        () => false,
      )
      for (let seed = 0; seed < 20; seed += 1) judge(t, bundle, disk.after(seed))
      cuts += 1
      if (ended) break
    }
    t.true(cuts > 12, String(cuts))
  }))

test('whatever was written when the power went at a commit, one of both versions is there whole', (t) =>
  withMachine(async (bench) => {
    await install(bench, await bench.build({ version: '1.1.0' }))
    await bench.start('1.1.0', 'b')
    const { machine } = bench
    const path = (name: string): string => join(machine.entries, name)
    await rename(path('sealbox_1.1.0+3.efi'), path('sealbox_1.1.0+2-1.efi'))
    const second = await readFile(path('sealbox_1.1.0+2-1.efi'))
    const state = await readFile(machine.state)
    for (let stop = 1, ended = false; !ended; stop += 1) {
      await writeFile(machine.state, state)
      const disk = await cutDisk(bench, stop)
      ended = await keepOrFall({
        ...{ machine, io: disk.io, now, port: 1, pkiPort: 1, say: () => undefined },
        look: () => Promise.resolve('well'),
      }).catch(() => false)
      for (let seed = 0; seed < 20; seed += 1) {
        const whole = [...disk.after(seed)].filter(
          ([name, bytes]) =>
            name.endsWith('.efi') && (bytes.equals(second) || bytes.toString() === 'uki 1.0.0'),
        )
        t.true(whole.length > 0, `${String(stop)} ${String(seed)}`)
      }
    }
  }))

/** What the loader finds must be startable: the old version, and the new one only if every octet of it is there. */
function judge(
  t: ExecutionContext,
  { bytes }: BuiltBundle,
  after: ReadonlyMap<string, Buffer>,
): void {
  const names = [...after.keys()].filter((name) => name.endsWith('.efi'))
  const running = after.get('sealbox_1.0.0.efi')
  if (running?.toString() !== 'uki 1.0.0') t.fail('the version that runs is gone')
  for (const name of names) {
    // The loader passes over one without a single octet.
    if (!name.startsWith('sealbox_1.1.0+3') || after.get(name)?.length === 0) continue
    const whole =
      after.get(name)?.equals(bytes.uki) === true &&
      startsWith(after.get('root-b'), bytes.root) &&
      startsWith(after.get('verity-b'), bytes.verity)
    if (!whole) t.fail(`${name} would start what is not whole`)
  }
  // The entry whose slot is being written over must not start any more.
  const old = names.some((name) => name === 'sealbox_0.9.0.efi')
  if (old && !after.get('verity-b')?.equals(Buffer.alloc(slotBytes.verity, 'b'))) {
    t.fail('an entry starts a slot that is written over')
  }
}

function startsWith(held: Buffer | undefined, bytes: Buffer): boolean {
  return held?.subarray(0, bytes.length).equals(bytes) === true
}

test('both names of an entry whose renaming the power cut are one that is committed: it can be upgraded', (t) =>
  withMachine(async (bench) => {
    const bundle = await bench.build({ version: '1.1.0' })
    await bench.offer(bundle)
    const { machine } = bench
    const counted = 'sealbox_1.0.0+2-1.efi'
    await writeFile(join(machine.entries, counted), 'the same file')
    const io = { ...slotIo, names: () => Promise.resolve([counted, 'sealbox_1.0.0.efi']) }
    const attempt = await installUpgrade({ machine, io, manifest: bundle.manifest, order, now })
    t.is(attempt.state, 'trial')
  }))

test('root waits for no pipe and follows no link that the service put in the place of its data', (t) =>
  withMachine(async (bench) => {
    const bundle = await bench.build({ version: '1.1.0' })
    const path = join(bench.machine.data, 'VERSION')
    await mkdir(bench.machine.data, { recursive: true })
    const secret = join(bench.machine.data, 'elsewhere')
    await writeFile(secret, '1\n')
    const places: readonly (() => Promise<unknown>)[] = [
      () => Promise.resolve(execFileSync('mkfifo', [path])),
      () => symlink(secret, path),
      () => mkdir(path),
    ]
    for (const place of places) {
      await rm(path, { recursive: true, force: true })
      await place()
      const tooLong = new Promise<string>((resolve) => {
        setTimeout(() => {
          resolve('waits')
        }, 90_000).unref()
      })
      t.is(await Promise.race([refusal(install(bench, bundle)), tooLong]), 'UPGRADE_DATA')
    }
  }))
