/**
 * The mark of a seal as a page shows it: the very paths that are drawn into PDFs (`mark.ts`), turned into those of SVG. It attests nothing.
 * Pure.
 */
import { createLru } from '../lru.ts'
import { sealMark, type SealMarkOptions } from './mark.ts'

/** Paths in the square from (0, 0) to (size, size), y downwards, to be drawn in one colour. */
export interface SealPicture {
  readonly size: number
  /** Path data to be filled. */
  readonly fills: readonly string[]
  /** Path data to be stroked. */
  readonly strokes: readonly { readonly path: string; readonly width: number }[]
}

/** The picture of an organ's seal by its name. */
export type SealPictures = (name: string) => SealPicture

/** A district's organs, and then some. */
const maxPictures = 200

/** Pictures of a box's organs, each drawn once. */
export function createSealPictures(
  options: Pick<SealMarkOptions, 'outlines' | 'trial'>,
): SealPictures {
  const drawn = createLru<SealPicture>({ maxWeight: maxPictures })
  return (name) => {
    const known = drawn.get(name)
    if (known !== undefined) return known
    const picture = sealPicture({ ...options, name })
    drawn.set(name, picture)
    return picture
  }
}

export function sealPicture(options: SealMarkOptions): SealPicture {
  const { content, size } = sealMark(options)
  return { size, ...pathsIn(new TextDecoder().decode(content), size) }
}

/** The path operators of ISO 32000-1 8.5.2 that `mark.ts` writes, with how many operands each takes from the end. */
const letters: Readonly<Record<string, readonly [letter: string, operands: number]>> = {
  m: ['M', 2],
  l: ['L', 2],
  c: ['C', 6],
  h: ['Z', 0],
}

function pathsIn(content: string, size: number): Pick<SealPicture, 'fills' | 'strokes'> {
  const fills: string[] = []
  const strokes: { path: string; width: number }[] = []
  let operands: number[] = []
  let path = ''
  let width = 1
  for (const token of content.split(/\s+/)) {
    const known = letters[token]
    if (known !== undefined) path += segment(known, operands, size)
    else if (token === 'w') width = operands.at(-1) ?? width
    else if (token === 'f') fills.push(path)
    else if (token === 's') strokes.push({ path: `${path}Z`, width })
    if (token === 'f' || token === 's') path = ''
    const value = Number(token)
    if (token !== '' && Number.isFinite(value)) operands.push(value)
    else operands = []
  }
  return { fills, strokes }
}

function segment(
  [letter, count]: readonly [string, number],
  operands: readonly number[],
  size: number,
): string {
  const points = count === 0 ? [] : operands.slice(-count)
  // The page's y points upwards, the picture's downwards.
  const turned = points.map((value, at) => (at % 2 === 0 ? value : size - value))
  return `${letter}${turned.map((value) => String(Number(value.toFixed(2)))).join(' ')}`
}
