/**
 * The unlocked keys: in this page's memory alone, as keys that cannot be exported, and gone after minutes without a signature.
 * Holds the time and tells who watches; opening a key file is `unlock.ts`.
 */
import type { UnitSigner } from '../../exchange/unit/index.ts'

/** Whose keys are open, for which box. */
export interface OpenKeys {
  readonly box: string
  /** Unified social credit code, or the identifier of a person. */
  readonly owner: string
  readonly name: string
  readonly signers: readonly UnitSigner[]
}

export type KeyringState =
  | { readonly state: 'locked' }
  | { readonly state: 'open'; readonly opened: OpenKeys; readonly secondsLeft: number }

export interface Keyring {
  readonly state: () => KeyringState
  readonly open: (opened: OpenKeys) => void
  readonly lock: () => void
  /** A signature was made: the minutes begin anew. */
  readonly used: () => void
  readonly minutes: () => number
  readonly setMinutes: (minutes: number) => void
  /** Called each second while open, and at each change; gives what ends it. */
  readonly watch: (listener: () => void) => () => void
}

export const lockMinutes = { least: 1, most: 60, usual: 10 } as const

export function createKeyring(options: {
  readonly minutes: number
  readonly now?: () => number
  /** Calls back each second; a test's own. */
  readonly tick?: (each: () => void) => void
}): Keyring {
  const { now = Date.now, tick = eachSecond } = options
  const listeners = new Set<() => void>()
  let minutes = bounded(options.minutes)
  let opened: OpenKeys | undefined
  let since = 0
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const left = (): number => Math.ceil((since + minutes * 60_000 - now()) / 1000)
  const lock = (): void => {
    opened = undefined
    tell()
  }
  tick(() => {
    if (opened === undefined) return
    // By the clock, not by counting: timers of hidden pages and sleeping machines are late.
    if (left() <= 0) lock()
    else tell()
  })
  const state = (): KeyringState => {
    if (opened === undefined || left() <= 0) return { state: 'locked' }
    return { state: 'open', opened, secondsLeft: left() }
  }
  return {
    state,
    lock,
    open: (keys) => {
      opened = keys
      since = now()
      tell()
    },
    used: () => {
      since = now()
      tell()
    },
    minutes: () => minutes,
    setMinutes: (wanted) => {
      minutes = bounded(wanted)
      tell()
    },
    watch: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** 9:05 for 545 seconds. */
export function countdown(seconds: number): string {
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`
}

function eachSecond(call: () => void): void {
  setInterval(call, 1000)
}

function bounded(minutes: number): number {
  if (!Number.isFinite(minutes)) return lockMinutes.usual
  return Math.min(lockMinutes.most, Math.max(lockMinutes.least, Math.round(minutes)))
}
