/**
 * Whether a revision is written so plainly that every program reads it as `xref.ts` does. A program that stumbles over a table searches the file for objects
 * itself, and then finds also those that lie inside streams or object streams and that no table lists. Judges form alone; honest programs write it as
 * ISO 32000-1 7.5 has it, byte for byte. Pure.
 */
import type { PdfDocument } from './document.ts'
import { integerOf, latin1, nameOf, type Span } from './objects.ts'
import type { PdfRevision } from './revisions.ts'
import type { XrefSection } from './xref.ts'

/** What is not written plainly in a revision, for the operator; undefined if all is. `state` is the document after it. */
export function strangeForm(state: PdfDocument, revision: PdfRevision): string | undefined {
  const { bytes } = state
  const { start, end } = revision.tail
  // 7.5.4: it heads the list of free numbers; used for an object, it makes programs search the file.
  if (revision.objects.has(0)) return 'object 0'
  if (!plainTail.test(latin1(bytes.subarray(start, end)))) return 'startxref'
  if (!revision.sections.every((section) => isPlainSection(bytes, section))) return 'xref'
  const strange = [...revision.objects.values()].find(({ entry }) => {
    if (entry.type !== 'offset') return false
    return !plainHead.test(latin1(bytes.subarray(entry.offset, entry.offset + longestHead)))
  })
  return strange && `object ${String(strange.number)}`
}

/** 7.5.5. */
const plainTail =
  /^(?:%[ -~]{0,99}[\r\n]{1,2}){0,3}startxref(?:\r\n| ?[\r\n])\d{1,10}(?:\r\n| ?[\r\n])%%EOF(?:\r\n|[\r\n])?$/
const plainHead = /^[\r\n ]{0,2}\d{1,10}[ \r\n]\d{1,5}[ \r\n]{1,2}obj/
const longestHead = 24

/** 7.5.4: entries have exactly 20 bytes. */
function isPlainSection(bytes: Uint8Array, { offset, trailer, kind }: XrefSection): boolean {
  // Without one, some programs do not take the table.
  if (integerOf(trailer.entries.get('Size')) === undefined) return false
  if (kind === 'stream') {
    return plainHead.test(latin1(bytes.subarray(offset, offset + longestHead)))
  }
  const table = latin1(bytes.subarray(offset, trailer.start))
  return plainTable.test(table.replaceAll(/\d{10} \d{5} [nf](?: \r| \n|\r\n)/g, 'e'))
}

const plainTable =
  /^[\r\n ]{0,2}xref ?(?:\r\n|[\r\n])(?:\d+ \d+ ?(?:\r\n|[\r\n])e*)*[\r\n]{0,2}trailer[\r\n ]{0,3}$/

/** Whether a revision holds more heads of objects than its tables list, or an object stream more objects. */
export function hidesObjects(state: PdfDocument, revision: PdfRevision): boolean {
  return hidesHeads(state, revision, revision.sections) || hidesPacked(state, revision)
}

/** Whether a stretch of the file holds more heads of objects, `12 0 obj`, than the sections list. */
export function hidesHeads(
  { bytes }: PdfDocument,
  { start, end }: Span,
  sections: readonly XrefSection[],
): boolean {
  const places = new Set(sections.flatMap((section) => ownPlaces(section)))
  const listed = [...places].filter((at) => at >= start && at < end).length
  const found = latin1(bytes.subarray(start, end)).match(anyHead)?.length ?? 0
  return found > listed
}

/** However it is written: who searches takes NUL and comments for blanks, and a generation of any length. */
const anyHead = /\d(?:[\s\0]|%[^\r\n]{0,200}[\r\n])+\d{1,40}(?:[\s\0]|%[^\r\n]{0,200}[\r\n])*obj/g

/** Where a section says that objects stand; a cross-reference stream is one too, listed or not. */
function ownPlaces({ entries, offset, besides, kind }: XrefSection): number[] {
  const listed = [...entries.values()].flatMap((entry) => {
    return entry.type === 'offset' ? [entry.offset] : []
  })
  const streams = [...(kind === 'stream' ? [offset] : []), ...(besides ? [besides.start] : [])]
  return [...listed, ...streams]
}

/** Whether an object stream holds more than the revision takes from it (7.5.7). */
function hidesPacked(state: PdfDocument, { objects }: PdfRevision): boolean {
  const taken = new Map<number, number>()
  for (const { entry } of objects.values()) {
    if (entry.type === 'compressed') taken.set(entry.stream, (taken.get(entry.stream) ?? 0) + 1)
  }
  return [...objects].some(([number, { entry }]) => {
    const value = entry.type === 'offset' ? state.object(number)?.value : undefined
    if (value?.kind !== 'stream') return false
    const { entries } = value.dictionary
    if (nameOf(entries.get('Type')) !== 'ObjStm') return false
    return (integerOf(entries.get('N')) ?? 0) > (taken.get(number) ?? 0)
  })
}
