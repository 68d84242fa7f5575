/**
 * The acts that bring a restore at the console what it needs from sticks, while there is no box: backups, what opens them, and what units
 * kept. Backups and what units kept wait on the disk, what opens backups in memory, all of it where only the console reads it.
 */
import { existsSync } from 'node:fs'
import { chown, lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import * as z from 'zod'
import { sha256Hex, utf8 } from '../../ca/index.ts'
import { machineAct, type Machine, type MachinePaths } from './act.ts'
import { MachineError } from './errors.ts'
import { hasBox } from './has_box.ts'
import { adoptingPath, emptyRestoreFolder } from './leftovers.ts'
import { openerName, openersIn } from './openers.ts'
import { papersWaiting } from './papers_act.ts'
import { openPlainFile, type PlainFile } from './plain_file.ts'
import {
  copyWhole,
  exchangePaths,
  longMs,
  openOrSay,
  requireSpace,
  reserveBytes,
} from './stick_acts.ts'
import { kindOf, stickName } from './stick_names.ts'
import { withStick } from './stick.ts'
import { userIds } from './users.ts'

const nothing = z.strictObject({})
const count = z.int().min(0)
const shortMs = 2 * 60_000
const group = userIds['sealbox-console']
/** A backup a day for half a year. */
const maxChain = 200
/** The box that is made beside the backups: `requireRoom` of the restore asks for as much. */
const boxPerBackup = 1.2

const backupName = stickName.refine((name) => kindOf(name) === 'backup')

/**
 * Copies the first of these backups from the stick to where the console restores from; the others are to follow. Before the first of all,
 * what an earlier attempt left there goes. Throws `BOX_THERE`, `STICK_FILE_MISSING`, and `STICK_SPACE_MISSING` where there is no room for
 * them and the box they make.
 */
export const readBackup = machineAct({
  params: z.strictObject({
    names: z.array(backupName).min(1).max(maxChain),
    isFirst: z.boolean(),
  }),
  result: z.strictObject({ bytes: count }),
  askedBy: ['console'],
  patienceMs: longMs,
  run: ({ names, isFirst }, machine) => {
    requireNoBox(machine.paths)
    return withStick(machine, 'read', async (stick) => {
      const { restore } = exchangePaths(machine.paths.exchange)
      if (isFirst) {
        await emptyRestoreFolder(machine.paths)
        // A box whose adoption was cut off is as large as the one that is to be made.
        await rm(adoptingPath(machine.paths), { recursive: true, force: true })
      }
      const [name = ''] = names
      const missing: string[] = []
      for (const one of names) if (!(await isThere(one, { stick, restore }))) missing.push(one)
      const toCome = await bytesOf(stick, missing, machine)
      const there = await bytesOf(restore, await readdir(restore), machine)
      await requireSpace(restore, toCome + boxPerBackup * (toCome + there) + reserveBytes)
      // Of a restore that was not begun anew: somebody chose again.
      if (!missing.includes(name)) return { bytes: await bytesOf(restore, [name], machine) }
      await rm(join(restore, name), { force: true })
      const from = await openOrSay(join(stick, name))
      return { bytes: await copyWhole(from, join(restore, name), { ...machine, group }) }
    })
  },
})

/** Whether a whole copy lies there: a copy has its name only once it is whole. */
async function isThere(
  name: string,
  { stick, restore }: { readonly stick: string; readonly restore: string },
): Promise<boolean> {
  const [from, copy] = await Promise.all(
    [stick, restore].map((folder) => lstat(join(folder, name)).catch(() => undefined)),
  )
  return from?.isFile() === true && copy?.isFile() === true && from.size === copy.size
}

/** Puts what opens backups where the console finds it by its place in the list, as `opener-0`. Throws `BOX_THERE`. */
export const readOpeners = machineAct({
  params: nothing,
  result: z.strictObject({ names: z.array(z.string().regex(openerName)).max(20) }),
  askedBy: ['console'],
  patienceMs: shortMs,
  run: (_, machine) => {
    requireNoBox(machine.paths)
    return withStick(machine, 'read', async (stick) => {
      const openers = await openersIn(stick)
      for (const [at, { text }] of openers.entries()) {
        const path = openerPath(machine.paths.run, at)
        await rm(path, { force: true })
        await writeFile(path, text, { flag: 'wx', mode: 0o640 })
        await chown(path, 0, group)
      }
      return { names: openers.map(({ name }) => name) }
    })
  },
})

/** In memory, in the folder that the console may not list. */
export const openerPath = (run: string, at: number): string =>
  join(papersWaiting(run), `opener-${String(at)}`)

/** Folder of a stick in which units' receipts and evidence lie, and of the console's folder to restore from. */
export const headsFolder = 'heads'
/** A district's receipts of months. The console has 1 GiB, reads them in one piece, and unpacks a bundle to twice 200 MiB. */
const maxHeldFiles = 5000
const maxHeldBytes = 128 * 1024 * 1024

/**
 * Copies what may hold a head of the journal (`verify --heads`) out of the stick's folder `heads`; gives how many files. Throws
 * `BOX_THERE`, `STICK_FOLDER_LARGE`, `STICK_SPACE_MISSING`.
 */
export const readHeads = machineAct({
  params: nothing,
  result: z.strictObject({ files: count }),
  askedBy: ['console'],
  patienceMs: longMs,
  run: (_, machine) => {
    requireNoBox(machine.paths)
    return withStick(machine, 'read', async (stick) => {
      const from = join(stick, headsFolder)
      const names = await heldIn(from, machine)
      const bytes = await bytesOf(from, names, machine)
      if (bytes > maxHeldBytes) throw tooLarge({ files: names.length, bytes })
      const to = join(exchangePaths(machine.paths.exchange).restore, headsFolder)
      await rm(to, { recursive: true, force: true })
      await makeFolder(to)
      await requireSpace(to, bytes + reserveBytes)
      for (const name of names) {
        const path = join(to, ...name.split('/').map(fittingName))
        if (!existsSync(dirname(path))) await makeFolder(dirname(path))
        await copyWhole(await openOrSay(join(from, name)), path, { ...machine, group })
      }
      return { files: names.length }
    })
  },
})

/** Kinds of files that `verify --heads` looks into; no name that begins with a dot. */
const held = /^[^.].*\.(?:json|p7s|ers|txt|pem|asice)$/
/** A folder a unit, and what was in its own. */
const maxDepth = 3

/** Paths below the folder, each folder before those in it. Throws `STICK_FOLDER_LARGE`. */
async function heldIn(folder: string, { signal }: Pick<Machine, 'signal'>): Promise<string[]> {
  // A link would lead root to wherever a stranger's stick says.
  const isFolder = await lstat(folder).then(
    (facts) => facts.isDirectory(),
    () => false,
  )
  if (!isFolder) return []
  const paths: string[] = []
  let folders = 0
  const look = async (below: string, depth: number): Promise<void> => {
    signal.throwIfAborted()
    folders += 1
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = join(below, entry.name)
      if (entry.isDirectory() && !entry.name.startsWith('.') && depth < maxDepth) {
        await look(path, depth + 1)
      } else if (entry.isFile() && held.test(entry.name)) paths.push(path)
      if (paths.length + folders > maxHeldFiles) throw tooLarge({ files: paths.length, folders })
    }
  }
  await look('', 1)
  return paths
}

const tooLarge = (details: Readonly<Record<string, number>>): MachineError =>
  new MachineError('STICK_FOLDER_LARGE', 'more than a restore reads', { details })

/** FAT has names of 255 letters, ext4 of 255 octets; a statement and its signature (`X.json`, `X.json.p7s`) stay beside each other. */
function fittingName(name: string): string {
  if (Buffer.byteLength(name) <= maxNameBytes) return name
  const base = name.replace(/\.p7s$/, '')
  const begin = Array.from(base).slice(0, 40).join('')
  const end = extname(base) + name.slice(base.length)
  return `${begin}-${sha256Hex(utf8(base)).slice(0, 16)}${end}`
}

const maxNameBytes = 200

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o750 })
  // Of a folder in a folder the one above is root's alone otherwise.
  await chown(dirname(path), 0, group)
  await chown(path, 0, group)
}

function requireNoBox(paths: Pick<MachinePaths, 'box'>): void {
  if (hasBox(paths)) throw new MachineError('BOX_THERE', 'there is a box')
}

/** Of the plain files among them. */
async function bytesOf(
  folder: string,
  names: readonly string[],
  { signal }: Pick<Machine, 'signal'>,
): Promise<number> {
  let bytes = 0
  for (const name of names) {
    signal.throwIfAborted()
    const opened: PlainFile | undefined = await openPlainFile(join(folder, name))
    await opened?.file.close()
    bytes += opened?.facts.size ?? 0
  }
  return bytes
}
