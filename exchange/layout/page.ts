/**
 * The page of GB/T 9704-2012 in numbers, and what a composed page is made of: positioned runs of text and rules. Lengths on paper are
 * millimetres from the top left corner (`Mm`), as the standard gives them; what leaves this folder is in PDF points from the bottom left.
 * Data and small pure functions.
 *
 * GB/T 9704-2012 5.2 (page), 6.2 and 6.3 (lines and characters).
 */

/** The five faces that the standard asks for. */
export const fontRoles = ['fangsong', 'song', 'hei', 'kai', 'xiaobiaosong'] as const
export type FontRole = (typeof fontRoles)[number]
/** A role's own face, or the one that steps in where it lacks a character. */
export type FontName = FontRole | 'fallback'
export type Colour = 'black' | 'red' | 'grey' | 'green' | 'amber' | 'white'

/** Text in one face on one baseline. `x`, `y` and `size` in points; `charSpacing` points after each character. */
export interface Run {
  x: number
  y: number
  font: FontName
  size: number
  text: string
  charSpacing: number
  /** Width of the characters in hundredths of their own, 100 unless they are condensed. */
  horizontalScale: number
  colour: Colour
}

/** A straight line; points. */
export interface Rule {
  x1: number
  y1: number
  x2: number
  y2: number
  width: number
  colour: Colour
}

export interface ComposedPage {
  runs: Run[]
  rules: Rule[]
}

/** Where an issuer's seal goes: `page` counts from 0, lengths in points. */
export interface SealPlace {
  issuer: number
  page: number
  centre: { x: number; y: number }
  diameter: number
}

/** A character that the face of its role lacks; `missing` if no face has it and a box stands in its place. */
export interface Substitution {
  character: string
  font: FontRole
  missing: boolean
}

/** Pages ready to be painted. */
export interface ComposedDocument {
  pages: ComposedPage[]
  seals: SealPlace[]
  substitutions: Substitution[]
}

/** Points in a millimetre. */
export const pointsPerMm = 72 / 25.4
/** A4, points. */
export const paper = { width: 210 * pointsPerMm, height: 297 * pointsPerMm } as const
/** The type area (版心), 156 by 225 mm. */
export const area = { left: 28, right: 184, top: 37, bottom: 262, width: 156 } as const
/** Type sizes, points: 2号 22, 3号 15.75 (5.556 mm, so that 28 characters and 22 lines fill the area), 4号 14. */
export const size2 = 22
export const size3 = 15.75
export const size4 = 14
export const rowsPerPage = 22
export const charactersPerLine = 28
/** One 字 in a line of size 3, mm. */
export const cell = area.width / charactersPerLine
/** From one line's top to the next, mm: 22 lines end exactly at the foot of the area. */
export const rowPitch = (225 - size3 / pointsPerMm) / (rowsPerPage - 1)
/** Tracking that brings a full-width character of size 3 to one cell, points. */
export const tracking3 = cell * pointsPerMm - size3
/** Height of an ideographic em box above its baseline, in ems. */
export const emAscent = 0.88

/** Top of row 0 to 21, mm. */
export function rowTop(row: number): number {
  return area.top + row * rowPitch
}

/** Baseline in PDF points of text whose em box has its top at `topMm`. */
export function baseline(topMm: number, sizePt: number): number {
  return paper.height - topMm * pointsPerMm - emAscent * sizePt
}

/** A vertical place in PDF points. */
export function yOf(mm: number): number {
  return paper.height - mm * pointsPerMm
}

/** A horizontal line across the page at `y`, all in mm. */
export function horizontalRule(options: {
  left: number
  right: number
  y: number
  width: number
  colour: Colour
}): Rule {
  const y = yOf(options.y)
  return {
    x1: options.left * pointsPerMm,
    y1: y,
    x2: options.right * pointsPerMm,
    y2: y,
    width: options.width * pointsPerMm,
    colour: options.colour,
  }
}
