/** Optional content (ISO 32000-1 8.11) as a reader shows it when it opens the file: which layers are off, and whether paper shows others than the screen. */
import { dictionaryAt, type PdfDocument } from '../document.ts'
import { nameOf, referenceNumber, type PdfDictionary, type PdfValue } from '../objects.ts'

export interface Layers {
  /** There are layers at all. */
  readonly any: boolean
  /** Screen, paper, zoom or language decide what is shown (8.11.4.5). */
  readonly depends: boolean
  /** Whether content that belongs to this group or membership dictionary is not shown. */
  isHidden(value: PdfValue | undefined): boolean
}

const maxGroups = 10_000

/** Reads /OCProperties of the catalog. */
export function readLayers(document: PdfDocument): Layers {
  const properties = dictionaryAt(document, document.catalog().value.entries.get('OCProperties'))
  const usual = dictionaryAt(document, properties?.entries.get('D'))
  const groups = numbersIn(document, properties?.entries.get('OCGs'))
  const base = nameOf(document.resolve(usual?.entries.get('BaseState')))
  const off = new Set(base === 'OFF' ? groups : [])
  for (const number of numbersIn(document, usual?.entries.get('ON'))) off.delete(number)
  for (const number of numbersIn(document, usual?.entries.get('OFF'))) off.add(number)
  return {
    any: groups.length > 0,
    depends: dependsOnUse(document, usual),
    isHidden: (value) => isHidden(document, value, off),
  }
}

function isHidden(
  document: PdfDocument,
  value: PdfValue | undefined,
  off: ReadonlySet<number>,
): boolean {
  const number = referenceNumber(value)
  if (number !== undefined && off.has(number)) return true
  const dictionary = dictionaryAt(document, value)
  if (nameOf(document.resolve(dictionary?.entries.get('Type'))) !== 'OCMD') return false
  // An expression is not evaluated: who writes one says that something may be hidden.
  if (dictionary?.entries.has('VE')) return true
  const groups = dictionary?.entries.get('OCGs')
  const members =
    groups?.kind === 'reference' && document.resolve(groups)?.kind === 'dictionary'
      ? [groups.number]
      : numbersIn(document, groups)
  if (members.length === 0) return false
  const policy = nameOf(document.resolve(dictionary?.entries.get('P'))) ?? 'AnyOn'
  const anyOn = members.some((member) => !off.has(member))
  const anyOff = members.some((member) => off.has(member))
  return { AnyOn: !anyOn, AllOn: anyOff, AnyOff: !anyOff, AllOff: anyOn }[policy] ?? !anyOn
}

/** Table 103: an automatic state for printing or viewing, where a group says that the two differ or names zoom, language or user. */
function dependsOnUse(document: PdfDocument, usual: PdfDictionary | undefined): boolean {
  const automatic = document.resolve(usual?.entries.get('AS'))
  const items = automatic?.kind === 'array' ? automatic.items.slice(0, maxGroups) : []
  return items.some((item) => {
    const usage = dictionaryAt(document, item)
    return numbersIn(document, usage?.entries.get('OCGs')).some((number) =>
      variesByUse(document, number),
    )
  })
}

function variesByUse(document: PdfDocument, number: number): boolean {
  const group = document.object(number)?.value
  const usage =
    group?.kind === 'dictionary' ? dictionaryAt(document, group.entries.get('Usage')) : undefined
  const state = (event: string): string | undefined => {
    const dictionary = dictionaryAt(document, usage?.entries.get(event))
    return nameOf(document.resolve(dictionary?.entries.get(`${event}State`)))
  }
  const states = new Set([state('View'), state('Print')].filter((one) => one !== undefined))
  return states.size > 1 || ['Zoom', 'Language', 'User'].some((key) => usage?.entries.has(key))
}

function numbersIn(document: PdfDocument, value: PdfValue | undefined): number[] {
  const list = document.resolve(value)
  if (list?.kind !== 'array') return []
  return list.items
    .slice(0, maxGroups)
    .map(referenceNumber)
    .filter((number) => number !== undefined)
}
