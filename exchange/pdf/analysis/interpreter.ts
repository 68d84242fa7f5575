/**
 * Goes through the content of a page, of forms and of appearances (ISO 32000-1 8 and 9) and lays what it paints into a scene. Draws nothing; knows positions,
 * shapes, opacity, layers and fonts.
 */
import { objectOperators } from './object_operators.ts'
import { pathOperators } from './path_operators.ts'
import type { Act, Canvas, Job, Run, Session } from './run.ts'
import { initialState } from './state.ts'
import { stateOperators } from './state_operators.ts'
import { textOperators } from './text_operators.ts'
import { readOperators } from './tokens.ts'
import { spend } from './work.ts'

const acts: ReadonlyMap<string, Act> = new Map(
  [pathOperators, stateOperators, textOperators, objectOperators].flatMap((table) =>
    Object.entries(table),
  ),
)

/** Operators without a part in what is seen. */
const idle = new Set('w J j M d ri i CS SC SCN G RG K d0 d1 MP DP ET'.split(' '))

/** Runs contents with their resources. Throws `WorkExhausted`. */
export function paint(session: Session, canvas: Canvas, job: Job): void {
  const run: Run = {
    session,
    canvas,
    resources: job.resources,
    depth: job.depth ?? 0,
    state: job.state ?? initialState(),
    stack: [],
    text: [1, 0, 0, 1, 0, 0],
    line: [1, 0, 0, 1, 0, 0],
    outlines: [],
    curves: 0,
    clip: undefined,
    layers: [],
    hidden: 0,
    paint: (inner) => {
      paint(session, canvas, inner)
    },
  }
  readOperators(job.bytes, (operator, operands) => {
    spend(session.work, 'operators', 1)
    const act = acts.get(operator)
    if (act !== undefined) act(run, operands)
    else if (!idle.has(operator) && run.compatible !== true) canvas.remarks.unknownOperators++
  })
}
