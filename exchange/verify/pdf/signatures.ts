/**
 * The signatures of an opened PDF with what each covers: /ByteRange against /Contents and revisions (ISO 32000-1 12.8.1, EN 319 142-1
 * 5.5), and traces of signatures that the form does not lead to. Pure; judges no cryptography.
 */
import { ExchangeError } from '../../errors.ts'
import {
  countByteRanges,
  countWord,
  dictionaryAt,
  isWhite,
  latin1,
  nameOf,
  readSignatureForm,
  referenceNumber,
  type PdfDictionary,
  type PdfDocument,
  type PdfRevision,
  type PdfValue,
  type RevisionList,
  type SignatureValue,
} from '../../pdf/index.ts'
import { readOr } from './compare.ts'

export interface PdfSignature {
  readonly field: string
  /** Numbers of the field and its widgets. */
  readonly objects: readonly number[]
  readonly value: SignatureValue
  readonly isTimestamp: boolean
  /** Index of the revision that it closes; undefined if its range is wrong. */
  readonly revision: number | undefined
  /** Why the range is wrong. */
  readonly rangeProblem: string | undefined
  /** The covered bytes, two windows on the file; none if the range is wrong. */
  readonly parts: readonly Uint8Array[]
  /** The two ranges, from the first byte to behind the last one. */
  readonly ranges: readonly (readonly [number, number])[]
  /** Decoded /Contents with its padding. */
  readonly contents: Uint8Array
}

/** Signatures a file may hold before it is refused: 91 seals and their timestamps stay below. */
export const maxSignatures = 200

/** All signatures that the form leads to, in order of the revisions they close. */
export function listSignatures(
  document: PdfDocument,
  list: RevisionList,
  states: readonly PdfDocument[],
): PdfSignature[] {
  const found = readSignatureForm(document).fields.flatMap(({ name, object, widgets, value }) => {
    const objects = [object, ...widgets.map((widget) => widget.object)]
    return value ? [signatureOf({ document, list, states, field: name, objects, value })] : []
  })
  return found.toSorted((a, b) => (a.revision ?? -1) - (b.revision ?? -1))
}

interface Found {
  readonly document: PdfDocument
  readonly list: RevisionList
  readonly states: readonly PdfDocument[]
  readonly field: string
  readonly objects: readonly number[]
  readonly value: SignatureValue
}

function signatureOf(found: Found): PdfSignature {
  const { document, field, objects, value } = found
  // Some programs leave out or mistake the type; the format is what says it (EN 319 142-1 5.4.3).
  const isTimestamp = value.type === 'DocTimeStamp' || value.subFilter === 'ETSI.RFC3161'
  const contents = value.contents?.bytes ?? new Uint8Array()
  const base = { field, objects, value, isTimestamp, contents }
  const place = placeOf(found)
  if (typeof place === 'string') {
    return { ...base, revision: undefined, rangeProblem: place, parts: [], ranges: [] }
  }
  const [, first, second, length] = place.range
  const ranges = [
    [0, first],
    [second, second + length],
  ] as const
  const parts = ranges.map(([from, to]) => document.bytes.subarray(from, to))
  return { ...base, revision: place.revision.index, rangeProblem: undefined, parts, ranges }
}

interface Place {
  readonly range: readonly [number, number, number, number]
  readonly revision: PdfRevision
}

/** Exactly two ranges from the first byte to the end of a revision, with a gap that is exactly the /Contents string; else what is wrong. */
function placeOf({ document, list, states, objects, value }: Found): Place | string {
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
  const state = states[revision.index]
  if (!state || !isReadableFieldOf(state, objects[0] ?? -1, object)) {
    return 'the revision that it covers has no such field'
  }
  return { range: [zero, first, second, length], revision }
}

function isReadableFieldOf(state: PdfDocument, field: number, signature: number): boolean {
  try {
    return isFieldOf(state, field, signature)
  } catch (error) {
    if (error instanceof ExchangeError) return false
    throw error
  }
}

/** Levels of the form. */
const maxLevels = 100

/** Whether the form of a state leads to a field and this one to the signature: downwards as a reader goes, checked upwards. */
function isFieldOf(state: PdfDocument, field: number, signature: number): boolean {
  const form = dictionaryAt(state, state.catalog().value.entries.get('AcroForm'))
  const roots = state.resolve(form?.entries.get('Fields'))
  let number: number | undefined = field
  let value: number | undefined
  for (let level = 0; number !== undefined && level < maxLevels; level++) {
    const dictionary: PdfDictionary | undefined = dictionaryAt(state, state.object(number)?.value)
    value ??= referenceNumber(dictionary?.entries.get('V'))
    if (lists(roots, number)) return value === signature
    const parent: number | undefined = referenceNumber(dictionary?.entries.get('Parent'))
    const above = dictionaryAt(
      state,
      parent === undefined ? undefined : state.object(parent)?.value,
    )
    if (!lists(state.resolve(above?.entries.get('Kids')), number)) return false
    number = parent
  }
  return false
}

function lists(array: PdfValue | undefined, number: number): boolean {
  return array?.kind === 'array' && array.items.some((item) => referenceNumber(item) === number)
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

const formats =
  'ETSI.CAdES.detached|ETSI.RFC3161|adbe.pkcs7.detached|adbe.pkcs7.sha1|adbe.x509.rsa_sha1'

/** How many document timestamps the bytes show by the name of their format. */
export function countStamps(bytes: Uint8Array): number {
  return countFormats(bytes, 'ETSI.RFC3161')
}

/**
 * How many signatures the bytes show beyond the `reachable` ones: by /ByteRange, by the names of formats, by long strings that begin as
 * a CMS does. One altered byte cannot wipe out all three.
 */
export function countHidden(
  bytes: Uint8Array,
  reachable: readonly PdfSignature[],
  document?: PdfDocument,
): number {
  const objects = new Set(reachable.map(({ value }) => value.object ?? value.dictionary.start))
  const hidden = countTraces(bytes) - objects.size
  if (hidden <= 0 || document === undefined || reachable.length === 0) return hidden
  return hidden - countExplained(bytes, document, objects)
}

function countTraces(bytes: Uint8Array): number {
  const strings = countWord(bytes, '<308', { follows: (at) => beginsCms(bytes, at) })
  return Math.max(countByteRanges(bytes), countFormats(bytes, formats), strings)
}

/** How often one of the formats is named. */
function countFormats(bytes: Uint8Array, names: string): number {
  const pattern = new RegExp(`^/(?:${names})`)
  return countWord(bytes, '/SubFilter', {
    follows: (after) => {
      let at = after
      while (isWhite(bytes[at])) at++
      return pattern.test(latin1(bytes.subarray(at, at + 32)))
    },
  })
}

/** The rest of a length in the long form, then hexadecimal digits, as a CMS of some size begins. */
function beginsCms(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0
  return (
    first >= 0x30 &&
    first <= 0x34 &&
    /^[0-9A-Fa-f]{400}$/.test(latin1(bytes.subarray(at + 1, at + 401)))
  )
}

/** Traces that are no signatures of the document: usage rights (12.8.2.3), and files that lie inside it as they are. */
function countExplained(
  bytes: Uint8Array,
  document: PdfDocument,
  known: ReadonlySet<number>,
): number {
  const perms = dictionaryAt(document, document.catalog().value.entries.get('Perms'))
  const rights = [...(perms?.entries ?? [])].filter(([key, value]) => {
    const number = referenceNumber(value)
    return key.startsWith('UR') && number !== undefined && !known.has(number)
  })
  let count = rights.length
  for (const number of document.numbers()) {
    const value = readOr(document, number)?.value
    if (
      value?.kind !== 'stream' ||
      nameOf(value.dictionary.entries.get('Type')) !== 'EmbeddedFile'
    ) {
      continue
    }
    count += countTraces(bytes.subarray(value.data.start, value.data.end))
  }
  return count
}
