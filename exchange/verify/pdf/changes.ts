/**
 * What a later revision of a PDF changed, against a list of what is permitted under DocMDP P=2: a DSS, a document timestamp, a further
 * signature with its own mark (ISO 32000-2 12.8.2.2, 12.8.4.3, 12.8.5). Everything else is an objection that names the object. Pure.
 */
import { equal } from '../../../ca/path/index.ts'
import { ExchangeError } from '../../errors.ts'
import {
  dictionaryAt,
  documentAt,
  findUncovered,
  listPages,
  nameOf,
  referenceNumber,
  type PdfDictionary,
  type PdfDocument,
  type PdfObject,
  type PdfRevision,
  type PdfValue,
} from '../../pdf/index.ts'

/** One thing a revision did. */
export interface Change {
  /** `damaged`: an addition that cannot be read and that nothing shown leads to. */
  readonly effect: 'permitted' | 'damaged' | 'forbidden'
  /** In English, naming the object. */
  readonly what: string
}

/** A further mark may take this part of its page and no more; a seal of 4.5 cm takes 3 %. */
const maxMarkShare = 0.15

/** What `revision` changed, given the one before it; `referenced` are the numbers that the signed state refers to. */
export function changesOf(
  document: PdfDocument,
  revision: PdfRevision,
  options: {
    readonly previous: PdfRevision
    readonly referenced: ReadonlySet<number>
    readonly signaturesAllowed: boolean
    /** Whether a new signature may certify the file, /Perms /DocMDP; so of a seal that is about to be made alone. */
    readonly certificationAllowed?: boolean
  },
): readonly Change[] {
  const changes: Change[] = []
  const context: Context = {
    before: documentAt(document, options.previous),
    after: documentAt(document, revision),
    revision,
    newFields: new Set(),
    permit: (what) => changes.push({ effect: 'permitted', what }),
    object: (what) => changes.push({ effect: 'forbidden', what }),
    damage: (what) => changes.push({ effect: 'damaged', what }),
  }
  const unreadable = unreadableAdditions(context)
  for (const gap of findUncovered(document, revision)) {
    const damaged = unreadable.get(gap.start)
    if (damaged !== undefined) context.damage(`object ${String(damaged)} cannot be read`)
    else context.object(`bytes ${String(gap.start)} to ${String(gap.end)} belong to no object`)
  }
  checkTrailer(context)
  checkCatalog(context, options.certificationAllowed ?? false)
  checkPages(context)
  checkNumbers(context, options.referenced)
  for (const field of context.newFields) checkField(context, field, options.signaturesAllowed)
  return changes
}

interface Context {
  readonly before: PdfDocument
  readonly after: PdfDocument
  readonly revision: PdfRevision
  /** Numbers of fields that the form or a page's /Annots gained. */
  readonly newFields: Set<number>
  readonly permit: (what: string) => void
  readonly object: (what: string) => void
  readonly damage: (what: string) => void
}

/** Objects that the revision adds, replacing none, and that cannot be read: numbers by offset. */
function unreadableAdditions({ after, revision }: Context): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  for (const { number, entry, redefined } of revision.objects.values()) {
    if (redefined || entry.type !== 'offset' || isReadable(after, number)) continue
    found.set(entry.offset, number)
  }
  return found
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

/** The trailer may name no other catalog, no other information dictionary. */
function checkTrailer({ before, after, object }: Context): void {
  for (const key of ['Root', 'Info', 'Encrypt']) {
    const [old, now] = [before.trailer.entries.get(key), after.trailer.entries.get(key)]
    if (now !== undefined && !sameObject(old, now)) object(`trailer: /${key}`)
    if (key === 'Root' && now === undefined) object('trailer: no /Root')
  }
}

const catalogKeys: readonly string[] = ['DSS', 'AcroForm', 'Extensions']

function checkCatalog(context: Context, certificationAllowed: boolean): void {
  const { before, after, object } = context
  const [old, now] = [before.catalog().value, after.catalog().value]
  for (const key of keysOf(old, now)) {
    const [was, is] = [old.entries.get(key), now.entries.get(key)]
    if (catalogKeys.includes(key) || sameObject(was, is)) continue
    const certifies = key === 'Perms' && was === undefined && isCertification(is)
    if (!(certifies && certificationAllowed)) object(`catalog: /${key}`)
  }
  checkStore(context, old.entries.get('DSS'), now.entries.get('DSS'))
  checkForm(context, old.entries.get('AcroForm'), now.entries.get('AcroForm'))
  checkGrown(context, [old.entries.get('Extensions'), now.entries.get('Extensions')], 'Extensions')
}

/** /Perms with nothing but /DocMDP (ISO 32000-1 12.8.4). */
function isCertification(perms: PdfObject | undefined): boolean {
  if (perms?.kind !== 'dictionary') return false
  return perms.entries.size === 1 && referenceNumber(perms.entries.get('DocMDP')) !== undefined
}

/** A dictionary that may gain keys and lose or change none. */
function checkGrown(
  { before, after, object }: Context,
  [was, is]: readonly [PdfObject | undefined, PdfObject | undefined],
  what: string,
): void {
  const [old, now] = [dictionaryAt(before, was), dictionaryAt(after, is)]
  for (const [key, value] of old?.entries ?? []) {
    if (!sameObject(value, now?.entries.get(key))) object(`catalog: /${what} /${key}`)
  }
}

const storeKeys: readonly string[] = ['Type', 'VRI', 'Certs', 'CRLs', 'OCSPs']

/** The DSS may be added and may grow; it may not go. */
function checkStore(
  { before, after, permit, object }: Context,
  was: PdfObject | undefined,
  is: PdfObject | undefined,
): void {
  if (sameObject(was, is) && was?.kind !== 'reference') return
  const [old, now] = [dictionaryAt(before, was), dictionaryAt(after, is)]
  if (was !== undefined && now === undefined) object('catalog: /DSS is gone')
  if (now === undefined) return
  for (const key of now.entries.keys()) {
    if (!storeKeys.includes(key)) object(`catalog: /DSS /${key}`)
  }
  if (!sameObject(old, now)) permit('document security store')
}

/** The form may gain signature fields; /SigFlags may change. */
function checkForm(context: Context, was: PdfObject | undefined, is: PdfObject | undefined): void {
  const { before, after, object } = context
  const [old, now] = [dictionaryAt(before, was), dictionaryAt(after, is)]
  if (old && !now) object('catalog: /AcroForm is gone')
  if (!now) return
  for (const key of keysOf(old, now)) {
    const [mine, theirs] = [old?.entries.get(key), now.entries.get(key)]
    if (key === 'Fields') noteNew(context, [mine, theirs], 'AcroForm /Fields')
    else if (key !== 'SigFlags' && !sameObject(mine, theirs)) object(`form: /${key}`)
  }
}

/** An array of references that may only grow at its end; what is new must be a signature field. */
function noteNew(
  { before, after, newFields, object }: Context,
  [was, is]: readonly [PdfObject | undefined, PdfObject | undefined],
  what: string,
): void {
  const [old, now] = [itemsOf(before, was), itemsOf(after, is)]
  if (old === undefined || now === undefined) {
    object(what)
    return
  }
  old.forEach((item, at) => {
    if (!sameObject(item, now[at])) object(`${what}: entry ${String(at)}`)
  })
  for (const item of now.slice(old.length)) {
    const number = referenceNumber(item)
    if (number === undefined) object(`${what}: an entry that is no reference`)
    else newFields.add(number)
  }
}

function itemsOf(
  document: PdfDocument,
  value: PdfObject | undefined,
): readonly PdfObject[] | undefined {
  if (value === undefined) return []
  const array = document.resolve(value)
  return array?.kind === 'array' ? array.items : undefined
}

/** Pages stay; each may gain annotations that are new signature fields. */
function checkPages(context: Context): void {
  const { before, after, revision, object } = context
  const [old, now] = [listPages(before), listPages(after)]
  if (old.length !== now.length) object('pages: another number of pages')
  old.forEach((page, at) => {
    const other = now[at]
    if (other?.object.number !== page.object.number) {
      object(`pages: page ${String(at + 1)} is another object`)
      return
    }
    const annots = page.dictionary.entries.get('Annots')
    const redefined =
      revision.objects.has(page.object.number) || isRedefined(revision, referenceNumber(annots))
    if (!redefined) return
    for (const key of keysOf(page.dictionary, other.dictionary)) {
      const [was, is] = [page.dictionary.entries.get(key), other.dictionary.entries.get(key)]
      if (key === 'Annots') noteNew(context, [was, is], `page ${String(at + 1)} /Annots`)
      else if (!sameObject(was, is)) object(`page ${String(at + 1)}: /${key}`)
    }
  })
}

const isRedefined = (revision: PdfRevision, number: number | undefined): boolean =>
  number !== undefined && revision.objects.has(number)

/** Every object that a revision redefines must be one whose change was looked at; no object may fill a gap that the signed state left. */
function checkNumbers(context: Context, referenced: ReadonlySet<number>): void {
  const { before, revision, object } = context
  const known = knownNumbers(context)
  for (const { number, entry, redefined } of revision.objects.values()) {
    const what = `object ${String(number)}`
    if (entry.type === 'free') object(`${what} was taken away`)
    else if (redefined && !known.has(number) && !isFilledField(context, number)) {
      object(`${what} was replaced`)
    } else if (!redefined && referenced.has(number) && before.object(number) === undefined) {
      object(`${what} fills a reference that led nowhere when it was signed`)
    }
  }
}

/** Numbers of catalog, form, store, their arrays, and pages: judged key by key above. */
function knownNumbers({ before }: Context): ReadonlySet<number> {
  const catalog = before.catalog()
  const pages = listPages(before)
  const form = catalog.value.entries.get('AcroForm')
  const candidates = [
    form,
    dictionaryAt(before, form)?.entries.get('Fields'),
    ...pages.map((page) => page.dictionary.entries.get('Annots')),
    storeReference(before, catalog.value.entries.get('DSS')),
  ]
  const numbers = candidates.map(referenceNumber).filter((number) => number !== undefined)
  return new Set([catalog.number, ...pages.map((page) => page.object.number), ...numbers])
}

/** The DSS by reference, if what it leads to cannot be anything else as well. */
function storeReference(document: PdfDocument, value: PdfObject | undefined) {
  const store = dictionaryAt(document, value)
  const isStore =
    store !== undefined && [...store.entries.keys()].every((key) => storeKeys.includes(key))
  return isStore ? value : undefined
}

/** An empty signature field that was there and now has a value and a mark (ISO 32000-1 12.7.4.5). */
function isFilledField({ before, after, newFields }: Context, number: number): boolean {
  const [old, now] = [
    dictionaryAt(before, before.object(number)?.value),
    dictionaryAt(after, after.object(number)?.value),
  ]
  if (!old || !now || nameOf(old.entries.get('FT')) !== 'Sig' || old.entries.has('V')) return false
  const others = keysOf(old, now).filter((key) => key !== 'V' && key !== 'AP')
  if (!others.every((key) => sameObject(old.entries.get(key), now.entries.get(key)))) return false
  newFields.add(number)
  return true
}

/** A new field: a signature with a mark of modest size on a page, or a document timestamp without any. */
function checkField(context: Context, number: number, signaturesAllowed: boolean): void {
  const { after, permit, object, damage } = context
  const what = `object ${String(number)}`
  if (!isReadable(after, number)) {
    object(`${what} is a new field that cannot be read`)
    return
  }
  const field = dictionaryAt(after, after.object(number)?.value)
  const signature = referenceNumber(field?.entries.get('V'))
  if (field && signature !== undefined && !isReadable(after, signature)) {
    if (markShare(after, field) > 0) object(`${what} is a mark without a readable signature`)
    else damage(`object ${String(signature)} cannot be read`)
    return
  }
  const value = dictionaryAt(after, field?.entries.get('V'))
  if (!field || nameOf(after.resolve(field.entries.get('FT'))) !== 'Sig' || !value) {
    object(`${what} is a new field or annotation that is no signature`)
    return
  }
  if (nameOf(field.entries.get('Subtype')) !== 'Widget' || field.entries.has('Kids')) {
    object(`${what} is no plain signature field`)
    return
  }
  for (const key of ['A', 'AA', 'PMD', 'MK', 'DV']) {
    if (field.entries.has(key)) object(`${what}: /${key}`)
  }
  const share = markShare(after, field)
  if (nameOf(after.resolve(value.entries.get('Type'))) === 'DocTimeStamp') {
    if (share > 0) object(`${what}: a document timestamp with a mark`)
    else permit('document timestamp')
  } else if (!signaturesAllowed) {
    object(`${what}: a further signature, which an earlier one forbids`)
  } else if (share > maxMarkShare) {
    object(`${what}: a further signature whose mark covers too much of the page`)
  } else {
    permit('further signature')
  }
}

/** What part of the first page the field's rectangle takes. */
function markShare(document: PdfDocument, field: PdfDictionary): number {
  const rect = itemsOf(document, field.entries.get('Rect'))
  const [left, bottom, right, top] = (rect ?? []).map((item) =>
    item.kind === 'number' ? item.value : NaN,
  )
  if (left === undefined || bottom === undefined || right === undefined || top === undefined) {
    return field.entries.has('Rect') ? Infinity : 0
  }
  const page = listPages(document)[0]
  const [x, y, z, w] = page?.mediaBox ?? [0, 0, 612, 792]
  const share = Math.abs((right - left) * (top - bottom)) / Math.max(1, (z - x) * (w - y))
  return Number.isNaN(share) ? Infinity : share
}

function keysOf(a: PdfDictionary | undefined, b: PdfDictionary | undefined): readonly string[] {
  return [...new Set([...(a?.entries.keys() ?? []), ...(b?.entries.keys() ?? [])])]
}

/** Whether two objects say the same, however they are written; streams are never the same here. */
export function sameObject(a: PdfValue | undefined, b: PdfValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
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
  return 'value' in a && 'value' in b && a.kind === b.kind && a.value === b.value
}

/** All object numbers that the objects in use refer to; objects that cannot be read refer to nothing. */
export function referencedNumbers(document: PdfDocument): ReadonlySet<number> {
  const found = new Set<number>()
  const visit = (value: PdfValue): void => {
    if (value.kind === 'reference') found.add(value.number)
    else if (value.kind === 'array') value.items.forEach(visit)
    else if (value.kind === 'dictionary') for (const item of value.entries.values()) visit(item)
    else if (value.kind === 'stream') visit(value.dictionary)
  }
  for (const number of document.numbers()) {
    const object = document.object(number)
    if (object) visit(object.value)
  }
  return found
}
