/** How much fits a partition, and how much the ESP. I/O. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { deviceBytes, diskRoom } from '../disk_room.ts'
import { isOfAnother } from './entries.ts'
import { otherSlot, type Machine, type SlotName } from './machine.ts'
import type { SlotRoom } from './judge.ts'

/** Octets of the slot that does not run. */
export async function idleRoom(
  { partition }: Pick<Machine, 'partition'>,
  running: SlotName,
): Promise<SlotRoom> {
  const idle = otherSlot(running)
  const [root, verity] = await Promise.all([
    deviceBytes(partition('root', idle)),
    deviceBytes(partition('verity', idle)),
  ])
  return { root, verity }
}

/** Octets that are free for a boot entry once those of other versions are gone. */
export async function entryRoom(
  { entries }: Pick<Machine, 'entries'>,
  of: { readonly names: readonly string[]; readonly running: string },
): Promise<number> {
  const { free } = await diskRoom(entries)
  const others = of.names.filter((name) => isOfAnother(name, of.running))
  const sizes = await Promise.all(
    others.map(async (name) => (await stat(join(entries, name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, free)
}
