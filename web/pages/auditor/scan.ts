/** Reads the journal backwards, newest first, with a bound on how much one request may read; finds indexes by time. */
import type { Entry, Journal } from '../../../ca/index.ts'

type Read = Pick<Journal, 'read' | 'entry'>

/** Entries read for one page, some tenths of a second of the box's time. */
export const maxScanned = 10_000
const chunk = 256

export interface Scanned {
  /** Newest first. */
  readonly entries: readonly Entry[]
  /** Index before which the next page begins; undefined where all of the range was seen. */
  readonly next: number | undefined
  /** Whether the bound ended the search before the page was full. */
  readonly isCut: boolean
}

/** Entries from `from` up to and without `before` that fit, newest first, `limit` at most. */
export async function scanBack(
  journal: Read,
  of: {
    readonly from: number
    readonly before: number
    readonly limit: number
    readonly fits: (entry: Entry) => boolean
    readonly bound?: number
  },
): Promise<Scanned> {
  const { from, before, limit, fits, bound = maxScanned } = of
  const found: Entry[] = []
  const lowest = Math.max(from, before - bound)
  for (let end = before; end > lowest; end -= chunk) {
    const start = Math.max(lowest, end - chunk)
    const part: Entry[] = []
    for await (const entry of journal.read(start, end)) part.push(entry)
    for (const entry of part.toReversed()) {
      if (!fits(entry)) continue
      found.push(entry)
      if (found.length < limit) continue
      const isLast = entry.index === from
      return { entries: found, next: isLast ? undefined : entry.index, isCut: false }
    }
  }
  const isCut = lowest > from
  return { entries: found, next: isCut ? lowest : undefined, isCut }
}

/**
 * Index of the first entry at or after a moment, `size` if there is none. Entries stand in the order of time but for a clock that was
 * set back; then it is one of several.
 */
export async function indexAt(journal: Read & Pick<Journal, 'size'>, at: Date): Promise<number> {
  let [low, high] = [0, journal.size]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const entry = await journal.entry(middle)
    if (entry === undefined) return low
    if (Date.parse(entry.time) < at.getTime()) low = middle + 1
    else high = middle
  }
  return low
}
