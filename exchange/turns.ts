/** Turns: work of one name is done one after the other, so that it does not lose to itself. In this process only; commits still expect. */

export type InTurn = <T>(name: string, work: () => Promise<T>) => Promise<T>

export function createTurns(): InTurn {
  const last = new Map<string, Promise<void>>()
  return async (name, work) => {
    const before = last.get(name)
    const mine = before === undefined ? work() : before.then(work)
    const ended = mine.then(
      () => undefined,
      () => undefined,
    )
    last.set(name, ended)
    try {
      return await mine
    } finally {
      if (last.get(name) === ended) last.delete(name)
    }
  }
}
