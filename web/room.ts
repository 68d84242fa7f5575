/** Room for uploads in memory: how many bytes may be on their way in at once, in all and from one source. */
import { WebError } from './errors.ts'
import { maxUploadBytes } from './body.ts'

/** Four of the largest files at once: with their inspection a process of 1 GB holds them. */
export const defaultRoomBytes = 4 * maxUploadBytes
/** One source may not take it all. */
const shareOfSource = 0.5

export interface Room {
  /** Reserves; the answer gives it back. Throws `TOO_MANY_REQUESTS` where there is none. */
  take(source: string, bytes: number): () => void
}

export function createRoom(maxBytes: number): Room {
  const taken = new Map<string, number>()
  const add = (source: string, bytes: number): void => {
    const left = (taken.get(source) ?? 0) + bytes
    if (left > 0) taken.set(source, left)
    else taken.delete(source)
  }
  return {
    take(source, bytes) {
      const inAll = [...taken.values()].reduce((sum, one) => sum + one, bytes)
      const own = (taken.get(source) ?? 0) + bytes
      if (inAll > maxBytes || own > maxBytes * shareOfSource) {
        throw new WebError('TOO_MANY_REQUESTS', 'too many files are on their way in')
      }
      add(source, bytes)
      let given = false
      return () => {
        if (!given) add(source, -bytes)
        given = true
      }
    },
  }
}
