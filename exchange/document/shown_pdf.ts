/** The PDF of a document at any stage, for showing its pages; who may see it is decided before. Reads only what is asked for. */
import type { Blobs } from '../../ca/index.ts'
import { draftSchema } from '../draft/schema.ts'
import type { LaidOut } from '../layout/index.ts'
import { listPages, readPdf } from '../pdf/index.ts'
import type { PictureSource } from '../picture/index.ts'
import { pdfOf } from './own_files.ts'
import type { Previews } from './preview.ts'
import type { DocumentRecord } from './types.ts'

export interface ShownPdf extends PictureSource {
  /** How many pages it has. */
  pages(): Promise<number>
}

/** The file, the upload, or the draft laid out without number and date. */
export function shownPdf(
  { blobs, previews }: { readonly blobs: Blobs; readonly previews: Previews },
  document: DocumentRecord,
): ShownPdf {
  const name = pdfOf(document)
  if (name === undefined) {
    const laidOut = async (): Promise<LaidOut> => {
      const stored: unknown = JSON.parse(new TextDecoder().decode(await blobs.get(document.draft)))
      return previews.of(draftSchema.parse(stored))
    }
    return {
      // Of the draft: no PDF has its hash, and the same draft is laid out as the same bytes.
      name: document.draft,
      read: async () => (await laidOut()).pdf,
      pages: async () => (await laidOut()).pages,
    }
  }
  return {
    name,
    read: () => blobs.get(name),
    pages: async () =>
      'pages' in document ? document.pages : listPages(readPdf(await blobs.get(name))).length,
  }
}
