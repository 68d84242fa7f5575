/**
 * Which journal head each signer signed last, as the box saw it: a request that travels as a file carries the proof from there.
 * Kept in the scratch area, for it proves nothing: the signer compares with what it remembers itself.
 */
import type { Scratch } from '../intake/types.ts'

export interface SeenHeads {
  /** Size of the head in the holder's last statement; null before the first. */
  of(holder: string): Promise<number | null>
  note(holder: string, size: number): Promise<void>
}

export function createSeenHeads(scratch: Scratch): SeenHeads {
  const key = (holder: string): string => `head/${holder}`
  return {
    of: async (holder) => {
      const kept = await scratch.get(key(holder))
      return kept === undefined ? null : Number(kept)
    },
    note: (holder, size) => scratch.put(key(holder), String(size)),
  }
}
