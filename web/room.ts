/** Room in memory for what is large: how many bytes may be on their way in, or out, at once, in all and of one source. */
import { WebError } from './errors.ts'
import { maxUploadBytes } from './body.ts'

/** Four of the largest files at once: with their inspection a process of 1 GB holds them. */
export const defaultRoomBytes = 4 * maxUploadBytes
/** One source may not take it all. */
const shareOfSource = 0.5

/** Answers that are not yet taken by who asked: a slow line holds one for minutes, a hostile reader for ever. */
export const defaultAnswerBytes = 12 * maxUploadBytes
/** Enough for the largest sign request with its files inside. */
export const shareOfReader = 0.25

export interface Room {
  /** Reserves; the answer gives it back. Throws `TOO_MANY_REQUESTS` where there is none. */
  take(source: string, bytes: number): () => void
}

export function createRoom(maxBytes: number, share = shareOfSource): Room {
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
      if (inAll > maxBytes || own > maxBytes * share) {
        throw new WebError('TOO_MANY_REQUESTS', 'too many large files are on their way')
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
