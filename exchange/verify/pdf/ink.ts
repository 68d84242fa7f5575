/** Whether the mark of a signature is ink that lies on the page without hiding it. Pure. */
import type { PdfDictionary, PdfDocument } from '../../pdf/index.ts'

/** Not judged yet. */
export function isInk(document: PdfDocument, field: PdfDictionary): boolean {
  return document.size > 0 && field.entries.size > 0
}
