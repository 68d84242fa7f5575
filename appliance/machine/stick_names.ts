/** Which files may go between stick and box, by their names' ends. Pure. */
import { z } from 'zod'

/** A row for each kind; owners of features add theirs. */
export const stickKinds = {
  upgrade: '.sealbox-upgrade',
  backup: '.sealbox-backup',
  signatures: '.sealbox-signatures',
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
