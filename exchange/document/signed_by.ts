/**
 * What a certificate signed: for every entry that stands on a signature of a unit's or an officer's key, which certificate it was, in the
 * order of the journal's times. So that after a compromise somebody can say what is concerned, before and after any moment.
 */
import type { Entry, Fold, JsonObject, Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'

/** Types of entries that stand on a signature; their data name the certificate. */
export const signedTypes = [
  'document.approved',
  'document.sealed',
  'document.dispatched',
  'document.receipted',
  'document.returned',
  'revocation.ordered',
  'order.proposed',
  'order.countersigned',
  'order.withdrawn',
  'release.ordered',
  'person.appointed',
  'roster.registered',
  'enrolment.code-issued',
  'enrolment.approved',
  'enrolment.refused',
  'enrolment.renewed',
] as const

/** One act that a certificate's key signed. */
export interface SignedAct {
  /** Index of the entry. */
  readonly index: number
  readonly type: string
  /** When the journal took it in, RFC 3339, UTC: what the box attests, not what the signer claims. */
  readonly at: string
  /** `document:ID` and the like. */
  readonly subject: string
}

/** Data that name the certificate: at the top, in the seal, or in each of several statements. */
interface Signed {
  readonly signingCertificate?: string
  readonly seal?: { readonly certificate?: string }
  readonly statements?: readonly { readonly signingCertificate?: string }[]
}

/** SHA-256 of the certificate whose key signed what the entry attests; undefined where none did, or an old entry does not say. Pure. */
export function signingCertificateOf({ data }: Pick<Entry, 'data'>): string | undefined {
  const { signingCertificate, seal } = data as Signed
  return signingCertificate ?? seal?.certificate
}

/** Of an entry that stands on several signatures, all of them. Pure. */
export function signingCertificatesOf(entry: Pick<Entry, 'data'>): string[] {
  const one = signingCertificateOf(entry)
  const { statements = [] } = entry.data as Signed
  const several = statements.map(({ signingCertificate }) => signingCertificate)
  return [one, ...several].filter((certificate) => certificate !== undefined)
}

export const signedByFolds: readonly Fold[] = signedTypes.map((type) => ({
  type,
  reads: () => [],
  apply(entry) {
    const { time, subject, index } = entry
    const value: JsonObject = { type, subject }
    return signingCertificatesOf(entry).map((certificate) => ({
      key: keys.signedBy(certificate, time, index),
      value,
    }))
  },
}))

export interface SignedByAsked {
  /** SHA-256. */
  readonly certificate: string
  /** Acts from this moment on, RFC 3339 in UTC with milliseconds; else from the first. */
  readonly from?: string
  /** Acts before this moment; else to the last. */
  readonly before?: string
  readonly limit: number
  /** `cursor` of the page before. */
  readonly after?: string
}

export interface SignedByPage {
  readonly items: readonly SignedAct[]
  /** Where the next page begins; undefined where nothing follows. */
  readonly next: string | undefined
}

/** A cursor is a time and an index. */
const cursorPattern = /^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z\/\d{12}$/

export const isSignedByCursor = (text: string): boolean => cursorPattern.test(text)

/** A page of what a certificate signed, the oldest first. */
export async function signedBy(
  views: Views,
  { certificate, from, before, limit, after }: SignedByAsked,
): Promise<SignedByPage> {
  const prefix = keys.signedByAll(certificate)
  const begin = after ?? from
  const range = { limit: limit + 1, ...(begin !== undefined && { after: prefix + begin }) }
  const items: SignedAct[] = []
  let last: string | undefined
  for await (const { key, value } of views.scan(prefix, range)) {
    const cursor = key.slice(prefix.length)
    const [at = '', index = ''] = cursor.split('/')
    if (before !== undefined && at >= before) break
    if (items.length === limit) return { items, next: last }
    const { type, subject } = value as { readonly type: string; readonly subject: string }
    items.push({ index: Number(index), type, at, subject })
    last = cursor
  }
  return { items, next: undefined }
}

/** How many acts there are, `limit` counted at most. */
export async function countSignedBy(
  views: Views,
  asked: Omit<SignedByAsked, 'after'>,
): Promise<{ readonly count: number; readonly hasMore: boolean }> {
  const { items, next } = await signedBy(views, asked)
  return { count: items.length, hasMore: next !== undefined }
}
