/** Asks the parts of a box how they are, with a limit: one that does not answer must not make the box blind for the others. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Health, HealthPart } from '../../web/index.ts'

/** What parts of the box say of themselves; a part that is not there says nothing. */
export type HealthSources = {
  readonly [K in HealthPart]?: () => Promise<Health[K]>
}

/** Whoever asks over the box's line waits 15 s at most (`line.ts`): so long for the first word of a part, */
const firstMs = 12_000
/** and so long where there is an older one. */
const againMs = 5000
/** A disk that is busy, or a scan of a large file, takes no longer: a part is then said to be silent. */
const silentMs = 5 * 60_000

interface Asked {
  /** The answer that is awaited; one at a time. */
  running?: Promise<unknown> | undefined
  /** Since when, by a clock that nobody sets. */
  since?: number
  last?: { readonly said: unknown }
}

/**
 * A function that asks all parts at once. A part that is slower than the limit counts with its last word, or not at all, and is not
 * asked again before it has answered; where that lasts, it is named among the silent ones. `sources` may have more parts later. Rejects as a part does.
 */
export function createAsk(
  sources: HealthSources,
  limits = { firstMs, againMs, silentMs },
): () => Promise<Partial<Health>> {
  const parts = new Map<string, Asked>()
  const askOne = async (name: string, source: () => Promise<unknown>): Promise<unknown> => {
    const asked: Asked = parts.get(name) ?? {}
    parts.set(name, asked)
    if (asked.running === undefined) asked.since = performance.now()
    asked.running ??= source()
      .then((said) => {
        asked.last = { said }
      })
      .finally(() => (asked.running = undefined))
    const isOver = new AbortController()
    const limitMs = asked.last ? limits.againMs : limits.firstMs
    const limit = sleep(limitMs, undefined, { signal: isOver.signal, ref: false })
    limit.catch(() => undefined)
    await Promise.race([asked.running, limit])
    isOver.abort()
    return asked.last?.said
  }
  return async () => {
    const said = await Promise.all(
      Object.entries(sources).map(
        async ([name, source]) => [name, await askOne(name, source)] as const,
      ),
    )
    const silent = (Object.keys(sources) as HealthPart[]).filter((name) => {
      const { running, since = Infinity } = parts.get(name) ?? {}
      return running !== undefined && performance.now() - since > limits.silentMs
    })
    return { ...Object.fromEntries(said), ...(silent.length > 0 && { silent }) }
  }
}
