/** Asks the parts of a box how they are, with a limit: one that does not answer must not make the box blind for the others. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Health } from '../../web/index.ts'

/** What parts of the box say of themselves; a part that is not there says nothing. */
export type HealthSources = {
  readonly [
    K in
      | 'evidence'
      | 'backup'
      | 'virus'
      | 'scrub'
      | 'scrubTries'
      | 'volume'
      | 'queues'
      | 'presence'
      | 'reporting'
  ]?: () => Promise<Health[K]>
}

/** Whoever asks over the box's line waits 15 s at most (`line.ts`): so long for the first word of a part, */
const firstMs = 12_000
/** and so long where there is an older one. */
const againMs = 5000

interface Asked {
  /** The answer that is awaited; one at a time. */
  running?: Promise<unknown> | undefined
  last?: { readonly said: unknown }
}

/**
 * A function that asks all parts at once. A part that is slower than the limit counts with its last word, or not at all, and is not
 * asked again before it has answered. `sources` may have more parts later. Rejects as a part does.
 */
export function createAsk(
  sources: HealthSources,
  limits = { firstMs, againMs },
): () => Promise<Partial<Health>> {
  const parts = new Map<string, Asked>()
  const askOne = async (name: string, source: () => Promise<unknown>): Promise<unknown> => {
    const asked: Asked = parts.get(name) ?? {}
    parts.set(name, asked)
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
    return Object.fromEntries(said)
  }
}
