/**
 * One journal entry and its bytes: a line of RFC 8785 canonical JSON, which is the Merkle leaf. Pure.
 * A draft is encoded once, when it is handed in, so that what its owner does to it afterwards changes nothing;
 * index, time and salt are set into that encoding when its group is written. Knows nothing of files or views.
 */
import { isSha256 } from '../bytes.ts'
import { canonicalText } from '../canonical_json.ts'
import { CaError } from '../errors.ts'
import type { Entry, EntryDraft } from './types.ts'

/** Bytes of one entry's line: what is longer belongs in a blob. */
export const maxEntryBytes = 64 * 1024
/** Entries of one commit: a roster of a large district, and room. */
export const maxCommitEntries = 1000
/** Nesting of an entry's data: beyond this nobody reads it, and recursion costs stack. */
export const maxDataDepth = 32
/** Characters of an identifier (type, subject, holder). */
export const maxIdentifierLength = 256

/** `<thing>.<past participle>`: two to four dotted words, such as `document.dispatched` or `key-file.made`. */
const typePattern = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*){1,3}$/
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const saltPattern = /^[0-9a-f]{32}$/
const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** Longest index, time, mark and salt with their names and quotes. */
const stampBytes = 160

/** A draft, encoded but for what a `Stamp` holds. */
export interface PreparedEntry {
  readonly type: string
  readonly beforeIndex: string
  readonly subject: string
  readonly afterTime: string
}

/** What the journal adds to a draft. */
export interface Stamp {
  readonly index: number
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string
  /** 32 lower-case hexadecimal digits. */
  readonly salt: string
  /** Whether the clock is on hold. */
  readonly timeUnconfirmed: boolean
}

/** An entry and the bytes of its line without the line feed. */
export interface Leaf {
  readonly entry: Entry
  readonly bytes: Uint8Array
}

/** Checks and encodes a draft; throws `JOURNAL_ENTRY_REFUSED`, naming the field. */
export function prepareEntry(draft: EntryDraft): PreparedEntry {
  const files = draft.files ?? []
  const reason = objection({ ...draft, files })
  if (reason !== undefined) throw refused(draft.type, reason)
  const prepared = {
    type: draft.type,
    beforeIndex: `{"actor":${encode(draft, draft.actor)},"data":${encode(draft, draft.data)},"files":${encode(draft, files)},"index":`,
    subject: encode(draft, draft.subject),
    afterTime: `"type":${encode(draft, draft.type)},"v":1}`,
  }
  const text = prepared.beforeIndex + prepared.subject + prepared.afterTime
  // A character has three bytes at most: nearly all are told short by that, and encoded once only.
  const isShort = text.length * 3 + stampBytes <= maxEntryBytes
  if (!isShort && encoder.encode(text).length + stampBytes > maxEntryBytes) {
    throw refused(draft.type, `longer than ${String(maxEntryBytes)} bytes`)
  }
  return prepared
}

/** The entry under `stamp`. The value is read back from its bytes, so that folds see now what replay will see. */
export function completeEntry(prepared: PreparedEntry, stamp: Stamp): Leaf {
  const { index, time, salt } = stamp
  const mark = stamp.timeUnconfirmed ? '"timeUnconfirmed":true,' : ''
  // RFC 8785 3.2.3: member names in order: actor, data, files, index, salt, subject, time, timeUnconfirmed, type, v.
  const line = `${prepared.beforeIndex}${String(index)},"salt":"${salt}","subject":${prepared.subject},"time":"${time}",${mark}${prepared.afterTime}`
  return { entry: JSON.parse(line) as Entry, bytes: encoder.encode(line) }
}

/** Reads a line whose hash was checked before, as replay does. */
export function readEntry(bytes: Uint8Array): Entry {
  return JSON.parse(decoder.decode(bytes)) as Entry
}

/** Why `bytes` are not the canonical line of a well-formed entry `index`, or undefined if they are. */
export function entryObjection(bytes: Uint8Array, index: number): string | undefined {
  if (bytes.length > maxEntryBytes) return `longer than ${String(maxEntryBytes)} bytes`
  let entry: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    entry = JSON.parse(text)
    if (canonicalText(entry) !== text) return 'not canonical JSON'
  } catch {
    return 'not canonical JSON'
  }
  if (!isObject(entry)) return 'no object'
  if (entry['v'] !== 1) return 'of an unknown version'
  if (entry['index'] !== index) return `not numbered ${String(index)}`
  if (typeof entry['time'] !== 'string' || !timePattern.test(entry['time'])) return 'without time'
  if (typeof entry['salt'] !== 'string' || !saltPattern.test(entry['salt'])) return 'without salt'
  const isMarked = 'timeUnconfirmed' in entry
  if (isMarked && entry['timeUnconfirmed'] !== true) return 'marked with something else than true'
  const members = isMarked ? 10 : 9
  if (Object.keys(entry).length !== members) return 'with members it should not have'
  return objection(entry)
}

function objection(entry: Readonly<Record<string, unknown>>): string | undefined {
  const { type, actor, subject, files, data } = entry
  if (!isIdentifier(type) || !typePattern.test(type)) return 'type is not <thing>.<past participle>'
  if (!isIdentifier(subject)) return 'subject is no identifier'
  if (!isObject(actor) || !isIdentifier(actor['holder'])) return 'actor has no holder'
  const { certificate } = actor
  if (certificate !== null && !isHash(certificate)) return 'certificate is no SHA-256'
  if (!Array.isArray(files) || !files.every(isHash)) return 'files are not SHA-256 names'
  if (!isObject(data)) return 'data is no object'
  if (depth(data) > maxDataDepth || depth(actor) > maxDataDepth) return 'data is nested too deeply'
  return undefined
}

function encode(draft: EntryDraft, value: unknown): string {
  try {
    return canonicalText(value)
  } catch (cause) {
    throw refused(draft.type, 'not a JSON value', cause)
  }
}

function refused(type: unknown, reason: string, cause?: unknown): CaError {
  return new CaError('JOURNAL_ENTRY_REFUSED', `entry refused: ${reason}`, {
    details: { type: typeof type === 'string' ? type.slice(0, maxIdentifierLength) : null, reason },
    ...(cause === undefined ? {} : { cause }),
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && isSha256(value)
}

function isIdentifier(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= maxIdentifierLength &&
    !/\p{Cc}/u.test(value)
  )
}

/** Levels of nesting, counted no further than one beyond the limit. */
function depth(value: unknown, at = 0): number {
  if (typeof value !== 'object' || value === null || at > maxDataDepth) return at
  return Math.max(at + 1, ...Object.values(value).map((part) => depth(part, at + 1)))
}
