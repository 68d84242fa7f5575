/** The graphics state of contents (ISO 32000-1 8.4, 9.3) as far as it decides what can be seen. */
import type { Font } from './fonts.ts'
import { identity, type Matrix, type Shape } from './geometry.ts'

/** What a fill paints with. */
export type Ink = 'white' | 'black' | 'colour' | 'shading' | 'tiling'

export interface GraphicsState {
  matrix: Matrix
  clips: readonly Shape[]
  ink: Ink
  /** Of fills. */
  alpha: number
  /** Of the groups around. */
  group: number
  blend: string
  isMasked: boolean
  font: Font | undefined
  size: number
  charSpace: number
  wordSpace: number
  scale: number
  leading: number
  render: number
  rise: number
}

/** At the beginning of a page. */
export function initialState(): GraphicsState {
  return {
    matrix: identity,
    clips: [],
    ink: 'black',
    alpha: 1,
    group: 1,
    blend: 'Normal',
    isMasked: false,
    font: undefined,
    size: 0,
    charSpace: 0,
    wordSpace: 0,
    scale: 1,
    leading: 0,
    render: 0,
    rise: 0,
  }
}

/** Clips inside each other that are kept; of more the outer ones are forgotten. */
export const maxClips = 12

/** How much of what lies under a fill it hides: all, perhaps all, or not all. */
export function opacityOf(state: GraphicsState): 'opaque' | 'perhaps' | 'clear' {
  const { alpha, group, blend, ink, isMasked } = state
  if (alpha * group < 0.9) return 'clear'
  const lightening = ['Screen', 'Lighten', 'ColorDodge', 'HardLight', 'Luminosity']
  const darkening = ['Multiply', 'Darken', 'ColorBurn', 'HardLight', 'Luminosity']
  const isPlain =
    blend === 'Normal' ||
    blend === 'Compatible' ||
    (ink === 'white' && lightening.includes(blend)) ||
    (ink === 'black' && darkening.includes(blend))
  if (!isPlain) return 'clear'
  return isMasked || ink === 'tiling' ? 'perhaps' : 'opaque'
}

/** The ink of colour components by their number: grey, RGB, CMYK. */
export function inkOf(components: readonly number[]): Ink {
  if (components.length === 4) {
    const [, , , key = 0] = components
    if (components.every((part) => part <= 0.02)) return 'white'
    return key >= 0.98 ? 'black' : 'colour'
  }
  if (components.length !== 1 && components.length !== 3) return 'colour'
  if (components.every((part) => part >= 0.98)) return 'white'
  return components.every((part) => part <= 0.02) ? 'black' : 'colour'
}
