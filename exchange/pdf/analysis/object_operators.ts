/** Pictures, forms and marked content (ISO 32000-1 8.8 to 8.11, 14.6). */
import { dictionaryAt, type PdfDocument } from '../document.ts'
import {
  dictionaryOf,
  nameOf,
  numberOf,
  referenceNumber,
  type PdfDictionary,
  type PdfStream,
  type PdfValue,
} from '../objects.ts'
import { rectangleOf } from '../pages.ts'
import { invert, apply, multiply, quadrilateral, type Matrix, type Shape } from './geometry.ts'
import { readMask, type Opacity } from './mask.ts'
import { addClip, lay } from './path_operators.ts'
import { matrixOf, name, resource, type Act, type Run } from './run.ts'
import { opacityOf, type GraphicsState } from './state.ts'
import type { Operand } from './tokens.ts'

const maxForms = 12
const unit = { left: 0, bottom: 0, right: 1, top: 1 }

/** Operators by name. */
export const objectOperators: Readonly<Record<string, Act>> = {
  Do: (run, operands) => {
    const reference = resource(run, 'XObject', name(operands[0]))
    const found = run.session.document.resolve(reference)
    if (found?.kind !== 'stream') {
      run.canvas.remarks.missing++
      return
    }
    paintObject(run, found, referenceNumber(reference))
  },
  EI: (run, operands) => {
    paintInline(run, operands[0])
  },
  BMC: (run) => {
    run.layers.push('none')
  },
  BDC: (run, operands) => {
    beginMarked(run, operands)
  },
  EMC: (run) => {
    if (run.layers.pop() === 'off') run.hidden--
  },
}

function beginMarked(run: Run, [tag, properties]: readonly Operand[]): void {
  const group = tag === '/OC' ? resource(run, 'Properties', name(properties)) : undefined
  const state = layerOf(run, group)
  if (state === 'off') run.hidden++
  // Content without its end: the list stays short.
  if (run.layers.length < 10_000) run.layers.push(state)
  else if (state === 'off') run.hidden--
}

function layerOf(run: Run, group: PdfValue | undefined): 'none' | 'on' | 'off' {
  if (group === undefined) return 'none'
  if (run.session.layers.isHidden(group)) return 'off'
  run.canvas.remarks.onLayer++
  return 'on'
}

function paintObject(run: Run, object: PdfStream, number: number | undefined): void {
  const { entries } = object.dictionary
  if (number !== undefined) run.session.painted.add(number)
  const isHidden = layerOf(run, entries.get('OC')) === 'off' || run.hidden > 0
  if (isHidden) {
    run.canvas.remarks.hiddenByLayer++
    return
  }
  const subtype = nameOf(run.session.document.resolve(entries.get('Subtype')))
  if (subtype === 'Image') paintImage(run, object)
  else if (subtype === 'Form') paintForm(run, object, number)
}

function paintImage(run: Run, image: PdfStream): void {
  const { state, canvas, session } = run
  if (session.document.resolve(image.dictionary.entries.get('Alternates')) !== undefined) {
    canvas.remarks.alternates++
  }
  const shape = quadrilateral(state.matrix, unit)
  const opacity = opacityOfImage(run, image)
  const isUncertain = opacity === 'perhaps'
  lay(run, shape, { by: 'image', isUncertain, ...(!isUncertain && { isOpaqueAt: opacity }) })
  canvas.scene.image(shape, state.clips)
}

/** Where the picture hides what is under it: everywhere (undefined), in places, or in a way that cannot be told here. */
function opacityOfImage(
  run: Run,
  image: PdfStream,
): ((x: number, y: number) => boolean) | 'perhaps' | undefined {
  const { document, work } = run.session
  const at = (key: string): PdfValue | undefined =>
    document.resolve(image.dictionary.entries.get(key))
  const [soft, mask] = [at('SMask'), at('Mask')]
  const holder =
    soft?.kind === 'stream'
      ? soft
      : isTrue(at('ImageMask'))
        ? image
        : mask?.kind === 'stream'
          ? mask
          : undefined
  // Colours left out by a list in /Mask are few; the rest of the picture hides.
  if (holder === undefined) return undefined
  const opaqueAbove = holder === soft ? 240 : 128
  const opacity = readMask(document, holder, { work, opaqueAbove })
  return opacity ? onPage(run.state.matrix, opacity) : 'perhaps'
}

const isTrue = (value: PdfValue | undefined): boolean => value?.kind === 'boolean' && value.value

function onPage(matrix: Matrix, opacity: Opacity): (x: number, y: number) => boolean {
  const inverse = invert(matrix)
  if (inverse === undefined) return () => false
  return (x, y) => opacity(...apply(inverse, x, y))
}

function paintInline(run: Run, dictionary: Operand | undefined): void {
  if (run.hidden > 0 || typeof dictionary !== 'object' || !('pairs' in dictionary)) return
  const { pairs } = dictionary
  const isMask = pairs.some(
    (key, index) => (key === '/IM' || key === '/ImageMask') && pairs[index + 1] === 'true',
  )
  if (!isMask) lay(run, quadrilateral(run.state.matrix, unit), { by: 'image' })
}

/** 8.10.1: matrix, clip to the box, contents; a group is painted with the opacity around it. */
function paintForm(run: Run, form: PdfStream, number: number | undefined): void {
  if (run.depth >= maxForms) return
  const { document } = run.session
  const bytes = run.session.contentOf(form, number)
  if (bytes === undefined) {
    run.canvas.remarks.unreadable++
    return
  }
  const state: GraphicsState = {
    ...run.state,
    matrix: multiply(formMatrix(document, form), run.state.matrix),
  }
  if (document.resolve(form.dictionary.entries.get('Group')) !== undefined) enterGroup(state)
  const box = rectangleOf(document, form.dictionary.entries.get('BBox'))
  if (box !== undefined) addClip(state, formBox(state.matrix, box))
  const own = dictionaryAt(document, form.dictionary.entries.get('Resources'))
  run.paint({ bytes, resources: own ?? run.resources, state, depth: run.depth + 1 })
}

/** 11.4.7: inside a group opacity begins anew, and the whole is painted with what was set outside. */
function enterGroup(state: GraphicsState): void {
  const isClear = opacityOf({ ...state, ink: 'colour' }) === 'clear'
  state.group *= isClear ? Math.min(state.alpha, 0.5) : state.alpha
  state.alpha = 1
  state.blend = 'Normal'
}

/** /Matrix of a form. */
export function formMatrix(document: PdfDocument, form: PdfStream | PdfDictionary): Matrix {
  const value = document.resolve(dictionaryOf(form)?.entries.get('Matrix'))
  if (value?.kind !== 'array') return [1, 0, 0, 1, 0, 0]
  return matrixOf(value.items.map((item) => numberOf(document.resolve(item)) ?? 0))
}

/** The box of a form on the page. */
export function formBox(matrix: Matrix, box: readonly [number, number, number, number]): Shape {
  const [left, bottom, right, top] = box
  return quadrilateral(matrix, { left, bottom, right, top })
}
