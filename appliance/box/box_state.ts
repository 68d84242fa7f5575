/**
 * What the service of the image tells its console: which box it is and how far it is, in a file of memory that holds nothing secret. The
 * console is another user and cannot look into the folder of data. Shell.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { fromBase64, sha256Hex, writeWhole } from '../../ca/index.ts'
import { readRestoration } from '../backup/restoration.ts'
import { isEmptyFolder, readBoxFile } from './data_folder.ts'

/** `RuntimeDirectory` of the service's unit. */
export const stateFolder = '/run/sealbox-box'

const publicBoxSchema = z.strictObject({
  mode: z.enum(['trial', 'production']),
  districtName: z.string(),
  host: z.string(),
  zone: z.string(),
  /** SHA-256 of the first root, hexadecimal. */
  root: z.string(),
})
/** What certificates say of it to everybody. */
export type PublicBox = z.infer<typeof publicBoxSchema>

const boxStateSchema = z.strictObject({
  version: z.literal(1),
  /** Null before it is made. */
  box: publicBoxSchema.nullable(),
  phase: z.enum(['not-set-up', 'locked', 'opening', 'serving']),
  /** It came from a backup and waits for two officers. */
  restored: z.boolean(),
  /** Nobody has enrolled by the first officer's code yet; of a trial box that serves, false until then. */
  awaitsFirstOfficer: z.boolean(),
  /** Stamp of the last passphrase that did not open the keys (`unlock.ts`). */
  refused: z.string().nullable(),
})
export type BoxState = z.infer<typeof boxStateSchema>

const fileOf = (folder: string): string => join(folder, 'state.json')

export async function writeBoxState(
  state: Omit<BoxState, 'version'>,
  folder = stateFolder,
): Promise<void> {
  await writeWhole(fileOf(folder), JSON.stringify({ version: 1, ...state }), 0o644)
}

/** Undefined where no service has told anything yet. */
export async function readBoxState(folder = stateFolder): Promise<BoxState | undefined> {
  const text = await readFile(fileOf(folder), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const parsed = boxStateSchema.safeParse(JSON.parse(text))
  return parsed.success ? parsed.data : undefined
}

/** What a folder of data says to everybody; undefined before there is a box in it. */
export function publicBox(directory: string): PublicBox | undefined {
  if (isEmptyFolder(directory)) return undefined
  const { mode, districtName, hostNames, zone, certificates } = readBoxFile(directory)
  const root = sha256Hex(fromBase64(certificates['root'] ?? ''))
  return { mode, districtName, zone, root, host: hostNames[0] ?? '' }
}

/** Whether the folder says that it came from a backup and waits for two officers. */
export function isRestored(directory: string): boolean {
  return readRestoration(directory)?.confirm === true
}
