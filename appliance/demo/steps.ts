/** The demo's steps: work on many items, some at once, behind a progress bar, and how long each step took. */
import { SingleBar } from 'cli-progress'

/** Requests in flight: enough to keep both sides busy. */
const atOnce = 8

export interface Steps {
  /** Does `work` for all items, some at once, behind a progress bar; answers in order. */
  run<T, R>(name: string, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]>
  current(): string
  seconds(): Record<string, number>
  stop(): void
}

export function createSteps(): Steps {
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
        const result = await work(item)
        bar.increment()
        return result
      })
      bar.stop()
      seconds[name] = Math.round((Date.now() - began) / 100) / 10
      return results
    },
  }
}

async function pooled<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const lane = async (): Promise<void> => {
    for (const [at, item] of waiting) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return results
}
