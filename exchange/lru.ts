/** What was used last, up to a bound: a cache in memory that forgets what was not asked for longest. Pure; knows no time. */

export interface Lru<V> {
  /** The value, which now counts as just used. */
  get(key: string): V | undefined
  /** Keeps it and forgets others until all fit; a value heavier than the bound is not kept. */
  set(key: string, value: V): void
  delete(key: string): void
  /** Sum of the weights of what is kept. */
  readonly weight: number
}

/** `weigh` is asked once a value (default: each weighs 1, so that `maxWeight` is a count). */
export function createLru<V>(options: {
  readonly maxWeight: number
  readonly weigh?: (value: V) => number
}): Lru<V> {
  const { maxWeight, weigh = () => 1 } = options
  // A Map keeps the order of insertion: the first is the one used longest ago.
  const kept = new Map<string, { readonly value: V; readonly weight: number }>()
  let total = 0
  const drop = (key: string): void => {
    total -= kept.get(key)?.weight ?? 0
    kept.delete(key)
  }
  return {
    get(key) {
      const found = kept.get(key)
      if (found === undefined) return undefined
      kept.delete(key)
      kept.set(key, found)
      return found.value
    },
    set(key, value) {
      drop(key)
      const weight = weigh(value)
      if (weight > maxWeight) return
      kept.set(key, { value, weight })
      total += weight
      for (const oldest of kept.keys()) {
        if (total <= maxWeight) break
        drop(oldest)
      }
    },
    delete: drop,
    get weight() {
      return total
    },
  }
}
