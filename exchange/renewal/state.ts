/** How the evidence of the archive stands: for whoever looks after the box, and for the nightly work itself. */
import type { Clock } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import { endOfStampsNow, type CarriedSource } from './carried.ts'
import { headsOf, type ChainSource } from './chains.ts'
import { renewalFrom, renewalState } from './due.ts'
import type { ArchiveStamp } from './entries.ts'
import { unstampedFrom } from './gather.ts'
import { objectsOf } from './objects.ts'

export interface EvidenceState {
  /** Entries before this one are covered. */
  readonly to: number
  /** The newest nightly timestamp. */
  readonly stamped: ArchiveStamp | undefined
  /** The newest renewal. */
  readonly renewed: ArchiveStamp | undefined
  /** Objects that came in since, up to `maxCountedWaiting`. */
  readonly waiting: number
  /** Since when the first of them waits. */
  readonly waitingSince: Date | undefined
  /** Signed while time-stamping was down, and not covered yet. */
  readonly unstamped: number
  /** When the evidence that ends first ends. */
  readonly validUntil: Date | undefined
  /** From when on it is to be renewed. */
  readonly renewFrom: Date | undefined
  readonly renewal: 'due' | 'blocked' | 'later'
}

/** Objects of a busy day and more; beyond it the page says "at least". */
export const maxCountedWaiting = 10_000

/** `counted`: objects that are counted before it is said that there are more. */
export async function readState(
  { views }: ChainSource,
  parts: CarriedSource & { readonly clock: Clock },
  { counted = maxCountedWaiting }: { readonly counted?: number } = {},
): Promise<EvidenceState> {
  const record = (await views.get(keys.evidenceState))?.value as { to: number } | undefined
  const to = record?.to ?? 0
  const heads = await headsOf(views)
  const stamped = await newest(views, keys.evidenceStamps)
  const renewed = await newest(views, keys.evidenceRenewals)
  const first = heads.toSorted((a, b) => a.validUntil.localeCompare(b.validUntil))[0]
  const oldest = first && { at: new Date(first.at), validUntil: new Date(first.validUntil) }
  const nextUntil = endOfStampsNow(parts)
  return {
    ...{ to, stamped, renewed },
    ...(await waitingFrom(parts, to, counted)),
    unstamped: (await unstampedFrom(views, to)).length,
    validUntil: oldest?.validUntil,
    renewFrom: oldest && renewalFrom(oldest),
    renewal: renewalState({ oldest, nextUntil, now: parts.clock.now() }),
  }
}

async function newest(
  views: ChainSource['views'],
  prefix: string,
): Promise<ArchiveStamp | undefined> {
  for await (const { value } of views.scan(prefix, { reverse: true, limit: 1 })) {
    return value as unknown as ArchiveStamp
  }
  return undefined
}

async function waitingFrom({ journal }: CarriedSource, to: number, counted: number) {
  let waiting = 0
  let waitingSince: Date | undefined
  for await (const entry of journal.read(to)) {
    const found = objectsOf(entry).length
    if (found > 0) waitingSince ??= new Date(entry.time)
    waiting += found
    if (waiting >= counted) break
  }
  return { waiting, waitingSince }
}
