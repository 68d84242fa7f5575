/** Text (ISO 32000-1 9): where each glyph stands, whether it is seen, what it means. */
import { dictionaryAt } from '../document.ts'
import { rectangleOf } from '../pages.ts'
import { dictionaryOf, referenceNumber, type PdfValue } from '../objects.ts'
import { codesOf, readFont, type Font } from './fonts.ts'
import { multiply } from './geometry.ts'
import { matrixOf, name, number, numbers, resource, type Act, type Run } from './run.ts'
import { boxOfRun, type TextGlyph, type TextRun } from './scene.ts'
import type { Operand } from './tokens.ts'

/** Operators by name. */
export const textOperators: Readonly<Record<string, Act>> = {
  BT: (run) => {
    run.text = [1, 0, 0, 1, 0, 0]
    run.line = run.text
  },
  Tf: (run, operands) => {
    run.state.font = fontAt(run, resource(run, 'Font', name(operands[0])))
    if (run.state.font === undefined) run.canvas.remarks.missing++
    run.state.size = number(operands[1])
  },
  Tc: (run, [value]) => {
    run.state.charSpace = number(value)
  },
  Tw: (run, [value]) => {
    run.state.wordSpace = number(value)
  },
  Tz: (run, [value]) => {
    run.state.scale = number(value) / 100
  },
  TL: (run, [value]) => {
    run.state.leading = number(value)
  },
  Tr: (run, [value]) => {
    run.state.render = number(value)
  },
  Ts: (run, [value]) => {
    run.state.rise = number(value)
  },
  Td: (run, [x, y]) => {
    moveLine(run, number(x), number(y))
  },
  TD: (run, [x, y]) => {
    run.state.leading = -number(y)
    moveLine(run, number(x), number(y))
  },
  Tm: (run, operands) => {
    run.line = matrixOf(numbers(operands))
    run.text = run.line
  },
  'T*': (run) => {
    moveLine(run, 0, -run.state.leading)
  },
  Tj: (run, [string]) => {
    show(run, [string])
  },
  TJ: (run, [list]) => {
    show(run, Array.isArray(list) ? (list as readonly Operand[]) : [])
  },
  "'": (run, [string]) => {
    moveLine(run, 0, -run.state.leading)
    show(run, [string])
  },
  '"': (run, [word, char, string]) => {
    run.state.wordSpace = number(word)
    run.state.charSpace = number(char)
    moveLine(run, 0, -run.state.leading)
    show(run, [string])
  },
}

function moveLine(run: Run, x: number, y: number): void {
  run.line = multiply([1, 0, 0, 1, x, y], run.line)
  run.text = run.line
}

/** The font behind a resource, read once. */
export function fontAt(run: Run, value: PdfValue | undefined): Font | undefined {
  const { document, fonts, work } = run.session
  const dictionary = dictionaryAt(document, value)
  if (dictionary === undefined) return undefined
  const key = referenceNumber(value) ?? dictionary
  const known = fonts.get(key)
  if (known !== undefined) return known
  const font = readFont(document, dictionary, work)
  if (fonts.size < maxFonts) fonts.set(key, font)
  return font
}

const maxFonts = 2000

/** Strings and moves in a row: one run of glyphs, and the text matrix behind it. */
function show(run: Run, items: readonly (Operand | undefined)[]): void {
  const { state } = run
  const { font, size, scale } = state
  if (font === undefined) return
  const glyphs: TextGlyph[] = []
  const codes: number[] = []
  let at = 0
  for (const item of items) {
    if (typeof item === 'number') at -= (item / 1000) * size * scale
    if (!(item instanceof Uint8Array)) continue
    for (const code of codesOf(font, item)) {
      const unit = font.type3 === undefined ? 0.001 : (font.type3.matrix[0] ?? 0.001)
      const width = font.widthOf(code) * unit * size * scale
      if (!isBlank(font, code)) {
        glyphs.push({ at, width })
        codes.push(code)
      }
      run.canvas.onText?.(font.characterOf(code))
      const isSpace = code === 32 && font.codes !== 'two'
      at += width + (state.charSpace + (isSpace ? state.wordSpace : 0)) * scale
    }
  }
  if (glyphs.length > 0) place(run, font, { glyphs, codes })
  run.text = multiply([1, 0, 0, 1, at, 0], run.text)
}

function isBlank(font: Font, code: number): boolean {
  const character = font.characterOf(code)
  if (character !== undefined) return /^[\s\p{C}\p{Z}]*$/u.test(character)
  return font.glyphs?.isEmpty(font.glyphOf(code)) ?? (font.codes !== 'two' && code === 32)
}

function place(
  run: Run,
  font: Font,
  { glyphs, codes }: { readonly glyphs: TextGlyph[]; readonly codes: readonly number[] },
): void {
  const { state, canvas } = run
  const { scene, remarks } = canvas
  if (run.hidden > 0) {
    remarks.hiddenByLayer += glyphs.length
    return
  }
  remarkFont(run, font, codes)
  const text: TextRun = {
    matrix: multiply(run.text, state.matrix),
    glyphs,
    size: state.size,
    rise: state.rise,
    clips: state.clips,
    codes: codes.map((code) => font.characterOf(code) ?? String(code)).join(' '),
  }
  const isSeen = state.render !== 3 && state.render !== 7 && state.alpha * state.group >= 0.05
  // White glyphs are seen by nobody, but may hide what is under them.
  if (isSeen && font.type3 !== undefined) paintGlyphs(run, text, codes)
  const isWhite = state.ink === 'white' && (state.render === 0 || state.render === 4)
  if (!isSeen || (isWhite && !scene.hasGround(text))) {
    remarks.invisibleGlyphs += glyphs.length
    return
  }
  scene.text(text)
}

/** Remarks what the font says wrongly of these codes. */
function remarkFont({ canvas: { remarks } }: Run, font: Font, codes: readonly number[]): void {
  if (!font.isEmbedded) remarks.foreignFonts++
  if (!font.hasMeaning) remarks.meaninglessFonts++
  const { glyphs } = font
  if (glyphs === undefined) return
  for (const code of codes) {
    const character = font.characterOf(code)
    if (character === undefined || !/^[\p{L}\p{N}]/u.test(character)) continue
    const glyph = font.glyphOf(code)
    if (glyphs.isEmpty(glyph)) remarks.emptyGlyphs++
    else if (isFalse(character, glyphs.characters?.get(glyph))) remarks.falseGlyphs++
  }
}

/** Kinds of characters that are not taken for each other. */
const kinds = [/^\p{Nd}$/u, /^[A-Za-z]$/, /^\p{Script=Han}$/u]

/** The text says a digit, letter or Chinese character, and the font knows the glyph as others of the same kind only. */
function isFalse(character: string, own: readonly number[] | undefined): boolean {
  if (own === undefined) return false
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase()
  const said = plain(character)
  const kind = kinds.find((one) => one.test(said))
  if (kind === undefined) return false
  const meant = own.map((code) => plain(String.fromCodePoint(code)))
  return meant.length > 0 && !meant.includes(said) && meant.every((one) => kind.test(one))
}

/** Glyphs of a Type 3 font that are large enough to hide other text are painted as the contents they are. */
function paintGlyphs(run: Run, text: TextRun, codes: readonly number[]): void {
  const { font } = run.state
  const { document } = run.session
  if (font?.type3 === undefined || run.depth > 2) return
  const { dictionary, matrix } = font.type3
  const box = rectangleOf(document, dictionary.entries.get('FontBBox'))
  const height = boxOfRun(text).top - boxOfRun(text).bottom
  const em = box === undefined ? 0 : (box[3] - box[1]) * Math.abs(matrix[3] ?? 0)
  if (height < 24 && em < 4) return
  const procedures = dictionaryAt(document, dictionary.entries.get('CharProcs'))
  const names = differencesOf(run, dictionary.entries.get('Encoding'))
  for (const [index, code] of codes.entries()) {
    const procedure = document.resolve(procedures?.entries.get(names.get(code) ?? ''))
    const bytes = procedure?.kind === 'stream' ? run.session.contentOf(procedure) : undefined
    if (bytes === undefined) continue
    const { size, scale, rise } = run.state
    const place = multiply(
      [size * scale, 0, 0, size, text.glyphs[index]?.at ?? 0, rise],
      text.matrix,
    )
    const resources = dictionaryAt(document, dictionary.entries.get('Resources')) ?? run.resources
    const state = { ...run.state, font: undefined, matrix: multiply(matrixOf(matrix), place) }
    run.paint({ bytes, resources, state, depth: run.depth + 1 })
  }
}

function differencesOf(run: Run, value: PdfValue | undefined): Map<number, string> {
  const { document } = run.session
  const list = document.resolve(dictionaryOf(document.resolve(value))?.entries.get('Differences'))
  const names = new Map<number, string>()
  let code = 0
  for (const item of list?.kind === 'array' ? list.items.slice(0, 512) : []) {
    if (item.kind === 'number') code = item.value
    else if (item.kind === 'name') names.set(code++, item.value)
  }
  return names
}
