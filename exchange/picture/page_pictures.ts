/**
 * Pictures of pages, as a document page shows them: PDFium in a worker thread within limits, the last ones kept in memory. A file
 * that loops, swells or crashes the renderer costs that thread and its time limit, and gives a failure. Not a judgement of the
 * file: what a picture shows is for eyes, what is sealed is the file.
 */
import { sha256Hex } from '../../ca/index.ts'
import { createLru } from '../lru.ts'
import { createPictureThread } from './picture_thread.ts'
import {
  defaultPictureLimits,
  type PagePicture,
  type PictureLimits,
  type PictureSource,
} from './types.ts'

export interface PagePictures {
  /**
   * Page `page` (from 1) so many pixels wide, within the limits; annotations and seals are drawn. Throws only what reading the
   * file throws.
   */
  page(pdf: Uint8Array | PictureSource, page: number, widthPx: number): Promise<PagePicture>
  /** Ends the thread; pages asked for afterwards, or waiting, are `PICTURE_STOPPED`. */
  close(): Promise<void>
}

interface Kept {
  readonly picture: PagePicture
  readonly at: number
}

/** A failure, and the record of a picture, in bytes. */
const recordBytes = 300

export function createPagePictures(
  options: { readonly limits?: Partial<PictureLimits> } = {},
): PagePictures {
  const limits = { ...defaultPictureLimits, ...options.limits }
  const thread = createPictureThread(limits)
  const kept = createLru<Kept>({ maxWeight: limits.maxKeptBytes, weigh: bytesOf })
  const coming = new Map<string, Promise<PagePicture>>()
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  const recall = (key: string): PagePicture | undefined => {
    const found = kept.get(key)
    if (found === undefined) return undefined
    const stale =
      'failure' in found.picture && performance.now() - found.at > limits.retryFailedAfterMs
    return stale ? undefined : found.picture
  }
  const draw = async (source: PictureSource, page: number, widthPx: number) => {
    if (closed) return stopped
    return thread.draw(source, page - 1, widthPx)
  }

  return {
    page(pdf, page, wanted) {
      const source = sourceOf(pdf)
      const widthPx = Math.min(Math.max(Math.round(wanted), limits.minWidthPx), limits.maxWidthPx)
      if (!Number.isInteger(page) || page < 1 || Number.isNaN(widthPx)) return answer(noSuchPage)
      const key = `${source.name} ${String(page)} ${String(widthPx)}`
      const known = recall(key)
      if (known !== undefined) return answer(known)
      // Two who ask for the same page at once wait for the same picture.
      const asked = coming.get(key)
      if (asked !== undefined) return asked
      if (coming.size >= limits.maxWaiting) return answer({ failure: 'PICTURE_BUSY' })
      const drawing = last.then(() => draw(source, page, widthPx))
      last = drawing.catch(() => undefined)
      const picture = drawing
        .then((made) => {
          // What ended with the thread says nothing of the page.
          if (closed) return stopped
          kept.set(key, { picture: made, at: performance.now() })
          return made
        })
        .finally(() => coming.delete(key))
      coming.set(key, picture)
      return picture
    },
    async close() {
      closed = true
      await thread.close()
      await last
    },
  }
}

const stopped: PagePicture = { failure: 'PICTURE_STOPPED' }
const noSuchPage: PagePicture = { failure: 'PICTURE_NO_SUCH_PAGE' }

const answer = (picture: PagePicture): Promise<PagePicture> => Promise.resolve(picture)

function sourceOf(pdf: Uint8Array | PictureSource): PictureSource {
  if (!(pdf instanceof Uint8Array)) return pdf
  return { name: sha256Hex(pdf), read: () => Promise.resolve(pdf) }
}

function bytesOf({ picture }: Kept): number {
  return recordBytes + ('png' in picture ? picture.png.length : 0)
}
