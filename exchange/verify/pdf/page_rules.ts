/** What a revision may change of pages: which there are, each one's own dictionary, and its annotations (ISO 32000-2 7.7.3, 12.5). Pure. */
import {
  dictionaryAt,
  listPages,
  nameOf,
  referenceNumber,
  type PdfDictionary,
  type PdfDocument,
  type PdfObject,
  type PdfPage,
} from '../../pdf/index.ts'
import type { ChangeCode } from '../report/change_words.ts'
import {
  changedKeys,
  compareLists,
  differingKeys,
  isOfDictionaries,
  isWords,
  itemsOf,
  sameValue,
} from './compare.ts'
import { effectAt, type Comparison, type PageIndex } from './comparison.ts'
import { fieldFacts } from './field_rules.ts'
import { onlyUse } from './owners.ts'

/** The pages of a state. `PDF_MALFORMED` for a broken tree. */
export function indexPages(document: PdfDocument): PageIndex {
  const pages = listPages(document)
  const nodes = new Set<number>()
  const add = (value: PdfObject | undefined): void => {
    const number = referenceNumber(value)
    if (number !== undefined) nodes.add(number)
  }
  const visit = (value: PdfObject | undefined): void => {
    const dictionary = dictionaryAt(document, value)
    const kids = dictionary?.entries.get('Kids')
    if (kids === undefined) return
    add(value)
    add(kids)
    for (const kid of itemsOf(document, kids) ?? []) visit(kid)
  }
  visit(document.catalog().value.entries.get('Pages'))
  const index: PageIndex = {
    pages,
    nodes,
    places: new Map(pages.map(({ object }, at) => [object.number, at])),
    annots: new Map(),
  }
  for (const page of pages) noteAnnots(index, page)
  return index
}

/** Remembers the number of a page's /Annots array. */
export function noteAnnots({ annots }: PageIndex, { index, dictionary }: PdfPage): void {
  const number = referenceNumber(dictionary.entries.get('Annots'))
  if (number === undefined) return
  const known = annots.get(number) ?? []
  if (!known.includes(index)) annots.set(number, [...known, index])
}

/** Compares the pages. Answers whether the tree was touched, so that it must be read again. */
export function checkPages(comparison: Comparison): boolean {
  const { before, after, revision, pages } = comparison
  const [old, now] = [before, after].map((state) => state.catalog().value.entries.get('Pages'))
  const touched =
    referenceNumber(old) !== referenceNumber(now) ||
    [...pages.nodes].some((node) => revision.objects.has(node) && !isSame(comparison, node))
  if (touched) checkTree(comparison)
  const looked = new Set<number>()
  for (const number of revision.objects.keys()) {
    const at = pages.places.get(number)
    for (const index of at === undefined ? (pages.annots.get(number) ?? []) : [at]) {
      if (!looked.has(index)) checkPage(comparison, index)
      looked.add(index)
    }
  }
  return touched
}

function isSame({ before, after }: Comparison, number: number): boolean {
  return sameValue(after, before.object(number)?.value, after.object(number)?.value)
}

/** Nothing that may follow a signature touches the tree; what is said of it is what a person sees of that. */
function checkTree(comparison: Comparison): void {
  const { after, pages, revision, judged, note } = comparison
  const [old, now] = [pages.pages, listPages(after)]
  const isExchanged = old.some(
    (page, at) => now[at] && now[at].object.number !== page.object.number,
  )
  if (now.length > old.length) note('forbidden', 'PAGES_ADDED')
  if (now.length < old.length) note('forbidden', 'PAGES_REMOVED')
  let isTold = now.length !== old.length
  for (const number of pages.nodes) {
    if (!revision.objects.has(number) || isSame(comparison, number)) continue
    judged.add(number)
    for (const key of nodeKeys(comparison, number)) {
      note('forbidden', pageCode(key), { detail: `pages: /${key}` })
      isTold = true
    }
  }
  // Also another count, or another tree of the same pages: programs go through it in different ways.
  if (isExchanged || !isTold) note('forbidden', 'PAGES_EXCHANGED')
}

const treeKeys: readonly string[] = ['Kids', 'Count', 'Parent', 'Type']

/** Keys of a node of the tree that its pages inherit and that changed. */
function nodeKeys({ before, after }: Comparison, number: number): string[] {
  const [old, now] = [before, after].map((state) =>
    dictionaryAt(state, state.object(number)?.value),
  )
  return changedKeys(old, now).filter((key) => !treeKeys.includes(key))
}

/** What a change of a page's key is called. */
export function pageCode(key: string): ChangeCode {
  if (key === 'Contents') return 'PAGE_CONTENT_CHANGED'
  if (key === 'Resources') return 'RESOURCE_REPLACED'
  return key === 'AA' ? 'ACTION_ADDED' : 'PAGE_FRAME_CHANGED'
}

/** Keys that show nothing: the order in which the tabulator key visits, and when something was last done. */
const harmless: readonly string[] = ['Tabs', 'LastModified']

function checkPage(comparison: Comparison, index: number): void {
  const { before, after, pages, judged, note } = comparison
  const page = pages.pages[index]
  if (!page) return
  const { number } = page.object
  const now = dictionaryAt(after, after.object(number)?.value)
  const place = { page: index + 1 }
  judged.add(number)
  if (!now || nameOf(after.resolve(now.entries.get('Type'))) !== 'Page') {
    note('forbidden', 'PAGES_EXCHANGED', place)
    return
  }
  for (const key of differingKeys([before, after], page.dictionary, now)) {
    const isPlain = [page.dictionary, now].every((one) => isWords(one.entries.get(key)))
    if (key === 'Annots' || (harmless.includes(key) && isPlain)) continue
    note('forbidden', pageCode(key), { ...place, detail: `/${key}` })
  }
  checkAnnotations(comparison, index, now)
}

function checkAnnotations(comparison: Comparison, index: number, page: PdfDictionary): void {
  const { before, after, rules, pages, judged, note } = comparison
  const [was, is] = [
    pages.pages[index]?.dictionary.entries.get('Annots'),
    page.entries.get('Annots'),
  ]
  const [old, now] = [itemsOf(before, was), itemsOf(after, is)]
  const place = { page: index + 1 }
  if (!old || !now || !isOfDictionaries(before, old) || !isOfDictionaries(after, now)) {
    note('forbidden', 'ANNOTATION_CHANGED', { ...place, detail: '/Annots' })
    return
  }
  const number = referenceNumber(was)
  if (number !== undefined && isAnnotsOnly(comparison, number)) judged.add(number)
  const { added, removed, isReordered } = compareLists(old, now)
  const effect = effectAt(3, rules)
  for (const item of removed) {
    const isMark = isSignatureWidget(before, item)
    const isField = fieldFacts(before, referenceNumber(item)).type !== undefined
    if (isMark) note('forbidden', 'MARK_CHANGED', place)
    else if (isField) note('forbidden', 'FIELD_ALTERED', place)
    else note(effect, 'ANNOTATION_REMOVED', place)
  }
  if (isReordered) note('forbidden', 'ANNOTATION_CHANGED', { ...place, detail: 'another order' })
  for (const item of added) noteAdded(comparison, index, item)
}

/** An array that serves as a page's list of annotations and nothing else. */
function isAnnotsOnly(comparison: Comparison, number: number): boolean {
  return onlyUse(comparison, number, (dictionary, key) => {
    return key === 'Annots' && nameOf(dictionary.entries.get('Type')) === 'Page'
  })
}

function isSignatureWidget(document: PdfDocument, item: PdfObject): boolean {
  return fieldFacts(document, referenceNumber(item)).type === 'Sig'
}

function noteAdded(comparison: Comparison, index: number, item: PdfObject): void {
  const { after, rules, newFields, note } = comparison
  const number = referenceNumber(item)
  const dictionary = dictionaryAt(after, item)
  // Programs draw a note of any other kind by what it says, though it may be a field too.
  const subtype = after.resolve(dictionary?.entries.get('Subtype'))
  const isField = dictionary?.entries.has('FT') && subtype === undefined
  if (number !== undefined && (nameOf(subtype) === 'Widget' || isField)) {
    newFields.set(number, index)
  } else note(effectAt(3, rules), 'ANNOTATION_ADDED', { page: index + 1 })
}
