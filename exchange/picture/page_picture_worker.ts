/**
 * The thread that `picture_thread.ts` keeps: pages through PDFium, PNGs back. Each file gets a WebAssembly instance of its own,
 * so that one made to break PDFium has no hand in the picture of another. Whatever PDFium throws is a failure.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { PDFiumLibrary, type PDFiumDocument } from '@hyzyla/pdfium'
import { limitMemory } from '../wasm_memory.ts'
import { encodePng } from './png.ts'
import type { PagePicture, PictureLimits, PictureTask } from './types.ts'

const limits = workerData as PictureLimits
const memory = limitMemory(limits.maxMemoryMb)
const wasm = await WebAssembly.compile(
  readFileSync(fileURLToPath(import.meta.resolve('@hyzyla/pdfium/pdfium.wasm'))),
)
let open: PDFiumDocument | undefined

/** A new instance: compiled once, it takes some milliseconds. */
function createLibrary(): ReturnType<typeof PDFiumLibrary.init> {
  return PDFiumLibrary.init({
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(wasm, imports)
      // Declared as taking the module; Emscripten takes the instance.
      ;(done as unknown as (made: WebAssembly.Instance) => void)(instance)
      return instance.exports
    },
  })
}

async function openFile(bytes: Uint8Array): Promise<PDFiumDocument> {
  // The one before goes with its whole instance.
  open = undefined
  const library = await createLibrary()
  open = await library.loadDocument(bytes)
  return open
}

async function draw({ bytes, page, widthPx }: PictureTask): Promise<PagePicture> {
  const document = bytes === undefined ? open : await openFile(bytes)
  if (document === undefined) return { failure: 'PICTURE_MALFORMED' }
  const count = document.getPageCount()
  if (count > limits.maxPages) return { failure: 'PICTURE_TOO_MANY_PAGES' }
  if (page >= count) return { failure: 'PICTURE_NO_SUCH_PAGE' }
  const sheet = document.getPage(page)
  const { originalWidth, originalHeight } = sheet.getOriginalSize()
  const size = sizeWithin(widthPx, originalHeight / originalWidth)
  if (size === undefined) return { failure: 'PICTURE_MALFORMED' }
  // Seals are signature widgets: PDFium draws those only as form fields.
  const { data } = await sheet.render({ render: 'bitmap', renderFormFields: true, ...size })
  const [drawnWidth, drawnHeight] = [size.width, size.height]
  const png = encodePng({ widthPx: drawnWidth, heightPx: drawnHeight, rgba: data })
  return { png, widthPx: drawnWidth, heightPx: drawnHeight }
}

/** Whole pixels in the page's proportion, as wide as asked unless that makes too many; undefined for a page without a size. */
function sizeWithin(
  widthPx: number,
  proportion: number,
): { readonly width: number; readonly height: number } | undefined {
  if (!Number.isFinite(proportion) || proportion <= 0) return undefined
  const scale = Math.min(1, Math.sqrt(limits.maxPixels / (widthPx * widthPx * proportion)))
  const width = Math.floor(widthPx * scale)
  const height = Math.round(width * proportion)
  return width < 1 || height < 1 ? undefined : { width, height }
}

function failureOf(error: unknown): PagePicture {
  if (memory.reached) return { failure: 'PICTURE_OUT_OF_MEMORY' }
  const encrypted = error instanceof Error && /password|security/i.test(error.message)
  return { failure: encrypted ? 'PICTURE_ENCRYPTED' : 'PICTURE_MALFORMED' }
}

parentPort?.on('message', (task: PictureTask) => {
  memory.reached = false
  void draw(task)
    .catch(failureOf)
    .then((answer) => {
      // A bitmap that could not be had whole is not shown in part.
      parentPort?.postMessage(memory.reached ? failureOf(undefined) : answer)
    })
})
