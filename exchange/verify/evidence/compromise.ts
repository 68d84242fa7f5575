/**
 * What a stated compromise means for a chain (EN 319 102-1 5.2.6, 5.6): a key in other hands proves nothing from then on, unless it
 * is proven otherwise that what it signed was there before, or that it is among what its owner is known to have signed. Pure.
 */
import { equal, sha256Hex, type Certificate } from '../../../ca/path/index.ts'

/** A statement of two officers, as far as it is honoured. */
export interface Compromise {
  /** SHA-256 of the certificate, hexadecimal. */
  readonly certificate: string
  readonly from: Date
  /** When the owner stopped to use the key; null where it was used until now. */
  readonly to: Date | null
  /** `knownId` of what the key is known to have signed; empty for keys that are no authority's. */
  readonly known: ReadonlySet<string>
  /** Roots whose district the officers belong to: of certificates under others they say nothing. */
  readonly roots: readonly Uint8Array[]
}

/** A token whose certificate is the target of a chain. */
export interface TokenFact {
  readonly serialNumber: string
  /** SHA-256 of the token, hexadecimal: serial and stamped hash alone could be given out again with another time. */
  readonly sha256: string
  readonly genTime: Date
}

/** How a statement names something that is known: serial number (a sign octet left out) and hash, both hexadecimal. */
export function knownId(serial: string, hash: string): string {
  return `${serial.replace(/^00(?=[0-9a-f]{2})/, '')}:${hash}`
}

/** The statements that speak of certificates under this root. */
export function compromisesUnder(
  compromises: readonly Compromise[],
  root: Certificate | undefined,
): readonly Compromise[] {
  if (root === undefined) return []
  return compromises.filter(({ roots }) => roots.some((own) => equal(own, root.raw)))
}

export interface Weighed {
  /** Members whose key is not to be believed here. */
  readonly harmed: readonly { readonly member: Certificate; readonly from: Date }[]
  /** Members that are stated to be compromised, but not for this use. */
  readonly spared: readonly {
    readonly member: Certificate
    readonly from: Date
    /** Whether this use is known to be the owner's, whenever it is proven. */
    readonly isKnown: boolean
  }[]
}

/** Weighs a path, target first, against the statements under its root. */
export function weigh(
  path: readonly Certificate[],
  compromises: readonly Compromise[],
  times: {
    /** By when the certificate, and what it signed, is proven to have existed by others than itself. */
    readonly existedBy: Date
    /** What the target stamped, where it is a time-stamping authority's. */
    readonly token?: TokenFact | undefined
  },
): Weighed {
  const found = path.flatMap((member, at) => {
    const name = sha256Hex(member.raw)
    const own = compromises.filter(({ certificate }) => certificate === name)
    return own.map((compromise) => {
      const { from } = compromise
      const isBefore = times.existedBy < from
      const below = path[at - 1]
      const isOwn = below ? isKnown(below, compromise) : isTokenSpared(times.token, compromise)
      return { member, from, isSpared: isBefore || isOwn, isKnown: isOwn }
    })
  })
  return {
    harmed: found.filter(({ isSpared }) => !isSpared),
    spared: found.filter(({ isSpared }) => isSpared),
  }
}

/** A certificate that the authority is known to have given. */
export function isKnown({ serialNumber, raw }: Certificate, { known }: Compromise): boolean {
  return known.has(knownId(serialNumber, sha256Hex(raw)))
}

/** A token that says a time before, or that the journal knows from the time in which its owner still used the key. */
function isTokenSpared(token: TokenFact | undefined, { from, to, known }: Compromise): boolean {
  if (token === undefined) return false
  if (token.genTime < from) return true
  const isInUse = to === null || token.genTime <= to
  return isInUse && known.has(knownId(token.serialNumber, token.sha256))
}
