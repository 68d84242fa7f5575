/**
 * Puts a signature into a field (ISO 32000-1 12.7.4.5, 12.8; EN 319 142-1 5): into one that waits for it, or into a new one. What a seal and a document
 * timestamp have in common. Page, form and catalog are written again only where they change, and with nothing changed but what the field needs.
 */
import {
  beginUpdate,
  changeObject,
  dictionaryAt,
  integerOf,
  numbersText,
  referenceText,
  textText,
  type Changes,
  type FinishedUpdate,
  type PdfPage,
  type Placeholder,
  type Rectangle,
  type Update,
} from '../pdf/index.ts'
import { notAllowed, type FormState, type KnownField, type SealableFile } from './file.ts'
import { isLocked, lockKeys, readLock, type FieldLock } from './locks.ts'

/** An empty field that is made for a later seal. */
export interface FieldToReserve {
  readonly name: string
  readonly page: PdfPage
  readonly rect: Rectangle
}

/** What makes one signature differ from another. */
export interface NewSignature {
  /** A field that is empty, or a name not yet used, without a point. */
  readonly field: string
  /** Where a new field stands. */
  readonly page: PdfPage
  readonly rect: Rectangle
  /** Inside of the signature dictionary without /ByteRange and /Contents; gets the number of the catalog. */
  readonly dictionary: string
  readonly contentsBytes: number
  /** Writes the mark and answers its number; absent: there is none. */
  readonly appearance?: (update: Update) => number
  /** Lock dictionary of a new field (12.7.5.5). */
  readonly lock?: FieldLock | undefined
  /** Whether it certifies the file: /Perms names it. */
  readonly certifies: boolean
  readonly reserve?: readonly FieldToReserve[]
}

/** An update with its signature, and the form after it. */
export interface SignedUpdate {
  readonly finished: FinishedUpdate
  readonly placeholder: Placeholder
  readonly form: FormState
}

/** Appends the signature. `SEAL_NOT_ALLOWED` for a name that is taken, locked or has a point. */
export function appendSignature(file: SealableFile, signature: NewSignature): SignedUpdate {
  const { document, form } = file
  const waiting = waitingField(form, signature.field)
  const reserve = signature.reserve ?? []
  for (const { name } of waiting ? reserve : [{ name: signature.field }, ...reserve]) {
    requireNewName(form, name)
  }
  const update = beginUpdate(document)
  const value = update.allocate()
  const written = waiting
    ? fillField(update, waiting, { value, signature })
    : addField(update, { value, signature })
  const made = [
    ...(waiting ? [] : [{ ...signature, object: written.object, name: signature.field }]),
    ...reserve.map((field) => ({ ...field, object: reserveField(update, field) })),
  ]
  for (const page of new Set(made.map((field) => field.page))) {
    const own = made.filter((field) => field.page === page)
    const references = own.map(({ object }) => referenceText(object))
    changeObject(update, page.object.number, { Annots: { append: references } })
  }
  changeObject(update, document.catalog().number, {
    AcroForm: {
      change: {
        ...(made.length > 0 && {
          Fields: { append: made.map(({ object }) => referenceText(object)) },
        }),
        SigFlags: { set: '3' },
      },
    },
    ...extensions(file),
    ...(signature.certifies && {
      Perms: { change: { DocMDP: { set: referenceText(value) } } },
    }),
  })
  update.putSignature(value, signature.dictionary, signature.contentsBytes)
  const finished = update.finish()
  if (!finished.placeholder) throw new TypeError('the update has no signature placeholder')
  const fields = [
    ...form.fields.map((field) => (field === waiting ? { ...field, isSigned: true } : field)),
    ...made.map(({ name, object, page, rect }) => ({
      ...{ name, object, widgets: [{ object, page: page.index, rect }] },
      isSigned: name === signature.field,
    })),
  ]
  const names = new Set([...form.names, ...made.map(({ name }) => name)])
  const isCertified = form.isCertified || signature.certifies
  return {
    finished,
    placeholder: finished.placeholder,
    form: { ...form, fields, names, isCertified },
  }
}

/** The empty field of this name; undefined if there is none yet. */
export function waitingField(form: FormState, name: string): KnownField | undefined {
  const field = form.fields.find((other) => other.name === name)
  return field?.isSigned === false ? field : undefined
}

function requireNewName(form: FormState, name: string): void {
  if (name === '' || name.includes('.')) {
    throw notAllowed('a field name may not be empty or have a point', { field: name })
  }
  if (form.names.has(name)) throw notAllowed('the field name is taken', { field: name })
}

/** Refuses a field that an earlier seal has locked. */
export function requireUnlocked(form: FormState, name: string): void {
  if (form.locks.some((lock) => isLocked(lock, name))) {
    throw notAllowed('a seal in the file has locked this field', { field: name })
  }
}

interface Filling {
  /** Number of the signature dictionary. */
  readonly value: number
  readonly signature: NewSignature
}

function fillField(
  update: Update,
  field: KnownField,
  { value, signature }: Filling,
): { readonly object: number } {
  const appearance = signature.appearance?.(update)
  changeObject(update, field.object, {
    V: { set: referenceText(value) },
    ...(appearance !== undefined && { AP: { set: `<</N ${referenceText(appearance)}>>` } }),
  })
  return field
}

function addField(update: Update, { value, signature }: Filling): { readonly object: number } {
  const object = update.allocate()
  const { field: name, page, rect, lock } = signature
  const appearance = signature.appearance?.(update)
  update.put(
    object,
    `<<${widgetKeys({ name, page, rect })}/V ${referenceText(value)}` +
      (appearance === undefined ? '' : `/AP<</N ${referenceText(appearance)}>>`) +
      (lock ? `/Lock<</Type/SigFieldLock${lockKeys(lock)}>>` : '') +
      '>>',
  )
  return { object }
}

function reserveField(update: Update, field: FieldToReserve): number {
  const object = update.allocate()
  update.put(object, `<<${widgetKeys(field)}>>`)
  return object
}

/** Printed (flag 4) and locked against being moved (flag 128). */
function widgetKeys({ name, page, rect }: FieldToReserve): string {
  const onPage = `/P ${String(page.object.number)} ${String(page.object.generation)} R`
  const place = `/Rect${numbersText(rect)}`
  return `/Type/Annot/Subtype/Widget/FT/Sig/F 132/T${textText(name)}${onPage}${place}`
}

/** Says that the file uses what ETSI added to PDF 1.7 (EN 319 142-1 5.6); PDF 2.0 has it in itself. */
function extensions({ document }: SealableFile): Changes {
  if (document.version.startsWith('2')) return {}
  const declared = document.resolve(document.catalog().value.entries.get('Extensions'))
  const has = declared?.kind === 'dictionary' && declared.entries.has('ESIC')
  const level = '<</BaseVersion/1.7/ExtensionLevel 5>>'
  return has ? {} : { Extensions: { change: { ESIC: { set: level } } } }
}

/** Annotation flags that keep a mark from being seen or printed: invisible, hidden, no view (12.5.3). */
const hidingFlags = 1 | 2 | 32

/** What a field of the file asks of the seal that is put into it: its place and its lock. `SEAL_NOT_ALLOWED` where that cannot be met. */
export function termsOf(
  { document }: SealableFile,
  field: KnownField,
): { readonly page: number; readonly rect: Rectangle; readonly lock: FieldLock | undefined } {
  const [widget, more] = field.widgets
  const refuse = (why: string) => notAllowed(why, { field: field.name })
  if (widget?.page === undefined || more || widget.object !== field.object || !widget.rect) {
    throw refuse('the field has no single place on a page')
  }
  const dictionary = dictionaryAt(document, document.object(field.object)?.value)
  if (dictionary?.entries.has('SV')) throw refuse('the field asks for a seal of a certain kind')
  const flags = integerOf(document.resolve(dictionary?.entries.get('F'))) ?? 0
  if ((flags & hidingFlags) !== 0) throw refuse('the field is hidden')
  const asked = dictionaryAt(document, dictionary?.entries.get('Lock'))
  const lock = readLock(document, asked)
  if (asked && !lock) throw refuse('the lock of the field cannot be read')
  return { page: widget.page, rect: widget.rect, lock }
}
