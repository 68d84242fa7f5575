/** Long work in slices: whoever computes for long lets others have their turn at the event loop in between. */
import { setImmediate } from 'node:timers/promises'

/** A slice of work; what waits meanwhile waits no longer than this and a bit. */
const sliceMs = 5

/** Resolves after a turn of the event loop. */
export const nextTurn = (): Promise<void> => setImmediate()

/** Gives a function to be awaited between small steps: it resolves at once, or after a turn of the event loop once a slice is used up. */
export function createTurns(): () => Promise<void> | undefined {
  let from = performance.now()
  return () => {
    if (performance.now() - from < sliceMs) return undefined
    return nextTurn().then(() => {
      from = performance.now()
    })
  }
}
