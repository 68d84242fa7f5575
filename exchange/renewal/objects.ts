/**
 * What the evidence of the archive must cover: sealed files, attachments, and every signed statement together with its signature. An
 * object is a data object group of RFC 4998 2.1, named by the SHA-256 of its members, as they lie among the blobs. Pure.
 */
import { isSha256, type Entry, type Json, type Sha256 } from '../../ca/index.ts'
import { signedTypes } from '../document/signed_by.ts'

/** One file, or a statement and its signature. */
export type EvidenceObject = readonly [Sha256, ...Sha256[]]

/** What tells it from all others: the file, or the signature of the statement, of which there may be two. */
export const nameOf = (object: EvidenceObject): Sha256 => object.at(-1) ?? object[0]

/** Types of entries that bring such objects. */
export const evidenceTypes = ['document.drafted', ...signedTypes] as const

/** Nesting at which an entry names a statement. */
const maxDepth = 4

/** The objects that an entry brings, in an order that depends on the entry alone. */
export function objectsOf(entry: Pick<Entry, 'type' | 'data'>): readonly EvidenceObject[] {
  const { type, data } = entry
  if (!(evidenceTypes as readonly string[]).includes(type)) return []
  if (type === 'document.drafted') return attachmentsOf(data)
  if (type === 'document.sealed') return sealedFile(data)
  if (type === 'order.countersigned') return countersigned(data)
  return signedPairs(data, 0)
}

interface Attached {
  readonly attachments?: readonly { readonly sha256?: Json }[]
}

function attachmentsOf({ record }: { readonly record?: Attached }): EvidenceObject[] {
  return (record?.attachments ?? []).flatMap(({ sha256 }) => (isName(sha256) ? [[sha256]] : []))
}

/** A joint document is covered once its last organ has sealed it: before that nobody has it. */
function sealedFile(data: Entry['data']): EvidenceObject[] {
  const { file, last } = data as { file?: Json; last?: Json }
  return last === true && isName(file) ? [[file]] : []
}

/** The second officer's signature is over the order that was covered with the first one's. */
function countersigned(data: Entry['data']): EvidenceObject[] {
  const { order, signatures } = data as { order?: Json; signatures?: readonly Json[] }
  const second = signatures?.[1]
  return isName(order) && isName(second) ? [[order, second]] : []
}

/** Statements (of an order: `order`) that stand beside a `signature`. */
function signedPairs(value: Json | undefined, depth: number): EvidenceObject[] {
  if (value === null || typeof value !== 'object' || depth > maxDepth) return []
  if (Array.isArray(value)) return value.flatMap((one: Json) => signedPairs(one, depth + 1))
  const { statement, order, signature } = value as Readonly<Record<string, Json>>
  const named = statement ?? order
  const own: EvidenceObject[] = isName(named) && isName(signature) ? [[named, signature]] : []
  return [...own, ...Object.values(value).flatMap((one: Json) => signedPairs(one, depth + 1))]
}

const isName = (value: Json | undefined): value is Sha256 =>
  typeof value === 'string' && isSha256(value)
