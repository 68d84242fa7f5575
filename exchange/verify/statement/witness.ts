/**
 * Who vouches for a time (design 4): the box alone (BOX-ATTESTED), or another unit as well (WITNESSED), whose signed statement names a head of the
 * journal that covers the entry. Between two heads: the one it came after, and the first one signed by somebody else that covers it. Pure.
 */

/** A head as statements name it: size, and root in base64. */
export interface SeenHead {
  readonly size: number
  readonly root: string
}

/** A head, and who signed it when: by that signer's own clock. */
export interface HeadTime extends SeenHead {
  /** RFC 3339, UTC, as the signer claims; absent where nobody else vouches for it. */
  readonly time?: string
  /** `seat:CODE/SEAT` or `person:ID`. */
  readonly by?: string
}

export interface TimeAttestation {
  readonly attestation: 'BOX-ATTESTED' | 'WITNESSED'
  /** It was signed after this head. */
  readonly notBefore?: HeadTime
  /** It stood in the journal by the time of this head. */
  readonly notAfter?: HeadTime
  /** Who witnessed it. */
  readonly by?: string
}

/** An authentic, trusted statement whose head is proven to be of the journal at hand. */
export interface Witness {
  readonly signer: string
  readonly unit: string | undefined
  /** RFC 3339, UTC, as it claims. */
  readonly at: string
  readonly head: SeenHead
  /** Index of its own entry; undefined where that is not known. */
  readonly index: number | undefined
}

/** Whose act is judged. */
export interface Attested {
  /** Index of its entry. */
  readonly index: number
  readonly signer: string
  readonly unit: string | undefined
  /** The head that its signer saw; undefined for a seal, which names none. */
  readonly head?: SeenHead | null | undefined
}

/** What witnesses say of an act. */
export function attestationOf(act: Attested, witnesses: readonly Witness[]): TimeAttestation {
  const others = witnesses.filter((witness) => !isSameParty(witness, act))
  const after = first(
    others.filter(({ head }) => head.size > act.index),
    (a, b) => a.head.size - b.head.size || order(a.at, b.at),
  )
  const before = notBeforeOf(act, others)
  return {
    attestation: after ? 'WITNESSED' : 'BOX-ATTESTED',
    ...(before && { notBefore: before }),
    ...(after && {
      notAfter: { ...after.head, time: after.at, by: after.signer },
      by: after.signer,
    }),
  }
}

/** The head that the act names; its time is that of the last statement of somebody else under it. */
function notBeforeOf(act: Attested, others: readonly Witness[]): HeadTime | undefined {
  const { head } = act
  if (!head) return undefined
  const known = others.filter(({ index }) => index !== undefined && index < head.size)
  const last = first(known, (a, b) => order(b.at, a.at))
  return { ...head, ...(last && { time: last.at, by: last.signer }) }
}

/** A unit is no witness for itself, whichever of its seats signs. */
function isSameParty(witness: Witness, { signer, unit }: Attested): boolean {
  return witness.signer === signer || (unit !== undefined && witness.unit === unit)
}

function first<T>(items: readonly T[], by: (a: T, b: T) => number): T | undefined {
  return items.toSorted(by)[0]
}

/** By code units: the same on every machine. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
