/** Unpacks a member of a zip (RFC 1951), under a bound on what comes out. Pure. */
import { Inflate } from 'pako'

/** Chunks that the content comes in; the bound is overstepped by at most one. */
const chunkBytes = 64 * 1024

class TooMuch extends Error {}

/** The content if `packed` is one deflate stream, whole and nothing else, of exactly `size` bytes; else undefined. */
export function inflateRaw(packed: Uint8Array, size: number): Uint8Array | undefined {
  const inflator = new Inflate({ windowBits: -15, chunkSize: chunkBytes })
  const out: Uint8Array[] = []
  let total = 0
  inflator.onData = (chunk) => {
    total += chunk.length
    if (total > size) throw new TooMuch()
    out.push(chunk)
  }
  try {
    // What follows the last block would be content that this reader skips and another one might not: it ends with the last byte.
    if (inflator.push(packed.subarray(0, -1), false) && hasEnded(inflator)) return undefined
    inflator.push(packed.subarray(-1), true)
  } catch (error) {
    if (error instanceof TooMuch) return undefined
    throw error
  }
  if (inflator.err !== 0 || !hasEnded(inflator) || total !== size) return undefined
  const content = new Uint8Array(size)
  let at = 0
  for (const chunk of out) {
    content.set(chunk, at)
    at += chunk.length
  }
  return content
}

const hasEnded = (inflator: Inflate): boolean => inflator.ended
