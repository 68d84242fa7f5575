/**
 * Proofs of existence (EN 319 102-1 5.6.2.3): of which pieces it is proven that they were there by which time. A document timestamp proves all
 * bytes before it, an evidence record the whole file; of what nothing proves, the moment of validation is all that is known. Filled newest
 * proof first, before what is older is judged. No I/O.
 */

export interface ProofsOfExistence {
  /** The earliest proven time of a piece (DER), or the moment of validation. */
  timeOf(piece: Uint8Array): Date
  /** Notes that a piece is proven to have existed by then. */
  prove(piece: Uint8Array, time: Date): void
}

/** Nothing proven yet. `same` gives the one array that stands for all with the same octets. */
export function createProofs(
  at: Date,
  same: (piece: Uint8Array) => Uint8Array = (piece) => piece,
): ProofsOfExistence {
  const proven = new Map<Uint8Array, Date>()
  const timeOf = (piece: Uint8Array): Date => proven.get(same(piece)) ?? at
  return {
    timeOf,
    prove: (piece, time) => {
      if (time < timeOf(piece)) proven.set(same(piece), time)
    },
  }
}

/** A piece, and where in a file its octets lie: from `start` to before `end`. */
export interface PlacedPiece {
  readonly piece: Uint8Array
  readonly start: number
  readonly end: number
}

/** Notes all pieces that lie within two covered ranges, `[start, end)` each: what a document timestamp stamps. */
export function proveCovered(
  proofs: ProofsOfExistence,
  pieces: readonly PlacedPiece[],
  covered: { readonly ranges: readonly (readonly [number, number])[]; readonly time: Date },
): void {
  for (const { piece, start, end } of pieces) {
    if (covered.ranges.some(([from, to]) => start >= from && end <= to)) {
      proofs.prove(piece, covered.time)
    }
  }
}
