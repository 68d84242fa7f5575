/** The marks of a box's organs: drawn and deflated once each, as drawing costs more than a whole seal; or the picture that a unit gave. */
import { deflateSync } from 'node:zlib'
import type { GlyphOutlines } from '../layout/index.ts'
import { createLru } from '../lru.ts'
import { pictureMark, sealMark } from './mark.ts'
import type { MarkPicture, SealMark } from './prepare.ts'

/** The mark of an organ at a diameter in points. */
export type Marks = (organ: Organ, diameter: number) => SealMark

export interface Organ {
  readonly name: string
  /** Its unit. */
  readonly unit: string
}

/** A district's organs, and then some. */
const maxMarks = 500

export function createMarks(options: {
  readonly outlines: GlyphOutlines
  readonly trial: boolean
  /** Pictures that units gave, by unit. */
  readonly pictures?: ReadonlyMap<string, MarkPicture>
}): Marks {
  const { outlines, trial, pictures } = options
  const drawn = createLru<SealMark>({ maxWeight: maxMarks })
  return ({ name, unit }, diameter) => {
    const picture = pictures?.get(unit)
    const key = `${picture ? unit : name} ${String(diameter)}`
    const known = drawn.get(key)
    if (known !== undefined) return known
    const mark = picture
      ? pictureMark({ picture, trial, diameter, outlines })
      : sealMark({ name, trial, diameter, outlines })
    const packed: SealMark = {
      ...mark,
      content: new Uint8Array(deflateSync(mark.content)),
      filter: 'FlateDecode',
    }
    drawn.set(key, packed)
    return packed
  }
}
