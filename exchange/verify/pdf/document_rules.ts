/** What a revision may change of the document as a whole: trailer, catalog, evidence store, information, form (ISO 32000-2 7.7.2, 12.8.2.2). Pure. */
import {
  dictionaryAt,
  nameOf,
  referenceNumber,
  type PdfDictionary,
  type PdfDocument,
  type PdfObject,
  type PdfValue,
} from '../../pdf/index.ts'
import type { ChangeCode } from '../report/change_words.ts'
import {
  changedKeys,
  compareLists,
  differingKeys,
  hasStrangeKey,
  isOfDictionaries,
  isWords,
  itemsOf,
  sameObject,
  sameValue,
} from './compare.ts'
import type { Comparison } from './comparison.ts'
import { fieldFacts } from './field_rules.ts'
import { isCatalogAlone, numbersOfStore, onlyUse, servesCatalog } from './owners.ts'

/** No second table beside the first, which not all programs read; of the information dictionary only who wrote the file last, and when, may change. */
export function checkTrailer(comparison: Comparison): void {
  const { before, after, note } = comparison
  const [old, now] = [before.trailer.entries, after.trailer.entries]
  if (now.has('Encrypt')) note('forbidden', 'AMBIGUOUS_UPDATE', { detail: 'trailer: /Encrypt' })
  if (hasStrangeKey(after.trailer)) note('forbidden', 'AMBIGUOUS_UPDATE', { detail: 'trailer' })
  if (now.has('XRefStm')) note('forbidden', 'AMBIGUOUS_UPDATE', { detail: 'trailer: /XRefStm' })
  // A trailer that leaves it out may still be read with the old one.
  checkInformation(comparison, old.get('Info'), now.get('Info') ?? old.get('Info'))
}

const harmlessInformation: readonly string[] = ['ModDate', 'Producer', 'Creator']

function checkInformation(
  { before, after, judged, note }: Comparison,
  was: PdfObject | undefined,
  is: PdfObject | undefined,
): void {
  const [old, now] = [dictionaryAt(before, was), dictionaryAt(after, is)]
  const keys = changedKeys(old, now)
  if (keys.length === 0) return
  const isPlain = (key: string) => [old, now].every((one) => isWords(one?.entries.get(key)))
  const others = keys.filter((key) => !harmlessInformation.includes(key) || !isPlain(key))
  const detail = `information: /${keys.join(' /')}`
  if (others.length > 0) note('forbidden', 'DOCUMENT_CHANGED', { detail })
  else note('permitted', 'METADATA_CHANGED')
  const number = referenceNumber(was)
  const isPlainObject = [before.resolve(was), after.resolve(is)].every(
    (value) => value?.kind === 'dictionary',
  )
  if (isPlainObject && number !== undefined && number === referenceNumber(is)) judged.add(number)
}

/** Keys that have a rule of their own. */
const ruled: readonly string[] = ['DSS', 'AcroForm', 'Extensions', 'Metadata', 'Pages']

const codes: Readonly<Record<string, ChangeCode>> = {
  OCProperties: 'LAYERS_CHANGED',
  OpenAction: 'ACTION_ADDED',
  AA: 'ACTION_ADDED',
  StructTreeRoot: 'STRUCTURE_CHANGED',
  MarkInfo: 'STRUCTURE_CHANGED',
  AF: 'ATTACHED_FILES_CHANGED',
}

/** What a change of a catalog key is called. */
export function catalogCode(key: string, value: PdfDictionary | undefined): ChangeCode {
  if (key === 'Names') {
    if (value?.entries.has('JavaScript')) return 'ACTION_ADDED'
    if (value?.entries.has('EmbeddedFiles')) return 'ATTACHED_FILES_CHANGED'
  }
  return codes[key] ?? (key === 'AcroForm' ? 'FORM_CHANGED' : 'DOCUMENT_CHANGED')
}

/** The catalog key by key. */
export function checkCatalog(comparison: Comparison): void {
  const { before, after, rules, judged, note } = comparison
  const [{ number, value: old }, { value: now }] = [before.catalog(), after.catalog()]
  judged.add(number)
  if (!isCatalogAlone(comparison) && changedKeys(old, now).length > 0) {
    note('forbidden', 'DOCUMENT_CHANGED', { detail: 'the catalog serves another purpose' })
  }
  for (const key of differingKeys([before, after], old, now)) {
    const [was, is] = [old.entries.get(key), now.entries.get(key)]
    if (ruled.includes(key)) continue
    if (key === 'Version' && isRaised(comparison, is)) {
      note('permitted', 'VERSION_RAISED')
      continue
    }
    const certifies = key === 'Perms' && was === undefined && isCertification(is)
    if (certifies && rules.certificationAllowed) continue
    note('forbidden', catalogCode(key, dictionaryAt(after, is)), { detail: `catalog: /${key}` })
  }
  const of = (key: string) => [old.entries.get(key), now.entries.get(key)] as const
  checkExtensions(comparison, of('Extensions'))
  checkMetadata(comparison, of('Metadata'))
  checkStore(comparison, of('DSS'))
  checkForm(comparison, of('AcroForm'))
}

const knownVersions: readonly string[] = ['1.3', '1.4', '1.5', '1.6', '1.7', '2.0']

/** The catalog may say that the file uses a newer version than the header or it said before (7.5.2); programs ignore a lower one. */
function isRaised({ before }: Comparison, value: PdfObject | undefined): boolean {
  const stated = nameOf(before.catalog().value.entries.get('Version')) ?? before.version
  const version = nameOf(value) ?? ''
  return knownVersions.includes(version) && version >= stated
}

/** /Perms with nothing but /DocMDP (ISO 32000-1 12.8.4). */
function isCertification(perms: PdfObject | undefined): boolean {
  if (perms?.kind !== 'dictionary') return false
  return perms.entries.size === 1 && referenceNumber(perms.entries.get('DocMDP')) !== undefined
}

type Two = readonly [PdfObject | undefined, PdfObject | undefined]

/** May gain keys and lose or change none. */
function checkExtensions(comparison: Comparison, [was, is]: Two): void {
  const { before, after, judged, note } = comparison
  const [old, now] = [dictionaryAt(before, was), dictionaryAt(after, is)]
  for (const [key, value] of old?.entries ?? []) {
    if (!sameObject(value, now?.entries.get(key))) {
      note('forbidden', 'DOCUMENT_CHANGED', { detail: `catalog: /Extensions /${key}` })
    }
  }
  const number = referenceNumber(was)
  const isPlain = before.resolve(was)?.kind === 'dictionary'
  if (number !== undefined && isPlain && servesCatalog(comparison, number, 'Extensions')) {
    judged.add(number)
  }
}

/** The XMP packet stands beside the pages: nobody sees it. It may be replaced if it serves no other purpose. */
function checkMetadata(comparison: Comparison, [was, is]: Two): void {
  const { before, after, revision, judged, note } = comparison
  const number = referenceNumber(was)
  const isReplaced = number !== undefined && revision.objects.has(number)
  if (sameObject(was, is) && !isReplaced) return
  if (sameObject(was, is) && sameValue(after, before.resolve(was), after.resolve(is))) return
  const now = dictionaryAt(after, is)
  const isPacket = now !== undefined && nameOf(now.entries.get('Subtype')) === 'XML'
  const isItsOwn = !isReplaced || servesCatalog(comparison, number, 'Metadata')
  if ((is !== undefined && !isPacket) || !isItsOwn) {
    note('forbidden', 'DOCUMENT_CHANGED', { detail: 'catalog: /Metadata' })
    return
  }
  if (isReplaced) judged.add(number)
  note('permitted', 'METADATA_CHANGED')
}

const storeKeys: readonly string[] = ['Type', 'VRI', 'Certs', 'CRLs', 'OCSPs']

/** The DSS may be added and may grow; it may not go (12.8.4.3). */
function checkStore(comparison: Comparison, [was, is]: Two): void {
  const { before, after, revision, judged, note } = comparison
  const [old, now] = [dictionaryAt(before, was), dictionaryAt(after, is)]
  if (old !== undefined && now === undefined) {
    note('forbidden', 'DOCUMENT_CHANGED', { detail: 'catalog: /DSS is gone' })
  }
  for (const key of now?.entries.keys() ?? []) {
    if (!storeKeys.includes(key)) {
      note('forbidden', 'DOCUMENT_CHANGED', { detail: `catalog: /DSS /${key}` })
    }
  }
  const number = referenceNumber(was)
  let isChanged = !sameObject(was, is) || !sameObject(old, now)
  const store = numbersOfStore(comparison)
  if (
    number !== undefined &&
    old &&
    store.has(number) &&
    [...old.entries.keys()].every((key) => storeKeys.includes(key))
  ) {
    judged.add(number)
  }
  for (const [at, { redefined }] of revision.objects) {
    if (!redefined || judged.has(at) || !store.has(at)) continue
    judged.add(at)
    isChanged = true
  }
  if (isChanged && now) note('permitted', 'EVIDENCE_ADDED')
}

/** Keys of the form that change nothing that is shown: bits that say that there are signatures. */
const harmlessForm: readonly string[] = ['SigFlags', 'Fields']

/** The form may gain signature fields; /SigFlags may change. */
function checkForm(comparison: Comparison, [was, is]: Two): void {
  const { before, after, judged, note } = comparison
  const [old, now] = [dictionaryAt(before, was), dictionaryAt(after, is)]
  const number = referenceNumber(was)
  const isPlain = before.resolve(was)?.kind === 'dictionary'
  if (number !== undefined && isPlain && servesCatalog(comparison, number, 'AcroForm')) {
    judged.add(number)
  }
  if (old && !now) note('forbidden', 'FORM_CHANGED', { detail: 'catalog: /AcroForm is gone' })
  if (!now) return
  for (const key of changedKeys(old, now)) {
    if (!harmlessForm.includes(key) && !isHarmlessDefault(comparison, old, [key, now])) {
      note('forbidden', 'FORM_CHANGED', { detail: `form: /${key}` })
    }
  }
  checkFields(comparison, [old?.entries.get('Fields'), now.entries.get('Fields')])
}

/** Means of drawing and a default appearance that the form did not have: they show nothing by themselves. What it had must stay. */
function isHarmlessDefault(
  comparison: Comparison,
  old: PdfDictionary | undefined,
  [key, now]: readonly [string, PdfDictionary],
): boolean {
  const { before, after } = comparison
  const value = after.resolve(now.entries.get(key))
  const wanted = before.resolve(old?.entries.get('NeedAppearances'))
  if (key === 'NeedAppearances') {
    // Who was to draw all fields anew must still do so.
    const wasWanted = wanted?.kind === 'boolean' && wanted.value
    return value?.kind === 'boolean' && !value.value && !wasWanted
  }
  if (drawsByItself(comparison, old)) return false
  if (key === 'DR') return isGrown([before, after], old?.entries.get(key), value)
  return (key === 'DA' || key === 'Q') && !old?.entries.has(key)
}

/** Whether a program draws a field by the form's defaults: it has no look of its own, or is to get another one. */
function drawsByItself({ before, pages }: Comparison, old: PdfDictionary | undefined): boolean {
  const needs = before.resolve(old?.entries.get('NeedAppearances'))
  if (needs?.kind === 'boolean' && needs.value) return true
  return pages.pages.some(({ dictionary }) =>
    (itemsOf(before, dictionary.entries.get('Annots')) ?? []).some((item) => {
      const widget = dictionaryAt(before, item)
      if (!widget || nameOf(before.resolve(widget.entries.get('Subtype'))) !== 'Widget')
        return false
      const { type } = fieldFacts(before, referenceNumber(item))
      return type !== 'Sig' && dictionaryAt(before, widget.entries.get('AP')) === undefined
    }),
  )
}

/** Whether a dictionary of dictionaries (of resources, 7.8.3) only gained entries. */
function isGrown(
  states: readonly [PdfDocument, PdfDocument],
  was: PdfValue | undefined,
  is: PdfValue | undefined,
): boolean {
  const [old, now] = [dictionaryAt(states[0], was), dictionaryAt(states[1], is)]
  return differingKeys(states, old, now).every((key) => {
    // Forms that nothing but a signing program's own marks use; texts are drawn with fonts.
    if (key === 'XObject' || key === 'ProcSet') return true
    const [a, b] = [old?.entries.get(key), now?.entries.get(key)]
    if (a === undefined) return true
    const [inner, outer] = [dictionaryAt(states[0], a), dictionaryAt(states[1], b)]
    return differingKeys(states, inner, outer).every((name) => inner && !inner.entries.has(name))
  })
}

function checkFields(comparison: Comparison, [was, is]: Two): void {
  const { before, after, newFields, judged, note } = comparison
  const [old, now] = [itemsOf(before, was), itemsOf(after, is)]
  if (!old || !now || !isOfDictionaries(before, old) || !isOfDictionaries(after, now)) {
    note('forbidden', 'FORM_CHANGED', { detail: 'form: /Fields' })
    return
  }
  const number = referenceNumber(was)
  if (
    number !== undefined &&
    onlyUse(comparison, number, (_, key) => key === 'Fields' || key === 'AcroForm')
  ) {
    judged.add(number)
  }
  const { added, removed } = compareLists(old, now)
  if (removed.length > 0)
    note('forbidden', 'FORM_CHANGED', { detail: 'form: a field was taken away' })
  for (const item of added) {
    const field = referenceNumber(item)
    if (field === undefined) note('forbidden', 'FIELD_ADDED', { detail: 'not a reference' })
    else if (!newFields.has(field)) newFields.set(field, undefined)
  }
}
