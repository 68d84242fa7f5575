/**
 * The act that makes what a ceremony left at the console the box's own: everything gets its owner, the issuing keys go where the web service
 * cannot read them, and one rename puts the folder in its place. Before the rename there is no box.
 *
 * The console is not trusted with other users' files: the folder is first taken away from it, and each folder becomes root's before it is
 * looked into, so that no name in it can be swapped for a link any more.
 */
import { constants, existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { syncFolder, writeWhole } from '../../ca/index.ts'
import { recipientText } from '../keys_process/recipient.ts'
import { machineAct, type MachinePaths } from './act.ts'
import { MachineError } from './errors.ts'
import { adoptingPath, emptyRestoreFolder } from './leftovers.ts'
import { emptyKeysFolder, issuingKey, unattended, writeRecipient } from './keys_folder.ts'
import { openPlainFile } from './plain_file.ts'
import { userIds } from './users.ts'

/** Takes away what waited for a restore. Throws `BOX_THERE`, `BOX_MALFORMED`. */
export const adoptBox = machineAct({
  params: z.strictObject({
    /** Of the backups, where the ceremony made their key: the issuing keys are encrypted to no other. */
    recipient: z.string().regex(recipientText).optional(),
  }),
  result: z.strictObject({}),
  askedBy: ['console'],
  patienceMs: 10 * 60_000,
  async run({ recipient }, { paths }) {
    // Nothing in it but what the ceremony or a backup brought may be lost below.
    const there = await readdir(paths.box).catch(() => [])
    if (there.length > 0) throw new MachineError('BOX_THERE', 'there is a box')
    const taken = adoptingPath(paths)
    await rm(taken, { recursive: true, force: true })
    await mkdir(taken, { mode: 0o700 })
    const box = join(taken, 'box')
    await rename(join(paths.state, 'console', 'box'), box).catch(malformed)
    await giveTo(box, { user: userIds.sealbox, depth: 0 })
    for (const name of ['VERSION', 'box.json']) if (!existsSync(join(box, name))) malformed()
    await emptyKeysFolder(paths.keys)
    await moveKeys(join(box, 'keys'), paths)
    if (recipient !== undefined) await writeRecipient(paths.keys, recipient)
    // Crash before this: keys of no box, which the next attempt takes away.
    // The commit point: an empty folder in its place is replaced, another one refused.
    await rename(box, paths.box).catch((cause: unknown) => {
      throw new MachineError('BOX_THERE', 'there is a folder of data already', { cause })
    })
    await syncFolder(dirname(paths.box))
    // There is a box, whatever cannot be taken away: the next run of acts tries again (`clearLeftovers`).
    await rm(taken, { recursive: true, force: true }).catch(() => undefined)
    await emptyRestoreFolder(paths).catch(() => undefined)
    return {}
  },
})

/** A folder of data is three deep: `blobs/0001/000005.ldb`. */
const maxDepth = 4

/** Gives a folder and all in it to a user. Throws `BOX_MALFORMED` where there is anything but plain files and folders. */
async function giveTo(
  folder: string,
  { user, depth }: { readonly user: number; readonly depth: number },
): Promise<void> {
  if (depth > maxDepth) malformed()
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
  await using opened = await open(folder, flags).catch(malformed)
  // Root's alone while we are in it, whoever else has it open.
  await opened.chown(0, 0)
  await opened.chmod(0o700)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await giveTo(path, { user, depth: depth + 1 })
    else await giveFile(path, user)
  }
  await opened.chown(user, user)
}

async function giveFile(path: string, user: number): Promise<void> {
  const plain = await openPlainFile(path)
  if (plain === undefined) malformed()
  await using file = plain.file
  await file.chown(user, user)
  await file.chmod(0o600)
  await file.sync()
}

/** Issuing keys (`issuing.key`, `issuing-2.key`) to their own process; of a trial box with what opens them. */
async function moveKeys(keys: string, { keys: to }: MachinePaths): Promise<void> {
  const owner = userIds['sealbox-keys']
  for (const name of await readdir(keys)) {
    if (issuingKey.test(name)) {
      await giveFile(join(keys, name), owner)
      await rename(join(keys, name), join(to, name))
    } else if (name === unattended) {
      const secret = await openPlainFile(join(keys, name))
      if (secret === undefined) malformed()
      await using file = secret.file
      await writeWhole(join(to, name), await file.readFile('utf8'), 0o600)
      await giveFile(join(to, name), owner)
    }
  }
  await syncFolder(to)
}

function malformed(cause?: unknown): never {
  throw new MachineError('BOX_MALFORMED', 'the console left no whole box', { cause })
}
