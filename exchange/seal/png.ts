/**
 * Reads a PNG (W3C PNG, third edition) that a stranger made, into red, green and blue on white paper. Bounded before anything is unpacked; interlaced pictures and unknown
 * critical chunks are refused. No text, profile or animation is looked at, so nothing of them goes on.
 */
import { crc32, inflateSync } from 'node:zlib'
import { ExchangeError } from '../errors.ts'

/** Pixels, three octets each, row by row from the top. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/** Longest side, pixels: 42 mm at 1,200 dots an inch, and then some. */
export const maxPictureSide = 2400
/** Chunks of one file; encoders cut the data into pieces of 8 KB. */
const maxChunks = 2000

/** `SEAL_PICTURE_REFUSED` with the reason, for the log. */
export function refusedPicture(reason: string, cause?: unknown): ExchangeError {
  return new ExchangeError('SEAL_PICTURE_REFUSED', `the picture of a seal is refused: ${reason}`, {
    details: { reason },
    ...(cause !== undefined && { cause }),
  })
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** Whether the bytes begin as a PNG. */
export function isPng(bytes: Uint8Array): boolean {
  return signature.every((octet, at) => bytes[at] === octet)
}

/** Reads the picture; `SEAL_PICTURE_REFUSED`. */
export function readPng(bytes: Uint8Array): Pixels {
  if (!isPng(bytes)) throw refusedPicture('no PNG')
  const { header, palette, transparency, data } = readChunks(bytes)
  const shape = readHeader(header)
  const { width, height, depth, type } = shape
  const channels = channelsOf[type]
  const bitsPerPixel = channels * depth
  const rowBytes = Math.ceil((width * bitsPerPixel) / 8)
  const rows = unpack(data, height * (rowBytes + 1))
  const pixelBytes = Math.max(1, bitsPerPixel >> 3)
  unfilter(rows, { height, rowBytes, pixelBytes })
  const sample = samplesOf(rows, { rowBytes, channels, depth })
  const colour = coloursOf(shape, { sample, palette, transparency })
  const rgb = new Uint8Array(3 * width * height)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) rgb.set(colour(x, y), at)
  }
  return { width, height, rgb }
}

const channelsOf = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const
type ColourType = keyof typeof channelsOf

interface Shape {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly type: ColourType
}

/** IHDR (11.2.1): the combinations of Table 12 but interlaced ones. */
function readHeader(header: DataView): Shape {
  if (header.byteLength !== 13) throw refusedPicture('a wrong header')
  const [width, height] = [header.getUint32(0), header.getUint32(4)]
  const depth = header.getUint8(8)
  const type = header.getUint8(9)
  const isShort = type === 0 || type === 3
  const depths = isShort ? [1, 2, 4, 8] : [8]
  if (type !== 3) depths.push(16)
  const isKnown = type in channelsOf && depths.includes(depth)
  if (!isKnown || [10, 11, 12].some((at) => header.getUint8(at) !== 0)) {
    throw refusedPicture('interlaced, or of an unknown kind')
  }
  const isSized = width > 0 && height > 0 && Math.max(width, height) <= maxPictureSide
  if (!isSized) throw refusedPicture(`${String(width)} by ${String(height)} pixels`)
  return { width, height, depth, type: type as ColourType }
}

interface Chunks {
  readonly header: DataView
  readonly palette: Uint8Array
  readonly transparency: Uint8Array
  readonly data: Uint8Array
}

/** Chunks in their order (5.3), each with its checksum. */
function readChunks(bytes: Uint8Array): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found = new Map<string, Uint8Array[]>()
  let name = ''
  let count = 0
  for (let at = signature.length; name !== 'IEND'; count++) {
    if (count >= maxChunks || at + 12 > bytes.length)
      throw refusedPicture('torn, or too many parts')
    const length = view.getUint32(at)
    if (length > bytes.length - at - 12) throw refusedPicture('torn')
    const covered = bytes.subarray(at + 4, at + 8 + length)
    if (crc32(covered) !== view.getUint32(at + 8 + length)) throw refusedPicture('a wrong checksum')
    name = String.fromCharCode(...covered.subarray(0, 4))
    const isCritical = /^[A-Z]/.test(name)
    if (isCritical && !['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(name)) {
      throw refusedPicture('an unknown part')
    }
    if ((name === 'IHDR') !== (count === 0)) throw refusedPicture('a header out of place')
    found.set(name, [...(found.get(name) ?? []), covered.subarray(4)])
    at += 12 + length
  }
  const header = found.get('IHDR')?.[0] ?? new Uint8Array()
  return {
    header: new DataView(header.buffer, header.byteOffset, header.length),
    palette: found.get('PLTE')?.[0] ?? new Uint8Array(),
    transparency: found.get('tRNS')?.[0] ?? new Uint8Array(),
    data: Buffer.concat(found.get('IDAT') ?? []),
  }
}

function unpack(data: Uint8Array, octets: number): Uint8Array {
  try {
    const rows = new Uint8Array(inflateSync(data, { maxOutputLength: octets }))
    if (rows.length === octets) return rows
  } catch (cause) {
    throw refusedPicture('it does not unpack', cause)
  }
  throw refusedPicture('it is short')
}

/** Undoes the filters in place (9.2). */
function unfilter(
  rows: Uint8Array,
  shape: { readonly height: number; readonly rowBytes: number; readonly pixelBytes: number },
): void {
  const { height, rowBytes, pixelBytes } = shape
  for (let row = 0; row < height; row++) {
    const from = row * (rowBytes + 1) + 1
    const filter = rows[from - 1] ?? 0
    if (filter > 4) throw refusedPicture('an unknown filter')
    for (let at = from; at < from + rowBytes; at++) {
      const hasLeft = at - from >= pixelBytes
      const left = hasLeft ? (rows[at - pixelBytes] ?? 0) : 0
      const up = row > 0 ? (rows[at - rowBytes - 1] ?? 0) : 0
      const corner = row > 0 && hasLeft ? (rows[at - rowBytes - 1 - pixelBytes] ?? 0) : 0
      rows[at] = (rows[at] ?? 0) + predicted(filter, { left, up, corner })
    }
  }
}

function predicted(
  filter: number,
  { left, up, corner }: { readonly left: number; readonly up: number; readonly corner: number },
): number {
  if (filter < 3) return [0, left, up][filter] ?? 0
  if (filter === 3) return (left + up) >> 1
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  if (a <= b && a <= c) return left
  return b <= c ? up : corner
}

type Sample = (x: number, y: number, channel: number) => number

/** A sample as it stands; of 16 bits the upper eight. */
function samplesOf(
  rows: Uint8Array,
  shape: { readonly rowBytes: number; readonly channels: number; readonly depth: number },
): Sample {
  const { rowBytes, channels, depth } = shape
  return (x, y, channel) => {
    const row = y * (rowBytes + 1) + 1
    const index = x * channels + channel
    if (depth >= 8) return rows[row + index * (depth >> 3)] ?? 0
    const bit = index * depth
    const octet = rows[row + (bit >> 3)] ?? 0
    return (octet >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
  }
}

/** The colour of a pixel on white paper. A single transparent colour of a picture without alpha (tRNS of types 0 and 2) is left as it is. */
function coloursOf(
  { depth, type }: Shape,
  from: {
    readonly sample: Sample
    readonly palette: Uint8Array
    readonly transparency: Uint8Array
  },
): (x: number, y: number) => readonly [number, number, number] {
  const { sample, palette, transparency } = from
  const onWhite = (value: number, alpha: number): number =>
    Math.round((value * alpha + 255 * (255 - alpha)) / 255)
  const full = depth < 8 ? 255 / ((1 << depth) - 1) : 1
  if (type === 3) {
    return (x, y) => {
      const index = sample(x, y, 0)
      if (3 * index >= palette.length) throw refusedPicture('no such colour')
      const alpha = transparency[index] ?? 255
      const part = (at: number): number => onWhite(palette[3 * index + at] ?? 0, alpha)
      return [part(0), part(1), part(2)]
    }
  }
  const isGrey = type === 0 || type === 4
  const alphaAt = type === 4 ? 1 : 3
  const hasAlpha = type === 4 || type === 6
  return (x, y) => {
    const alpha = hasAlpha ? sample(x, y, alphaAt) : 255
    const part = (channel: number): number =>
      onWhite(sample(x, y, isGrey ? 0 : channel) * (isGrey ? full : 1), alpha)
    return [part(0), part(1), part(2)]
  }
}
