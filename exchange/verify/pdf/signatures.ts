/**
 * The signatures of an opened PDF with what each covers: /ByteRange against /Contents and revisions (ISO 32000-1 12.8.1, EN 319 142-1
 * 5.5), and traces of signatures that the form does not lead to. Pure; judges no cryptography.
 */
import { concat } from '../../../ca/path/index.ts'
import {
  countByteRanges,
  documentAt,
  latin1,
  readSignatureForm,
  type PdfDocument,
  type PdfRevision,
  type RevisionList,
  type SignatureValue,
} from '../../pdf/index.ts'

export interface PdfSignature {
  readonly field: string
  readonly value: SignatureValue
  readonly isTimestamp: boolean
  /** Index of the revision that it closes; undefined if its range is wrong. */
  readonly revision: number | undefined
  /** Why the range is wrong. */
  readonly rangeProblem: string | undefined
  /** The covered bytes; empty if the range is wrong. */
  readonly content: Uint8Array
  /** Decoded /Contents with its padding. */
  readonly contents: Uint8Array
}

/** Signatures a file may hold before it is refused: 91 seals and their timestamps stay below. */
export const maxSignatures = 200

/** All signatures that the form leads to, in order of the revisions they close. */
export function listSignatures(document: PdfDocument, list: RevisionList): PdfSignature[] {
  const found = readSignatureForm(document).fields.flatMap(({ name, value }) =>
    value ? [signatureOf({ document, list, field: name, value })] : [],
  )
  return found.toSorted((a, b) => (a.revision ?? -1) - (b.revision ?? -1))
}

function signatureOf(options: {
  readonly document: PdfDocument
  readonly list: RevisionList
  readonly field: string
  readonly value: SignatureValue
}): PdfSignature {
  const { document, list, field, value } = options
  const isTimestamp = value.type === 'DocTimeStamp'
  const base = { field, value, isTimestamp, contents: value.contents?.bytes ?? new Uint8Array() }
  const place = placeOf(document, list, options)
  if (typeof place === 'string') {
    return { ...base, revision: undefined, rangeProblem: place, content: new Uint8Array() }
  }
  const [, first, second, length] = place.range
  const content = concat(
    document.bytes.subarray(0, first),
    document.bytes.subarray(second, second + length),
  )
  return { ...base, revision: place.revision.index, rangeProblem: undefined, content }
}

interface Place {
  readonly range: readonly [number, number, number, number]
  readonly revision: PdfRevision
}

/** Exactly two ranges from the first byte to the end of a revision, with a gap that is exactly the /Contents string; else what is wrong. */
function placeOf(
  document: PdfDocument,
  list: RevisionList,
  { field, value }: { readonly field: string; readonly value: SignatureValue },
): Place | string {
  const { byteRange, contents, object } = value
  const [zero, first, second, length, more] = byteRange ?? []
  if (zero === undefined || first === undefined || second === undefined || length === undefined) {
    return '/ByteRange is missing or short'
  }
  if (!contents || object === undefined) return '/Contents is missing or no hexadecimal string'
  if (more !== undefined || zero !== 0 || length < 0) return '/ByteRange is not two ranges from 0'
  if (first !== contents.offset || second !== contents.offset + contents.length) {
    return 'the gap is not exactly /Contents'
  }
  if (!isOneHexString(document.bytes.subarray(first, second))) {
    return '/Contents is not written as one plain hexadecimal string'
  }
  const end = second + length
  const revision = list.revisions.find((candidate) => endsWith(document, candidate, end))
  if (!revision) return 'the range does not end with a revision'
  if (!revision.objects.has(object)) return 'the signature is not of the revision that it covers'
  const own = readSignatureForm(documentAt(document, revision)).fields
  if (!own.some((other) => other.name === field && other.value?.object === object)) {
    return 'the revision that it covers has no such field'
  }
  return { range: [zero, first, second, length], revision }
}

/** Digits of one case in pairs and nothing else: there is one way to write it, so that no octet may vary. */
function isOneHexString(bytes: Uint8Array): boolean {
  return /^<(?:(?:[0-9a-f]{2})*|(?:[0-9A-F]{2})*)>$/.test(latin1(bytes))
}

/** Whether a range ends with the revision, or before nothing but its last end of line. */
function endsWith(document: PdfDocument, revision: PdfRevision, end: number): boolean {
  if (end === revision.end) return true
  const eof = revision.tail.end
  const rest = document.bytes.subarray(end, eof)
  return end < eof && eof - end <= 2 && rest.every((byte) => byte === 10 || byte === 13)
}

const traces: readonly string[] = [
  '/ETSI.CAdES.detached',
  '/ETSI.RFC3161',
  '/adbe.pkcs7.detached',
  '/adbe.pkcs7.sha1',
  '/adbe.x509.rsa_sha1',
]

/** How many document timestamps the bytes show by the name of their format. */
export function countStamps(bytes: Uint8Array): number {
  return occurrences(latin1(bytes), '/ETSI.RFC3161')
}

/**
 * How many signatures the bytes show beyond the `reachable` ones: by /ByteRange, by the names of formats, by long strings that begin as
 * a CMS does. One altered byte cannot wipe out all three.
 */
export function countHidden(bytes: Uint8Array, reachable: readonly PdfSignature[]): number {
  const objects = new Set(reachable.map(({ value }) => value.object ?? value.dictionary.start))
  const text = latin1(bytes)
  const named = traces.reduce((sum, trace) => sum + occurrences(text, trace), 0)
  const strings = text.match(/<30(?:8[0-4]|80)[0-9A-Fa-f]{400}/g)?.length ?? 0
  return Math.max(countByteRanges(bytes), named, strings) - objects.size
}

function occurrences(text: string, word: string): number {
  let count = 0
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) count++
  return count
}
