/** Root's hand in the folder of the issuing keys' process: what it finds there when a box is adopted, and for whom it encrypts. Shell. */
import { constants } from 'node:fs'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, writeWhole } from '../../ca/index.ts'
import { recipientFiles, recipientText } from '../keys_process/recipient.ts'
import { openPlainFile } from './plain_file.ts'
import { userIds } from './users.ts'

const owner = userIds['sealbox-keys']

export const issuingKey = /^issuing(-\d{1,3})?\.key$/
/** What opens the keys of a trial box. */
export const unattended = 'unattended.secret'

/**
 * Takes away what an adoption that was cut off left, and of the box before a factory reset: a trial box's secret would keep a production
 * box locked, a key of a later generation serve, a certificate or a recipient of then be held to. The record of signatures stays.
 */
export async function emptyKeysFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  {
    await using opened = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
    await opened.chown(owner, owner)
  }
  const ofOneBox: readonly string[] = [unattended, ...Object.values(recipientFiles)]
  for (const name of await readdir(folder)) {
    const isOfOneBox = /^issuing(?:-\d+)?\.(?:key|crt)$/.test(name) || ofOneBox.includes(name)
    if (isOfOneBox) await rm(join(folder, name), { force: true })
  }
}

/** Writes for whom the process encrypts its keys from now on. */
export async function writeRecipient(folder: string, recipient: string): Promise<void> {
  const path = join(folder, recipientFiles.kept)
  await writeWhole(path, `${recipient}\n`, 0o600)
  const written = await openPlainFile(path)
  if (written === undefined) throw new Error('the recipient is not where it was written')
  await using file = written.file
  await file.chown(owner, owner)
  await file.sync()
  await syncFolder(folder)
}

/** Null where there is none, or something else than a recipient. */
export async function readRecipientFile(
  folder: string,
  which: keyof typeof recipientFiles,
): Promise<string | null> {
  const opened = await openPlainFile(join(folder, recipientFiles[which]))
  if (opened === undefined) return null
  await using file = opened.file
  const bytes = new Uint8Array(maxBytes)
  const { bytesRead } = await file.read(bytes, 0, maxBytes, 0)
  const text = Buffer.from(bytes.subarray(0, bytesRead)).toString('latin1').trim()
  return recipientText.test(text) ? text : null
}

/** More than a recipient and its line feed have. */
const maxBytes = 100
