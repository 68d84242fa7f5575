/** Appends a document timestamp (ISO 32000-2 12.8.5; EN 319 142-1 5.4.3): an RFC 3161 token over the whole file, in a field without a mark. */
import { fillContents, listPages, type PdfDocument } from '../pdf/index.ts'
import { stampOrRefuse, type Stamp } from './complete.ts'
import { appendField, notAllowed, openForm, openSource, type PdfSource } from './field.ts'
import { digestAround, placeholderOf } from './prepare.ts'

/** Room for a token with its chain, with RSA and to spare. */
const usualContentsBytes = 12_288

/** The PDF with the timestamp. `SEAL_LEVEL_UNREACHABLE` if `stamp` fails; `SEAL_NOT_ALLOWED`, `SEAL_PLACEHOLDER_TOO_SMALL`. */
export async function appendDocumentTimestamp(options: {
  readonly pdf: PdfSource
  readonly stamp: Stamp
  /** New to the file; the first free `Timestamp1`, `Timestamp2`, … unless told. */
  readonly fieldName?: string
  readonly contentsBytes?: number
}): Promise<{ readonly pdf: Uint8Array; readonly document: PdfDocument }> {
  const document = openSource(options.pdf)
  const form = openForm(document)
  const [page] = listPages(document)
  if (page === undefined) throw notAllowed('the file has no page')
  const finished = appendField(document, form, {
    name: options.fieldName ?? freeName(form.names),
    page,
    dictionary: '/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161',
    contentsBytes: options.contentsBytes ?? usualContentsBytes,
    widget: () => '/Rect[0 0 0 0]',
  })
  const placeholder = placeholderOf(finished)
  const imprint = digestAround(finished.bytes, placeholder)
  const token = await stampOrRefuse(options.stamp, imprint, 'B-LTA')
  const pdf = fillContents({ pdf: finished.bytes, cms: token, placeholder })
  return { pdf, document: finished.over(pdf) }
}

function freeName(names: ReadonlySet<string>): string {
  let count = 1
  while (names.has(`Timestamp${String(count)}`)) count++
  return `Timestamp${String(count)}`
}
