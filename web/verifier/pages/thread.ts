/**
 * The thread that draws pages: PDFium in WebAssembly, without its JavaScript engine, within limits. Each revision has an instance of its own, so that
 * a file made to break PDFium has no hand in the picture of another; and none of them has a hand in a verdict, which another thread gives.
 */
import { PDFiumLibrary, type PDFiumDocument } from '@hyzyla/pdfium'
import { limitMemory, type MemoryLimit } from '../../../exchange/wasm_memory.ts'
import type { DrawAnswer, DrawQuestion, Picture, Revision } from './messages.ts'

const maxMemoryMb = 512
/** A screen of 4K, one page of it. */
const maxPixels = 12_000_000
/** The signed revision, the one it is compared with, and one more to turn back to. */
const maxOpen = 3
/** As many as a page's own pictures allow (`exchange/picture`). */
const maxPages = 5000

type Draw = Extract<DrawQuestion, { readonly ask: 'draw' }>

/** Called in the thread. */
export function startDrawThread(): void {
  const memory = limitMemory(maxMemoryMb)
  let wasm: Promise<WebAssembly.Module> | undefined
  const open = new Map<string, Promise<PDFiumDocument>>()
  const documentOf = ({ key, revision }: Draw): Promise<PDFiumDocument> => {
    const known = open.get(key) ?? openRevision(revision, wasm)
    // The one that was asked for last is forgotten last.
    open.delete(key)
    open.set(key, known)
    for (const oldest of [...open.keys()].slice(0, -maxOpen)) open.delete(oldest)
    return known
  }
  const answer = async (question: DrawQuestion): Promise<DrawAnswer> => {
    if (question.ask === 'set-up') {
      wasm = WebAssembly.compile(question.wasm)
      await wasm
      return { answer: 'ready' }
    }
    memory.reached = false
    const document = await documentOf(question)
    const drawn = await draw(document, question)
    // What could not be had whole is not shown in part.
    return wasReached(memory) ? { answer: 'not-drawable' } : drawn
  }
  addEventListener('message', ({ data }: MessageEvent<DrawQuestion>) => {
    answer(data).then(
      (given) => {
        const moved = given.answer === 'drawn' ? [given.picture.rgba.buffer] : []
        postMessage(given, { transfer: moved })
      },
      () => {
        if (data.ask === 'draw') open.delete(data.key)
        postMessage({ answer: 'not-drawable' } satisfies DrawAnswer)
      },
    )
  })
}

/** Asked anew: drawing changes it. */
const wasReached = ({ reached }: MemoryLimit): boolean => reached

async function openRevision(
  { file, end }: Revision,
  wasm: Promise<WebAssembly.Module> | undefined,
): Promise<PDFiumDocument> {
  const compiled = await wasm
  if (compiled === undefined) throw new Error('asked to draw before it was set up')
  const bytes = new Uint8Array(await file.slice(0, end).arrayBuffer())
  const library = await PDFiumLibrary.init({
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(compiled, imports)
      // Declared as taking the module; Emscripten takes the instance.
      ;(done as unknown as (made: WebAssembly.Instance) => void)(instance)
      return instance.exports
    },
  })
  return library.loadDocument(bytes)
}

async function draw(document: PDFiumDocument, { page, widthPx }: Draw): Promise<DrawAnswer> {
  const pages = document.getPageCount()
  if (pages > maxPages) return { answer: 'not-drawable' }
  if (page >= pages) return { answer: 'no-such-page', pages }
  const sheet = document.getPage(page)
  const { originalWidth, originalHeight } = sheet.getOriginalSize()
  const size = sizeWithin(widthPx, originalHeight / originalWidth)
  if (size === undefined) return { answer: 'not-drawable' }
  // Seals are signature widgets: PDFium draws those only as form fields.
  const { data } = await sheet.render({ render: 'bitmap', renderFormFields: true, ...size })
  const picture: Picture = {
    widthPx: size.width,
    heightPx: size.height,
    rgba: new Uint8ClampedArray(data),
  }
  return { answer: 'drawn', picture, pages }
}

/** Whole pixels in the page's proportion, as wide as asked unless that makes too many; undefined for a page without a size. */
function sizeWithin(
  widthPx: number,
  proportion: number,
): { readonly width: number; readonly height: number } | undefined {
  if (!Number.isFinite(proportion) || proportion <= 0) return undefined
  const scale = Math.min(1, Math.sqrt(maxPixels / (widthPx * widthPx * proportion)))
  const width = Math.floor(widthPx * scale)
  const height = Math.round(width * proportion)
  return width < 1 || height < 1 ? undefined : { width, height }
}
