/**
 * From text to index terms: Han characters as overlapping pairs, Latin letters and digits as whole runs, each document number as
 * one term besides. Pure. `encode` is what FlexSearch is given; its own encoders cut numbers into triplets and drop repeats.
 *
 * The last character of a Han run is also a term of its own with an end mark, so that a query of one character is a scan over
 * the terms that begin with it: together they name every place where it stands.
 */
import { documentNumberKeys } from './document_number.ts'
import { classes, classOf, type CharacterClass } from './normalise.ts'

/** Follows the last character of a Han run. */
export const endMark = '\u0002'
/** Begins the term of a document number. */
export const numberMark = '\u0003'
/** A run of letters or digits is indexed by its first so many characters; the verification looks at all of them. */
export const maxTermLength = 40

/** A stretch of one class, in UTF-16 units of the normal form. */
export interface Run {
  readonly kind: CharacterClass
  readonly start: number
  readonly end: number
}

/** The terms of a text in normal form, in order, with repeats: for FlexSearch's `encode`. */
export function encode(normal: string): string[] {
  const terms: string[] = []
  for (const { kind, start, end } of runs(normal)) {
    if (kind === classes.word) terms.push(normal.slice(start, Math.min(end, start + maxTermLength)))
    else {
      let from = start
      let next = from + widthAt(normal, from)
      while (next < end) {
        const after = next + widthAt(normal, next)
        terms.push(normal.slice(from, after))
        from = next
        next = after
      }
      terms.push(normal.slice(from, end) + endMark)
    }
  }
  for (const key of documentNumberKeys(normal)) terms.push(numberMark + key)
  return terms
}

/** How a word of a query is looked up: these terms must all be there, or any that begins with `prefix`. */
export interface Lookup {
  readonly terms: readonly string[]
  readonly prefix?: string
  /** Whether being listed is enough; otherwise the text decides. */
  readonly exact: boolean
}

/** The lookup of a word in normal form; undefined if it holds nothing that is indexed. */
export function lookUp(word: string): Lookup | undefined {
  const all = [...runs(word)]
  const terms = new Set<string>()
  for (const { kind, start, end } of all) {
    if (kind === classes.word) terms.add(word.slice(start, Math.min(end, start + maxTermLength)))
    else {
      for (let from = start; ;) {
        const next = from + widthAt(word, from)
        if (next >= end) break
        terms.add(word.slice(from, next + widthAt(word, next)))
        from = next
      }
    }
  }
  const [only] = all
  if (!only) return undefined
  if (terms.size === 0) {
    const prefix = word.slice(only.start, only.start + widthAt(word, only.start))
    return { terms: [], prefix, exact: prefix === word }
  }
  const [term = ''] = terms
  return { terms: [...terms], exact: terms.size === 1 && term === word }
}

/** Stretches of Han characters and of letters or digits. */
export function* runs(normal: string): Generator<Run> {
  let at = 0
  while (at < normal.length) {
    const kind = classOf(normal.charCodeAt(at))
    const start = at++
    if (kind !== classes.word && kind !== classes.han) continue
    while (at < normal.length && classOf(normal.charCodeAt(at)) === kind) at++
    yield { kind, start, end: at }
  }
}

function widthAt(text: string, at: number): number {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 ? 2 : 1
}
