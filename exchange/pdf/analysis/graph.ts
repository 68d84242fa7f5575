/**
 * What leads to what in a document (ISO 32000-1 7.3.10): objects that nothing reaches from the trailer, and references on the way to a page that lead nowhere.
 * An update that only changes one reference can bring out the first, or supply the second.
 */
import { ExchangeError } from '../../errors.ts'
import { dictionaryAt, type PdfDocument } from '../document.ts'
import {
  dictionaryOf,
  integerOf,
  nameOf,
  type IndirectObject,
  type PdfDictionary,
  type PdfValue,
} from '../objects.ts'
import type { PdfPage } from '../pages.ts'
import type { Session } from './run.ts'
import { readOperators } from './tokens.ts'
import { unpack } from './filters.ts'

/** The object, or undefined if it is free or broken; what is broken is a finding elsewhere. */
function objectOrNothing(document: PdfDocument, number: number): IndirectObject | undefined {
  try {
    return document.object(number)
  } catch (error) {
    if (error instanceof ExchangeError) return undefined
    throw error
  }
}

/** Numbers of all objects that the trailer leads to. */
export function reachedFrom(document: PdfDocument): Set<number> {
  const seen = new Set<number>()
  const pending: number[] = []
  const visit = (value: PdfValue): void => {
    if (value.kind === 'reference') {
      if (!seen.has(value.number)) {
        seen.add(value.number)
        pending.push(value.number)
      }
    } else if (value.kind === 'array') value.items.forEach(visit)
    else for (const inner of dictionaryOf(value)?.entries.values() ?? []) visit(inner)
  }
  visit(document.trailer)
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const object = objectOrNothing(document, next)
    if (object !== undefined) visit(object.value)
  }
  return seen
}

export interface HiddenObjects {
  /** Pages that are not in the page tree, templates, second catalogs: object numbers. */
  readonly pages: readonly number[]
  /** Forms, pictures and contents that nothing leads to. */
  readonly contents: readonly number[]
}

/** Objects with something to show that the document does not show. */
export function hiddenObjects(session: Session, pages: readonly PdfPage[]): HiddenObjects {
  const { document } = session
  const reached = reachedFrom(document)
  const shown = new Set(pages.map(({ object }) => object.number))
  const found = { pages: [] as number[], contents: [] as number[] }
  for (const number of document.numbers()) {
    if (shown.has(number)) continue
    const object = objectOrNothing(document, number)
    if (object === undefined) continue
    if (holdsPages(document, object)) found.pages.push(number)
    else if (!reached.has(number) && showsSomething(session, object)) found.contents.push(number)
  }
  return found
}

/** A page with contents, a template (12.7.6), or a catalog with other pages. */
function holdsPages(document: PdfDocument, { value }: IndirectObject): boolean {
  const dictionary = dictionaryOf(value)
  const type = nameOf(dictionary?.entries.get('Type'))
  if (type === 'Page' || type === 'Template') {
    return document.resolve(dictionary?.entries.get('Contents')) !== undefined
  }
  if (type !== 'Catalog') return false
  // Some programs write the catalog anew under another number; the old one leads to the same pages.
  const [own, shown] = [dictionary, document.catalog().value].map((one) =>
    one?.entries.get('Pages'),
  )
  return own?.kind !== 'reference' || shown?.kind !== 'reference' || own.number !== shown.number
}

/** Pictures smaller than this are ornaments. */
const minPixels = 64 * 64

function showsSomething({ document, work }: Session, { value }: IndirectObject): boolean {
  if (value.kind !== 'stream') return false
  const at = (key: string): PdfValue | undefined =>
    document.resolve(value.dictionary.entries.get(key))
  const [type, subtype] = [nameOf(at('Type')), nameOf(at('Subtype'))]
  if (subtype === 'Image')
    return (integerOf(at('Width')) ?? 0) * (integerOf(at('Height')) ?? 0) >= minPixels
  if (subtype !== 'Form' && (type !== undefined || subtype !== undefined)) return false
  const bytes = unpack(document, value, { work, maxBytes: 1024 * 1024 })
  return bytes !== undefined && looksLikeContent(bytes.subarray(0, 4096))
}

const painting = new Set("Tj TJ ' Do f F f* B B* b b* S s sh EI".split(' '))
const others = new Set(
  'q Q cm gs g G rg RG k K cs CS sc scn SC SCN w J j M d re m l c v y h n W W* BT ET Tf Td TD Tm T* Tc Tw Tz TL Tr Ts BMC BDC EMC'.split(
    ' ',
  ),
)

function looksLikeContent(bytes: Uint8Array): boolean {
  let [all, good, paints] = [0, 0, 0]
  readOperators(bytes, (operator) => {
    all++
    if (painting.has(operator)) paints++
    if (painting.has(operator) || others.has(operator)) good++
  })
  return paints > 0 && good >= 0.8 * all
}

const categories = ['XObject', 'Font', 'ExtGState', 'Pattern', 'ColorSpace', 'Properties']

/** Whether something that a page is drawn with is missing. */
export function hasDangling(
  document: PdfDocument,
  page: PdfPage,
  resources: PdfDictionary | undefined,
): boolean {
  const isMissing = (value: PdfValue | undefined): boolean =>
    value?.kind === 'reference' &&
    objectOrNothing(document, value.number) === undefined &&
    isUnlisted(document, value.number)
  const lists = categories.map((category) =>
    dictionaryAt(document, resources?.entries.get(category)),
  )
  return (
    ['Contents', 'Resources', 'Annots'].some((key) =>
      isMissing(page.dictionary.entries.get(key)),
    ) || lists.some((list) => [...(list?.entries.values() ?? [])].some(isMissing))
  )
}

/** Missing, not broken. */
function isUnlisted(document: PdfDocument, number: number): boolean {
  const entry = document.entry(number)
  return entry === undefined || entry.type === 'free'
}
