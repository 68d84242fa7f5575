/** How many uploads wait for the virus check. Types only. */

/** How much waits. */
export interface WaitingCount {
  readonly files: number
  readonly bytes: number
  /** RFC 3339; undefined where nothing waits. */
  readonly since: string | undefined
}
