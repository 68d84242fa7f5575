/**
 * The objects a PDF is made of (ISO 32000-1 7.3), each with its place, so that what is not changed can be copied byte for byte. Types and small
 * accessors only: reading is in `parser.ts`, following references in `document.ts`.
 */

/** Where an object stands in its source: the file, or the decoded object stream that holds it. `end` is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface PdfNull extends Span {
  readonly kind: 'null'
}
export interface PdfBoolean extends Span {
  readonly kind: 'boolean'
  readonly value: boolean
}
export interface PdfNumber extends Span {
  readonly kind: 'number'
  readonly value: number
  /** Written without a point. */
  readonly integer: boolean
}
/** A name without its slash, `#xx` decoded, one character a byte. */
export interface PdfName extends Span {
  readonly kind: 'name'
  readonly value: string
}
/** A string, decoded; the span takes in the parentheses or angle brackets. */
export interface PdfString extends Span {
  readonly kind: 'string'
  readonly bytes: Uint8Array
  readonly hex: boolean
}
export interface PdfArray extends Span {
  readonly kind: 'array'
  readonly items: readonly PdfObject[]
}
export interface PdfDictionary extends Span {
  readonly kind: 'dictionary'
  /** Values by key, in the order of the file. A key that stands twice is refused. */
  readonly entries: ReadonlyMap<string, PdfObject>
}
/** An indirect reference, `12 0 R`. */
export interface PdfReference extends Span {
  readonly kind: 'reference'
  readonly number: number
  readonly generation: number
}
/** A stream; `data` is where its raw bytes stand in the file. */
export interface PdfStream extends Span {
  readonly kind: 'stream'
  readonly dictionary: PdfDictionary
  readonly data: Span
}

/** What may stand inside an array or dictionary. */
export type PdfObject =
  PdfNull | PdfBoolean | PdfNumber | PdfName | PdfString | PdfArray | PdfDictionary | PdfReference

/** What an object number may name. */
export type PdfValue = PdfObject | PdfStream

/** One numbered object. `span` reaches from its number to the end of `endobj`; of an object in an object stream it is the value alone. */
export interface IndirectObject {
  readonly number: number
  readonly generation: number
  readonly value: PdfValue
  /** What the spans count in: the file, or the decoded object stream. */
  readonly source: Uint8Array
  readonly span: Span
  /** Number of the object stream that holds it. */
  readonly container?: number
}

/** Number of a reference, or undefined. */
export function referenceNumber(object: PdfValue | undefined): number | undefined {
  return object?.kind === 'reference' ? object.number : undefined
}

/** Value of a name, or undefined. */
export function nameOf(object: PdfValue | undefined): string | undefined {
  return object?.kind === 'name' ? object.value : undefined
}

/** Value of a number, or undefined. */
export function numberOf(object: PdfValue | undefined): number | undefined {
  return object?.kind === 'number' ? object.value : undefined
}

/** Value of a whole number, or undefined. */
export function integerOf(object: PdfValue | undefined): number | undefined {
  return object?.kind === 'number' && object.integer ? object.value : undefined
}

/** The dictionary itself, or that of a stream, or undefined. */
export function dictionaryOf(object: PdfValue | undefined): PdfDictionary | undefined {
  if (object?.kind === 'stream') return object.dictionary
  return object?.kind === 'dictionary' ? object : undefined
}

/** A text string (ISO 32000-1 7.9.2.2): UTF-16BE or UTF-8 after its mark, else taken as Latin-1 (PDFDocEncoding agrees in what matters here). */
export function textOf(object: PdfValue | undefined): string | undefined {
  if (object?.kind !== 'string') return undefined
  const { bytes } = object
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return new TextDecoder().decode(bytes)
  }
  return latin1(bytes)
}

/** One character a byte. */
export function latin1(bytes: Uint8Array): string {
  if (bytes.length <= 32) return String.fromCharCode(...bytes)
  // Widened to UTF-16, the platform's decoder does it much faster than a loop.
  return utf16.decode(Uint16Array.from(bytes))
}

// A byte never is a surrogate or, in the first place, a mark: 0xFFFE does not come of one byte.
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true })

/** The bytes of a text of characters up to U+00FF. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  putLatin1(bytes, text, 0)
  return bytes
}

const encoder = new TextEncoder()

/** Writes the bytes of a text of characters up to U+00FF into `target` at `at`, where there is room. */
export function putLatin1(target: Uint8Array, text: string, at: number): void {
  const { read, written } = encoder.encodeInto(text, target.subarray(at, at + text.length))
  // All of it in a byte a character: ASCII throughout.
  if (read === text.length && written === text.length) return
  for (let index = 0; index < text.length; index++) target[at + index] = text.charCodeAt(index)
}
