/** Shows the scanner what waits, one file after the other, until it cannot tell any more. */
import type { InTurn } from '../turns.ts'
import type { Deciding } from './decide.ts'
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
}

/** Gives what was decided. */
export async function sweep(parts: Sweeping): Promise<readonly Decided[]> {
  const { room, scanner, inTurn } = parts
  const decided: Decided[] = []
  for await (const waiting of room.list()) {
    const bytes = await room.bytes(waiting)
    if (bytes === undefined) continue
    const result = await scanner.scan(bytes)
    if (result.state === 'unavailable' && result.onFile !== true) break
    const turn = `${waiting.unit}/${waiting.sha256}`
    decided.push(...(await inTurn(turn, () => decideOrNote(parts, { waiting, bytes, result }))))
  }
  return decided
}

async function decideOrNote(
  { room, decide }: Sweeping,
  of: { readonly waiting: Waiting; readonly bytes: Uint8Array; readonly result: ScanResult },
): Promise<readonly Decided[]> {
  const { waiting, bytes, result } = of
  if (result.state !== 'unavailable') return [await decide(waiting, bytes, result)]
  const failures = (waiting.failures ?? 0) + 1
  if (failures < maxFailures) {
    await room.note({ ...waiting, failures })
    return []
  }
  const { reason: name } = result
  const refused = { state: 'found', code: 'SCAN_INCOMPLETE', name, signatures: '' } as const
  return [await decide(waiting, bytes, refused)]
}
