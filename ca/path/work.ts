/** A budget of small steps (comparisons of names, lists looked at) that one call shares, so that products of hostile sizes end. */

export interface Work {
  /** Takes `steps` off what is left; false once it is used up. */
  spend(steps: number): boolean
  /** Whether it ever was. */
  readonly exhausted: boolean
}

/** Starts a budget of `max` steps. */
export function createWork(max: number): Work {
  let left = max
  return {
    spend(steps) {
      left -= steps
      return left >= 0
    },
    get exhausted() {
      return left < 0
    },
  }
}
