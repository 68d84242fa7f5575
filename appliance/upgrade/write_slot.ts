/**
 * Writes a bundle into the slot that does not run, and last of all the boot entry that starts it. Whenever the power goes, the version
 * that runs is what starts again, or the new one is whole.
 */
import { join } from 'node:path'
import { asideName, entryName, isOfAnother, trialTries } from './entries.ts'
import { otherSlot, type Machine, type SlotName } from './machine.ts'
import { piecesOf, placedParts, type OpenBundle, type PlacedPart } from './read_bundle.ts'
import type { SlotIo } from './slot_io.ts'

/** A verity superblock fills less; without it the initramfs does not take the slot for anybody's. */
const superblockBytes = 4096

export interface SlotWork {
  readonly machine: Pick<Machine, 'entries' | 'partition'>
  readonly io: SlotIo
  readonly bundle: OpenBundle
  readonly running: { readonly version: string; readonly slot: SlotName }
  /** Told how many octets of the bundle are on the disk. */
  readonly tell: (bytes: number) => void
}

/** Throws `UPGRADE_DAMAGED`, and what the disk throws; then nothing that starts has changed. */
export async function writeSlot(work: SlotWork): Promise<void> {
  const { machine, bundle, running, io } = work
  await removeOthers(work, running.version)
  const slot = otherSlot(running.slot)
  const verity = machine.partition('verity', slot)
  {
    await using target = await io.openTarget(verity)
    await target.write(new Uint8Array(superblockBytes), 0)
    await target.sync()
  }
  // Crash from before the first write until the entry has its name: only the version that runs has one.
  let bytes = 0
  const tell = (more: number): void => {
    work.tell((bytes += more))
  }
  let uki: Uint8Array | undefined
  for (const part of placedParts(bundle)) {
    if (part.name === 'uki') uki = await inMemory(work, part, tell)
    else await writePart(work, part, { path: machine.partition(part.name, slot), tell })
  }
  // Every octet has been held against its hash by now, as it was written.
  if (uki !== undefined) await putEntry(work, uki)
}

/**
 * Removes all boot entries but those of a version, and what a power cut left of one: the slot of an entry that is gone may be written
 * over, and an older version that was followed is not started again.
 */
export async function removeOthers(
  { machine: { entries }, io }: Pick<SlotWork, 'machine' | 'io'>,
  version: string,
): Promise<void> {
  const others = (await io.names(entries)).filter((name) => isOfAnother(name, version))
  for (const name of others) await io.remove(join(entries, name))
  if (others.length > 0) await io.syncFolder(entries)
}

async function writePart(
  { bundle, io }: SlotWork,
  part: PlacedPart,
  { path, tell }: { readonly path: string; readonly tell: (bytes: number) => void },
): Promise<void> {
  await using target = await io.openTarget(path)
  let at = 0
  for await (const piece of piecesOf(bundle.file, part)) {
    await target.write(piece, at)
    at += piece.length
    tell(piece.length)
  }
  await target.sync()
}

async function inMemory(
  { bundle }: SlotWork,
  part: PlacedPart,
  tell: (bytes: number) => void,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of piecesOf(bundle.file, part)) {
    pieces.push(piece)
    tell(piece.length)
  }
  return Buffer.concat(pieces)
}

/** Under a name that is not started, then renamed: a half-written kernel image would use up its tries. */
async function putEntry(
  { machine: { entries }, io, bundle: { manifest } }: SlotWork,
  uki: Uint8Array,
): Promise<void> {
  const aside = join(entries, asideName(manifest.version))
  await io.writeFile(aside, uki)
  await io.syncFolder(entries)
  const path = join(entries, entryName(manifest.version, { left: trialTries, done: 0 }))
  await io.rename(aside, path)
  await io.syncFile(path)
  // Crash before: the old version starts, and the attempt is said to have been cut. After: the new one is tried.
  await io.syncFolder(entries)
}
