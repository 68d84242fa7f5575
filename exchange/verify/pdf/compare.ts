/** Compares values of two states of a PDF, and lists of references. Pure. */
import { equal } from '../../../ca/path/index.ts'
import { ExchangeError } from '../../errors.ts'
import {
  rawStream,
  type IndirectObject,
  type PdfDictionary,
  type PdfDocument,
  type PdfObject,
  type PdfValue,
} from '../../pdf/index.ts'

/** Keys of either dictionary. */
export function keysOf(a: PdfDictionary | undefined, b: PdfDictionary | undefined): string[] {
  return [...new Set([...(a?.entries.keys() ?? []), ...(b?.entries.keys() ?? [])])]
}

/** Keys whose values differ. */
export function changedKeys(a: PdfDictionary | undefined, b: PdfDictionary | undefined): string[] {
  return keysOf(a, b).filter((key) => !sameObject(a?.entries.get(key), b?.entries.get(key)))
}

/** Whether two values say the same, however they are written; references by number; streams never: see `sameStream`. */
export function sameObject(a: PdfValue | undefined, b: PdfValue | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  if (a.kind === 'reference' && b.kind === 'reference') {
    return a.number === b.number && a.generation === b.generation
  }
  if (a.kind === 'string' && b.kind === 'string') return equal(a.bytes, b.bytes)
  if (a.kind === 'array' && b.kind === 'array') {
    return (
      a.items.length === b.items.length &&
      a.items.every((item, at) => sameObject(item, b.items[at]))
    )
  }
  if (a.kind === 'dictionary' && b.kind === 'dictionary') {
    return (
      a.entries.size === b.entries.size &&
      [...a.entries].every(([key, value]) => sameObject(value, b.entries.get(key)))
    )
  }
  if (a.kind === 'null' && b.kind === 'null') return true
  // 90 and 90.0 are not the same to a program that wants a whole number.
  if (a.kind === 'number' && b.kind === 'number' && a.integer !== b.integer) return false
  return 'value' in a && 'value' in b && a.kind === b.kind && a.value === b.value
}

/** Names that say an order of tabs (Table 30); a longer one may be that of a colour space. */
const plainNames: readonly string[] = ['A', 'C', 'R', 'S', 'W']

/** Whether a value is absent or says something by itself: who uses it under another name too, as a font, a picture or a colour space, gets nothing of it. */
export function isWords(value: PdfObject | undefined): boolean {
  if (value?.kind === 'name') return plainNames.includes(value.value)
  return value === undefined || !['reference', 'dictionary', 'array'].includes(value.kind)
}

/** Whether a value has a key that is not plain ASCII: some programs take certain octets of it for blanks, and so read other keys. */
export function hasStrangeKey(value: PdfObject): boolean {
  if (value.kind === 'array') return value.items.some(hasStrangeKey)
  if (value.kind !== 'dictionary') return false
  return [...value.entries].some(([key, inner]) => /[^!-~]/.test(key) || hasStrangeKey(inner))
}

/** Whether a list holds dictionaries alone: then it serves no one as a colour space. */
export function isOfDictionaries(document: PdfDocument, items: readonly PdfObject[]): boolean {
  return items.every((item) => {
    const kind = resolveOr(document, item)?.kind
    return kind === undefined || kind === 'dictionary'
  })
}

/** What a value leads to, or undefined also where that cannot be read. */
function resolveOr(document: PdfDocument, value: PdfObject): PdfValue | undefined {
  try {
    return document.resolve(value)
  } catch (error) {
    if (error instanceof ExchangeError) return undefined
    throw error
  }
}

/** Whether two values of a file say the same; streams by dictionary and data. */
export function sameValue(
  document: PdfDocument,
  a: PdfValue | undefined,
  b: PdfValue | undefined,
): boolean {
  if (a?.kind !== 'stream' || b?.kind !== 'stream') return sameObject(a, b)
  return (
    changedKeys(a.dictionary, b.dictionary).every((key) => key === 'Length') &&
    equal(rawStream(document, a), rawStream(document, b))
  )
}

/** Keys of two states of a dictionary whose values differ, also where they stand in other objects now than before. */
export function differingKeys(
  [before, after]: readonly [PdfDocument, PdfDocument],
  old: PdfDictionary | undefined,
  now: PdfDictionary | undefined,
): string[] {
  return changedKeys(old, now).filter((key) => {
    const [was, is] = [old?.entries.get(key), now?.entries.get(key)]
    if (was === undefined || is === undefined) return true
    return !sameValue(after, before.resolve(was), after.resolve(is))
  })
}

/** The array that a value is or leads to; empty if there is none, undefined for anything else. */
export function itemsOf(
  document: PdfDocument,
  value: PdfObject | undefined,
): readonly PdfObject[] | undefined {
  const array = document.resolve(value)
  if (array === undefined) return []
  return array.kind === 'array' ? array.items : undefined
}

/** What a list gained and lost, and whether what stayed stands in another order. */
export interface ListChange {
  readonly added: readonly PdfObject[]
  readonly removed: readonly PdfObject[]
  readonly isReordered: boolean
}

/** Compares two lists; items that are references are told by number. */
export function compareLists(old: readonly PdfObject[], now: readonly PdfObject[]): ListChange {
  if (old.every((item, at) => sameObject(item, now[at]))) {
    return { added: now.slice(old.length), removed: [], isReordered: false }
  }
  const [kept, left] = [new Set<number>(), [...old]]
  const added: PdfObject[] = []
  const order: number[] = []
  const places = new Map(old.map((item, at) => [numberIn(item) ?? -1 - at, at]))
  for (const item of now) {
    const at = places.get(numberIn(item) ?? NaN) ?? old.findIndex((o) => sameObject(o, item))
    if (at < 0 || kept.has(at)) added.push(item)
    else {
      kept.add(at)
      order.push(at)
    }
  }
  const removed = left.filter((_, at) => !kept.has(at))
  const isReordered = order.some((at, index) => at < (order[index - 1] ?? -1))
  return { added, removed, isReordered }
}

/** The number of a reference; some programs follow none of another generation, so nearly all are of the first, and others are compared as they are. */
function numberIn(item: PdfObject): number | undefined {
  return item.kind === 'reference' && item.generation === 0 ? item.number : undefined
}

/** The object, or undefined also where it cannot be read. */
export function readOr(document: PdfDocument, number: number): IndirectObject | undefined {
  try {
    return document.object(number)
  } catch (error) {
    if (error instanceof ExchangeError) return undefined
    throw error
  }
}
