/** Reads the PNGs that the encoder writes, by the letter of the specification: 8 bits a pixel, a palette, no filter. */
import { crc32, inflateSync } from 'node:zlib'

export interface ReadPng {
  readonly width: number
  readonly height: number
  readonly colours: number
  /** Red, green and blue of a pixel. */
  readonly at: (x: number, y: number) => readonly [number, number, number]
}

export function readPng(png: Uint8Array): ReadPng {
  const bytes = Buffer.from(png)
  if (bytes.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') throw new TypeError('no PNG')
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const covered = bytes.subarray(at + 4, at + 8 + length)
    if (crc32(covered) !== bytes.readUInt32BE(at + 8 + length)) throw new TypeError('wrong CRC')
    chunks.set(covered.toString('latin1', 0, 4), covered.subarray(4))
    at += 12 + length
  }
  const chunk = (name: string): Buffer => chunks.get(name) ?? Buffer.alloc(0)
  const [width, height] = [chunk('IHDR').readUInt32BE(0), chunk('IHDR').readUInt32BE(4)]
  const rows = inflateSync(chunk('IDAT'))
  const palette = chunk('PLTE')
  const whole = [...chunks.keys()].join(' ') === 'IHDR PLTE IDAT IEND'
  if (!whole || rows.length !== (width + 1) * height) throw new TypeError('not whole')
  return {
    width,
    height,
    colours: palette.length / 3,
    at: (x, y) => {
      if (rows[y * (width + 1)] !== 0) throw new TypeError('a filtered row')
      const index = (rows[y * (width + 1) + 1 + x] ?? 0) * 3
      if (index >= palette.length) throw new TypeError('no such colour')
      return [palette[index] ?? 0, palette[index + 1] ?? 0, palette[index + 2] ?? 0]
    },
  }
}
