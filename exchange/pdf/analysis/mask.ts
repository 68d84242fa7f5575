/** Soft masks and stencils of pictures (ISO 32000-1 8.9.6, 11.6.5.3): where a picture lets through what lies under it. */
import type { PdfDocument } from '../document.ts'
import { integerOf, numberOf, type PdfStream, type PdfValue } from '../objects.ts'
import { unpack } from './filters.ts'
import type { Work } from './work.ts'

/** Tells for a place in the unit square, from the lower left, whether the picture is opaque there. */
export type Opacity = (x: number, y: number) => boolean

const maxMaskBytes = 8 * 1024 * 1024

/** A grey picture of 1 or 8 bits as a mask; undefined where it cannot be unpacked here. `opaqueAbove` of 255. */
export function readMask(
  document: PdfDocument,
  image: PdfStream,
  { work, opaqueAbove }: { readonly work: Work; readonly opaqueAbove: number },
): Opacity | undefined {
  const at = (key: string): PdfValue | undefined =>
    document.resolve(image.dictionary.entries.get(key))
  const [width, height] = [integerOf(at('Width')) ?? 0, integerOf(at('Height')) ?? 0]
  const isStencil = at('ImageMask')?.kind === 'boolean'
  const bits = isStencil ? 1 : (integerOf(at('BitsPerComponent')) ?? 8)
  const stride = bits === 8 ? width : Math.ceil(width / 8)
  if ((bits !== 1 && bits !== 8) || width < 1 || height < 1) return undefined
  const data = unpack(document, image, { work, maxBytes: maxMaskBytes })
  if (data === undefined || data.length < stride * height) return undefined
  const decode = at('Decode')
  const isInverted = decode?.kind === 'array' && numberOf(document.resolve(decode.items[0])) === 1
  return (x, y) => {
    const column = Math.min(width - 1, Math.max(0, Math.floor(x * width)))
    const row = Math.min(height - 1, Math.max(0, Math.floor((1 - y) * height)))
    const byte = data[row * stride + (bits === 8 ? column : column >> 3)] ?? 0
    const value = bits === 8 ? byte : ((byte >> (7 - (column & 7))) & 1) * 255
    // A stencil paints where it is 0 (8.9.6.2), a mask where it is bright.
    return (isStencil === isInverted ? value : 255 - value) > opaqueAbove
  }
}
