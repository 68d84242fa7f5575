/**
 * The issuing keys of the image, which the box process cannot read: their own process encrypts its sealed files to the recipient of the
 * backups (docs/formats/keys-process.md), and a restore puts them where a box has them outside the image.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { writeWhole } from '../../ca/index.ts'
import { pathsOf } from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { openAge } from './age/index.ts'
import { malformed } from './read.ts'

const schema = z.strictObject({
  format: z.literal('sealbox-keys/1'),
  files: z
    .array(
      z.strictObject({
        name: z.string().regex(/^issuing(?:-[1-9]\d{0,5})?\.key$/),
        text: z.string().max(16_384),
      }),
    )
    .max(1000),
})

/** Throws `BACKUP_MALFORMED`; gives false where `identities` do not open it, as in a drill. */
export async function writeSealedKeys(
  directory: string,
  bytes: Uint8Array,
  identities: readonly Uint8Array[],
): Promise<boolean> {
  const text = await opened(bytes, identities)
  if (text === undefined) return false
  const { files } = read(text)
  const { keys } = pathsOf(directory)
  await mkdir(keys, { recursive: true, mode: 0o700 })
  for (const file of files) await writeWhole(join(keys, file.name), file.text, 0o600)
  return true
}

async function opened(
  bytes: Uint8Array,
  identities: readonly Uint8Array[],
): Promise<string | undefined> {
  let at = 0
  const part = (length: number): Promise<Uint8Array> => {
    const taken = bytes.subarray(at, at + length)
    at += taken.length
    return Promise.resolve(taken)
  }
  try {
    const { chunks } = await openAge(part, identities)
    const parts: Uint8Array[] = []
    for await (const chunk of chunks) parts.push(chunk)
    return Buffer.concat(parts).toString('utf8')
  } catch (error) {
    if (error instanceof ApplianceError && error.code === 'BACKUP_LOCKED') return undefined
    throw error
  }
}

function read(text: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw malformed('the keys of the issuing authority')
  }
}
