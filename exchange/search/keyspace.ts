/**
 * The keys of the search store: one table. Numbers are big-endian, so that keys sort as they count. Pure.
 *
 *     m                                   state of the index: format, cursor, next ordinal
 *     i <document id>                     ordinal of a document
 *     r <ordinal>                         its head as JSON
 *     n <ordinal>                         its fields in normal form, UTF-16LE, and where its parts begin
 *     o <ordinal> . <part>                its text as it was
 *     p <term> 00 <field> <first ordinal> a chunk of postings; FFFFFFFF is the one that still grows
 *     v <extent> <length> <unit> <block>  who sees what: a bit a document, 1024 to a block
 *     f <block>                           lengths and days, 1024 documents to a block
 */

/** What a term was found in; a number is a byte of the key. */
export const fieldBytes = { title: 0x74, issuer: 0x69, number: 0x6e, body: 0x62 } as const
export type IndexedField = keyof typeof fieldBytes

/** Instead of a first ordinal: the chunk that still grows. */
export const growing = 0xffff_ffff
/** Documents in a block of facts or visibility. */
export const blockSize = 1024
/** Bytes of a unit's code. */
const maxUnitBytes = 255

export const metaKey = text('m')
export const factsKey = (block: number): Uint8Array => numbered('f', block)
export const recordKey = (ordinal: number): Uint8Array => numbered('r', ordinal)
export const fieldsKey = (ordinal: number): Uint8Array => numbered('n', ordinal)
export const originalKey = (ordinal: number, part: number): Uint8Array =>
  Buffer.concat([numbered('o', ordinal), numbered('.', part)])
export const idKey = (id: string): Uint8Array => text(`i${id}`)

/** All keys that begin with these characters, as a half-open range. */
export function rangeOf(prefix: string): { gte: Uint8Array; lt: Uint8Array } {
  const start = text(prefix)
  return { gte: start, lt: after(start) }
}

export function postingKey(term: string, field: IndexedField, first: number): Uint8Array {
  const key = Buffer.allocUnsafe(Buffer.byteLength(term) + 7)
  key[0] = 0x70
  const end = 1 + key.write(term, 1)
  key[end] = 0
  key[end + 1] = fieldBytes[field]
  key.writeUInt32BE(first, end + 2)
  return key
}

/** All chunks of a term, of one field or of all. */
export function postingRange(
  term: string,
  field?: IndexedField,
): { gte: Uint8Array; lt: Uint8Array } {
  const start = text(`p${term}\0${field ? String.fromCharCode(fieldBytes[field]) : ''}`)
  return { gte: start, lt: after(start) }
}

/** All chunks of all terms that begin so. */
export const postingPrefixRange = (prefix: string): { gte: Uint8Array; lt: Uint8Array } =>
  rangeOf(`p${prefix}`)

/** Term and field bytes of a posting's key together (they stay the same along a list), and its first ordinal. */
export function readPostingKey(key: Uint8Array): { field: number; first: number } {
  const view = new DataView(key.buffer, key.byteOffset, key.length)
  return { field: key[key.length - 5] ?? 0, first: view.getUint32(key.length - 4) }
}

export function visibilityKey(extent: 'head' | 'content', unit: string, block: number): Uint8Array {
  const name = text(unit)
  if (name.length > maxUnitBytes) throw new RangeError('a unit code of more than 255 bytes')
  const key = Buffer.allocUnsafe(name.length + 7)
  key[0] = 0x76
  key[1] = extent.charCodeAt(0)
  key[2] = name.length
  key.set(name, 3)
  key.writeUInt32BE(block, name.length + 3)
  return key
}

export function readVisibilityKey(key: Uint8Array): {
  extent: 'head' | 'content'
  unit: string
  block: number
} {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length)
  return {
    extent: bytes[1] === 'h'.charCodeAt(0) ? 'head' : 'content',
    unit: bytes.toString('utf8', 3, bytes.length - 4),
    block: bytes.readUInt32BE(bytes.length - 4),
  }
}

/** The number at the end of a `numbered` key. */
export function readNumber(key: Uint8Array): number {
  return new DataView(key.buffer, key.byteOffset, key.length).getUint32(key.length - 4)
}

function text(value: string): Uint8Array {
  return Buffer.from(value)
}

function numbered(space: string, number: number): Uint8Array {
  const key = Buffer.allocUnsafe(5)
  key[0] = space.charCodeAt(0)
  key.writeUInt32BE(number, 1)
  return key
}

/** The first key that does not begin with `prefix`: no byte of it is FF, because it ends in UTF-8 or a field. */
function after(prefix: Uint8Array): Uint8Array {
  const end = Buffer.from(prefix)
  end[end.length - 1] = (end.at(-1) ?? 0) + 1
  return end
}
