/** Whose turn the set-up is: one console at a time. Another may take it over, but not while the box is being made. */

export interface Turn {
  /** Whether somebody has it. */
  readonly isTaken: boolean
  /** Takes it, from whoever has it: their talk ends with `TakenOver`. Undefined while the box is being made. */
  take(): Taken | undefined
  setMaking(isMaking: boolean): void
}

export interface Taken {
  /** Aborts when somebody else takes it. */
  readonly signal: AbortSignal
  giveBack(): void
}

export class TakenOver extends Error {}

export function createTurn(): Turn {
  let holder: AbortController | undefined
  let isMaking = false
  return {
    get isTaken() {
      return holder !== undefined
    },
    take() {
      if (isMaking) return undefined
      holder?.abort(new TakenOver('another console took over'))
      const own = new AbortController()
      holder = own
      return {
        signal: own.signal,
        giveBack() {
          if (holder === own) holder = undefined
        },
      }
    },
    setMaking(now) {
      isMaking = now
    },
  }
}
