/**
 * Installs the bundle that two officers ordered: root's part. All that may refuse it is asked before a byte is written, and of what the
 * product says nothing is believed but the hash that names the bundle. The next start tries it.
 */
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha256 } from '../../ca/path/index.ts'
import { sha256Hex } from '../../ca/path/index.ts'
import { bundleBytes } from './bundle.ts'
import { openPlainFile } from '../machine/plain_file.ts'
import { readLayout } from './data_layout.ts'
import { entryAmong } from './entries.ts'
import { UpgradeError } from './errors.ts'
import { requireNewer, requireRoom } from './judge.ts'
import {
  orMissing,
  releaseCertificates,
  runningSlot,
  runningVersion,
  type Machine,
} from './machine.ts'
import { partOf } from './manifest.ts'
import { checkParts, openBundle, type OpenBundle } from './read_bundle.ts'
import { entryRoom, idleRoom } from './room.ts'
import { slotIo, type SlotIo } from './slot_io.ts'
import { readState, writeState, type Attempt, type UpgradeState } from './state.ts'
import { writeSlot } from './write_slot.ts'

export interface Installing {
  readonly machine: Machine
  /** SHA-256 of the manifest that is to be installed; null: whichever the release key signed. */
  readonly manifest: Sha256 | null
  /** The order of two officers; null where nobody is set up yet. */
  readonly order: Sha256 | null
  readonly now: () => Date
  readonly io?: SlotIo
  /** Told how far it is, in octets of twice the bundle: it is read, then written. */
  readonly tell?: (done: number, all: number) => void
}

/**
 * Gives the attempt, which waits for the next start. Throws `UPGRADE_NOT_HERE`, `UPGRADE_BUSY`, `UPGRADE_MISSING`, `UPGRADE_MALFORMED`,
 * `UPGRADE_SIGNATURE`, `UPGRADE_NOT_NEWER`, `UPGRADE_DATA`, `UPGRADE_TOO_LARGE` and `UPGRADE_DAMAGED`; the version that runs then
 * goes on, and starts again.
 */
export async function installUpgrade(installing: Installing): Promise<Attempt> {
  const { machine, io = slotIo, now, tell = () => undefined } = installing
  const running = await groundOf(machine, io)
  await using bundle = await openBundle(machine.bundle, await releaseCertificates(machine))
  await requireInstallable(installing, running, bundle)
  const all = 2 * bundleBytes(bundle.header, bundle.manifest)
  await checkParts(bundle, (bytes) => {
    tell(bytes, all)
  })
  const { version } = bundle.manifest
  const { order } = installing
  const manifest = sha256Hex(bundle.header.manifest)
  const { highest } = running.state
  const attempt = { version, from: running.version, manifest, order }
  const put = async (more: Pick<Attempt, 'state' | 'code'>): Promise<Attempt> => {
    const stands: Attempt = { ...attempt, ...more, at: now().toISOString() }
    await writeState(machine, { format: 1, highest, attempt: stands })
    return stands
  }
  await put({ state: 'writing' })
  try {
    await writeSlot({
      ...{ machine, io, bundle, running },
      tell: (bytes) => {
        tell(all / 2 + bytes, all)
      },
    })
  } catch (error) {
    await put({ state: 'failed', code: error instanceof UpgradeError ? error.code : 'DISK' })
    throw error
  }
  // Crash before this: the new entry is there, and the next start finds it on trial whatever the record says.
  return await put({ state: 'trial' })
}

interface Running {
  readonly version: string
  readonly slot: 'a' | 'b'
  readonly state: UpgradeState
  /** Names in the folder of boot entries. */
  readonly names: readonly string[]
}

/** What runs; `UPGRADE_NOT_HERE` where it is not the image, `UPGRADE_BUSY` where it is on trial itself. */
async function groundOf(machine: Machine, io: SlotIo): Promise<Running> {
  const version = await runningVersion(machine)
  if (version === undefined) {
    throw new UpgradeError('UPGRADE_NOT_HERE', 'this box does not run as the image')
  }
  const [slot, state, names] = await Promise.all([
    runningSlot(machine),
    readState(machine, version),
    io.names(machine.entries),
  ])
  const own = entryAmong(names, version)
  // With no entry of its own nothing would start while the others are being replaced.
  if (own === undefined) {
    throw new UpgradeError('UPGRADE_NOT_HERE', 'what runs was not started from the disk')
  }
  if (own.tries !== undefined) {
    throw new UpgradeError('UPGRADE_BUSY', 'the version that runs is on trial itself')
  }
  return { version, slot, state, names }
}

async function requireInstallable(
  { machine, manifest: ordered }: Installing,
  { version: running, slot, state, names }: Running,
  { header, manifest }: OpenBundle,
): Promise<void> {
  if (ordered !== null && sha256Hex(header.manifest) !== ordered) {
    throw new UpgradeError('UPGRADE_MISSING', 'another bundle lies there than the one ordered')
  }
  const layout = await layoutOf(machine)
  requireNewer(manifest, { running, highest: state.highest, layout })
  requireRoom(manifest, await idleRoom(machine, slot))
  const { bytes } = partOf(manifest, 'uki')
  const room = await entryRoom(machine, { names, running })
  if (bytes > room) {
    throw new UpgradeError('UPGRADE_TOO_LARGE', 'the boot entry does not fit the ESP', {
      details: { part: 'uki', bytes, room },
    })
  }
}

/** More than any layout's number; what is longer is none. */
const maxLayoutBytes = 16

/**
 * Layout of the folder of data; undefined where no box was made yet. The folder is the service's, and root follows nothing there nor
 * waits for it. Throws `UPGRADE_DATA` where the name is taken by something else than a file.
 */
async function layoutOf({ data }: Pick<Machine, 'data'>): Promise<number | undefined> {
  const path = join(data, 'VERSION')
  const opened = await openPlainFile(path)
  if (opened === undefined) {
    if ((await lstat(path).catch(orMissing)) === undefined) return undefined
    throw new UpgradeError('UPGRADE_DATA', 'what names the layout of the data is no plain file')
  }
  await using file = opened.file
  const { buffer, bytesRead } = await file.read(Buffer.alloc(maxLayoutBytes), 0, maxLayoutBytes, 0)
  return readLayout(buffer.toString('latin1', 0, bytesRead))
}
