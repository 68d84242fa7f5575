/** The demo's steps: work on many items, some at once, behind a progress bar, and how long each step took. */
import { SingleBar } from 'cli-progress'

/** Requests in flight: enough to keep both sides busy. */
const atOnce = 8

export interface Steps {
  /** Does `work` for all items, some at once, behind a progress bar (a line where there is no terminal); answers in order. */
  run<T, R>(name: string, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]>
  current(): string
  seconds(): Record<string, number>
  stop(): void
}

/** Once `signal` is aborted no further item is begun, and `run` throws its reason. */
export function createSteps({ signal }: { readonly signal?: AbortSignal } = {}): Steps {
  const bar = new SingleBar({
    format: '{bar} {value}/{total}  {step}  {duration}s',
    hideCursor: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
  })
  const seconds: Record<string, number> = {}
  let current = 'first boot'
  return {
    current: () => current,
    seconds: () => seconds,
    stop: () => {
      bar.stop()
    },
    async run(name, items, work) {
      current = name
      const began = Date.now()
      bar.start(items.length, 0, { step: name })
      const results = await pooled(items, async (item) => {
        signal?.throwIfAborted()
        const result = await work(item)
        bar.increment()
        return result
      })
      bar.stop()
      const taken = Math.round((Date.now() - began) / 100) / 10
      seconds[name] = taken
      if (!process.stderr.isTTY) {
        process.stderr.write(`${name}: ${String(items.length)}, ${String(taken)} s\n`)
      }
      return results
    },
  }
}

/** After a failure nothing more is begun, and what is under way ends first. */
async function pooled<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  let isFailed = false
  const lane = async (): Promise<void> => {
    try {
      for (const [at, item] of waiting) {
        results[at] = await work(item)
        if (isFailed) return
      }
    } catch (error) {
      isFailed = true
      throw error
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, lane))
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
  return results
}
