/** Randomness of the browser. */

/** Gives `length` random bytes. */
export const browserRandom = (length: number): Uint8Array =>
  crypto.getRandomValues(new Uint8Array(length))
