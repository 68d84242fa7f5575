/**
 * The picture of a seal that a unit supplies, PNG or JPEG, made safe to be put into documents: only its pixels go on, on white paper, at the size that is seen.
 * A JPEG is decoded by PDFium in its thread within limits, as pages are. What can be no seal (blank, or so dark that it would hide what it is pressed on) is refused.
 */
import { deflateSync } from 'node:zlib'
import { concat, utf8 } from '../../ca/index.ts'
import type { PagePictures } from '../picture/index.ts'
import { isPng, maxPictureSide, readPng, refusedPicture, type Pixels } from './png.ts'
import type { MarkPicture } from './prepare.ts'

/** A file as it is supplied. */
export const maxPictureBytes = 2 * 1024 * 1024
/** Shortest side: below, characters of a seal cannot be read. */
const minPictureSide = 120
/** Longest side of what is kept: 42 mm at 360 dots an inch. */
const keptSide = 600
/** Share of the paper that is inked, least and most. */
const [minInk, maxInk] = [0.01, 0.6]
/** From this luminance on paper counts as white. */
const whiteFrom = 200

/** Reads a picture into what a mark shows of it. `SEAL_PICTURE_REFUSED`. */
export async function readUnitPicture(
  bytes: Uint8Array,
  pictures: Pick<PagePictures, 'page'>,
): Promise<MarkPicture> {
  if (bytes.length > maxPictureBytes) throw refusedPicture('more than 2 MB')
  const pixels = isPng(bytes) ? readPng(bytes) : await readJpeg(bytes, pictures)
  const side = Math.min(pixels.width, pixels.height)
  if (side < minPictureSide) throw refusedPicture(`only ${String(side)} pixels`)
  const ink = inkShare(pixels)
  if (ink < minInk || ink > maxInk) throw refusedPicture(`${String(Math.round(100 * ink))} % ink`)
  const { width, height, rgb } = reduced(pixels)
  return { width, height, colour: new Uint8Array(deflateSync(rgb, { level: 9 })) }
}

function inkShare({ rgb, width, height }: Pixels): number {
  let inked = 0
  for (let at = 0; at < rgb.length; at += 3) {
    const luminance = 0.3 * (rgb[at] ?? 0) + 0.59 * (rgb[at + 1] ?? 0) + 0.11 * (rgb[at + 2] ?? 0)
    if (luminance < whiteFrom) inked++
  }
  return inked / (width * height)
}

/** Squares of pixels become one, their mean. */
function reduced(pixels: Pixels): Pixels {
  const step = Math.ceil(Math.max(pixels.width, pixels.height) / keptSide)
  if (step === 1) return pixels
  const [width, height] = [Math.floor(pixels.width / step), Math.floor(pixels.height / step)]
  const rgb = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let part = 0; part < 3; part++) {
        let sum = 0
        for (let inner = 0; inner < step * step; inner++) {
          const row = y * step + Math.floor(inner / step)
          const column = x * step + (inner % step)
          sum += pixels.rgb[3 * (row * pixels.width + column) + part] ?? 0
        }
        rgb[3 * (y * width + x) + part] = Math.round(sum / (step * step))
      }
    }
  }
  return { width, height, rgb }
}

/** A JPEG as PDFium draws it: the one picture of a page of its size. */
async function readJpeg(bytes: Uint8Array, pictures: Pick<PagePictures, 'page'>): Promise<Pixels> {
  const { width, height, components } = jpegFrame(bytes)
  const longest = Math.max(width, height)
  if (longest > maxPictureSide) throw refusedPicture(`${String(longest)} pixels`)
  const drawn = await pictures.page(pageWithJpeg(bytes, { width, height, components }), 1, width)
  if ('failure' in drawn) throw refusedPicture(drawn.failure)
  return readPng(drawn.png)
}

interface Frame {
  readonly width: number
  readonly height: number
  readonly components: 1 | 3
}

/** The frame header (ITU-T T.81 B.2.2): eight bits, grey or colour. */
function jpegFrame(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) throw refusedPicture('no PNG and no JPEG')
  for (let at = 2; at + 10 <= bytes.length;) {
    const marker = view.getUint16(at)
    const length = view.getUint16(at + 2)
    if (marker < 0xffc0 || length < 2) break
    const isFrame = marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
    if (isFrame) {
      const components = bytes[at + 9]
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
      const isUsual = bytes[at + 4] === 8 && (components === 1 || components === 3)
      if (isUsual && width > 0 && height > 0) return { width, height, components }
      break
    }
    at += 2 + length
  }
  throw refusedPicture('a JPEG of an unknown kind')
}

function pageWithJpeg(jpeg: Uint8Array, { width, height, components }: Frame): Uint8Array {
  const [w, h] = [String(width), String(height)]
  const space = components === 1 ? 'DeviceGray' : 'DeviceRGB'
  const content = `${w} 0 0 ${h} 0 0 cm /P Do`
  const before =
    '%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n' +
    '2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n' +
    `3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${w} ${h}]/Contents 4 0 R` +
    '/Resources<</XObject<</P 5 0 R>>>>>>\nendobj\n' +
    `4 0 obj\n<</Length ${String(content.length)}>>\nstream\n${content}\nendstream\nendobj\n` +
    `5 0 obj\n<</Type/XObject/Subtype/Image/Width ${w}/Height ${h}/ColorSpace/${space}` +
    `/BitsPerComponent 8/Filter/DCTDecode/Length ${String(jpeg.length)}>>\nstream\n`
  const offsets = [1, 2, 3, 4, 5].map((number) => before.indexOf(`${String(number)} 0 obj`))
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n\r\n`).join('')
  const middle = '\nendstream\nendobj\n'
  const at = before.length + jpeg.length + middle.length
  const after =
    `${middle}xref\n0 6\n0000000000 65535 f\r\n${rows}trailer\n<</Size 6/Root 1 0 R>>\n` +
    `startxref\n${String(at)}\n%%EOF\n`
  return concat(utf8(before), jpeg, utf8(after))
}
