/** Graphics state and colour (ISO 32000-1 8.4, 8.6). */
import { dictionaryAt } from '../document.ts'
import { integerOf, nameOf, numberOf, type PdfDictionary, type PdfValue } from '../objects.ts'
import { multiply } from './geometry.ts'
import { matrixOf, name, numbers, resource, type Act, type Run } from './run.ts'
import { inkOf } from './state.ts'
import { fontAt } from './text_operators.ts'
import type { Operand } from './tokens.ts'

/** Operators by name. */
export const stateOperators: Readonly<Record<string, Act>> = {
  q: (run) => {
    if (run.stack.length < 256) run.stack.push({ ...run.state })
  },
  Q: (run) => {
    run.state = run.stack.pop() ?? run.state
  },
  cm: (run, operands) => {
    run.state.matrix = multiply(matrixOf(numbers(operands)), run.state.matrix)
  },
  gs: (run, operands) => {
    const { document } = run.session
    const settings = dictionaryAt(document, resource(run, 'ExtGState', name(operands[0])))
    if (settings !== undefined) applySettings(run, settings)
  },
  g: (run, operands) => {
    run.state.ink = inkOf(numbers(operands))
  },
  rg: (run, operands) => {
    run.state.ink = inkOf(numbers(operands))
  },
  k: (run, operands) => {
    run.state.ink = inkOf(numbers(operands))
  },
  cs: (run) => {
    run.state.ink = 'black'
  },
  sc: setColour,
  scn: setColour,
  BX: (run) => {
    run.compatible = true
  },
  EX: (run) => {
    run.compatible = false
  },
}

function setColour(run: Run, operands: readonly Operand[]): void {
  const last = operands.at(-1)
  if (typeof last !== 'string') {
    run.state.ink = inkOf(numbers(operands))
    return
  }
  const pattern = dictionaryAt(run.session.document, resource(run, 'Pattern', name(last)))
  const kind = integerOf(run.session.document.resolve(pattern?.entries.get('PatternType')))
  run.state.ink = kind === 2 ? 'shading' : 'tiling'
}

function applySettings(run: Run, settings: PdfDictionary): void {
  const { document } = run.session
  const at = (key: string): PdfValue | undefined => document.resolve(settings.entries.get(key))
  const alpha = numberOf(at('ca'))
  if (alpha !== undefined) run.state.alpha = alpha
  const blend = at('BM')
  const first = blend?.kind === 'array' ? document.resolve(blend.items[0]) : blend
  if (first !== undefined) run.state.blend = nameOf(first) ?? 'Normal'
  const mask = at('SMask')
  if (mask !== undefined) run.state.isMasked = nameOf(mask) !== 'None'
  const font = at('Font')
  if (font?.kind === 'array') {
    run.state.font = fontAt(run, font.items[0])
    run.state.size = numberOf(document.resolve(font.items[1])) ?? 0
  }
}
