/** Randomness as an argument, so that tests can seed it. */
import { randomBytes } from 'node:crypto'

/** Gives `length` random bytes. */
export type Random = (length: number) => Uint8Array

/** The operating system's generator. */
export const systemRandom: Random = (length) => new Uint8Array(randomBytes(length))

/** Drawn at once by `pooled`: a call to the generator costs as much as half a signature. */
const poolBytes = 4096

/** The same randomness, drawn in large pieces; for who wants a few bytes ten thousand times a second. No byte is given twice. */
export function pooled(random: Random): Random {
  let pool: Uint8Array = new Uint8Array()
  return (length) => {
    if (length > poolBytes) return random(length)
    if (pool.length < length) pool = random(poolBytes)
    const drawn = pool.slice(0, length)
    pool.fill(0, 0, length)
    pool = pool.subarray(length)
    return drawn
  }
}
