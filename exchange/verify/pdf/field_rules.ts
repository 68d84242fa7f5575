/** What a revision may change of form fields: filling them in, and signing (ISO 32000-2 12.7, 12.8.2.2, 12.8.2.4). Pure. */
import { ExchangeError } from '../../errors.ts'
import {
  dictionaryAt,
  nameOf,
  referenceNumber,
  textOf,
  type PdfDictionary,
  type PdfDocument,
} from '../../pdf/index.ts'
import type { FieldLock } from '../types.ts'
import { changedKeys, hasStrangeKey, readOr } from './compare.ts'
import { effectAt, type Comparison } from './comparison.ts'
import { checkMark, isModest, isOnBlank, isPainted, markOf, type Mark } from './mark_rules.ts'
import { refersOnlyBy } from './owners.ts'

/** What a field or widget is, with what it has from the fields above it. */
export interface FieldFacts {
  /** /FT; undefined for what is no field. */
  readonly type: string | undefined
  /** Full name (12.7.4.2). */
  readonly name: string
  readonly hasValue: boolean
}

const noField: FieldFacts = { type: undefined, name: '', hasValue: false }

/** Levels of fields. */
const maxLevels = 100

/** Reads a field from its object upwards. */
export function fieldFacts(document: PdfDocument, number: number | undefined): FieldFacts {
  if (number === undefined) return noField
  const names: string[] = []
  let type: string | undefined
  let hasValue = false
  let current = dictionaryAt(document, document.object(number)?.value)
  for (let level = 0; current !== undefined && level < maxLevels; level++) {
    const { entries } = current
    type ??= nameOf(document.resolve(entries.get('FT')))
    // Not followed: a value that cannot be read is one.
    hasValue ||= (entries.get('V')?.kind ?? 'null') !== 'null'
    const name = textOf(document.resolve(entries.get('T')))
    if (name !== undefined) names.unshift(name)
    current = dictionaryAt(document, entries.get('Parent'))
  }
  return { type, name: names.join('.'), hasValue }
}

/** Keys that filling in a field changes: its value, its look, and when. */
const fillingKeys: readonly string[] = ['V', 'AS', 'AP', 'I', 'RV', 'M', 'DA']
/** Keys that signing an empty signature field changes. */
const signingKeys: readonly string[] = ['V', 'AP', 'M', 'F', 'AS']
/** Keys that lead to a field; by others it may serve as a list of pictures too. */
const keysToField: readonly string[] =
  'AcroForm Fields Annots Kids Parent Data Reference Obj P K'.split(' ')

/** Judges a field or widget that was there before and says something else now. */
export function checkFieldChange(
  comparison: Comparison,
  number: number,
  [old, now]: readonly [PdfDictionary, PdfDictionary],
): void {
  const { before, newFields, note } = comparison
  const { type, name, hasValue } = fieldFacts(before, number)
  const page = pageOf(comparison, number)
  const place = { page, detail: name }
  const keys = changedKeys(old, now)
  if (type === 'Sig') {
    const isSigned =
      !hasValue &&
      keys.every((key) => signingKeys.includes(key)) &&
      refersOnlyBy(comparison, number, keysToField)
    if (!isSigned) note('forbidden', 'MARK_CHANGED', place)
    else if (!newFields.has(number)) newFields.set(number, page === undefined ? page : page - 1)
    return
  }
  if (type === undefined || !keys.every((key) => fillingKeys.includes(key))) {
    note('forbidden', 'FIELD_ALTERED', place)
    return
  }
  noteFilled(comparison, number)
}

/** A field got another value or look. */
export function noteFilled(comparison: Comparison, number: number): void {
  const { before, rules, note } = comparison
  const { name } = fieldFacts(before, number)
  const place = { page: pageOf(comparison, number), detail: name }
  if (rules.locks.some((lock) => isLocked(lock, name))) note('forbidden', 'FIELD_LOCKED', place)
  else note(effectAt(2, rules), 'FIELD_FILLED', place)
}

/** Whether a lock takes in a field or one above it (Table 256). */
function isLocked({ action, fields }: FieldLock, name: string): boolean {
  if (action === 'All') return true
  const isNamed = fields.some((field) => name === field || name.startsWith(`${field}.`))
  return action === 'Include' ? isNamed : !isNamed
}

/** The page of an annotation, from 1: by its /P, or by the list that names it. */
export function pageOf({ before, graph, pages }: Comparison, number: number): number | undefined {
  const dictionary = dictionaryAt(before, before.object(number)?.value)
  const stated = pages.places.get(referenceNumber(dictionary?.entries.get('P')) ?? -1)
  if (stated !== undefined) return stated + 1
  for (const parent of graph.referrers(number)) {
    const at = pages.places.get(parent) ?? pages.annots.get(parent)?.[0]
    if (at !== undefined) return at + 1
  }
  return undefined
}

/** Judges all fields and widgets that are new or newly signed. */
export function checkNewFields(comparison: Comparison): void {
  for (const [number, page] of comparison.newFields) checkNewField(comparison, number, page)
}

/** A new field must be a signature of this very revision: with a modest mark of its own, or a document timestamp without any. */
function checkNewField(comparison: Comparison, number: number, page: number | undefined): void {
  const { before, after, closing, rules, note } = comparison
  const place = { page: page === undefined ? page : page + 1, detail: `object ${String(number)}` }
  if (!isReadable(after, number)) {
    note('forbidden', 'UPDATE_UNREADABLE', place)
    return
  }
  const field = dictionaryAt(after, after.object(number)?.value)
  const { type } = fieldFacts(after, number)
  if (!field || type !== 'Sig') {
    note('forbidden', type === undefined ? 'ANNOTATION_ADDED' : 'FIELD_ADDED', place)
    return
  }
  for (const key of ['A', 'AA'])
    if (field.entries.has(key)) note('forbidden', 'ACTION_ADDED', place)
  if (hasStrangeKey(field)) note('forbidden', 'AMBIGUOUS_UPDATE', place)
  const mark = markOf(after, field)
  const signature = closing.get(number)
  if (signature === undefined) {
    // What an empty place showed was part of what was signed.
    const old = dictionaryAt(before, readOr(before, number)?.value)
    if (old && isPainted(before, old)) note('forbidden', 'MARK_CHANGED', place)
    checkUnsigned(comparison, field, { ...place, mark, number })
    return
  }
  if (signature.isTimestamp) {
    if (mark.isShown) note('forbidden', 'MARK_WITHOUT_SIGNATURE', place)
    else note('permitted', 'DOCUMENT_TIMESTAMP_ADDED')
    return
  }
  if (rules.docMdp === 1) {
    note('forbidden', 'SIGNATURE_FORBIDDEN', place)
    return
  }
  if (mark.isShown) checkMark(comparison, { mark, number, page })
  note('permitted', 'SIGNATURE_ADDED', { page: mark.isShown ? place.page : undefined })
}

/** A signature field without a signature that closes this revision: harmless only where nothing of it shows. */
function checkUnsigned(
  comparison: Comparison,
  field: PdfDictionary,
  of: {
    readonly page: number | undefined
    readonly mark: Mark
    readonly number: number
    readonly detail: string
  },
): void {
  const { after, rules, pages, note } = comparison
  const { mark, number: own, ...place } = of
  const value = field.entries.get('V')
  // An empty place paints nothing; who signs it later has a mark of that size.
  const isEmptyPlace = value === undefined && !field.entries.has('AP') && !field.entries.has('MK')
  const page = pages.pages[(place.page ?? 0) - 1] ?? pages.pages[0]
  // Whoever seals first makes the places of the other issuers, over their names, before anybody has signed.
  const isFirst = rules.certificationAllowed
  const isBlank =
    isEmptyPlace && page && (isFirst || isOnBlank(comparison, mark, { page, number: own }))
  if (mark.isShown && !(isBlank && isModest(mark, page))) {
    note('forbidden', 'MARK_WITHOUT_SIGNATURE', place)
  } else if (value === undefined) note(effectAt(2, rules), 'SIGNATURE_FIELD_ADDED')
  else {
    const number = referenceNumber(value)
    const isThere = number !== undefined && isReadable(after, number)
    const detail = `object ${String(number)}`
    note('damaged', isThere ? 'UPDATE_MALFORMED' : 'UPDATE_UNREADABLE', { detail })
  }
}

function isReadable(document: PdfDocument, number: number): boolean {
  try {
    document.object(number)
    return true
  } catch (error) {
    if (error instanceof ExchangeError) return false
    throw error
  }
}
