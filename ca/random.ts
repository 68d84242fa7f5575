/** Randomness as an argument, so that tests can seed it. */
import { randomBytes } from 'node:crypto'

/** Gives `length` random bytes. */
export type Random = (length: number) => Uint8Array

/** The operating system's generator. */
export const systemRandom: Random = (length) => new Uint8Array(randomBytes(length))
