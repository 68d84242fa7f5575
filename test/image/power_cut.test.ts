/**
 * The plug pulled on a box at work, in two ways: QEMU killed again and again, and the disk cut at recorded flushes, with any part of the
 * writes after them lost. What was answered before is there afterwards. Ten of each; `SEALBOX_IMAGE_CUTS` sets another number.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { sha256Hex } from '../../ca/index.ts'
import type { SignerMemory } from '../../exchange/unit/index.ts'
import { startBoxProcess, type BoxProcess } from '../../appliance/demo/box_process.ts'
import { headerBytes } from '../../appliance/disk/luks.ts'
import { partition } from '../../appliance/image/layout.ts'
import { check, isDown, openLedger, work, type Known, type Ledger } from '../appliance/load.ts'
import { seededNumbers } from '../appliance/places.ts'
import { builtImage } from './built.ts'
import { serving } from './known_box.ts'
import { bootImage, copyDisk, diskPassphrase, pause, type Machine } from './machine.ts'
import { copyOut, createReplay, volumeKeyOf } from './opened_disk.ts'
import { setUpTrial } from './set_up.ts'
import { readWriteLog, type LoggedWrite } from './write_log.ts'

const cuts = Number(process.env['SEALBOX_IMAGE_CUTS'] ?? '10')
const workers = 3
const unitCount = 3
const loadMs = 60_000
const lookEveryMs = 50

/** What was answered, and which heads the signers had seen, when the record was so long. */
interface Snapshot {
  readonly size: number
  readonly known: readonly Known[]
  readonly remembered: readonly SignerMemory[]
}

const folder = mkdtempSync(join(tmpdir(), 'sealbox-cut-'))
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('the plug pulled at any moment loses nothing that was answered', async (t) => {
  t.timeout(7_200_000)
  const { out, disk: built } = await builtImage()
  const [disk, record] = [join(folder, 'disk.img'), join(folder, 'writes.log')]
  await copyDisk(built, disk)
  const ports = [8443, 8080]
  const options = { disk, firmware: 'direct', build: out, ports, cache: 'writeback' } as const
  let machine: Machine = await bootImage({ ...options, writeLog: record })
  const onPorts = ports.map((guest) => machine.port(guest))
  const code = await setUpTrial(machine)
  const ledger = await openLedger(await reached(machine, code), unitCount)
  const snapshots = await loaded(ledger, { machine, record })
  t.log(
    `${String(ledger.acts)} acts answered, ${String(statSync(record).size >> 20)} MiB of writes`,
  )

  await t.notThrowsAsync(checkCuts(snapshots))
  for (let kill = 0; kill < cuts; kill++) {
    machine = await bootImage({ ...options, onPorts })
    await serving(machine)
    await check(t, ledger)
    await loaded(ledger, { machine })
  }
  machine = await bootImage({ ...options, onPorts })
  await serving(machine)
  await check(t, ledger)
  ledger.close()
  await machine.kill()

  async function checkCuts(taken: readonly Snapshot[]): Promise<void> {
    const sizeBytes = statSync(disk).size - partition('sealbox-data').startBytes
    const key = await volumeKeyOf(disk, { folder, passphrase: diskPassphrase })
    const plain = join(folder, 'plain.img')
    writeFileSync(plain, '')
    truncateSync(plain, sizeBytes - headerBytes)
    const replay = createReplay(record, { plain, key })
    const writes = readWriteLog(record)
    const first = taken[0]?.size ?? 0
    const now = ledger.remembered()
    const flushes = writes.flatMap(({ isFlush, end }, at) => (isFlush && end > first ? [at] : []))
    t.true(flushes.length > cuts, 'there were flushes to cut at')
    const draw = seededNumbers('power cut')
    const chosen = new Set(Array.from({ length: cuts }, () => flushes[draw(flushes.length)]))
    for (const [at, write] of writes.entries()) {
      replay.apply(write)
      if (!chosen.has(at)) continue
      const then = taken.findLast(({ size }) => size <= write.end)
      if (then === undefined) throw new TypeError('a flush before the load')
      const lost = untilFlush(writes, at).filter(() => draw(2) === 0)
      await checkCut({ plain, key, lost, then })
    }
    replay.close()
    await ledger.remember(now)
  }

  /** The disk as it was then, some of the writes after the flush on it and some not: a box starts on it and has all that was answered. */
  async function checkCut(cut: {
    readonly plain: string
    readonly key: Uint8Array
    readonly lost: readonly LoggedWrite[]
    readonly then: Snapshot
  }): Promise<void> {
    const copy = join(folder, 'cut.img')
    execFileSync('cp', ['--sparse=always', cut.plain, copy])
    const some = createReplay(record, { plain: copy, key: cut.key })
    for (const write of cut.lost) some.apply(write)
    some.close()
    const inside = join(folder, 'inside')
    rmSync(inside, { recursive: true, force: true })
    copyOut(copy, { '/lib/sealbox': inside, '/lib/sealbox-keys': inside })
    const data = join(inside, 'sealbox', 'data')
    // In the image the issuing key lies with the process that uses it.
    const apart = join(inside, 'sealbox-keys')
    if (existsSync(apart)) cpSync(apart, join(data, 'keys'), { recursive: true })
    const [port = 0, pkiPort = 0] = onPorts
    const box = await startBoxProcess({ data, port, pkiPort })
    await ledger.remember(cut.then.remembered)
    const known = cut.then.known.map((one) => ({ ...one }))
    await check(t, { ...ledger, known, unanswered: [] })
    await box.stop()
  }
})

/** The writes between a flush and the next one: any of them may be lost. */
function untilFlush(writes: readonly LoggedWrite[], flush: number): readonly LoggedWrite[] {
  const after = writes.slice(flush + 1)
  const next = after.findIndex(({ isFlush }) => isFlush)
  return next < 0 ? after : after.slice(0, next)
}

/** Works on the box for a while, then pulls the plug; what was answered when the record was how long. */
async function loaded(
  ledger: Ledger,
  { machine, record }: { readonly machine: Machine; readonly record?: string },
): Promise<readonly Snapshot[]> {
  const snapshots: Snapshot[] = []
  const load = Array.from({ length: workers }, (_, lane) => work(ledger, lane, isDown))
  const until = performance.now() + loadMs
  while (performance.now() < until) {
    // First what is known, then the length: the record holds all that it took.
    const remembered = ledger.remembered()
    const known = ledger.known.map((one) => ({ ...one }))
    const size = record === undefined ? 0 : statSync(record).size
    snapshots.push({ size, known, remembered })
    await pause(lookEveryMs)
  }
  await machine.kill()
  await Promise.all(load)
  return snapshots
}

/** The box behind the forwarded ports, as the load knows one. */
async function reached(machine: Machine, code: string): Promise<Pick<BoxProcess, 'url' | 'ready'>> {
  const [port, pkiPort] = [machine.port(8443), machine.port(8080)]
  await serving(machine)
  const answer = await fetch(`http://127.0.0.1:${String(pkiPort)}/ca/root.crt`)
  const root = sha256Hex(new Uint8Array(await answer.arrayBuffer()))
  return {
    url: `https://localhost:${String(port)}`,
    ready: { ready: true, port, pkiPort, code, root },
  }
}
