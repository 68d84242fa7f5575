/** The spans of the last weeks in the scratch area: they attest nothing, and a box that loses them begins anew. */
import * as z from 'zod'
import type { Bucket } from '../../web/index.ts'
import { coarseDays, fineHours, fineMinutes, hourMs, rollUp, spanOf } from './buckets.ts'

/** The scratch area, as far as it is used here. */
export interface HistoryStore {
  get(key: string): Promise<string | undefined>
  put(key: string, value: string): Promise<void>
  iterator(range: { gte: string; lt: string }): AsyncIterable<readonly [string, string]>
  batch(
    changes: ({ type: 'put'; key: string; value: string } | { type: 'del'; key: string })[],
  ): Promise<void>
  clear(range: { gte: string; lt: string }): Promise<void>
}

const schema = z.object({
  at: z.string(),
  minutes: z.number(),
  units: z.record(z.string(), z.tuple([z.number(), z.number().nullable()])),
  box: z.object({
    answers: z.number(),
    slowMs: z.number().nullable(),
    resident: z.number(),
    free: z.number(),
    entries: z.number(),
    load: z.number(),
  }),
})
const seenSchema = z.record(z.string(), z.string())

const prefixes = { fine: 'health/span/fine/', coarse: 'health/span/hour/' } as const
const seenKey = 'health/seen'

export interface History {
  add(bucket: Bucket): Promise<void>
  /** Oldest first. */
  read(kind: 'fine' | 'coarse', from: Date): AsyncIterable<Bucket>
  /** Rolls what is old into hours, and forgets what is older. */
  tidy(at: Date): Promise<void>
  /** When each unit was heard of last. */
  seen(): Promise<Map<string, Date>>
  keepSeen(seen: ReadonlyMap<string, Date>): Promise<void>
}

export function createHistory(store: HistoryStore): History {
  async function* read(kind: 'fine' | 'coarse', from: Date): AsyncGenerator<Bucket> {
    const prefix = prefixes[kind]
    const range = { gte: `${prefix}${from.toISOString()}`, lt: `${prefix}~` }
    for await (const [, text] of store.iterator(range)) {
      const bucket = readBucket(text)
      if (bucket) yield bucket
    }
  }

  return {
    read,
    async add(bucket) {
      const key = `${prefixes.fine}${bucket.at}`
      // A box that was started anew in the middle of a span has two halves of it.
      const before = readBucket((await store.get(key)) ?? '')
      const whole = before ? rollUp([before, bucket], bucket.minutes) : bucket
      await store.put(key, JSON.stringify(whole))
    },
    async tidy(at) {
      const old = spanOf(new Date(at.getTime() - fineHours * hourMs), 60)
      const hours = new Map<number, Bucket[]>()
      for await (const bucket of read('fine', new Date(0))) {
        if (bucket.at >= old.toISOString()) break
        const hour = spanOf(new Date(bucket.at), 60).getTime()
        hours.set(hour, [...(hours.get(hour) ?? []), bucket])
      }
      const rolled = [...hours.values()].map((buckets) => rollUp(buckets, 60))
      await store.batch(
        rolled.map((hour) => ({
          type: 'put',
          key: `${prefixes.coarse}${hour.at}`,
          value: JSON.stringify(hour),
        })),
      )
      // Crash here: the same spans are rolled up again.
      const { fine, coarse } = prefixes
      await store.clear({ gte: fine, lt: `${fine}${old.toISOString()}` })
      const gone = new Date(at.getTime() - coarseDays * 24 * hourMs)
      await store.clear({ gte: coarse, lt: `${coarse}${gone.toISOString()}` })
    },
    async seen() {
      const kept = await store.get(seenKey)
      const known = seenSchema.safeParse(kept === undefined ? {} : parsed(kept))
      const rows = Object.entries(known.success ? known.data : {})
      return new Map(rows.map(([uscc, at]) => [uscc, new Date(at)]))
    },
    keepSeen: (seen) =>
      store.put(
        seenKey,
        JSON.stringify(Object.fromEntries([...seen].map(([uscc, at]) => [uscc, at.toISOString()]))),
      ),
  }
}

/** Spans of ten minutes in two days. */
export const fineSpans = (fineHours * 60) / fineMinutes

function readBucket(text: string): Bucket | undefined {
  const read = schema.safeParse(parsed(text))
  return read.success ? read.data : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
