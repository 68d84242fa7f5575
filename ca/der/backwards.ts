/**
 * Writes DER from its last octet to its first: what is inside is there before the length in front of it is written, so that each octet
 * is written once, into one buffer. For the hottest structures only; `write.ts` reads better. Pure.
 */

export interface BackwardWriter {
  /** Puts octets before what was written so far. */
  put(bytes: Uint8Array): void
  /** Octets written so far: where an element begins that is to be closed by `wrap`. */
  readonly length: number
  /** Puts identifier and length before everything written since `since` octets. */
  wrap(tag: number, since: number): void
  /** What was written, a view of the buffer. */
  bytes(): Uint8Array
}

/** A writer of at most `capacity` octets; throws `RangeError` beyond. */
export function writeBackwards(capacity: number): BackwardWriter {
  const buffer = new Uint8Array(capacity)
  let at = capacity
  const octet = (value: number): void => {
    if (at === 0) throw new RangeError('no room for this element')
    buffer[--at] = value
  }
  return {
    put(bytes) {
      at -= bytes.length
      // Beyond the beginning `set` throws a RangeError by itself.
      buffer.set(bytes, at)
    },
    get length() {
      return capacity - at
    },
    wrap(tag, since) {
      const length = capacity - at - since
      let more = 0
      if (length >= 0x80) {
        for (let rest = length; rest > 0; rest >>>= 8) {
          octet(rest & 255)
          more++
        }
        octet(0x80 | more)
      } else octet(length)
      octet(tag)
    },
    bytes: () => buffer.subarray(at),
  }
}
