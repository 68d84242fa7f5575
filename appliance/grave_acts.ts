/** The grave acts of this box: what each does once two officers have signed for it. A row an act, wired by who owns it. */
import type { Authority, Clock, Journal } from '../ca/index.ts'
import { stateCompromise, type GraveActs } from '../exchange/index.ts'

export interface GraveActParts {
  readonly journal: Journal
  readonly authority: Authority
  readonly clock: Clock
}

export function graveActs(parts: GraveActParts): GraveActs {
  return {
    'state-compromise': stateCompromise(parts),
  }
}
