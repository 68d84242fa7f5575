/** The thread that `pdf_text.ts` starts: one file through PDFium, one message back. Whatever PDFium throws is a failure. */
import { parentPort, workerData } from 'node:worker_threads'
import { PDFiumLibrary } from '@hyzyla/pdfium'
import { limitMemory } from '../wasm_memory.ts'
import type { PdfText, PdfTextLimits, PdfTextTask } from './pdf_text.ts'
import { foldRadicals } from './radicals.ts'

async function readPages(bytes: Uint8Array, limits: PdfTextLimits): Promise<PdfText> {
  const library = await PDFiumLibrary.init()
  const document = await library.loadDocument(bytes)
  const count = document.getPageCount()
  if (count === 0) return { failure: 'PDF_TEXT_MALFORMED' }
  if (count > limits.maxPages) return { failure: 'PDF_TEXT_TOO_MANY_PAGES' }
  const pages: string[] = []
  let room = limits.maxCharacters
  for (let at = 0; at < count && room > 0; at++) {
    const text = document.getPage(at).getText()
    pages.push(foldRadicals(text.slice(0, room)))
    room -= text.length
  }
  return { pages, complete: room >= 0 && pages.length === count }
}

function failureOf(error: unknown, outOfMemory: boolean): PdfText {
  if (outOfMemory) return { failure: 'PDF_TEXT_OUT_OF_MEMORY' }
  const encrypted = error instanceof Error && /password|security/i.test(error.message)
  return { failure: encrypted ? 'PDF_TEXT_ENCRYPTED' : 'PDF_TEXT_MALFORMED' }
}

async function answerTask({ bytes, limits }: PdfTextTask): Promise<PdfText> {
  const memory = limitMemory(limits.maxMemoryMb)
  try {
    return await readPages(bytes, limits)
  } catch (error) {
    return failureOf(error, memory.reached)
  }
}

parentPort?.postMessage(await answerTask(workerData as PdfTextTask))
