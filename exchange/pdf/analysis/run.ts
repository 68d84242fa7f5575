/** What the operators of contents share: the state of one run, what it paints into, what it remarks. */
import { dictionaryAt, type PdfDocument } from '../document.ts'
import type { PdfDictionary, PdfObject, PdfStream } from '../objects.ts'
import type { Font } from './fonts.ts'
import type { Matrix } from './geometry.ts'
import type { Layers } from './layers.ts'
import type { Scene } from './scene.ts'
import type { GraphicsState } from './state.ts'
import type { Operand } from './tokens.ts'
import type { Work } from './work.ts'

/** What is remarked on the way. */
export interface Remarks {
  /** Glyphs that a reader finds and nobody sees: invisible mode, no opacity, white on nothing. */
  invisibleGlyphs: number
  /** Glyphs or pictures on a layer that is off. */
  hiddenByLayer: number
  /** Content on a layer that is on. */
  onLayer: number
  /** Letters or digits whose glyph has no outline. */
  emptyGlyphs: number
  /** Letters, digits or Chinese characters whose glyph the font itself gives to another. */
  falseGlyphs: number
  /** Fonts used that are not in the file, and fonts whose codes mean nothing. */
  foreignFonts: number
  meaninglessFonts: number
  /** Contents that could not be unpacked. */
  unreadable: number
  /** Names of resources that do not exist. */
  missing: number
  /** Alternates of pictures. */
  alternates: number
  /** Operators that no version of the format has. */
  unknownOperators: number
}

export function noRemarks(): Remarks {
  return {
    invisibleGlyphs: 0,
    hiddenByLayer: 0,
    onLayer: 0,
    emptyGlyphs: 0,
    falseGlyphs: 0,
    foreignFonts: 0,
    meaninglessFonts: 0,
    unreadable: 0,
    missing: 0,
    alternates: 0,
    unknownOperators: 0,
  }
}

/** What stays the same through one file. */
export interface Session {
  readonly document: PdfDocument
  readonly layers: Layers
  readonly work: Work
  /** Fonts read, by object number or dictionary. */
  readonly fonts: Map<number | PdfDictionary, Font>
  /** Numbers of the pictures and forms painted. */
  readonly painted: Set<number>
  /** Unpacked contents; `number` of the object, where it has one. */
  readonly contentOf: (stream: PdfStream, number?: number) => Uint8Array | undefined
}

/** Where contents are painted. */
export interface Canvas {
  readonly scene: Scene
  readonly remarks: Remarks
  /** Collects what text says, where somebody wants to know. */
  readonly onText?: (text: string | undefined) => void
}

/** Contents with what they are painted with. */
export interface Job {
  readonly bytes: Uint8Array
  readonly resources: PdfDictionary | undefined
  readonly state?: GraphicsState
  readonly depth?: number
}

/** One content on its way. */
export interface Run {
  readonly session: Session
  readonly canvas: Canvas
  readonly resources: PdfDictionary | undefined
  readonly depth: number
  state: GraphicsState
  stack: GraphicsState[]
  text: Matrix
  line: Matrix
  outlines: number[][]
  curves: number
  clip: 'nonzero' | 'evenodd' | undefined
  /** Of marked content, whether it is on a layer and the layer is off. */
  layers: ('none' | 'on' | 'off')[]
  hidden: number
  compatible?: boolean
  /** Paints the contents of a form or glyph in its own run. */
  readonly paint: (job: Job) => void
}

/** Does what one operator says. */
export type Act = (run: Run, operands: readonly Operand[]) => void

export const number = (operand: Operand | undefined): number =>
  typeof operand === 'number' ? operand : 0
export const numbers = (operands: readonly Operand[]): number[] => operands.map(number)
export const name = (operand: Operand | undefined): string =>
  typeof operand === 'string' ? operand.replace(/^\//, '') : ''

/** A resource by category and name, its reference kept. */
export function resource(run: Run, category: string, key: string): PdfObject | undefined {
  const list = dictionaryAt(run.session.document, run.resources?.entries.get(category))
  return list?.entries.get(key)
}

/** Six numbers as a matrix. */
export function matrixOf(values: readonly number[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = values
  return [a, b, c, d, e, f]
}
