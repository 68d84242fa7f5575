/**
 * The one form in which texts and queries are compared: NFKC, radicals as ideographs, lower case, every bracket as 〔 or 〕,
 * and white space only where it parts two words of letters or digits. Pure.
 * So a line end inside a sentence, a name padded with spaces and `国函[2006] 38号` match as a person reads them. NFKC (UAX #15) is
 * applied to a character with its combining marks at a time, which keeps a map back to the original for snippets.
 */
import { ideographOfRadical } from './radicals.ts'

/** What a code unit of the normal form is to the tokeniser. */
export const classes = { other: 0, space: 1, word: 2, han: 3 } as const
export type CharacterClass = (typeof classes)[keyof typeof classes]

/** A normal form and its way back. */
export interface NormalForm {
  readonly text: string
  /** Where in the original the UTF-16 unit at this place came from; at the end of the text the original's length. */
  originalAt(place: number): number
}

/** A part of the original that can be normalised by itself. */
export interface Segment {
  /** Where its normal form begins in the whole normal form. */
  readonly start: number
  readonly original: string
}

/** Units of a `plain` stretch stand one for one in the original; those of a `folded` one, and a `gap`, all for one place there. */
type Stretch = 'plain' | 'folded' | 'gap'
/** Told of each stretch where it begins here and in the original. */
type OnStretch = (here: number, there: number, stretch: Stretch) => void

const hanPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}〇]/u
const wordPattern = /[\p{L}\p{N}\p{M}]/u
const markPattern = /\p{M}/u
const opening = new Set('([{【〖〔〘')
const closing = new Set(')]}】〗〕〙')

/** Per BMP code unit, looked into when it first comes: its class, bit 7 if it is not its own normal form or may combine, bit 6 if it is a mark. */
const changes = 0x80
const mark = 0x40
const unknown = 0x3f
const table = new Uint8Array(0x10000).fill(unknown)
/** By BMP code unit. */
const folds: (string | undefined)[] = []

/** The class of a code unit; both halves of a surrogate pair count as han (beyond the BMP stand mostly rare ideographs). */
export function classOf(codeUnit: number): CharacterClass {
  return (look(codeUnit) & unknown) as CharacterClass
}

/** The normal form of a text. */
export function normalise(original: string): string {
  return run(original, undefined)
}

/** The normal form with its way back to the original. */
export function normaliseWithOrigin(original: string): NormalForm {
  const starts: number[] = []
  const origins: number[] = []
  const wholes: boolean[] = []
  const text = run(original, (here, there, stretch) => {
    starts.push(here)
    origins.push(there)
    wholes.push(stretch !== 'plain')
  })
  return {
    text,
    originalAt(place) {
      if (place >= text.length) return original.length
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >>> 1
        if ((starts[middle] ?? 0) <= place) low = middle
        else high = middle - 1
      }
      const there = origins[low] ?? 0
      return wholes[low] ? there : there + place - (starts[low] ?? 0)
    },
  }
}

/** The normal form, and the original cut into parts of at least `size` units of it, of which the form is that of the whole. */
export function normaliseInSegments(
  original: string,
  size: number,
): { readonly text: string; readonly segments: readonly Segment[] } {
  const cuts = [{ here: 0, there: 0 }]
  let next = size
  const text = run(original, (here, there, stretch) => {
    if (here < next || stretch === 'gap') return
    cuts.push({ here, there })
    next = here + size
  })
  const segments = cuts.map(({ here, there }, at) => ({
    start: here,
    original: original.slice(there, cuts[at + 1]?.there),
  }))
  return { text, segments }
}

/** Walks the original: stretches of unchanging characters are copied whole, the others folded one cluster at a time. */
function run(original: string, onStretch: OnStretch | undefined): string {
  const { length } = original
  let text = ''
  let last: CharacterClass = classes.other
  let gap = -1
  let at = 0
  const emit = (piece: string, from: number, stretch: Stretch) => {
    if (gap >= 0) {
      if (last === classes.word && classOf(piece.charCodeAt(0)) === classes.word) {
        onStretch?.(text.length, gap, 'gap')
        text += ' '
      }
      gap = -1
    }
    onStretch?.(text.length, from, stretch)
    text += piece
    last = classOf(piece.charCodeAt(piece.length - 1))
  }
  while (at < length) {
    const start = at
    while (at < length && isPlain(original.charCodeAt(at))) at++
    if (at < length && at > start && isMark(original.charCodeAt(at))) at--
    if (at > start) emit(original.slice(start, at), start, 'plain')
    if (at >= length) break
    const single = foldedSingle(original, at)
    const end = single === undefined ? clusterEnd(original, at) : at + 1
    const folded = single ?? foldCluster(original.slice(at, end))
    if (folded === ' ') {
      if (gap < 0) gap = at
    } else if (folded !== '') emit(folded, at, 'folded')
    at = end
  }
  return text
}

/** The fold of a BMP character that no mark follows, remembered: most of what is folded is the same few signs. */
function foldedSingle(original: string, at: number): string | undefined {
  const unit = original.charCodeAt(at)
  if ((unit & 0xf800) === 0xd800 || isMark(unit) || isMark(original.charCodeAt(at + 1)))
    return undefined
  return (folds[unit] ??= foldCluster(original.charAt(at)))
}

function isPlain(codeUnit: number): boolean {
  return (look(codeUnit) & changes) === 0
}

function isMark(codeUnit: number): boolean {
  return codeUnit >= 0x300 && (look(codeUnit) & mark) !== 0
}

function clusterEnd(original: string, at: number): number {
  let end = at + ((original.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
  while (end < original.length && isMark(original.charCodeAt(end))) end++
  return end
}

/** Folds one cluster; a space stands for any white space or control character, which the caller keeps or drops. */
function foldCluster(cluster: string): string {
  const canonical = cluster.normalize('NFKC').toLowerCase().normalize('NFKC')
  const folded = Array.from(canonical, (character) => {
    if (opening.has(character)) return '〔'
    if (closing.has(character)) return '〕'
    return ideographOfRadical(character.charCodeAt(0)) ?? character
  })
  const text = folded.join('')
  return /^[\s\p{Cc}\p{Cf}]*$/u.test(text) ? (/\s|\p{Cc}/u.test(text) ? ' ' : '') : text.trim()
}

function look(codeUnit: number): number {
  const known = table[codeUnit]
  // Beyond the end of a text there is no code unit.
  if (known === undefined) return changes
  return known === unknown ? (table[codeUnit] = classify(codeUnit)) : known
}

function classify(codeUnit: number): number {
  if (codeUnit >= 0xd800 && codeUnit <= 0xdfff) return classes.han | changes
  const character = String.fromCharCode(codeUnit)
  const kind = hanPattern.test(character)
    ? classes.han
    : wordPattern.test(character)
      ? classes.word
      : /\s/.test(character)
        ? classes.space
        : classes.other
  if (markPattern.test(character)) return kind | changes | mark
  const isOwn = kind !== classes.space && foldCluster(character) === character
  return isOwn ? kind : kind | changes
}
