/** What the page asks the thread that draws, and what it answers. Types only. */

/** A PDF as it was once: the file's bytes up to `end`. */
export interface Revision {
  readonly file: Blob
  readonly end: number
}

export type DrawQuestion =
  /** Once, before anything else: the renderer, WebAssembly. */
  | { readonly ask: 'set-up'; readonly wasm: ArrayBuffer }
  /** One page, from 0, so many pixels wide. `key` names the revision: it is opened once. */
  | {
      readonly ask: 'draw'
      readonly key: string
      readonly revision: Revision
      readonly page: number
      readonly widthPx: number
    }

export interface Picture {
  readonly widthPx: number
  readonly heightPx: number
  /** Four bytes a pixel. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
}

export type DrawAnswer =
  | { readonly answer: 'ready' }
  | { readonly answer: 'drawn'; readonly picture: Picture; readonly pages: number }
  /** The revision has fewer pages. */
  | { readonly answer: 'no-such-page'; readonly pages: number }
  /** PDFium cannot show it. */
  | { readonly answer: 'not-drawable' }
