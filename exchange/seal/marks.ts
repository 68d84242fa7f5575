/** The marks of a box's organs: drawn and deflated once each, as drawing costs more than a whole seal. */
import { deflateSync } from 'node:zlib'
import type { GlyphOutlines } from '../layout/index.ts'
import { sealMark } from './mark.ts'
import type { SealMark } from './prepare.ts'

/** The mark of an organ by its name, at a diameter in points. */
export type Marks = (name: string, diameter: number) => SealMark

/** A district's organs, and then some. */
const maxMarks = 500

export function createMarks(options: {
  readonly outlines: GlyphOutlines
  readonly trial: boolean
}): Marks {
  const { outlines, trial } = options
  const drawn = new Map<string, SealMark>()
  return (name, diameter) => {
    const key = `${name} ${String(diameter)}`
    const known = drawn.get(key)
    if (known !== undefined) return known
    const { content, size } = sealMark({ name, trial, diameter, outlines })
    const mark: SealMark = {
      content: new Uint8Array(deflateSync(content)),
      size,
      filter: 'FlateDecode',
    }
    if (drawn.size >= maxMarks) drawn.clear()
    drawn.set(key, mark)
    return mark
  }
}
