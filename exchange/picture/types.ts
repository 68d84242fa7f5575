/** What pictures of pages are asked with and answered by, between their shell and its thread. Types and limits only. */
import type { Sha256 } from '../../ca/index.ts'

export interface PictureLimits {
  /** Bytes of the file. */
  readonly maxBytes: number
  readonly maxPages: number
  /** A picture is made at least and at most so wide. */
  readonly minWidthPx: number
  readonly maxWidthPx: number
  /** Width times height; a long page is drawn narrower. */
  readonly maxPixels: number
  /** Milliseconds for a page, with starting the thread and opening the file. */
  readonly timeoutMs: number
  /** Megabytes that PDFium, and the thread's own heap, may each take. */
  readonly maxMemoryMb: number
  /** Pages that may wait for their turn; more are refused. */
  readonly maxWaiting: number
  /** Milliseconds that the thread is kept without work. */
  readonly idleMs: number
  /** Bytes of pictures kept in memory. */
  readonly maxKeptBytes: number
  /** Milliseconds after which a page that failed is tried again. */
  readonly retryFailedAfterMs: number
}

/** A page of a seldom dense scan takes a second; 2000 px is a screen of 4K; an upload is at most 100 MB. */
export const defaultPictureLimits: PictureLimits = {
  maxBytes: 100 * 1024 * 1024,
  maxPages: 5000,
  minWidthPx: 50,
  maxWidthPx: 2000,
  maxPixels: 8_000_000,
  timeoutMs: 15_000,
  maxMemoryMb: 512,
  maxWaiting: 64,
  idleMs: 60_000,
  maxKeptBytes: 64 * 1024 * 1024,
  retryFailedAfterMs: 5 * 60_000,
}

export type PictureFailure =
  | 'PICTURE_FILE_TOO_LARGE'
  | 'PICTURE_TOO_MANY_PAGES'
  | 'PICTURE_NO_SUCH_PAGE'
  | 'PICTURE_ENCRYPTED'
  | 'PICTURE_MALFORMED'
  | 'PICTURE_TIMED_OUT'
  | 'PICTURE_OUT_OF_MEMORY'
  | 'PICTURE_BUSY'
  | 'PICTURE_STOPPED'

/** A page as PNG with its size, or why there is none. */
export type PagePicture =
  | { readonly png: Uint8Array; readonly widthPx: number; readonly heightPx: number }
  | { readonly failure: PictureFailure }

/** A file by its name, read only where its picture is not at hand. */
export interface PictureSource {
  readonly name: Sha256
  read(): Promise<Uint8Array>
}

/** One page for the thread; without `bytes` it is of the file that the thread has open. */
export interface PictureTask {
  readonly bytes?: Uint8Array
  /** From 0. */
  readonly page: number
  readonly widthPx: number
}
