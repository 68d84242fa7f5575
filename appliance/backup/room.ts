/** Room on disks. A copy of a box lies beside the box more often than not, and a full disk stops the journal: it leaves some free. I/O. */
import { stat } from 'node:fs/promises'
import type { LookAtRoom } from '../disk_room.ts'
import { ApplianceError } from '../errors.ts'

/** Of a large disk: days of work of the largest district. */
const maxReserveBytes = 2 * 1024 ** 3
/** Of a small one. */
const reserveShare = 0.05
/** How much is written until the room is looked at again. */
const lookAgainBytes = 64 * 1024 * 1024

/** What a copy in `folder` leaves free: nothing where the data lie on another file system. */
export async function reserveIn(
  folder: string,
  of: { readonly data: string; readonly look: LookAtRoom },
): Promise<number> {
  const [there, data] = await Promise.all([stat(folder), stat(of.data)])
  return there.dev === data.dev ? reserveOn(folder, of.look) : 0
}

/** The same where nobody knows whether a box has its data on that file system. */
export async function reserveOn(folder: string, look: LookAtRoom): Promise<number> {
  return Math.min(maxReserveBytes, reserveShare * (await look(folder)).total)
}

/** Looks again while more is written than anybody knew: to be told how much. It throws `BACKUP_DISK_FULL`. */
export function watchRoom(
  folder: string,
  of: { readonly reserve: number; readonly look: LookAtRoom },
): (written: number) => Promise<void> {
  let since = 0
  return async (written) => {
    since += written
    if (since < lookAgainBytes) return
    since = 0
    await requireFree(folder, { bytes: of.reserve, look: of.look })
  }
}

/** Throws `BACKUP_DISK_FULL`. */
export async function requireFree(
  folder: string,
  of: { readonly bytes: number; readonly look: LookAtRoom },
): Promise<void> {
  const { free } = await of.look(folder)
  if (free >= of.bytes) return
  const words = `there is no room in ${folder}: ${String(Math.ceil(of.bytes))} octets are needed with what stays free for work, ${String(free)} are there`
  throw new ApplianceError('BACKUP_DISK_FULL', words, { details: { bytes: of.bytes, free } })
}
