/**
 * The acts around a stick: what is on it, a file from it, a file to it. Between box and stick files wait in folders of root's own: what
 * comes in the service reads and cannot alter, what goes out root takes by renaming before it opens it.
 */
import { chown, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { diskRoom } from '../disk_room.ts'
import { syncFolder } from '../../ca/index.ts'
import { machineAct, type Machine } from './act.ts'
import { MachineError } from './errors.ts'
import { openPlainFile, type PlainFile } from './plain_file.ts'
import { kindOf, stickKinds, stickName, type StickKind } from './stick_names.ts'
import { withStick } from './stick.ts'
import { userIds } from './users.ts'

/** Folders of `MachinePaths.exchange`. */
export const exchangePaths = (exchange: string) => ({
  /** From sticks, one file of each kind: `0750 root:sealbox`. */
  in: join(exchange, 'in'),
  /** To sticks; members of the group add here: `3730 root:sealbox-machine`. */
  out: join(exchange, 'out'),
  /** What root has in hand: `0700 root`. */
  taken: join(exchange, 'taken'),
  /** What the console restores a box from (`restore_acts.ts`): `0750 root:sealbox-console`. */
  restore: join(exchange, 'restore'),
})

/** A stick full of files of ours has fewer; a list must fit an answer. */
const maxListed = 200
/** Left free on the data partition whatever a stick holds: acts go on. */
export const reserveBytes = 512 * 1024 * 1024
const nothing = z.strictObject({})
const listed = z.strictObject({
  name: stickName,
  kind: z.enum(Object.keys(stickKinds) as [StickKind, ...StickKind[]]),
  bytes: z.int().min(0),
})
const both = ['box', 'console'] as const
const shortMs = 60_000
/** 50 GB at 10 MB/s, which is what bad sticks do. */
export const longMs = 90 * 60_000

/** Files of ours on the stick, by name. Throws `STICK_ABSENT`, `STICK_UNREADABLE`. */
export const listUsb = machineAct({
  params: nothing,
  result: z.strictObject({ files: z.array(listed).max(maxListed) }),
  askedBy: both,
  patienceMs: shortMs,
  run: (_, machine) =>
    withStick(machine, 'read', async (folder) => {
      const names = (await readdir(folder)).filter((name) => kindOf(name) !== undefined).sort()
      const files = await Promise.all(
        names.slice(0, maxListed).map((name) => describe(folder, name)),
      )
      return { files: files.filter((file) => file !== undefined) }
    }),
})

/**
 * Copies a file from the stick to where the service reads it, in the place of the one of its kind that was there. Throws
 * `STICK_FILE_MISSING`, `STICK_SPACE_MISSING`.
 */
export const readUsb = machineAct({
  params: z.strictObject({ name: stickName }),
  result: z.strictObject({ bytes: z.int().min(0) }),
  askedBy: both,
  patienceMs: longMs,
  run: ({ name }, machine) =>
    withStick(machine, 'read', async (folder) => {
      const { in: to } = exchangePaths(machine.paths.exchange)
      const from = await openOrSay(join(folder, name))
      for (const old of await readdir(to)) {
        if (kindOf(old) === kindOf(name)) await rm(join(to, old), { force: true })
      }
      await requireSpace(to, from.facts.size + reserveBytes)
      const bytes = await copyWhole(from, join(to, name), { ...machine, group: userIds.sealbox })
      return { bytes }
    }),
})

/** Moves a file that waits for it to the stick. Throws `STICK_FILE_MISSING`, `STICK_FILE_EXISTS`, `STICK_SPACE_MISSING`. */
export const writeUsb = machineAct({
  params: z.strictObject({ name: stickName }),
  result: z.strictObject({ bytes: z.int().min(0) }),
  askedBy: both,
  patienceMs: longMs,
  run: ({ name }, machine) =>
    withStick(machine, 'write', async (folder) => {
      const { out, taken } = exchangePaths(machine.paths.exchange)
      const path = join(taken, name)
      await rename(join(out, name), path).catch(missing)
      try {
        const from = await openOrSay(path)
        await requireSpace(folder, from.facts.size)
        return { bytes: await copyWhole(from, join(folder, name), machine) }
      } finally {
        await rm(path, { force: true }).catch(() => undefined)
      }
    }),
})

async function describe(folder: string, name: string): Promise<z.infer<typeof listed> | undefined> {
  const kind = kindOf(name)
  const opened = await openPlainFile(join(folder, name))
  await opened?.file.close()
  return opened && kind && { name, kind, bytes: opened.facts.size }
}

export async function openOrSay(path: string): Promise<PlainFile> {
  return (await openPlainFile(path)) ?? missing()
}

function missing(): never {
  throw new MachineError('STICK_FILE_MISSING', 'there is no such file')
}

/** Throws `STICK_SPACE_MISSING` unless so many octets are free there. */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  if ((await diskRoom(folder)).free < bytes) {
    throw new MachineError('STICK_SPACE_MISSING', 'not enough space', {
      details: { needed: bytes },
    })
  }
}

/**
 * Copies under a name that nothing has yet, so that who looks finds the whole file or none; `group` may read it. Closes what it reads;
 * gives the bytes.
 */
export async function copyWhole(
  { file, facts }: PlainFile,
  to: string,
  { signal, group }: Pick<Machine, 'signal'> & { readonly group?: number },
): Promise<number> {
  // One act at a time: no other has this name, and it fits where the file's own has its full length.
  const aside = join(dirname(to), '.part')
  try {
    if (await exists(to))
      throw new MachineError('STICK_FILE_EXISTS', 'a file of that name is there')
    await rm(aside, { force: true })
    await using written = await open(aside, 'wx', 0o640)
    await copy(file, written, { signal, bytes: facts.size })
    // A stick may have no owners.
    if (group !== undefined) await chown(aside, 0, group)
    await written.sync()
    await rename(aside, to)
    await syncFolder(dirname(to))
    return facts.size
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined)
    throw error
  } finally {
    await file.close()
  }
}

const pieceBytes = 1024 * 1024

/** Copies `bytes`; throws when the file turns out shorter, or the act's time is over. */
async function copy(
  from: FileHandle,
  to: FileHandle,
  { signal, bytes }: { readonly signal: AbortSignal; readonly bytes: number },
): Promise<void> {
  const buffer = new Uint8Array(pieceBytes)
  for (let at = 0; at < bytes;) {
    signal.throwIfAborted()
    const { bytesRead } = await from.read(buffer, 0, Math.min(pieceBytes, bytes - at), at)
    if (bytesRead === 0) throw new RangeError('the file became shorter while it was read')
    await to.writeFile(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
}

async function exists(path: string): Promise<boolean> {
  return open(path, 'r').then(
    async (file) => {
      await file.close()
      return true
    },
    () => false,
  )
}
