/**
 * Turns at what is slow: one source has so many going at once, the rest of it waits. Whoever asks for much waits for themselves and
 * keeps nobody else from theirs.
 */
import { WebError } from './errors.ts'

/** Pages that one source has drawn at once; a browser asks for six. */
export const drawnAtOnce = 2
/** A browser has some connections; more is no browser. */
const maxWaiting = 60

export interface Gate {
  /** Runs `work` when it is this source's turn; throws `TOO_MANY_REQUESTS` where too much of it waits. */
  run<T>(source: string, work: () => Promise<T>): Promise<T>
}

interface Line {
  going: number
  readonly waiting: (() => void)[]
}

export function createGate(atOnce: number): Gate {
  const lines = new Map<string, Line>()
  return {
    async run(source, work) {
      const line = lines.get(source) ?? { going: 0, waiting: [] }
      lines.set(source, line)
      if (line.going >= atOnce) {
        if (line.waiting.length >= maxWaiting) {
          throw new WebError('TOO_MANY_REQUESTS', 'too much of this source waits')
        }
        // Who goes out hands its place on: `going` stays.
        await new Promise<void>((go) => line.waiting.push(go))
      } else line.going++
      try {
        return await work()
      } finally {
        const next = line.waiting.shift()
        if (next !== undefined) next()
        else if (--line.going === 0) lines.delete(source)
      }
    },
  }
}
