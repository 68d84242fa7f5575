/**
 * Whom an object serves: pages, annotations, the catalog, by following references backwards. What serves one purpose alone may be judged by the rules for that
 * purpose; and of what was replaced it can be said on which page that shows. Pure.
 */
import {
  dictionaryAt,
  dictionaryOf,
  nameOf,
  referenceNumber,
  type PdfDictionary,
  type PdfDocument,
  type PdfObject,
} from '../../pdf/index.ts'
import { itemsOf, readOr } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { referencesIn } from './graph.ts'

/** An object at which following backwards ends, and the key by which it leads down. */
export interface Owner {
  readonly kind: 'page' | 'tree' | 'catalog' | 'annotation' | 'field' | 'trailer'
  readonly number: number
  readonly key: string
}

/** Objects looked at on the way up; what serves so many others is no one's own. */
const maxVisited = 2000

/** Whom a number serves in the state before; undefined if that is too much to tell. */
export function ownersOf(comparison: Comparison, number: number): readonly Owner[] | undefined {
  const { before, graph } = comparison
  const owners: Owner[] = []
  const seen = new Set([number])
  const pending = [number]
  for (let child = pending.pop(); child !== undefined; child = pending.pop()) {
    if (isTrailerOwned(before, child)) owners.push({ kind: 'trailer', number: child, key: '' })
    for (const parent of graph.referrers(child)) {
      const dictionary = dictionaryOf(readOr(before, parent)?.value)
      const kind = dictionary && kindOf(comparison, parent, dictionary)
      if (kind) {
        for (const key of keysTo(dictionary, child)) owners.push({ kind, number: parent, key })
      } else if (!seen.has(parent)) {
        if (seen.size > maxVisited) return undefined
        seen.add(parent)
        pending.push(parent)
      }
    }
  }
  return owners
}

/** Whether the trailer itself leads to it, be it by a key of no meaning. */
function isTrailerOwned({ trailer }: PdfDocument, number: number): boolean {
  return [...trailer.entries.values()].some((value) => referencesIn(value).has(number))
}

function kindOf(
  { pages }: Comparison,
  number: number,
  { entries }: PdfDictionary,
): Owner['kind'] | undefined {
  if (pages.places.has(number)) return 'page'
  if (pages.nodes.has(number)) return 'tree'
  const type = nameOf(entries.get('Type'))
  if (type === 'Catalog') return 'catalog'
  if (type === 'Page') return 'page'
  if (type === 'Pages') return 'tree'
  if (entries.has('Subtype') && entries.has('Rect')) return 'annotation'
  return entries.has('FT') || (entries.has('T') && entries.has('Kids')) ? 'field' : undefined
}

function keysTo(dictionary: PdfDictionary, child: number): string[] {
  return [...dictionary.entries]
    .filter(([, value]) => referencesIn(value).has(child))
    .map(([key]) => key)
}

/** Whether every object that refers to the number does so by a key that fits. */
export function onlyUse(
  { before, graph }: Comparison,
  number: number,
  fits: (dictionary: PdfDictionary, key: string, parent: number) => boolean,
): boolean {
  return [...graph.referrers(number)].every((parent) => {
    const dictionary = dictionaryOf(readOr(before, parent)?.value)
    return dictionary && keysTo(dictionary, number).every((key) => fits(dictionary, key, parent))
  })
}

/** Whether every dictionary that refers to the number does so by one of the keys. */
export function refersOnlyBy(
  { before, graph }: Comparison,
  number: number,
  keys: readonly string[],
): boolean {
  return [...graph.referrers(number)].every((parent) => {
    const dictionary = dictionaryOf(readOr(before, parent)?.value)
    return !dictionary || keysTo(dictionary, number).every((key) => keys.includes(key))
  })
}

/** Whether the catalog serves no other purpose: as a list of pictures, a change of what it names would change what is shown. A signature may name it as what it protects (12.8.2). */
export function isCatalogAlone(comparison: Comparison): boolean {
  return onlyUse(comparison, comparison.before.catalog().number, ({ entries }, key) => {
    const isTable = key === 'Root' && nameOf(entries.get('Type')) === 'XRef'
    return isTable || key === 'Reference' || key === 'Data'
  })
}

/** Whether an object serves the catalog by this key and no one else, and the catalog nothing else. */
export function servesCatalog(comparison: Comparison, number: number, key: string): boolean {
  const catalog = comparison.before.catalog().number
  const isItsOwn = onlyUse(comparison, number, (_, used, parent) => {
    return parent === catalog && used === key
  })
  return isItsOwn && isCatalogAlone(comparison)
}

/** Numbers that are reached through the DSS and in no other way, however far up. */
export function numbersOfStore(comparison: Comparison): ReadonlySet<number> {
  const { before, graph } = comparison
  if (!isCatalogAlone(comparison)) return new Set()
  const store = new Set(storeNumbers(before))
  const catalog = before.catalog()
  const isInside = (number: number): boolean =>
    !isTrailerOwned(before, number) &&
    [...graph.referrers(number)].every((parent) =>
      parent === catalog.number
        ? keysTo(catalog.value, number).every((key) => key === 'DSS')
        : store.has(parent),
    )
  const pending = [...store]
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    if (!store.has(number) || isInside(number)) continue
    store.delete(number)
    // What it leads to is now reached from outside.
    pending.push(...graph.references(number))
  }
  return store
}

const listsOfStore: readonly string[] = ['Certs', 'CRLs', 'OCSPs', 'Cert', 'CRL', 'OCSP']

/** Numbers that the DSS leads to: its lists, what they list, and the same for each signature (VRI). */
function storeNumbers(document: PdfDocument): ReadonlySet<number> {
  const found = new Set<number>()
  const add = (value: PdfObject | undefined): void => {
    const number = referenceNumber(value)
    if (number !== undefined) found.add(number)
  }
  const visit = (value: PdfObject | undefined): void => {
    add(value)
    const dictionary = dictionaryAt(document, value)
    for (const [key, list] of dictionary?.entries ?? []) {
      if (!listsOfStore.includes(key)) continue
      add(list)
      for (const item of itemsOf(document, list) ?? []) add(item)
    }
  }
  const root = document.catalog().value.entries.get('DSS')
  visit(root)
  const perSignature = dictionaryAt(document, root)?.entries.get('VRI')
  add(perSignature)
  for (const value of dictionaryAt(document, perSignature)?.entries.values() ?? []) visit(value)
  return found
}
