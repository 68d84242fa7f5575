/** Shows the scanner what waits, a file of each unit in turn, until it cannot tell any more. */
import type { InTurn } from '../turns.ts'
import { decidedOf, type Deciding, type Told } from './decide.ts'
import type { Scanner, ScanResult } from './scanner.ts'
import type { Decided } from './types.ts'
import type { Waiting, WaitingRoom } from './waiting.ts'

/** A file over which a scanner that works fails so often would be tried for ever, and keep others from their turn. */
const maxFailures = 3

interface Sweeping {
  readonly room: WaitingRoom
  readonly scanner: Scanner
  readonly inTurn: InTurn
  readonly decide: Deciding['decide']
  /** Hears of each decision before it is done; where it rejects, that one is not. */
  readonly tell: (decided: Decided) => Promise<void>
}

const nameOf = ({ unit, sha256 }: Waiting): string => `${unit}/${sha256}`

/** Gives what was decided. Rejects with why the first one could not be told, after the others had their turn. */
export async function sweep(parts: Sweeping): Promise<readonly Decided[]> {
  const { room, scanner, inTurn } = parts
  const decided: Decided[] = []
  const tried = new Set<string>()
  const failed: unknown[] = []
  const ended = (): readonly Decided[] => {
    if (failed.length > 0) throw failed[0]
    return decided
  }
  for (;;) {
    // Looked up anew each time: a unit that comes later does not wait for all of one that came before.
    const round = await firstOfEach(room, tried)
    if (round.length === 0) return ended()
    for (const waiting of round) {
      tried.add(nameOf(waiting))
      const bytes = await room.bytes(waiting)
      if (bytes === undefined) continue
      const result = await scanner.scan(bytes, { unit: waiting.unit, isPatient: true })
      if (result.state === 'unavailable' && result.onFile !== true) return ended()
      const of = { waiting, bytes, result }
      try {
        decided.push(...(await inTurn(nameOf(waiting), () => decideOrNote(parts, of))))
      } catch (error) {
        // One that cannot be told must not keep others waiting for ever.
        failed.push(error)
      }
    }
  }
}

/** Of each unit one file that was not tried. */
async function firstOfEach(room: WaitingRoom, tried: ReadonlySet<string>): Promise<Waiting[]> {
  const firsts = new Map<string, Waiting>()
  for await (const waiting of room.list()) {
    if (!firsts.has(waiting.unit) && !tried.has(nameOf(waiting))) firsts.set(waiting.unit, waiting)
  }
  return [...firsts.values()]
}

async function decideOrNote(
  parts: Sweeping,
  of: { readonly waiting: Waiting; readonly bytes: Uint8Array; readonly result: ScanResult },
): Promise<readonly Decided[]> {
  const { waiting, bytes, result } = of
  if (result.state !== 'unavailable')
    return [await tellAndDecide(parts, { waiting, bytes, result })]
  const failures = (waiting.failures ?? 0) + 1
  if (failures < maxFailures) {
    await parts.room.note({ ...waiting, failures })
    return []
  }
  const { reason: name } = result
  const refused = { state: 'found', code: 'SCAN_INCOMPLETE', name, signatures: '' } as const
  return [await tellAndDecide(parts, { waiting, bytes, result: refused })]
}

async function tellAndDecide(
  { tell, decide }: Sweeping,
  of: { readonly waiting: Waiting; readonly bytes: Uint8Array; readonly result: Told },
): Promise<Decided> {
  const { waiting, bytes, result } = of
  const decided = decidedOf(waiting, result)
  await tell(decided)
  // Crash here: it is told twice.
  await decide(waiting, bytes, result)
  return decided
}
