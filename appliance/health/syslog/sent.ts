/**
 * How far a collector was told. Syslog over TLS acknowledges nothing (RFC 5425): what was written into a line may lie in a buffer of
 * either machine when it breaks. So each new line begins some minutes before the last word; the collector knows an entry by its index. Pure.
 */
import * as z from 'zod'

/** That so many entries had been written by a time. */
export interface SentMark {
  /** Index of the first entry that had not. */
  readonly next: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Within a quarter of an hour TCP gives a line up by default (tcp(7), tcp_retries2): what is older had arrived. */
export const doubtMs = 15 * 60_000
/** Marks are no closer than this. */
const apartMs = 30_000

const schema = z.array(z.object({ next: z.int().min(0), at: z.number() }))

/** Oldest first; empty where nothing was kept that can be read, or it is of another journal than this one of so many entries. */
export function readMarks(text: string | undefined, size: number): readonly SentMark[] {
  try {
    const marks = schema.parse(JSON.parse(text ?? '[]'))
    return marks.some(({ next }) => next > size) ? [] : marks
  } catch {
    return []
  }
}

/**
 * With what a new line begins: where it goes on, alone. Of what is told once more it must be known anew when it was told, or the marks of
 * the line that broke would pass over it as soon as they are old.
 */
export function beginOfLine(marks: readonly SentMark[]): readonly SentMark[] {
  return marks.slice(0, 1)
}

/** With a newer mark, and without those that are no longer needed: all within the time of doubt, and the last one before it. */
export function withMark(marks: readonly SentMark[], newest: SentMark): readonly SentMark[] {
  const last = marks.at(-1)
  const before = marks.at(-2)
  const isClose = last && before && last.at - before.at < apartMs
  // None was made later than now: the clock may have been set back.
  const older = (isClose ? marks.slice(0, -1) : marks).map(({ next, at }) => ({
    next,
    at: Math.min(at, newest.at),
  }))
  const all = [...older, newest]
  const safe = all.findLastIndex(({ at }) => at <= newest.at - doubtMs)
  return all.slice(Math.max(0, safe))
}
