/**
 * Where the seals of one or several organs stand, relative to the text above and to the date: in the order of the organs, in straight lines of at most three,
 * neither touching nor crossing, the last one over the date. Pure.
 *
 * GB/T 9704-2012 7.3.5.1 (one organ, several organs).
 */
import { area, cell } from '../page.ts'

/** Diameter of the seal of an organ, mm. */
export const sealDiameter = 42
/** From the bottom of the text's last line to the top of the first seals, mm; under one line of 10.45. */
export const sealTopGap = 9.8
/** From one line of seals to the next, mm: four lines, twelve organs, fit on a page with some text. */
export const linePitch = sealDiameter + 1
/** Least distance of the centres of two seals in one line, mm. */
const seatPitch = sealDiameter + 3.5
/** How far names may be condensed to let three organs stand in one line. */
const tolerated = 0.88

export interface SealArrangement {
  /** For each organ: the centre, mm from the left edge of the paper, and the line of seals that it is in. */
  spots: { x: number; line: number }[]
  /** Width that a name may take, mm; a longer one is condensed. */
  room: number
}

/** Arranges `count` seals; `widest` is the longest name, `dateWidth` the date, mm. */
export function arrangeSeals(options: {
  count: number
  dateWidth: number
  widest: number
}): SealArrangement {
  const { count, dateWidth, widest } = options
  const columns = columnsFor(count, widest)
  const room = [area.width - 4 * cell, 72, seatPitch][columns - 1] ?? seatPitch
  const pitch = columns === 3 ? seatPitch + 1 : Math.min(78, Math.max(seatPitch, widest) + 6)
  const half = Math.max(Math.min(widest, room), sealDiameter) / 2
  const dateCentre = area.right - 4 * cell - dateWidth / 2
  const rightmost = Math.min(dateCentre, area.right - half)
  const spots = Array.from({ length: count }, (_, organ) => {
    const line = Math.floor(organ / columns)
    const inLine = Math.min(columns, count - line * columns)
    return { line, x: rightmost - pitch * (inLine - 1 - (organ % columns)) }
  })
  return { spots, room }
}

function columnsFor(count: number, widest: number): number {
  if (count > 4) return 3
  return count === 3 && widest * tolerated <= seatPitch ? 3 : Math.min(2, count)
}
