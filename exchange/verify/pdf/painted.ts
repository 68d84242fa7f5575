/** What a page paints where. Pure. */
import type { PdfDocument, PdfPage, Rectangle } from '../../pdf/index.ts'

/** Not judged yet. */
export function paintsWithin(document: PdfDocument, page: PdfPage, rect: Rectangle): boolean {
  return document.size < 0 && page.index < 0 && rect[0] < 0
}
