/** `sealbox document …`: the other steps of a document's life at the unit, until the desk's pages do them. */
import { ApplianceError } from '../errors.ts'
import type { DocumentView } from '../../exchange/index.ts'
import type { Seat } from '../unit/seat.ts'
import { seatFrom, seatOptions } from './seat_options.ts'
import { fileBytes, options, required, say } from './options.ts'
import { answerFile, isRequestFile } from './sign_file.ts'

const known = {
  ...seatOptions,
  reason: { type: 'string' },
  series: { type: 'string' },
  deadline: { type: 'string' },
} as const

interface Given {
  readonly subject: string
  readonly reason?: string | undefined
  readonly series?: string | undefined
  readonly deadline?: string | undefined
}

/** Step, the seat that usually does it, and how. */
const steps: Readonly<
  Record<
    string,
    { readonly seat: string; readonly take: (seat: Seat, given: Given) => Promise<DocumentView> }
  >
> = {
  draft: {
    seat: 'clerk',
    take: (seat, { subject }) =>
      seat.draft(JSON.parse(new TextDecoder().decode(fileBytes(required(subject, 'the draft'))))),
  },
  approve: { seat: 'leader', take: (seat, { subject }) => seat.approve(subject) },
  number: {
    seat: 'clerk',
    take: (seat, { subject, series }) =>
      seat.number(subject, series === undefined ? {} : { series }),
  },
  dispatch: {
    seat: 'clerk',
    take: (seat, { subject, deadline }) =>
      seat.dispatch(subject, deadline === undefined ? {} : { deadline: new Date(deadline) }),
  },
  return: {
    seat: 'clerk',
    take: (seat, { subject, reason }) => seat.returnToSender(subject, required(reason, '--reason')),
  },
}

/** Steps that a file can ask for; the others carry no signature. */
const signedSteps = ['approve', 'dispatch', 'return'] as const

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, known)
  const [name = '', subject = ''] = positionals
  if (name === 'tasks' || name === 'search') return list(name, subject, values)
  const step = steps[name]
  if (step === undefined) {
    const all = [...Object.keys(steps), 'tasks', 'search'].join(', ')
    throw new ApplianceError('USAGE', `document takes one of: ${all}`)
  }
  if (isRequestFile(subject)) {
    const act = signedSteps.find((signed) => signed === name)
    if (act === undefined) throw new ApplianceError('USAGE', `${name} takes no sign request`)
    return answerFile(subject, act, { values, or: step.seat })
  }
  const seat = await seatFrom(values, step.seat)
  try {
    const view = await step.take(seat, { subject, ...values })
    say(`${view.id}  ${view.record?.stage ?? view.copy?.state ?? ''}  ${view.head.title}`)
  } finally {
    seat.close()
  }
  return 0
}

async function list(
  name: string,
  query: string,
  values: Parameters<typeof seatFrom>[0],
): Promise<number> {
  const seat = await seatFrom(values, 'clerk')
  try {
    if (name === 'tasks') {
      const tasks = await seat.tasks()
      for (const { task, document, deadline } of tasks) {
        say(`${task.padEnd(9)} ${document}  ${deadline ?? ''}`)
      }
      if (tasks.length === 0) say('没有待办。 Nothing to do.')
    } else {
      const { count, hits } = await seat.search(query)
      say(`${String(count)} 件 found`)
      for (const { id, snippet } of hits) say(`${id}  ${snippet?.text ?? ''}`)
    }
  } finally {
    seat.close()
  }
  return 0
}
