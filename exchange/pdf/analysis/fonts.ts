/**
 * Fonts as far as it matters where their glyphs stand and what they mean (ISO 32000-1 9.6 to 9.10): widths, how strings are cut into codes, characters by
 * /ToUnicode. Draws nothing.
 */
import { dictionaryAt, type PdfDocument } from '../document.ts'
import { integerOf, nameOf, numberOf, type PdfDictionary, type PdfValue } from '../objects.ts'
import { unpack } from './filters.ts'
import { readOperators, type Operand } from './tokens.ts'
import { readTrueType, type TrueType } from './true_type.ts'
import { spend, type Work } from './work.ts'

export interface Font {
  /** Of a composite font a code is two bytes; of the mixed encodings of China a byte below 0x80 is one. */
  readonly codes: 'one' | 'two' | 'mixed'
  /** In thousandths of the size; of a Type 3 font in its own units. */
  widthOf(code: number): number
  /** By /ToUnicode, else for simple fonts the code itself where it is ASCII; undefined if it is not known. */
  characterOf(code: number): string | undefined
  /** A /ToUnicode or a known encoding says what the codes mean. */
  readonly hasMeaning: boolean
  /** The outlines are in the file, or it is one of the 14 fonts that every reader has (9.6.2.2). */
  readonly isEmbedded: boolean
  /** Type 3: glyphs are contents. */
  readonly type3?: { readonly dictionary: PdfDictionary; readonly matrix: readonly number[] }
  /** Of an embedded TrueType font under an identity encoding. */
  readonly glyphs?: TrueType
  glyphOf(code: number): number
}

/** Reads a font dictionary. */
export function readFont(document: PdfDocument, font: PdfDictionary, work: Work): Font {
  const at = (key: string): PdfValue | undefined => document.resolve(font.entries.get(key))
  const characters = toUnicode(document, at('ToUnicode'), work)
  return nameOf(at('Subtype')) === 'Type0'
    ? compositeFont(document, font, { characters, work })
    : simpleFont(document, font, characters)
}

interface More {
  readonly characters: ReadonlyMap<number, string> | undefined
  readonly work: Work
}

function simpleFont(
  document: PdfDocument,
  font: PdfDictionary,
  characters: More['characters'],
): Font {
  const at = (key: string): PdfValue | undefined => document.resolve(font.entries.get(key))
  const first = integerOf(at('FirstChar')) ?? 0
  const widths = numbersOf(document, at('Widths'))
  const isType3 = nameOf(at('Subtype')) === 'Type3'
  const descriptor = dictionaryAt(document, at('FontDescriptor'))
  const missing = numberOf(document.resolve(descriptor?.entries.get('MissingWidth')))
  return {
    codes: 'one',
    widthOf: (code) => widths[code - first] ?? missing ?? (isType3 ? 0 : usualWidth(code)),
    characterOf: (code) =>
      characters?.get(code) ?? (code >= 32 && code < 127 ? String.fromCharCode(code) : undefined),
    hasMeaning: true,
    isEmbedded: isType3 || isStandard(nameOf(at('BaseFont'))) || hasFile(document, descriptor),
    glyphOf: (code) => code,
    ...(isType3 && {
      type3: { dictionary: font, matrix: numbersOf(document, at('FontMatrix')) },
    }),
  }
}

function isStandard(name = ''): boolean {
  return /^(Helvetica|Courier|Times-(Roman|Bold|Italic|BoldItalic)|Symbol|ZapfDingbats)(-(Bold)?(Oblique)?)?$/.test(
    name,
  )
}

/** About the widths of Helvetica, for the standard fonts that need not tell theirs. */
function usualWidth(code: number): number {
  const char = String.fromCharCode(code)
  if (/[ijlft.,;:!|'\s()[\]/I-]/.test(char)) return 278
  if (/[mMW@%]/.test(char)) return 860
  return /[A-Z]/.test(char) ? 680 : 540
}

const fileKeys = ['FontFile', 'FontFile2', 'FontFile3']

function hasFile(document: PdfDocument, descriptor: PdfDictionary | undefined): boolean {
  return fileKeys.some((key) => document.resolve(descriptor?.entries.get(key))?.kind === 'stream')
}

function compositeFont(
  document: PdfDocument,
  font: PdfDictionary,
  { characters, work }: More,
): Font {
  const list = document.resolve(font.entries.get('DescendantFonts'))
  const inner = dictionaryAt(document, list?.kind === 'array' ? list.items[0] : undefined)
  const at = (key: string): PdfValue | undefined => document.resolve(inner?.entries.get(key))
  const encoding = nameOf(document.resolve(font.entries.get('Encoding'))) ?? ''
  const widths = cidWidths(document, at('W'), work)
  const usual = numberOf(at('DW')) ?? 1000
  const descriptor = dictionaryAt(document, at('FontDescriptor'))
  const isIdentity = encoding.startsWith('Identity')
  const map = at('CIDToGIDMap')
  const glyphMap =
    map?.kind === 'stream' ? unpack(document, map, { work, maxBytes: 131_072 }) : undefined
  const glyphs = isIdentity ? trueTypeOf(document, descriptor, work) : undefined
  const isMixed = /^(GB|GBK|GBKp|GBK2K|B5pc|HKscs|ETen|EUC|90ms|83pv|KSC)/.test(encoding)
  return {
    codes: isMixed ? 'mixed' : 'two',
    widthOf: (code) => (isIdentity ? (widths.get(code) ?? usual) : code < 256 ? 500 : usual),
    characterOf: (code) => characters?.get(code),
    hasMeaning: characters !== undefined || !isIdentity,
    isEmbedded: hasFile(document, descriptor),
    glyphOf: (code) =>
      glyphMap ? ((glyphMap[2 * code] ?? 0) << 8) | (glyphMap[2 * code + 1] ?? 0) : code,
    ...(glyphs && { glyphs }),
  }
}

/** Larger fonts are not looked into. */
const maxFontBytes = 4 * 1024 * 1024

function trueTypeOf(
  document: PdfDocument,
  descriptor: PdfDictionary | undefined,
  work: Work,
): TrueType | undefined {
  const file = document.resolve(descriptor?.entries.get('FontFile2'))
  if (file?.kind !== 'stream') return undefined
  const length = integerOf(document.resolve(file.dictionary.entries.get('Length1')))
  if ((length ?? 0) > maxFontBytes) return undefined
  const bytes = unpack(document, file, { work, maxBytes: maxFontBytes })
  return bytes && readTrueType(bytes)
}

function numbersOf(document: PdfDocument, value: PdfValue | undefined): number[] {
  return value?.kind === 'array'
    ? value.items.slice(0, 65_536).map((item) => numberOf(document.resolve(item)) ?? 0)
    : []
}

/** /W of a CIDFont (9.7.4.3). */
function cidWidths(
  document: PdfDocument,
  value: PdfValue | undefined,
  work: Work,
): Map<number, number> {
  const widths = new Map<number, number>()
  const items = value?.kind === 'array' ? value.items : []
  for (let at = 0; at < items.length && widths.size < 70_000;) {
    const first = integerOf(document.resolve(items[at])) ?? 0
    const second = document.resolve(items[at + 1])
    if (second?.kind === 'array') {
      spend(work, 'tests', second.items.length)
      numbersOf(document, second).forEach((width, index) => widths.set(first + index, width))
      at += 2
      continue
    }
    const last = Math.min(integerOf(second) ?? 0, first + 65_535)
    const width = numberOf(document.resolve(items[at + 2])) ?? 0
    spend(work, 'tests', Math.max(0, last - first))
    for (let code = first; code <= last && widths.size < 70_000; code++) widths.set(code, width)
    at += 3
  }
  return widths
}

/** The CMap of /ToUnicode (9.10.3). */
function toUnicode(
  document: PdfDocument,
  value: PdfValue | undefined,
  work: Work,
): Map<number, string> | undefined {
  if (value?.kind !== 'stream') return undefined
  const bytes = unpack(document, value, { work, maxBytes: 1024 * 1024 })
  if (bytes === undefined) return undefined
  const characters = new Map<number, string>()
  readOperators(bytes, (operator, operands) => {
    spend(work, 'operators', 1)
    if (operator === 'endbfchar') addPairs(characters, operands)
    else if (operator === 'endbfrange') addRanges(characters, operands, work)
  })
  return characters
}

function addPairs(characters: Map<number, string>, operands: readonly Operand[]): void {
  for (let at = 0; at + 1 < operands.length; at += 2) {
    characters.set(codeIn(operands[at]), textIn(operands[at + 1]))
  }
}

function addRanges(
  characters: Map<number, string>,
  operands: readonly Operand[],
  work: Work,
): void {
  for (let at = 0; at + 2 < operands.length; at += 3) {
    const [first, last] = [codeIn(operands[at]), codeIn(operands[at + 1])]
    const target = operands[at + 2]
    // Ranges may name the same codes again and again.
    spend(work, 'tests', Math.max(0, last - first))
    for (let code = first; code <= last && characters.size < 70_000; code++) {
      if (Array.isArray(target)) characters.set(code, textIn(target[code - first] as Operand))
      else characters.set(code, shifted(textIn(target), code - first))
    }
  }
}

function shifted(text: string, by: number): string {
  const last = text.charCodeAt(text.length - 1)
  return by === 0 || Number.isNaN(last)
    ? text
    : text.slice(0, -1) + String.fromCharCode((last + by) & 0xffff)
}

function codeIn(operand: Operand | undefined): number {
  if (!(operand instanceof Uint8Array)) return -1
  return operand.reduce((code, byte) => code * 256 + byte, 0)
}

function textIn(operand: Operand | undefined): string {
  if (!(operand instanceof Uint8Array)) return ''
  let out = ''
  for (let at = 0; at + 1 < operand.length; at += 2) {
    out += String.fromCharCode(((operand[at] ?? 0) << 8) | (operand[at + 1] ?? 0))
  }
  return out
}

/** The codes of a string. */
export function codesOf({ codes }: Font, string: Uint8Array): number[] {
  if (codes === 'one') return [...string]
  const out: number[] = []
  for (let at = 0; at < string.length;) {
    const byte = string[at] ?? 0
    const isShort = codes === 'mixed' && byte < 0x81
    out.push(isShort ? byte : (byte << 8) | (string[at + 1] ?? 0))
    at += isShort ? 1 : 2
  }
  return out
}
