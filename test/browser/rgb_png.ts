/** Writes a PNG as Chromium does: 8 bits, red, green and blue; each row by another filter type, so that all five are there. */
import { crc32, deflateSync } from 'node:zlib'

export function rgbPng(picture: {
  readonly width: number
  readonly height: number
  readonly colour: (x: number, y: number) => readonly [number, number, number]
}): Buffer {
  const { width, height, colour } = picture
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 ? 0 : (colour(Math.floor(x / 3), y)[((x % 3) + 3) % 3] ?? 0)
  const rows: number[] = []
  for (let y = 0; y < height; y++) {
    const filter = y % 5
    rows.push(filter)
    for (let x = 0; x < width * 3; x++) {
      const [left, above, corner] = [at(x - 3, y), at(x, y - 1), at(x - 3, y - 1)]
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]
      rows.push((at(x, y) - (predicted ?? 0)) & 255)
    }
  }
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0])
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The predictor by the letter of the specification (clause 9.4). */
function paeth(a: number, b: number, c: number): number {
  const p = a + b - c
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
