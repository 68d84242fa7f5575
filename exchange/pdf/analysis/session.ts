/** What is kept while one file is looked through. */
import type { PdfDocument } from '../document.ts'
import type { PdfStream } from '../objects.ts'
import { unpack } from './filters.ts'
import { readLayers } from './layers.ts'
import type { Session } from './run.ts'
import { freshWork, type Work } from './work.ts'

/** Contents up to this size are kept, so many in all. */
const maxKeptBytes = 256 * 1024
const maxKeptContents = 100

/** Begins to look through a document. `PDF_MALFORMED` for a broken catalog. */
export function createSession(document: PdfDocument, work: Work = freshWork()): Session {
  const contents = new Map<number, Uint8Array>()
  return {
    document,
    layers: readLayers(document),
    work,
    fonts: new Map(),
    painted: new Set(),
    contentOf: (stream: PdfStream, number?: number) => {
      const kept = number === undefined ? undefined : contents.get(number)
      if (kept !== undefined) return kept
      const bytes = unpack(document, stream, { work })
      if (bytes === undefined || number === undefined) return bytes
      // A letterhead is painted on each page.
      if (bytes.length <= maxKeptBytes && contents.size < maxKeptContents) {
        contents.set(number, bytes)
      }
      return bytes
    },
  }
}
