/**
 * What closes the text: the issuers' names, the date, the places of the seals, the note. A seal presses name and date, which stand a little below its
 * centre, and its top is within one line of the text, so that no blank page can be sealed. Pure.
 *
 * GB/T 9704-2012 7.3.5 (sealed documents, one and several organs), 7.3.6 and 7.3.7.
 */
import type { Draft } from '../../draft/schema.ts'
import { type Glyph, type Shaper, setGlyphs, widthOf } from '../metrics.ts'
import {
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
import { arrangeSeals, linePitch, sealDiameter, sealTopGap } from './seal_places.ts'

/** From a seal's centre up to the top of the name that it presses, mm. */
const nameAboveCentre = 5
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
  const widest = Math.max(...names.map(widthInMm))
  const { spots, room } = arrangeSeals({
    count: names.length,
    dateWidth: widthInMm(dated),
    widest,
  })
  const below = (spots.at(-1)?.line ?? 0) * linePitch
  const nameTop = sealTopGap + sealDiameter / 2 - nameAboveCentre
  const noteRow = Math.ceil((nameTop + below + rowPitch + glyphHeight - 0.1) / rowPitch) + 1
  const sealRows = Math.ceil((sealTopGap + sealDiameter + below) / rowPitch)
  return {
    rows: Math.max(sealRows, note.length === 0 ? 0 : noteRow - 1 + note.length),
    place: (lastRow) => {
      const bottom = rowTop(lastRow) + glyphHeight
      const scale = Math.min(100, (100 * room) / widest)
      const ink: ComposedPage = { runs: [], rules: [] }
      for (const [issuer, { x, line }] of spots.entries()) {
        const topMm = bottom + nameTop + line * linePitch
        ink.runs.push(...centredOn(names[issuer] ?? [], { x, topMm, scale }))
        if (issuer < spots.length - 1) continue
        ink.runs.push(...centredOn(dated, { x, topMm: topMm + rowPitch, scale: 100 }))
      }
      for (const [at, piece] of note.entries()) {
        ink.runs.push(...piece.ink(rowTop(lastRow + noteRow + at)).runs)
      }
      const seals = spots.map(({ x, line }, issuer) => {
        const y = yOf(bottom + sealTopGap + sealDiameter / 2 + line * linePitch)
        const centre = { x: x * pointsPerMm, y }
        return { issuer, centre, diameter: sealDiameter * pointsPerMm }
      })
      return { ink, seals }
    },
  }
}

function widthInMm(glyphs: readonly Glyph[]): number {
  return widthOf(glyphs, tracking3) / pointsPerMm
}

/** Glyphs centred on a place, condensed to `scale` hundredths. */
function centredOn(glyphs: readonly Glyph[], place: { x: number; topMm: number; scale: number }) {
  const width = (widthOf(glyphs, tracking3) * place.scale) / 100
  return setGlyphs(glyphs, {
    x: place.x * pointsPerMm - width / 2,
    y: baseline(place.topMm, size3),
    spacing: tracking3,
    horizontalScale: place.scale,
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
