/** `sealbox document …`: the other steps of a document's life at the unit, until the desk's pages do them. */
import { ApplianceError } from '../errors.ts'
import { paintNumber, type DocumentView } from '../../exchange/index.ts'
import type { Seat } from '../unit/seat.ts'
import { seatFrom, seatOptions } from './seat_options.ts'
import { draftFormat, jsonFile, options, required, say } from './options.ts'
import { documentOf } from './short_name.ts'
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
    take: (seat, { subject }) => seat.draft(jsonFile(required(subject, 'the draft'), draftFormat)),
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
    const given = name === 'draft' ? subject : await documentOf(seat, subject)
    say(lineOf(await step.take(seat, { ...values, subject: given })))
  } finally {
    seat.close()
  }
  return 0
}

/** Where it stands, its number as soon as it has one, and its title. */
function lineOf({ id, record, copy, head, dispatched }: DocumentView): string {
  const number = record !== undefined && 'number' in record ? record.number : dispatched?.number
  const painted = number === undefined ? [] : [paintNumber(number)]
  return [id, record?.stage ?? copy?.state ?? '', ...painted, head.title].join('  ')
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
      for (const { task, document, deadline, head } of tasks) {
        say(`${task.padEnd(9)} ${document}  ${deadline ?? ''}  ${head.title}`)
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
