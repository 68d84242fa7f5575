/**
 * A document as the search store keeps it: its head as JSON, its fields in normal form for checking proposals, its text as it was, in parts,
 * for snippets. Bytes only; the store adds the checksums.
 */
import { readDocumentNumber } from './document_number.ts'
import { ExchangeError } from '../errors.ts'
import type { Write } from './checked_store.ts'
import { fieldsKey, idKey, originalKey, recordKey, type IndexedField } from './keyspace.ts'
import type { MatchFields } from './match.ts'
import { normalise, normaliseInSegments, type Segment } from './normalise.ts'
import { readDay } from './query.ts'
import { encode, numberMark } from './terms.ts'
import type { SearchDocument } from './types.ts'

/** Longer texts are a mistake of whoever extracts them (`pdf_text.ts` stops earlier). */
export const maxTextLength = 20_000_000

/** Units of normal form in a part of the original: a snippet reads one or two. */
const segmentSize = 2048

/** The head of a document: all but its text. */
export type DocumentHead = Omit<SearchDocument, 'text'>

/** The four indexed fields in normal form. */
export type NormalFields = Readonly<Record<IndexedField, string>>

/** The fields, and where in the text's normal form each part of the original begins. */
export interface StoredFields extends NormalFields {
  readonly starts: readonly number[]
}

/** A document ready for the store. */
export interface PreparedDocument {
  readonly fields: NormalFields
  readonly segments: readonly Segment[]
}

const fieldOrder = ['title', 'issuer', 'number', 'body'] as const
const parting = '\0'

export function prepareDocument(document: SearchDocument): PreparedDocument {
  const number = document.number ?? ''
  const body = normaliseInSegments(document.text.slice(0, maxTextLength), segmentSize)
  const fields = {
    title: normalise(document.title),
    issuer: normalise(document.issuer),
    number: readDocumentNumber(number)?.text ?? normalise(number),
    body: body.text,
  }
  return { fields, segments: body.segments }
}

/** The terms of one field; of a number also the whole as one exact term. */
export function encodeField(field: IndexedField, normal: string): string[] {
  const terms = encode(normal)
  return field === 'number' ? [...terms, `${numberMark}=${normal}`] : terms
}

/** The day of a document as a number; 0 if it has none or it cannot be read. */
export function dayOfDocument(document: SearchDocument): number {
  return readDay(document.date ?? '', 0) ?? 0
}

export function documentWrites(
  document: SearchDocument,
  { fields, segments }: PreparedDocument,
  ordinal: number,
): Write[] {
  const { id, title, issuer, number, date, kind } = document
  const head: Record<keyof DocumentHead, string | undefined> = {
    id,
    title,
    issuer,
    number,
    date,
    kind,
  }
  const starts = segments.map(({ start }) => start)
  return [
    { key: idKey(id), value: ordinalBytes(ordinal) },
    { key: recordKey(ordinal), value: Buffer.from(JSON.stringify(head)) },
    { key: fieldsKey(ordinal), value: encodeFields(fields, starts) },
    ...segments.map(({ original }, at) => ({
      key: originalKey(ordinal, at),
      value: Buffer.from(original),
    })),
  ]
}

export function readHead(value: Uint8Array | undefined): DocumentHead {
  return JSON.parse(Buffer.from(present(value)).toString()) as DocumentHead
}

export function readOriginal(value: Uint8Array | undefined): string {
  return Buffer.from(present(value)).toString()
}

export function readOrdinal(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset, value.length).getUint32(0)
}

export function readFields(value: Uint8Array | undefined): StoredFields {
  const held = present(value)
  const bytes = Buffer.from(held.buffer, held.byteOffset, held.length)
  const count = bytes.readUInt32LE(0)
  const starts = Array.from({ length: count }, (_, at) => bytes.readUInt32LE(4 + 4 * at))
  const parts = bytes.toString('utf16le', 4 + 4 * count).split(parting)
  const [title = '', issuer = '', number = '', body = ''] = parts
  return { title, issuer, number, body, starts }
}

/** The fields as a unit sees them: without the text where it sees the head only. */
export function visibleFields(
  fields: NormalFields,
  day: number,
  seesContent: boolean,
): MatchFields {
  const { title, issuer, number, body } = fields
  return seesContent ? { title, issuer, number, body, day } : { title, issuer, number, day }
}

function encodeFields(fields: NormalFields, starts: readonly number[]): Uint8Array {
  const text = fieldOrder.map((field) => fields[field]).join(parting)
  const from = 4 + 4 * starts.length
  const bytes = Buffer.allocUnsafe(from + 2 * text.length)
  bytes.writeUInt32LE(starts.length, 0)
  starts.forEach((start, at) => bytes.writeUInt32LE(start, 4 + 4 * at))
  bytes.write(text, from, 'utf16le')
  return bytes
}

function ordinalBytes(ordinal: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, ordinal)
  return bytes
}

/** Each of these stands in the same batch as the bit that shows the document; missing means damaged. */
function present(value: Uint8Array | undefined): Uint8Array {
  if (!value) throw new ExchangeError('SEARCH_DAMAGED', 'a document of the search index is missing')
  return value
}
