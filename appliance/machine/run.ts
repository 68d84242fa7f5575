/** Root's one-shot: takes what waits in the spool, does each thing once, answers, and ends. Decides by the table of acts alone. */
import type { AnyMachineAct, Machine } from './act.ts'
import { MachineError } from './errors.ts'
import { clearLeftovers } from './leftovers.ts'
import { requestSchema, type MachineAnswer } from './request.ts'
import type { Spool, TakenRequest } from './spool.ts'
import type { Asker } from './users.ts'

export interface RunParts extends Omit<Machine, 'asker' | 'signal'> {
  readonly spool: Spool
  readonly acts: Readonly<Record<string, AnyMachineAct>>
  readonly askers: ReadonlyMap<number, Asker>
  readonly now: () => Date
  readonly log: (line: string) => void
}

/** Of one run; whoever asks more waits for the next, which the path unit starts. */
const maxRequests = 64
/** After this a run begins no further act: with the longest one it ends before its unit's time is over (`TimeoutStartSec`). */
export const beginsForMs = 20 * 60_000

/** Whoever stands before the machine comes first: a service that was taken over may ask without end. */
const rankOf: Readonly<Record<Asker | 'stranger', number>> = { console: 0, box: 1, stranger: 2 }

/** Answers what waits; gives how many. */
export async function runRequests(parts: RunParts): Promise<number> {
  const { spool, log } = parts
  for (const id of await spool.interrupted()) {
    log(`request ${id} was cut off before; it is not done again`)
    await spool.answer(id, refusal('MACHINE_INTERRUPTED', 'the act was cut off'))
  }
  await spool.tidy(parts.now())
  await clearLeftovers(parts.paths).catch((error: unknown) => {
    log(`what was left of acts that were cut off stays: ${String(error)}`)
  })
  // The monotonic clock: an act may set the other.
  const end = performance.now() + beginsForMs
  let answered = 0
  // One after the other: two at once would meet in the same files. Each is taken when its turn comes: what is cut off is one act alone.
  while (answered < maxRequests && performance.now() < end) {
    const request = await spool.next((owner) => rankOf[parts.askers.get(owner) ?? 'stranger'])
    if (request === undefined) break
    await spool.answer(request.id, await answerTo(request, parts))
    answered += 1
  }
  return answered
}

async function answerTo(request: TakenRequest, parts: RunParts): Promise<MachineAnswer> {
  const { log } = parts
  const { id, owner, text } = request
  try {
    const { act, name, params, asker } = accept(text, owner, parts)
    log(`${name}, asked by the ${asker} (${id})`)
    const result = await act.perform(params, {
      ...{ paths: parts.paths, execute: parts.execute, asker },
      signal: AbortSignal.timeout(act.patienceMs),
    })
    log(`${name}: done`)
    return { version: 1, done: true, result }
  } catch (error) {
    log(`request ${id} of user ${String(owner)}: ${String(error)}`)
    if (error instanceof MachineError) return refusal(error.code, error.message, error.details)
    // What nobody expected may name what only root sees: it stays in root's log.
    return refusal('MACHINE_FAILED', 'the act failed')
  }
}

interface Accepted {
  readonly act: AnyMachineAct
  readonly name: string
  readonly params: unknown
  readonly asker: Asker
}

/** Throws `MACHINE_REQUEST_MALFORMED`, `MACHINE_REQUEST_REFUSED`. */
function accept(text: string | undefined, owner: number, { acts, askers }: RunParts): Accepted {
  const asker = askers.get(owner)
  if (asker === undefined) throw refused('a stranger asks')
  const request = requestSchema.safeParse(text === undefined ? undefined : jsonOf(text))
  if (!request.success) throw new MachineError('MACHINE_REQUEST_MALFORMED', 'no request')
  const { act: name, params } = request.data
  const act = Object.hasOwn(acts, name) ? acts[name] : undefined
  if (act === undefined) throw refused('there is no such act')
  if (!act.askedBy.includes(asker)) throw refused(`the ${asker} may not ask for ${name}`)
  return { act, name, params, asker }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function refusal(
  code: MachineError['code'],
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): MachineAnswer {
  return { version: 1, done: false, code, message, details }
}

const refused = (message: string): MachineError =>
  new MachineError('MACHINE_REQUEST_REFUSED', message)
