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

/** Stretches copied unchanged: where each begins here and in the original. A folded cluster is a stretch whose units share a place. */
interface Stretches {
  readonly here: number[]
  readonly there: number[]
  readonly folded: boolean[]
}

const hanPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}〇]/u
const wordPattern = /[\p{L}\p{N}\p{M}]/u
const markPattern = /\p{M}/u
const opening = new Set('([{【〖〔〘')
const closing = new Set(')]}】〗〕〙')

/** Per BMP code unit: its class, and bit 7 if it is not its own normal form or may combine. */
const changes = 0x80
const table = buildTable()

/** The class of a code unit; both halves of a surrogate pair count as han (beyond the BMP stand mostly rare ideographs). */
export function classOf(codeUnit: number): CharacterClass {
  return ((table[codeUnit] ?? 0) & 0x7f) as CharacterClass
}

/** The normal form of a text. */
export function normalise(original: string): string {
  return run(original, undefined)
}

/** The normal form with its way back to the original. */
export function normaliseWithOrigin(original: string): NormalForm {
  const stretches: Stretches = { here: [], there: [], folded: [] }
  const text = run(original, stretches)
  return {
    text,
    originalAt(place) {
      if (place >= text.length) return original.length
      let low = 0
      let high = stretches.here.length - 1
      while (low < high) {
        const middle = (low + high + 1) >>> 1
        if ((stretches.here[middle] ?? 0) <= place) low = middle
        else high = middle - 1
      }
      const there = stretches.there[low] ?? 0
      return stretches.folded[low] ? there : there + place - (stretches.here[low] ?? 0)
    },
  }
}

/** Walks the original: stretches of unchanging characters are copied whole, the others folded one cluster at a time. */
function run(original: string, stretches: Stretches | undefined): string {
  const { length } = original
  let text = ''
  let last: CharacterClass = classes.other
  let gap = -1
  let at = 0
  const note = (there: number, folded: boolean) => {
    stretches?.here.push(text.length)
    stretches?.there.push(there)
    stretches?.folded.push(folded)
  }
  const emit = (piece: string, from: number, single: boolean) => {
    if (gap >= 0) {
      if (last === classes.word && classOf(piece.charCodeAt(0)) === classes.word) {
        note(gap, true)
        text += ' '
      }
      gap = -1
    }
    note(from, single)
    text += piece
    last = classOf(piece.charCodeAt(piece.length - 1))
  }
  while (at < length) {
    const start = at
    while (at < length && isPlain(original.charCodeAt(at))) at++
    if (at < length && at > start && isMark(original.charCodeAt(at))) at--
    if (at > start) emit(original.slice(start, at), start, false)
    if (at >= length) break
    const end = clusterEnd(original, at)
    const folded = foldCluster(original.slice(at, end))
    if (folded === ' ') {
      if (gap < 0) gap = at
    } else if (folded !== '') emit(folded, at, true)
    at = end
  }
  return text
}

function isPlain(codeUnit: number): boolean {
  return ((table[codeUnit] ?? changes) & changes) === 0
}

function isMark(codeUnit: number): boolean {
  return codeUnit >= 0x300 && markPattern.test(String.fromCharCode(codeUnit))
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

function buildTable(): Uint8Array {
  const built = new Uint8Array(0x10000)
  for (let unit = 0; unit < 0x10000; unit++) {
    if (unit >= 0xd800 && unit <= 0xdfff) {
      built[unit] = classes.han | changes
      continue
    }
    const character = String.fromCharCode(unit)
    const kind = hanPattern.test(character)
      ? classes.han
      : wordPattern.test(character)
        ? classes.word
        : /\s/.test(character)
          ? classes.space
          : classes.other
    const own =
      kind !== classes.space && foldCluster(character) === character && !markPattern.test(character)
    built[unit] = own ? kind : kind | changes
  }
  return built
}
