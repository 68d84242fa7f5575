/** What a ceremony is to do, as people decided it before: from an answers file, or asked at the terminal. Types and limits only. */
import type { Custodian, SignatureAlgorithm } from '../../ca/index.ts'
import { ApplianceError } from '../errors.ts'

/** Where it is held and who is there. */
export interface Scene {
  readonly place: string
  readonly present: readonly { readonly name: string; readonly part: string }[]
}

/** Who keeps a new root key, and how many of them open it. */
export interface Keeping {
  readonly custodians: readonly Custodian[]
  readonly needed: number
}

/** A production box that is to be. */
export interface InitPlan extends Scene, Keeping {
  readonly districtName: string
  /** The first one is the box's name for good. */
  readonly hostNames: readonly string[]
  readonly pkiUrl: string
  readonly zone: string
  readonly algorithm: Exclude<SignatureAlgorithm, 'ed25519'>
  /** Opens the box's keys at each start. */
  readonly passphrase: string
  readonly token?:
    { readonly module: string; readonly label: string; readonly pin: string } | undefined
  /** Identifiers of the first two officers. */
  readonly officers: readonly [string, string]
  readonly openTimeStamping: boolean
}

/** Shorter ones are guessed, whatever they are stretched by. */
export const minPassphraseCharacters = 12

/** Throws `CEREMONY_REFUSED` for a quorum that is none, for names twice, and for passphrases too short or used twice. */
export function checkKeeping({ custodians, needed }: Keeping, boxPassphrase?: string): void {
  if (needed < 2 || needed > custodians.length || custodians.length > 255) {
    throw refused('of n custodians at least 2 must come together, and not more than there are')
  }
  const names = custodians.map(({ name }) => name)
  if (new Set(names).size < names.length) throw refused('two custodians have one name')
  const passphrases = custodians.map(({ passphrase }) => passphrase)
  const all = [...passphrases, ...(boxPassphrase === undefined ? [] : [boxPassphrase])]
  for (const [at, passphrase] of all.entries()) {
    if (Array.from(passphrase).length >= minPassphraseCharacters) continue
    const whose = names[at] ?? 'the box'
    throw refused(
      `the passphrase of ${whose} has fewer than ${String(minPassphraseCharacters)} characters`,
    )
  }
  // A custodian who knows the passphrase of another one, or of the box, holds two offices.
  if (new Set(all).size < all.length) throw refused('two passphrases are the same')
}

export function refused(message: string): ApplianceError {
  return new ApplianceError('CEREMONY_REFUSED', message)
}
