/** Where seals go on an uploaded PDF: on its last page, at the lower right, side by side from the right, not touching. Pure. */
import { listPages, readPdf } from '../pdf/index.ts'
import type { Numbered, SealPlace } from './types.ts'

/** 42 mm, the size of a county organ's seal, in points. */
const diameter = (42 / 25.4) * 72
/** From the page's edges, and between two seals. */
const margin = 36
const gap = 6

/** Pages of the PDF, and a place for each of `count` seals; a second row begins where the page's width ends. */
export function uploadedPlaces(pdf: Uint8Array, count: number): Pick<Numbered, 'pages' | 'places'> {
  const pages = listPages(readPdf(pdf))
  const [left, bottom, right] = pages.at(-1)?.mediaBox ?? [0, 0, 595, 842]
  const step = diameter + gap
  const perRow = Math.max(1, Math.floor((right - left - 2 * margin + gap) / step))
  const places = Array.from({ length: count }, (_, at): SealPlace => ({
    page: pages.length - 1,
    x: right - margin - diameter / 2 - (at % perRow) * step,
    y: bottom + margin + diameter / 2 + Math.floor(at / perRow) * step,
    diameter,
  }))
  return { pages: pages.length, places }
}
