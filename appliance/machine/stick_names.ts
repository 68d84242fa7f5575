/** Which files may go between stick and box, by their names' ends. Pure. */
import * as z from 'zod'

/** Virus signatures: ClamAV's own databases, and lists of the district's own with the signature of each (docs/formats/virus-signatures.md). */
export const signatureKinds = {
  main: 'main.cvd',
  daily: 'daily.cvd',
  bytecode: 'bytecode.cvd',
  hdb: '.hdb',
  'hdb.p7s': '.hdb.p7s',
  hsb: '.hsb',
  'hsb.p7s': '.hsb.p7s',
  ndb: '.ndb',
  'ndb.p7s': '.ndb.p7s',
  ldb: '.ldb',
  'ldb.p7s': '.ldb.p7s',
} as const

/** A row for each kind; owners of features add theirs. */
export const stickKinds = {
  upgrade: '.sealbox-upgrade',
  backup: '.sealbox-backup',
  ...signatureKinds,
} as const

export type StickKind = keyof typeof stickKinds

/** Letters, digits, dots and dashes; no dot first, so that no name is hidden, a folder above, or an option of a program. */
const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/

export const stickName = z
  .string()
  .regex(name)
  .refine((text) => kindOf(text) !== undefined)

/** The kind of a name, undefined for files that are none of ours. */
export function kindOf(text: string): StickKind | undefined {
  if (!name.test(text)) return undefined
  const kinds = Object.keys(stickKinds) as StickKind[]
  return kinds.find((kind) => text.endsWith(stickKinds[kind]))
}
