/** What others than the backup know of its journal: later heads, forks, and numbers of documents. Types, and knowing nothing. */
import type { RestoredNumber } from '../../exchange/index.ts'

export interface SeenByOthers {
  /** The largest head behind the end of the backup, and who saw it. */
  readonly later: { readonly size: number; readonly root: string; readonly file: string } | null
  /** Heads that no journal beginning like this one can have, in words. */
  readonly forks: readonly string[]
  readonly numbers: readonly RestoredNumber[]
  /** Heads of this box that were compared; and why others prove nothing. */
  readonly heads: number
  readonly notTrusted: readonly string[]
}

export const noSeenHeads: SeenByOthers = {
  ...{ later: null, forks: [], numbers: [], heads: 0, notTrusted: [] },
}
