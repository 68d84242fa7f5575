/**
 * A small PNG encoder for pictures of pages: at most 256 colours, each channel in 16 steps, which is all that printed text with
 * a red head and red seals needs, and keeps a scanned page below a byte a pixel. Pure.
 *
 * PNG (W3C, third edition) 11.2: IHDR, PLTE, IDAT, IEND; 12: compression by zlib.
 */
import { crc32, deflateSync } from 'node:zlib'

export interface Bitmap {
  readonly widthPx: number
  readonly heightPx: number
  /** Four bytes a pixel: red, green, blue, alpha; alpha is taken as opaque. */
  readonly rgba: Uint8Array
}

/** What PLTE can hold. */
const maxColours = 256
/** 16 steps a channel: 0, 17, … 255, so that white stays white and black black. */
const step = 17
const cells = 16 ** 3
/** Higher ones take ten times as long and save a twentieth (measured on A4 pages of text). */
const level = 6

/** The bitmap as a PNG with a palette. */
export function encodePng({ widthPx, heightPx, rgba }: Bitmap): Uint8Array {
  const counts = countCells(rgba)
  const palette = popularCells(counts)
  const indexOf = indexCells(counts, palette)
  const rows = new Uint8Array((widthPx + 1) * heightPx)
  let to = 0
  for (let from = 0; from < rgba.length; from += 4) {
    // Each row begins with its filter type, 0: palette indexes gain nothing by the others (clause 12.7).
    if (from % (widthPx * 4) === 0) to += 1
    rows[to++] = indexOf[cellAt(rgba, from)] ?? 0
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header(widthPx, heightPx)),
    chunk('PLTE', Uint8Array.from(palette.flatMap(coloursOf))),
    chunk('IDAT', deflateSync(rows, { level })),
    chunk('IEND', new Uint8Array()),
  ])
}

/** The cell of the colour cube that a pixel falls into, 0 to 4095. */
function cellAt(rgba: Uint8Array, at: number): number {
  const red = Math.round((rgba[at] ?? 0) / step)
  const green = Math.round((rgba[at + 1] ?? 0) / step)
  const blue = Math.round((rgba[at + 2] ?? 0) / step)
  return (red << 8) | (green << 4) | blue
}

function coloursOf(cell: number): [number, number, number] {
  return [(cell >> 8) * step, ((cell >> 4) & 15) * step, (cell & 15) * step]
}

function countCells(rgba: Uint8Array): Uint32Array {
  const counts = new Uint32Array(cells)
  for (let at = 0; at < rgba.length; at += 4) {
    const cell = cellAt(rgba, at)
    counts[cell] = (counts[cell] ?? 0) + 1
  }
  return counts
}

/** The cells that most pixels fall into, most first; never empty. */
function popularCells(counts: Uint32Array): number[] {
  const used = [...counts.keys()].filter((cell) => counts[cell] !== 0)
  const byCount = used.toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
  return byCount.length === 0 ? [0] : byCount.slice(0, maxColours)
}

/** For each used cell the index of its colour, or of the nearest where there are more than the palette holds. */
function indexCells(counts: Uint32Array, palette: readonly number[]): Uint8Array {
  const indexes = new Uint8Array(cells)
  const known = new Map(palette.map((cell, index) => [cell, index]))
  for (const [cell, count] of counts.entries()) {
    if (count > 0) indexes[cell] = known.get(cell) ?? nearest(cell, palette)
  }
  return indexes
}

function nearest(cell: number, palette: readonly number[]): number {
  let best = 0
  let least = Infinity
  for (const [index, other] of palette.entries()) {
    const red = (cell >> 8) - (other >> 8)
    const green = ((cell >> 4) & 15) - ((other >> 4) & 15)
    const blue = (cell & 15) - (other & 15)
    const distance = red * red + green * green + blue * blue
    if (distance >= least) continue
    least = distance
    best = index
  }
  return best
}

/** Bit depth 8, colour type 3 (palette), no interlace (clause 11.2.1). */
function header(widthPx: number, heightPx: number): Uint8Array {
  const bytes = new Uint8Array(13)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, widthPx)
  view.setUint32(4, heightPx)
  bytes.set([8, 3, 0, 0, 0], 8)
  return bytes
}

/** Length, type, data, CRC over type and data (clause 5.3). */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(data.length + 12)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, data.length + 8)), data.length + 8)
  return bytes
}
