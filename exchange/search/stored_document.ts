/**
 * A document as the search store keeps it: its head as JSON, its fields in normal form for checking proposals, its text as it was
 * for snippets. Bytes only; the store adds the checksums.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { readDocumentNumber } from './document_number.ts'
import { ExchangeError } from '../errors.ts'
import type { Write } from './checked_store.ts'
import { fieldsKey, idKey, originalKey, recordKey, type IndexedField } from './keyspace.ts'
import type { MatchFields } from './match.ts'
import { normalise } from './normalise.ts'
import { readDay } from './query.ts'
import { encode, numberMark } from './terms.ts'
import type { SearchDocument } from './types.ts'

/** Longer texts are a mistake of whoever extracts them (`pdf_text.ts` stops earlier). */
export const maxTextLength = 20_000_000

/** The head of a document: all but its text. */
export type DocumentHead = Omit<SearchDocument, 'text'>

/** The four indexed fields in normal form. */
export type NormalFields = Readonly<Record<IndexedField, string>>

const fieldOrder = ['title', 'issuer', 'number', 'body'] as const
const parting = '\0'

export function normalFields(document: SearchDocument): NormalFields {
  const number = document.number ?? ''
  return {
    title: normalise(document.title),
    issuer: normalise(document.issuer),
    number: readDocumentNumber(number)?.text ?? normalise(number),
    body: normalise(document.text.slice(0, maxTextLength)),
  }
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
  fields: NormalFields,
  ordinal: number,
): Write[] {
  const { text, ...head } = document
  return [
    { key: idKey(document.id), value: ordinalBytes(ordinal) },
    { key: recordKey(ordinal), value: Buffer.from(JSON.stringify(head)) },
    { key: fieldsKey(ordinal), value: encodeFields(fields) },
    {
      key: originalKey(ordinal),
      value: deflateRawSync(text.slice(0, maxTextLength), { level: 1 }),
    },
  ]
}

export function readHead(value: Uint8Array | undefined): DocumentHead {
  return JSON.parse(Buffer.from(present(value)).toString()) as DocumentHead
}

export function readOriginal(value: Uint8Array | undefined): string {
  return inflateRawSync(present(value), { maxOutputLength: 4 * maxTextLength }).toString()
}

export function readOrdinal(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset, value.length).getUint32(0)
}

export function readFields(value: Uint8Array | undefined): NormalFields {
  const bytes = present(value)
  const parts = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('utf16le')
    .split(parting)
  const [title = '', issuer = '', number = '', body = ''] = parts
  return { title, issuer, number, body }
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

function encodeFields(fields: NormalFields): Uint8Array {
  return Buffer.from(fieldOrder.map((field) => fields[field]).join(parting), 'utf16le')
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
