/** The port of the box's daily statements of its own state. Types only. */
import type { Sha256 } from '../../ca/index.ts'
import type { CheckState } from '../pages/check_table.ts'

export interface StatedDay {
  /** `YYYY-MM-DD` in the box's zone. */
  readonly day: string
  /** RFC 3339. */
  readonly at: string
  /** The worst of all checks then. */
  readonly state: CheckState
  readonly statement: Sha256
  readonly signature: Sha256
}

export interface StateDesk {
  /** The newest first. */
  list(limit: number): Promise<readonly StatedDay[]>
  /** The file of a day; undefined where there is none. */
  file(day: string, what: 'statement' | 'signature'): Promise<Uint8Array | undefined>
}
