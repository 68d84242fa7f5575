/**
 * What closes the text: the issuers' names, the date, the places of the seals, the note. A seal presses name and date, which stand a little below its
 * centre, and its top is within one line of the text, so that no blank page can be sealed. Pure.
 *
 * GB/T 9704-2012 7.3.5 (sealed documents, one and several organs), 7.3.6 and 7.3.7.
 */
import type { Draft } from '../../draft/schema.ts'
import { type Shaper, setGlyphs, widthOf } from '../metrics.ts'
import {
  area,
  baseline,
  cell,
  type ComposedPage,
  pointsPerMm,
  rowPitch,
  rowTop,
  type SealPlace,
  size3,
  tracking3,
  yOf,
} from '../page.ts'
import { linePieces, type Piece } from './flow.ts'

/** Diameter of the seal of an organ, mm. */
export const sealDiameter = 42
/** From the bottom of the text's last line to the top of the first seals, mm; under one line of 10.45. */
const sealTopGap = 9.8
/** From a seal's centre up to the top of the name that it presses, mm. */
const nameAboveCentre = 5
/** Centre to centre of seals that stand side by side, mm: they neither touch nor cross. */
const sealPitch = sealDiameter + 3.5
/** From one line of seals to the next, mm: four lines, twelve organs, fit on a page with some text. */
const linePitch = sealDiameter + 1
const glyphHeight = size3 / pointsPerMm

export interface ClosingOptions {
  draft: Draft
  /** 成文日期 as painted. */
  date: string
  shaper: Shaper
}

/** Names, date and note as one block; `rows` are counted from the row after the text's last one. */
export interface Closing {
  rows: number
  /** Paints it under the text whose last row is `lastRow` (-1: none on this page). */
  place: (lastRow: number) => { ink: ComposedPage; seals: Omit<SealPlace, 'page'>[] }
}

export function composeClosing({ draft, date, shaper }: ClosingOptions): Closing {
  const names = draft.issuers.map(({ name }) => shaper.shape(name, 'fangsong', size3))
  const dated = shaper.shape(date, 'fangsong', size3)
  const note = notePieces(draft.note, shaper)
  const dateWidth = widthOf(dated, tracking3) / pointsPerMm
  const widest = Math.max(...names.map((name) => widthOf(name, tracking3))) / pointsPerMm
  const spots = sealSpots({ count: names.length, dateWidth, widest })
  const depth = sealTopGap + sealDiameter + linePitch * (spots.at(-1)?.line ?? 0)
  const sealRows = Math.ceil(depth / rowPitch)
  const dateTop =
    sealTopGap +
    sealDiameter / 2 -
    nameAboveCentre +
    rowPitch +
    (spots.at(-1)?.line ?? 0) * linePitch
  const noteRow = Math.ceil((dateTop + glyphHeight - 0.1) / rowPitch) + 1
  return {
    rows: Math.max(sealRows, note.length === 0 ? 0 : noteRow - 1 + note.length),
    place: (lastRow) => {
      const bottom = rowTop(lastRow) + glyphHeight
      const ink: ComposedPage = { runs: [], rules: [] }
      const seals = spots.map(({ x, line }, issuer) => {
        const centre = bottom + sealTopGap + sealDiameter / 2 + line * linePitch
        const top = centre - nameAboveCentre
        const isLast = issuer === spots.length - 1
        const set = isLast ? [names[issuer], dated] : [names[issuer]]
        for (const [at, glyphs = []] of set.entries()) {
          ink.runs.push(
            ...centredOn(glyphs, {
              x,
              topMm: top + at * rowPitch,
              room: at === 0 ? roomOf(names.length, widest) : area.width,
            }),
          )
        }
        const place = { x: x * pointsPerMm, y: yOf(centre) }
        return { issuer, centre: place, diameter: sealDiameter * pointsPerMm }
      })
      for (const [at, piece] of note.entries()) {
        ink.runs.push(...piece.ink(rowTop(lastRow + noteRow + at)).runs)
      }
      return { ink, seals }
    },
  }
}

/** Width that a name may take beside its neighbours, mm; a longer one is condensed. */
function roomOf(count: number, widest: number): number {
  if (count === 1) return area.width - 4 * cell
  return columnsFor(count, widest) === 3 ? sealPitch : 72
}

function columnsFor(count: number, widest: number): number {
  return count > 4 || (count === 3 && widest <= sealPitch) ? 3 : Math.min(2, count)
}

/** Where each seal's centre is, mm from the left, and in which line of seals; the last one stands over the date. */
function sealSpots(options: { count: number; dateWidth: number; widest: number }) {
  const { count, dateWidth, widest } = options
  const columns = columnsFor(count, widest)
  const dateCentre = area.right - 4 * cell - dateWidth / 2
  const pitch = columns === 3 ? sealPitch + 1 : Math.min(78, Math.max(sealPitch, widest) + 6)
  const half =
    Math.min(columns === 1 ? widest : Math.min(widest, roomOf(count, widest)), area.width) / 2
  const rightmost = Math.min(dateCentre, area.right - Math.max(half, sealDiameter / 2))
  const lines = Math.ceil(count / columns)
  const inFirst = count - (lines - 1) * columns
  return Array.from({ length: count }, (_, issuer) => {
    const line = issuer < inFirst ? 0 : 1 + Math.floor((issuer - inFirst) / columns)
    const lineStart = line === 0 ? 0 : inFirst + (line - 1) * columns
    const lineCount = line === 0 ? inFirst : columns
    return { line, x: rightmost - pitch * (lineCount - 1 - (issuer - lineStart)) }
  })
}

/** Glyphs centred on a place, condensed where they would be wider than their room. */
function centredOn(
  glyphs: Parameters<typeof setGlyphs>[0],
  place: { x: number; topMm: number; room: number },
) {
  const natural = widthOf(glyphs, tracking3)
  const horizontalScale = Math.min(100, (100 * place.room * pointsPerMm) / natural)
  return setGlyphs(glyphs, {
    x: place.x * pointsPerMm - (natural * horizontalScale) / 200,
    y: baseline(place.topMm, size3),
    spacing: tracking3,
    horizontalScale,
  })
}

/** 附注 in round brackets, two 字 in, on the line after the date. */
function notePieces(note: string | undefined, shaper: Shaper): Piece[] {
  if (note === undefined) return []
  const text = /^[（(].*[）)]$/.test(note) ? note : `（${note}）`
  const indent = 2 * cell * pointsPerMm
  const glyphs = shaper.shape(text, 'fangsong', size3)
  return linePieces(glyphs, { first: indent, hanging: 0, isText: false })
}
