/** What looking through the contents of one file may cost, counted down; a hostile file meets the bound, a thousand pages of text do not. */
export interface Work {
  /** Bytes that come out of filters. */
  decodedBytes: number
  /** Operators of contents, those of forms each time they are painted. */
  operators: number
  /** Tests of one point against one shape. */
  tests: number
}

/** The bounds: together about half a second of one core. */
export function freshWork(): Work {
  return { decodedBytes: 24 * 1024 * 1024, operators: 2_000_000, tests: 6_000_000 }
}

/** Thrown inside the analysis when a bound is met; nobody outside sees it. */
export class WorkExhausted extends Error {}

/** Counts down, or throws `WorkExhausted`. */
export function spend(work: Work, what: keyof Work, amount: number): void {
  work[what] -= amount
  if (work[what] < 0) throw new WorkExhausted(what)
}
