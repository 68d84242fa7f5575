/**
 * Whether the mark of a signature is ink, as a seal is pressed on a name: coloured, multiplying what lies under it (ISO 32000-2 11.3.5), without letters set in a
 * font. Ink hides nothing. Pure.
 */
import { unpack } from '../../pdf/analysis/filters.ts'
import { readOperators, type Operand } from '../../pdf/analysis/tokens.ts'
import { freshWork, WorkExhausted, type Work } from '../../pdf/analysis/work.ts'
import {
  dictionaryAt,
  nameOf,
  type PdfDictionary,
  type PdfDocument,
  type PdfStream,
  type PdfValue,
} from '../../pdf/index.ts'

/** Forms inside forms. */
const maxDepth = 4
/** Appearances of one field. */
const maxAppearances = 8
/** How far the strongest and the weakest primary colour must lie apart: less is grey, as print is. */
const minChroma = 0.3

/** Whether all appearances of a field are ink; one that cannot be read is not. */
export function isInk(document: PdfDocument, field: PdfDictionary): boolean {
  const appearances = dictionaryAt(document, field.entries.get('AP'))
  const streams = [...(appearances?.entries.values() ?? [])].flatMap((value) => {
    const found = document.resolve(value)
    if (found?.kind !== 'dictionary') return [found]
    return [...found.entries.values()].map((inner) => document.resolve(inner))
  })
  if (streams.length > maxAppearances) return false
  const work = freshWork()
  try {
    return streams.every((stream) => {
      return stream?.kind === 'stream' && isInkForm({ document, work }, stream, beginning)
    })
  } catch (error) {
    if (error instanceof WorkExhausted) return false
    throw error
  }
}

interface Reading {
  readonly document: PdfDocument
  readonly work: Work
}

interface State {
  readonly multiplies: boolean
  /** Whether what is filled, and stroked, has a colour. */
  readonly fills: boolean
  readonly strokes: boolean
  readonly depth: number
}

/** Black, and over everything. */
const beginning: State = { multiplies: false, fills: false, strokes: false, depth: 0 }

function isInkForm(reading: Reading, form: PdfStream, from: State): boolean {
  const bytes = from.depth > maxDepth ? undefined : unpack(reading.document, form, reading)
  if (bytes === undefined) return false
  const resources = dictionaryAt(reading.document, form.dictionary.entries.get('Resources'))
  const stack: State[] = []
  let state = from
  let isGood = true
  readOperators(bytes, (operator, operands) => {
    if (operator === 'q') stack.push(state)
    else if (operator === 'Q') state = stack.pop() ?? state
    else if (operator === 'Do') isGood &&= isInkObject(reading, { resources, operands, state })
    else {
      state = stateAfter(reading.document, state, { operator, operands, resources })
      isGood &&= isHarmless(operator, state)
    }
  })
  return isGood
}

const [filling, stroking, both] = ['f F f*', 'S s', 'B B* b b*'].map((words) => words.split(' '))
/** Text, shadings and pictures that stand in the content itself. */
const refused = ['Tj', 'TJ', "'", '"', 'sh', 'EI']

function isHarmless(operator: string, { multiplies, fills, strokes }: State): boolean {
  if (refused.includes(operator)) return false
  if (filling?.includes(operator)) return multiplies && fills
  if (stroking?.includes(operator)) return multiplies && strokes
  return !both?.includes(operator) || (multiplies && fills && strokes)
}

interface Call {
  readonly resources: PdfDictionary | undefined
  readonly operands: readonly Operand[]
  readonly state: State
}

/** A form is looked into; a picture must multiply. */
function isInkObject(reading: Reading, { resources, operands, state }: Call): boolean {
  const object = resource(reading.document, resources, ['XObject', operands[0]])
  if (object?.kind !== 'stream') return true
  const subtype = nameOf(reading.document.resolve(object.dictionary.entries.get('Subtype')))
  if (subtype === 'Image') return state.multiplies
  return subtype === 'Form' && isInkForm(reading, object, { ...state, depth: state.depth + 1 })
}

function resource(
  document: PdfDocument,
  resources: PdfDictionary | undefined,
  [category, operand]: readonly [string, Operand | undefined],
): PdfValue | undefined {
  const name = typeof operand === 'string' ? operand.replace(/^\//, '') : ''
  const list = dictionaryAt(document, resources?.entries.get(category))
  return document.resolve(list?.entries.get(name))
}

function stateAfter(
  document: PdfDocument,
  state: State,
  { operator, operands, resources }: Omit<Call, 'state'> & { readonly operator: string },
): State {
  if (operator === 'gs') {
    const settings = dictionaryAt(
      document,
      resource(document, resources, ['ExtGState', operands[0]]),
    )
    const blend = document.resolve(settings?.entries.get('BM'))
    if (blend === undefined) return state
    // The first of a list that a reader knows.
    const name = nameOf(blend.kind === 'array' ? blend.items[0] : blend)
    return { ...state, multiplies: name === 'Multiply' }
  }
  if (['rg', 'k', 'g', 'sc', 'scn', 'cs'].includes(operator)) {
    return { ...state, fills: hasColour(operator, operands) }
  }
  if (['RG', 'K', 'G', 'SC', 'SCN', 'CS'].includes(operator)) {
    return { ...state, strokes: hasColour(operator, operands) }
  }
  return state
}

/** Whether a colour is no grey; of spaces that are not of the device it is not known. */
function hasColour(operator: string, operands: readonly Operand[]): boolean {
  const values = operands.filter((one) => typeof one === 'number')
  const [a = 0, b = 0, c = 0, d = 0] = values
  const isPrint = operator.toLowerCase() === 'k'
  if (!isPrint && operator.toLowerCase() !== 'rg') return false
  const colour = isPrint ? [a, b, c].map((ink) => 1 - Math.min(1, ink + d)) : [a, b, c]
  return Math.max(...colour) - Math.min(...colour) >= minChroma
}
