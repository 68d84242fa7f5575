/**
 * Every object that a revision replaces or takes away must be one whose change was looked at; no object may fill a gap that the signed state left. What remains is
 * named by whom it serves: the text of a page, a font, a picture, a field. Pure.
 */
import {
  dictionaryAt,
  dictionaryOf,
  nameOf,
  type PdfDictionary,
  type PdfValue,
  type XrefEntry,
} from '../../pdf/index.ts'
import type { ChangeCode } from '../report/change_words.ts'
import { sameValue, readOr } from './compare.ts'
import { effectAt, type Comparison } from './comparison.ts'
import { catalogCode } from './document_rules.ts'
import { checkFieldChange, fieldFacts, noteFilled, pageOf } from './field_rules.ts'
import { ownersOf, type Owner } from './owners.ts'
import { pageCode } from './page_rules.ts'

/** Looks at each object that the revision lists and that no other rule looked at. */
export function checkObjects(comparison: Comparison): void {
  const { before, revision, graph, containers, judged, note } = comparison
  for (const { number, entry, redefined } of revision.objects.values()) {
    const isRenewed = redefined && entry.type !== 'free' && isOfAnother(before.entry(number), entry)
    if (isRenewed) {
      // Some programs then follow no reference to it any more, others do.
      note('forbidden', 'OBJECT_REPLACED', { detail: `object ${String(number)}` })
      continue
    }
    const isContainer = redefined && containers.has(number)
    // Whatever else it serves as: with it, the objects in it are others.
    if (judged.has(number) && !isContainer) continue
    const detail = `object ${String(number)}`
    const isReferred = graph.referrers(number).size > 0
    const isFree = entry.type === 'free'
    if (!redefined) {
      if (!isFree && isReferred && readOr(before, number) === undefined) {
        note('forbidden', 'REFERENCE_FILLED', { detail })
      }
    } else if (isContainer) note('forbidden', 'OBJECT_REPLACED', { detail })
    else if (isReferred) {
      if (isFree) noteLost(comparison, number)
      else checkReplaced(comparison, number)
    }
    // What nothing refers to and no object stands in was not shown: to use its number again is to add an object.
  }
}

/** Whether two entries are of different generations (7.5.4); what an object stream holds is of the first. */
function isOfAnother(old: XrefEntry | undefined, now: XrefEntry): boolean {
  const generationOf = (entry: XrefEntry): number => ('generation' in entry ? entry.generation : 0)
  return old !== undefined && generationOf(old) !== generationOf(now)
}

function noteLost(comparison: Comparison, number: number): void {
  const owner = ownersOf(comparison, number)?.[0]
  comparison.note('forbidden', 'OBJECT_REMOVED', {
    page: owner && pageOfOwner(comparison, owner),
    detail: `object ${String(number)}`,
  })
}

function checkReplaced(comparison: Comparison, number: number): void {
  const { before, after, note } = comparison
  const detail = `object ${String(number)}`
  const [old, now] = [readOr(before, number)?.value, readOr(after, number)?.value]
  if (now === undefined) {
    note('forbidden', 'UPDATE_UNREADABLE', { detail })
    return
  }
  if (sameValue(after, old, now)) return
  const [was, is] = [dictionaryOf(old), dictionaryOf(now)]
  if (old?.kind === 'dictionary' && now.kind === 'dictionary' && was && is) {
    if (isField(comparison, number, was)) {
      checkFieldChange(comparison, number, [was, is])
      return
    }
    if (was.entries.has('Subtype') && was.entries.has('Rect')) {
      const effect = effectAt(3, comparison.rules)
      note(effect, 'ANNOTATION_CHANGED', { page: pageOf(comparison, number), detail })
      return
    }
  }
  noteReplaced(comparison, number, old)
}

function isField({ before }: Comparison, number: number, { entries }: PdfDictionary): boolean {
  return (
    nameOf(entries.get('Subtype')) === 'Widget' || fieldFacts(before, number).type !== undefined
  )
}

/** A part of something else: the look of a field or note, or of a page. */
function noteReplaced(comparison: Comparison, number: number, old: PdfValue | undefined): void {
  const { note, rules, pages } = comparison
  const detail = `object ${String(number)}`
  const owners = ownersOf(comparison, number)
  const [first] = owners ?? []
  if (owners === undefined || first === undefined) {
    note('forbidden', 'OBJECT_REPLACED', { detail })
    return
  }
  const isLookOnly = owners.every(({ kind, key }) => {
    return (kind === 'annotation' && key === 'AP') || kind === 'field'
  })
  if (isLookOnly) {
    for (const owner of owners) noteLook(comparison, owner)
    return
  }
  // A page that is shown before one that lies hidden.
  const ofPage = owners.filter(({ kind, key }) => kind === 'page' && key !== 'Annots')
  const shown = ofPage.find((owner) => pages.places.has(owner.number)) ?? ofPage[0] ?? first
  const code = codeOf(comparison, shown, old)
  const isNote = owners.every(({ kind }) => kind === 'annotation')
  const effect = isNote ? effectAt(3, rules) : 'forbidden'
  note(effect, code, { page: pageOfOwner(comparison, shown), detail })
}

/** The appearance of a field or note was replaced where it stands. */
function noteLook(comparison: Comparison, { number, kind }: Owner): void {
  const { before, rules, newFields, note } = comparison
  const { type, hasValue } = fieldFacts(before, number)
  const place = { page: pageOf(comparison, number), detail: `object ${String(number)}` }
  if (type === 'Sig') {
    const isSignedNow = !hasValue && newFields.has(number)
    if (!isSignedNow) note('forbidden', 'MARK_CHANGED', place)
  } else if (type !== undefined) noteFilled(comparison, number)
  else if (kind === 'annotation') note(effectAt(3, rules), 'ANNOTATION_CHANGED', place)
  else note('forbidden', 'FIELD_ALTERED', place)
}

function pageOfOwner(comparison: Comparison, { kind, number }: Owner): number | undefined {
  const at = comparison.pages.places.get(number)
  if (at !== undefined) return at + 1
  return kind === 'annotation' || kind === 'field' ? pageOf(comparison, number) : undefined
}

function codeOf(
  comparison: Comparison,
  { kind, number, key }: Owner,
  old: PdfValue | undefined,
): ChangeCode {
  const { before } = comparison
  if (kind === 'page' || kind === 'tree') {
    return key === 'Resources' ? resourceCode(old) : pageCode(key)
  }
  if (kind === 'catalog') {
    const value = dictionaryAt(before, before.object(number)?.value)?.entries.get(key)
    return catalogCode(key, dictionaryAt(before, value))
  }
  if (kind === 'annotation') return 'ANNOTATION_CHANGED'
  return kind === 'field' ? 'FIELD_ALTERED' : 'OBJECT_REPLACED'
}

/** What part of a page's means of drawing an object is, by its own words. */
function resourceCode(old: PdfValue | undefined): ChangeCode {
  const entries = dictionaryOf(old)?.entries
  const [type, subtype] = [nameOf(entries?.get('Type')), nameOf(entries?.get('Subtype'))]
  const isFontFile =
    old?.kind === 'stream' && (entries?.has('Length1') === true || isFontType(subtype))
  if (type === 'Font' || type === 'FontDescriptor' || entries?.has('BaseFont') || isFontFile) {
    return 'FONT_REPLACED'
  }
  return subtype === 'Image' || subtype === 'Form' ? 'PICTURE_REPLACED' : 'RESOURCE_REPLACED'
}

const isFontType = (subtype: string | undefined): boolean =>
  ['Type1C', 'CIDFontType0C', 'OpenType'].includes(subtype ?? '')
