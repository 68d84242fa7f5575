/**
 * Adds a signature field with its dictionary and widget in one update (ISO 32000-1 12.7.4.5, 12.8; EN 319 142-1 5): what a seal and a document timestamp
 * have in common. Page and catalog are written again with nothing changed but what the field needs.
 */
import { ExchangeError } from '../errors.ts'
import {
  beginUpdate,
  changeObject,
  readPdf,
  readSignatureForm,
  referenceText,
  textText,
  type Changes,
  type FinishedUpdate,
  type PdfDocument,
  type PdfPage,
  type SignatureForm,
  type Update,
} from '../pdf/index.ts'

/** A PDF as bytes, or as the document that an earlier step left, which spares reading it again. */
export type PdfSource = Uint8Array | PdfDocument

/** The document of a source. Errors as `readPdf`. */
export function openSource(source: PdfSource): PdfDocument {
  return source instanceof Uint8Array ? readPdf(source) : source
}

/** `SEAL_NOT_ALLOWED` with the reason. */
export function notAllowed(message: string, details: Record<string, unknown> = {}): ExchangeError {
  return new ExchangeError('SEAL_NOT_ALLOWED', message, { details })
}

/** What makes one signature field differ from another. */
export interface NewField {
  /** Not yet used in the file; without a point. */
  readonly name: string
  readonly page: PdfPage
  /** Inside of the signature dictionary without /ByteRange and /Contents. */
  readonly dictionary: string
  readonly contentsBytes: number
  /** Keys of the widget besides the usual: /Rect and /AP. */
  readonly widget: (update: Update) => string
  /** Catalog changes besides the form's; gets the number of the signature dictionary. */
  readonly catalog?: (signature: number) => Changes
}

/** Appends the field. The form is that of the document before. `SEAL_NOT_ALLOWED` for a name that is taken or has a point. */
export function appendField(
  document: PdfDocument,
  form: SignatureForm,
  field: NewField,
): FinishedUpdate {
  if (field.name === '' || field.name.includes('.')) {
    throw notAllowed('a field name may not be empty or have a point', { field: field.name })
  }
  if (form.names.has(field.name)) {
    throw notAllowed('the field name is taken', { field: field.name })
  }
  const update = beginUpdate(document)
  const signature = update.allocate()
  const widget = update.allocate()
  const page = field.page.object
  const onPage = `/P ${String(page.number)} ${String(page.generation)} R`
  update.put(
    widget,
    `<</Type/Annot/Subtype/Widget/FT/Sig/F 132/T${textText(field.name)}${onPage}` +
      `/V ${referenceText(signature)}${field.widget(update)}>>`,
  )
  const reference = referenceText(widget)
  changeObject(update, page.number, { Annots: { append: [reference] } })
  changeObject(update, document.catalog().number, {
    AcroForm: { change: { Fields: { append: [reference] }, SigFlags: { set: '3' } } },
    ...extensions(document),
    ...field.catalog?.(signature),
  })
  update.putSignature(signature, field.dictionary, field.contentsBytes)
  return update.finish()
}

/** The form, unless the file forbids any further signature (DocMDP P=1, 12.8.2.2). */
export function openForm(document: PdfDocument): SignatureForm {
  const form = readSignatureForm(document)
  const closed = form.fields.find(({ value }) => value?.docMdp === 1)
  if (closed) throw notAllowed('a signature in the file forbids any change', { field: closed.name })
  return form
}

/** Says that the file uses what ETSI added to PDF 1.7 (EN 319 142-1 5.6); PDF 2.0 has it in itself. */
function extensions(document: PdfDocument): Changes {
  if (document.version.startsWith('2')) return {}
  const declared = document.resolve(document.catalog().value.entries.get('Extensions'))
  const has = declared?.kind === 'dictionary' && declared.entries.has('ESIC')
  const level = '<</BaseVersion/1.7/ExtensionLevel 5>>'
  return has ? {} : { Extensions: { change: { ESIC: { set: level } } } }
}
