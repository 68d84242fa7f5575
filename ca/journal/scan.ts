/** Reads the segments from the first to the last, checking every frame. Opening, rebuilding and verifying all come through here. Changes nothing. */
import type { JournalFiles } from './files.ts'
import {
  damaged,
  noFrame,
  readFrame,
  readSegmentHeader,
  segmentName,
  type Frame,
  type FramePlace,
  type Position,
} from './frame.ts'

/** Where the journal ends. */
export interface JournalEnd {
  readonly position: Position
  /** Number of the last segment; 0 where there is none. */
  readonly segment: number
  /** Length of its whole frames; 0 if not even its header is whole. */
  readonly length: number
  /** Bytes after them: an incomplete last frame, never answered. */
  readonly cutBytes: number
  /** The place before the last frame that was read; undefined where none was. */
  readonly lastFrame?: FramePlace | undefined
}

/**
 * Hands each frame to `visit`, in order; throws `JOURNAL_DAMAGED` at the first damage. What stands before `from` is not read: only that
 * its segments are there.
 */
export async function scanJournal(
  files: JournalFiles,
  visit: (frame: Frame, segment: number) => Promise<void> | void,
  from?: FramePlace,
): Promise<JournalEnd> {
  const names = await files.list()
  let end: JournalEnd = {
    position: from?.position ?? { index: 0, head: noFrame },
    segment: 0,
    length: 0,
    cutBytes: 0,
  }
  for (const [at, name] of names.entries()) {
    const segment = at + 1
    if (name !== segmentName(segment)) throw damaged(segment, 0, `missing; found ${name} instead`)
    if (from && segment < from.segment) continue
    const text = { segment, bytes: await files.read(name), last: segment === names.length }
    let { position, lastFrame } = end
    let offset = from?.segment === segment ? from.offset : (readSegmentHeader(text, position) ?? 0)
    while (offset > 0) {
      const frame = readFrame(text, offset, position)
      if (typeof frame === 'string') break
      await visit(frame, segment)
      lastFrame = { segment, offset, position }
      offset = frame.end
      position = frame.next
    }
    end = { position, segment, length: offset, cutBytes: text.bytes.length - offset, lastFrame }
  }
  return end
}
