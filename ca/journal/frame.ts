/**
 * Segments and commit frames, so that an auditor reads the journal with `head`, `sed` and `sha256sum` (docs/formats/journal.md). Pure.
 *
 *     sealbox-journal/1 <segment number> <first index>
 *     sealbox-commit/1 <first index> <entries> <bytes> <SHA-256 of the payload> <SHA-256 of the header line before>
 *     {…}        one line an entry: the payload
 *
 * A frame is a commit: all of its entries or none. Hashes of header lines include their line feed and chain the frames through
 * all segments. What a crash can leave (an incomplete last frame) is told apart from damage, which is `JOURNAL_DAMAGED`.
 */
import { hash } from 'node:crypto'
import { utf8, type Sha256 } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { maxCommitEntries, maxEntryBytes } from './entry.ts'

/** Stands for the header line before the first frame. */
export const noFrame = '0'.repeat(64) as Sha256
/** Bytes of a payload: full entries, all of them. */
export const maxPayloadBytes = maxCommitEntries * (maxEntryBytes + 1)

/** Bytes of a frame header: its word, three numbers, two hashes, spaces and line feed. */
export const maxHeaderBytes = 16 + 3 * 16 + 2 * 64 + 6

const lineFeed = 0x0a
const endOfLine = Uint8Array.of(lineFeed)
const frameWord = 'sealbox-commit/1'
const number = /^(?:0|[1-9][0-9]{0,15})$/
const hexadecimal = /^[0-9a-f]{64}$/

/** Where the journal goes on: the state between two frames. */
export interface Position {
  /** Index of the next entry. */
  readonly index: number
  /** SHA-256 of the header line of the last frame; `noFrame` at the beginning. */
  readonly head: Sha256
}

/** A place between two frames. */
export interface FramePlace {
  readonly segment: number
  readonly offset: number
  readonly position: Position
}

/** An entry's line inside its segment, without the line feed. */
export interface Line {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** A frame that was read, and where it leaves the journal. */
export interface Frame {
  readonly firstIndex: number
  readonly lines: readonly Line[]
  readonly end: number
  readonly next: Position
}

/** A segment's bytes and what the segments before say of it. */
export interface SegmentText {
  readonly segment: number
  readonly bytes: Uint8Array
  /** Whether it is the last one, which may end in the middle of a frame. */
  readonly last: boolean
}

/** `NNNNNNNN.seg`. */
export function segmentName(segment: number): string {
  return `${String(segment).padStart(8, '0')}.seg`
}

/** The first line of a segment. */
export function segmentHeader(segment: number, firstIndex: number): Uint8Array {
  return utf8(`sealbox-journal/1 ${String(segment)} ${String(firstIndex)}\n`)
}

/** The bytes of one commit and the position after it. */
export function encodeFrame(
  position: Position,
  lines: readonly Uint8Array[],
): { bytes: Uint8Array; lineOffsets: number[]; next: Position } {
  const payload = Buffer.concat(lines.flatMap((line) => [line, endOfLine]))
  const header = utf8(
    `${frameWord} ${String(position.index)} ${String(lines.length)} ${String(payload.length)} ${sha256(payload)} ${position.head}\n`,
  )
  let offset = header.length
  const lineOffsets = lines.map((line) => {
    const at = offset
    offset += line.length + 1
    return at
  })
  return {
    bytes: Buffer.concat([header, payload]),
    lineOffsets,
    next: { index: position.index + lines.length, head: sha256(header) },
  }
}

/** Reads the segment's first line: the offset after it, or undefined if a crash cut it off. Throws `JOURNAL_DAMAGED`. */
export function readSegmentHeader(text: SegmentText, position: Position): number | undefined {
  const expected = segmentHeader(text.segment, position.index)
  const written = text.bytes.subarray(0, text.last ? writtenLength(text.bytes) : undefined)
  const wrong = expected.findIndex((byte, at) => at < written.length && written[at] !== byte)
  if (wrong !== -1) throw damaged(text.segment, wrong, 'the segment header is not the expected one')
  if (written.length >= expected.length) return expected.length
  if (text.last) return undefined
  throw damaged(text.segment, written.length, 'the segment ends within its header')
}

/**
 * Reads the frame at `offset`: the frame, `end` where the segment ends properly, or `incomplete` where a crash cut off
 * the last frame of the last segment. Anything else throws `JOURNAL_DAMAGED` with segment and byte offset.
 */
export function readFrame(
  text: SegmentText,
  offset: number,
  position: Position,
): Frame | 'end' | 'incomplete' {
  const rest = text.bytes.subarray(offset)
  if (rest.length === 0) return 'end'
  // A file that grew before its data arrived ends in NUL bytes; no line of ours holds any.
  const written = text.last ? writtenLength(rest) : rest.length
  const headerEnd = rest.subarray(0, written).indexOf(lineFeed)
  if (headerEnd === -1) {
    if (text.last && couldBecomeHeader(rest.subarray(0, written), position)) return 'incomplete'
    throw damaged(text.segment, offset, 'no frame header')
  }
  const header = readHeader(rest.subarray(0, headerEnd), position)
  if (typeof header === 'string') throw damaged(text.segment, offset, header)
  const start = headerEnd + 1
  const payload = rest.subarray(start, start + header.bytes)
  if (written < start + header.bytes) {
    // A frame cut off by a crash lacks its last line feed at least; if it has them all, its length is what is wrong.
    if (text.last && countLines(rest.subarray(start, written)) < header.entries) return 'incomplete'
    throw damaged(text.segment, offset, 'the frame is longer than its segment')
  }
  if (sha256(payload) !== header.payloadHash) {
    throw damaged(text.segment, offset, 'the payload does not match its length and hash')
  }
  const lines = splitLines(payload, offset + start)
  if (lines.length !== header.entries || payload.at(-1) !== lineFeed) {
    throw damaged(text.segment, offset, 'the frame has another number of entries')
  }
  const headerHash = sha256(rest.subarray(0, start))
  return {
    firstIndex: position.index,
    lines,
    end: offset + start + header.bytes,
    next: { index: position.index + lines.length, head: headerHash },
  }
}

/** `JOURNAL_DAMAGED`, naming segment and byte offset. */
export function damaged(segment: number, offset: number, reason: string): CaError {
  return new CaError(
    'JOURNAL_DAMAGED',
    `journal segment ${segmentName(segment)} is damaged at byte ${String(offset)}: ${reason}`,
    { details: { segment: segmentName(segment), offset, reason } },
  )
}

interface Header {
  readonly entries: number
  readonly bytes: number
  readonly payloadHash: string
}

/** The header's numbers, or what is wrong with it. */
function readHeader(line: Uint8Array, position: Position): Header | string {
  const fields = new TextDecoder().decode(line).split(' ')
  const [word, index, entries = '', bytes = '', payloadHash = '', previous] = fields
  if (fields.length !== 6 || word !== frameWord) return 'no frame header'
  if (index !== String(position.index)) return 'the frame has not the index that comes next'
  if (previous !== position.head) return 'the frame does not follow the one before it'
  if (!number.test(entries) || !number.test(bytes)) return 'the frame header has no sizes'
  if (!hexadecimal.test(payloadHash)) return 'the frame header has no payload hash'
  const header = { entries: Number(entries), bytes: Number(bytes), payloadHash }
  if (header.entries < 1 || header.entries > maxCommitEntries) {
    return 'the frame has too few or too many entries'
  }
  return header.bytes > maxPayloadBytes ? 'the frame is too long' : header
}

/** Whether a header line that follows `position` can begin with `bytes`. */
function couldBecomeHeader(bytes: Uint8Array, position: Position): boolean {
  const fields = new TextDecoder().decode(bytes).split(' ')
  const rules: ((field: string, cut: boolean) => boolean)[] = [
    startOf(frameWord),
    startOf(String(position.index)),
    (field) => /^[0-9]{0,16}$/.test(field),
    (field) => /^[0-9]{0,16}$/.test(field),
    (field, cut) => (cut ? /^[0-9a-f]{0,64}$/ : hexadecimal).test(field),
    startOf(position.head),
  ]
  return (
    fields.length <= rules.length &&
    fields.every((field, at) => rules[at]?.(field, at === fields.length - 1) === true)
  )
}

function startOf(expected: string): (field: string, cut: boolean) => boolean {
  return (field, cut) => (cut ? expected.startsWith(field) : field === expected)
}

/** Length without the NUL bytes at the end. */
function writtenLength(bytes: Uint8Array): number {
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length--
  return length
}

function countLines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) count++
  return count
}

function splitLines(payload: Uint8Array, base: number): Line[] {
  const lines: Line[] = []
  for (let at = 0; at < payload.length;) {
    const found = payload.indexOf(lineFeed, at)
    const end = found === -1 ? payload.length : found
    lines.push({ offset: base + at, bytes: payload.subarray(at, end) })
    at = end + 1
  }
  return lines
}

function sha256(bytes: Uint8Array): Sha256 {
  return hash('sha256', bytes, 'hex') as Sha256
}
