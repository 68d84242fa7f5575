/**
 * From characters to measured glyphs, and from measured glyphs to runs at a place. Knows widths, not lines; nothing here shapes text beyond one
 * glyph a code point, which is right for Chinese, Latin letters and figures. Pure.
 */
import type { Colour, FontName, FontRole, Run, Substitution } from './page.ts'

/** What composing needs to know of the faces; `advance` in ems. */
export interface FontMetrics {
  glyph: (
    role: FontRole,
    character: string,
  ) => { font: FontName; advance: number; missing: boolean }
}

/** One code point with its face and its width in points at the size it was measured for. */
export interface Glyph {
  character: string
  font: FontName
  width: number
  size: number
}

/** Measures text and remembers which characters needed another face. */
export interface Shaper {
  shape: (text: string, role: FontRole, size: number) => Glyph[]
  substitutions: () => Substitution[]
}

export function createShaper(metrics: FontMetrics): Shaper {
  const substituted = new Map<string, Substitution>()
  return {
    shape: (text, role, size) =>
      Array.from(text, (character) => {
        const { font, advance, missing } = metrics.glyph(role, character)
        if (font !== role || missing) {
          substituted.set(`${role} ${character}`, { character, font: role, missing })
        }
        return { character, font, width: advance * size, size }
      }),
    substitutions: () => [...substituted.values()],
  }
}

/** Natural width of some glyphs in points, with `spacing` after each. */
export function widthOf(glyphs: readonly Glyph[], spacing = 0): number {
  return glyphs.reduce((sum, { width }) => sum + width + spacing, 0)
}

/** How glyphs are set on a baseline; points. `shifts[i]` moves glyph i and all after it. */
export interface Setting {
  x: number
  y: number
  spacing?: number
  horizontalScale?: number
  colour?: Colour
  shifts?: ReadonlyMap<number, number>
}

/** Sets glyphs on a baseline: a new run begins where the face or size changes or a shift falls. */
export function setGlyphs(glyphs: readonly Glyph[], setting: Setting): Run[] {
  const { spacing = 0, horizontalScale = 100, colour = 'black', shifts } = setting
  const runs: Run[] = []
  let x = setting.x
  let run: Run | undefined
  for (const [at, glyph] of glyphs.entries()) {
    const shift = shifts?.get(at) ?? 0
    x += shift
    if (run?.font !== glyph.font || run.size !== glyph.size || shift !== 0) {
      run = {
        x,
        y: setting.y,
        font: glyph.font,
        size: glyph.size,
        text: '',
        charSpacing: spacing,
        horizontalScale,
        colour,
      }
      runs.push(run)
    }
    run.text += glyph.character
    x += ((glyph.width + spacing) * horizontalScale) / 100
  }
  return runs
}
