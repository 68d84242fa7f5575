/** What opens backups, on a stick or in a folder: custodians' shares of their key, or the key file of a trial box. Shell. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openPlainFile } from './plain_file.ts'

/** Names that a ceremony (docs/formats/ceremony.md) and the page of backups give. */
export const openerName =
  /^(?:backup-share-\d{1,3}-of-\d{1,3}\.json|sealbox-backup-key-[0-9a-z]{8}\.txt)$/

/** Whether a file is a share, by its name. */
export const isShareName = (name: string): boolean => name.startsWith('backup-share-')

export interface Opener {
  readonly name: string
  readonly text: string
}

/** A custodian keeps a few; a share has 700 octets. */
const maxOpeners = 20
const maxOpenerBytes = 16 * 1024

/** Those in the folder itself and in its folders of ceremonies, by name. */
export async function openersIn(folder: string): Promise<Opener[]> {
  const below = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && /^ceremony-[0-9a-f]{8}$/.test(entry.name))
    .map(({ name }) => join(folder, name))
  const openers: Opener[] = []
  for (const place of [folder, ...below.toSorted()]) {
    const names = (await readdir(place)).filter((name) => openerName.test(name))
    for (const name of names.toSorted()) {
      const text = await textOf(join(place, name))
      if (text !== undefined && openers.length < maxOpeners) openers.push({ name, text })
    }
  }
  return openers
}

/** Undefined of what is no plain file, or too large to be one of these. */
async function textOf(path: string): Promise<string | undefined> {
  const opened = await openPlainFile(path)
  if (opened === undefined) return undefined
  await using file = opened.file
  return opened.facts.size > maxOpenerBytes ? undefined : await file.readFile('utf8')
}
