/** One at a time, across all tabs of this browser: the memory of heads and key uses must not be read by two before one has written. */

let last: Promise<unknown> = Promise.resolve()

/** Runs `work` when no other page, nor this one, is inside the same name. */
export function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  if ('locks' in navigator) return navigator.locks.request(`sealbox/${name}`, work)
  const mine = last.then(work)
  last = mine.catch(() => undefined)
  return mine
}
