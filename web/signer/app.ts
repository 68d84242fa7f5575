/** What every screen works with: wired once in `main.ts`. Types only. */
import type { Api } from './api.ts'
import type { Keyring } from './keyring.ts'
import type { Shell } from './shell.ts'
import type { Store } from './store.ts'
import type { UnitFile } from './unit_file.ts'

export interface App {
  readonly shell: Shell
  readonly store: Store
  /** Where unit secrets are remembered: from disk only as long as the page is open, since browsers give all files one storage. */
  readonly secrets: Store
  readonly keyring: Keyring
  /** The box that served the page; undefined when it was opened from disk. */
  readonly api: Api | undefined
  /** Dropped into the page that was opened from disk. */
  unitFile?: UnitFile
  /** Goes to a screen by the part of the address after `#`. */
  readonly go: (hash: string) => void
}
