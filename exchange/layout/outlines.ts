/**
 * Outlines of characters as paths, for what is drawn without a font: the round seal. Reads them with fontkit from a small HarfBuzz subset, so that the large
 * face need not be kept or parsed a second time. Pure but for the subset, and for loading fontkit at the first one.
 */
import { createRequire } from 'node:module'
import type fontkit from '@pdf-lib/fontkit'
import type { FontFace } from './fonts.ts'

/** One step of a path; coordinates in ems, y upwards from the baseline. */
export type PathStep =
  | { to: 'move'; x: number; y: number }
  | { to: 'line'; x: number; y: number }
  | { to: 'curve'; x1: number; y1: number; x2: number; y2: number; x: number; y: number }
  | { to: 'close' }

/** A character's path and its width, in ems. */
export interface GlyphOutline {
  steps: PathStep[]
  advance: number
}

/** The outlines of a text's characters, in order; a character that the face lacks is left out. */
export type GlyphOutlines = (text: string) => GlyphOutline[]

/** More than all names of a district have; then the memory is emptied. */
const maxKnown = 5_000

/** Outlines of one face, remembered by character. */
export function createOutlines(face: FontFace): GlyphOutlines {
  const known = new Map<string, GlyphOutline>()
  return (text) => {
    const characters = Array.from(text)
    const wanted = characters.filter(
      (char) => !known.has(char) && face.sfnt.glyphOf(char.codePointAt(0) ?? 0) > 0,
    )
    if (known.size > maxKnown) known.clear()
    if (wanted.length > 0) readOutlines(face, wanted, known)
    return characters.map((char) => known.get(char)).filter((outline) => outline !== undefined)
  }
}

const requireHere = createRequire(import.meta.url)

/** It unpacks tables of its own as it is loaded, which no start shall wait for. */
const loadFontkit = (): typeof fontkit => requireHere('@pdf-lib/fontkit') as typeof fontkit

/** What fontkit gives of a glyph; its own types say less than is there. */
interface FontkitGlyph {
  path: { commands: { command: string; args: number[] }[] }
}

function readOutlines(
  face: FontFace,
  characters: readonly string[],
  into: Map<string, GlyphOutline>,
): void {
  const { glyphOf, advanceOf, unitsPerEm } = face.sfnt
  const codePoints = characters.map((char) => char.codePointAt(0) ?? 0)
  const font = loadFontkit().create(face.subset(codePoints.toSorted((a, b) => a - b)))
  for (const [at, codePoint] of codePoints.entries()) {
    const character = characters[at] ?? ''
    const glyph = font.glyphForCodePoint(codePoint) as unknown as FontkitGlyph
    // Blanks have no outline, and fontkit fails on one at the end of a file.
    const steps = /\s/.test(character) ? [] : readSteps(glyph.path.commands, 1 / unitsPerEm)
    into.set(character, { steps, advance: advanceOf(glyphOf(codePoint)) / unitsPerEm })
  }
}

/** Quadratic curves are raised to the cubic ones that PDF has (ISO 32000-1 8.5.2.2). */
function readSteps(commands: FontkitGlyph['path']['commands'], scale: number): PathStep[] {
  let [atX, atY] = [0, 0]
  return commands.map(({ command, args }): PathStep => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args.map((value) => value * scale)
    if (command === 'closePath') return { to: 'close' }
    if (command === 'quadraticCurveTo') {
      const step = {
        to: 'curve' as const,
        x1: atX + (2 / 3) * (a - atX),
        y1: atY + (2 / 3) * (b - atY),
        x2: c + (2 / 3) * (a - c),
        y2: d + (2 / 3) * (b - d),
        x: c,
        y: d,
      }
      ;[atX, atY] = [c, d]
      return step
    }
    if (command === 'bezierCurveTo') {
      ;[atX, atY] = [e, f]
      return { to: 'curve', x1: a, y1: b, x2: c, y2: d, x: e, y: f }
    }
    ;[atX, atY] = [a, b]
    return { to: command === 'moveTo' ? 'move' : 'line', x: a, y: b }
  })
}
