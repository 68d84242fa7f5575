/**
 * A screenshot in fewer bytes: Chromium writes three bytes a pixel, a page of an office needs 256 colours. The flat ones stay exactly what
 * they are; shades between them, at the edges of letters, go to the nearest that is left.
 *
 * PNG (W3C, third edition) 9.2: filter types; 11.2: chunks.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib'

const signatureBytes = 8
/** Of the palette, kept for the colours that most pixels have. */
const exactColours = 160
const maxColours = 256

interface Chunk {
  readonly type: string
  readonly data: Buffer
}

/** Takes what Chromium writes: 8 bits, red, green and blue, not interlaced. */
export function smallerPng(png: Buffer): Buffer {
  const chunks = chunksOf(png)
  const header = Buffer.from(chunks[0]?.data ?? [])
  if (header.toString('hex', 8) !== '0802000000') throw new TypeError('no screenshot of Chromium')
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const packed = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)
  const pixels = unfiltered(inflateSync(Buffer.concat(packed)), width * 3)
  const { palette, indexOf } = paletteFor(pixels)
  const rows = Buffer.alloc((width + 1) * height)
  for (let at = 0; at < width * height; at++) {
    rows[at + Math.floor(at / width) + 1] = indexOf(pixels.readUIntBE(at * 3, 3))
  }
  // Colour type 3: indexes into a palette.
  header[9] = 3
  return Buffer.concat([
    png.subarray(0, signatureBytes),
    chunkBytes({ type: 'IHDR', data: header }),
    chunkBytes({ type: 'PLTE', data: Buffer.concat(palette.map(bytesOfColour)) }),
    chunkBytes({ type: 'IDAT', data: deflateSync(rows, { level: 9, memLevel: 9 }) }),
    chunkBytes({ type: 'IEND', data: Buffer.alloc(0) }),
  ])
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = []
  for (let at = signatureBytes; at < png.length;) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return chunks
}

function chunkBytes({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const bytes = Buffer.alloc(body.length + 8)
  bytes.writeUInt32BE(data.length, 0)
  body.copy(bytes, 4)
  bytes.writeUInt32BE(crc32(body), bytes.length - 4)
  return bytes
}

/** The pixels without their filters, 3 bytes each (clause 9.2). */
function unfiltered(rows: Buffer, rowBytes: number): Buffer {
  const height = rows.length / (rowBytes + 1)
  const pixels = Buffer.alloc(rowBytes * height)
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (rowBytes + 1)] ?? 0
    for (let x = 0; x < rowBytes; x++) {
      const left = x < 3 ? 0 : (pixels[y * rowBytes + x - 3] ?? 0)
      const above = y === 0 ? 0 : (pixels[(y - 1) * rowBytes + x] ?? 0)
      const corner = x < 3 || y === 0 ? 0 : (pixels[(y - 1) * rowBytes + x - 3] ?? 0)
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]
      pixels[y * rowBytes + x] = (rows[y * (rowBytes + 1) + 1 + x] ?? 0) + (predicted ?? 0)
    }
  }
  return pixels
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(estimate - value))
  if (a === undefined || b === undefined || c === undefined) return 0
  if (a <= b && a <= c) return left
  return b <= c ? above : corner
}

function bytesOfColour(colour: number): Buffer {
  return Buffer.from([colour >> 16, (colour >> 8) & 255, colour & 255])
}

/** The most frequent colours as they are, then the most frequent of cells of 16 steps a channel. */
function paletteFor(pixels: Buffer): {
  readonly palette: readonly number[]
  readonly indexOf: (colour: number) => number
} {
  const counts = new Map<number, number>()
  for (let at = 0; at < pixels.length; at += 3) {
    const colour = pixels.readUIntBE(at, 3)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  const ranked = [...counts].toSorted(([, a], [, b]) => b - a)
  const exact = ranked
    .slice(0, ranked.length > maxColours ? exactColours : maxColours)
    .map(([colour]) => colour)
  const cells = new Map<number, { readonly colour: number; count: number }>()
  for (const [colour, count] of ranked.slice(exact.length)) {
    const cell = cells.get(colour & 0xf0f0f0) ?? { colour, count: 0 }
    cell.count += count
    cells.set(colour & 0xf0f0f0, cell)
  }
  const others = [...cells.values()].toSorted((a, b) => b.count - a.count)
  const left = others.slice(0, maxColours - exact.length).map(({ colour }) => colour)
  const palette = [...exact, ...left]
  const indexes = new Map(palette.map((colour, at) => [colour, at]))
  return {
    palette,
    indexOf: (colour) => {
      const known = indexes.get(colour)
      if (known !== undefined) return known
      const found = nearest(colour, palette)
      indexes.set(colour, found)
      return found
    },
  }
}

function nearest(colour: number, palette: readonly number[]): number {
  const apart = (other: number, shift: number): number =>
    (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2
  let [best, least] = [0, Infinity]
  for (const [at, other] of palette.entries()) {
    const distance = apart(other, 16) + apart(other, 8) + apart(other, 0)
    if (distance < least) [best, least] = [at, distance]
  }
  return best
}
