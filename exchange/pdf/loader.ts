/**
 * Reads objects by number at the places that the cross-references tell (ISO 32000-1 7.5.4, 7.5.7), each when it is first asked for, within a budget. Knows no revisions
 * and follows no reference but that of a stream's length.
 */
import { decodeStream } from './decode.ts'
import { expectDigits, malformed, type Cursor } from './lexer.ts'
import type { PdfLimits } from './limits.ts'
import {
  integerOf,
  nameOf,
  type IndirectObject,
  type PdfObject,
  type PdfReference,
  type PdfStream,
  type Span,
} from './objects.ts'
import { cursorOn, parseIndirect, parseObject } from './parser.ts'
import type { Budget, XrefEntry, XrefSection } from './xref.ts'

/** What reading a file of these bytes may cost. */
export function freshBudget(bytes: Uint8Array, limits: PdfLimits): Budget {
  return {
    decodedBytes: limits.maxDecodedBytesInAll,
    objects: limits.maxObjects,
    parsedBytes: Math.min(parsedPerByte * bytes.length + parsedBesides, limits.maxParsedBytes),
  }
}

/** Honest objects do not overlap, so a few times the file is enough to read it; a file of objects inside each other needs a thousandfold. */
const parsedPerByte = 4
const parsedBesides = 1024 * 1024

/** What a document or a loader starts from. */
export interface Opening {
  readonly bytes: Uint8Array
  readonly limits: PdfLimits
  readonly version: string
  /** Oldest first, at least one. */
  readonly sections: readonly XrefSection[]
  readonly startxref: { readonly value: number; readonly span: Span }
  readonly budget?: Budget
  /** Takes streams whose length is wrong and objects without an end, as most readers do; for `forensic.ts` alone. */
  readonly lenient?: boolean
}

/** A stream may need its length, that may need an object stream, and that its length. */
const maxNeeds = 8

/** Reads objects by number. */
export interface Loader {
  object(number: number): IndirectObject | undefined
}

/** Reads objects at the places that `entry` answers, each once. */
export function createLoader(
  options: Opening & { readonly entry: (number: number) => XrefEntry | undefined },
): Loader {
  const { bytes, limits, entry } = options
  const budget = options.budget ?? freshBudget(bytes, limits)
  const read = createCache(limits)
  const containers = new Map<number, Container>()
  const busy = new Set<number>()

  const object = (number: number): IndirectObject | undefined => {
    const known = read.get(number)
    if (known !== undefined) return known
    const place = entry(number)
    if (place === undefined || place.type === 'free') return undefined
    if (busy.has(number) || busy.size > maxNeeds) {
      throw malformed(`object ${String(number)} needs itself`, 0)
    }
    busy.add(number)
    try {
      const found = place.type === 'offset' ? atOffset(number, place) : inContainer(number, place)
      read.set(number, found)
      return found
    } finally {
      busy.delete(number)
    }
  }

  const afford = (at: number): void => {
    if (budget.parsedBytes < 0)
      throw malformed('objects lie inside each other, or are too many', at)
  }

  const atOffset = (number: number, place: XrefEntry & { type: 'offset' }): IndirectObject => {
    const end = options.startxref.span.end
    if (place.offset >= end) throw malformed(`object ${String(number)} lies outside`, place.offset)
    afford(place.offset)
    const cursor: Cursor = { bytes, at: place.offset, limits, end }
    const lengthOf = (reference: PdfReference): number => {
      const length = integerOf(object(reference.number)?.value)
      if (length === undefined || length < 0) throw malformed('a wrong /Length', reference.start)
      return length
    }
    const found = charged(budget, cursor, () =>
      parseIndirect(cursor, lengthOf, { expected: number, lenient: options.lenient }),
    )
    read.charge(cursor)
    // The data of a stream is skipped, not read.
    if (found.value.kind === 'stream') {
      budget.parsedBytes += found.value.data.end - found.value.data.start
    }
    if (found.number !== number || found.generation !== place.generation) {
      throw malformed(`object ${String(number)} is not where the table says`, place.offset)
    }
    return found
  }

  const inContainer = (
    number: number,
    place: XrefEntry & { type: 'compressed' },
  ): IndirectObject => {
    const container = containers.get(place.stream) ?? openContainer(place.stream)
    containers.set(place.stream, container)
    const slot = container.slots[place.index]
    if (slot?.number !== number) {
      throw malformed(`object ${String(number)} is not in its object stream`, container.at)
    }
    const source = container.decoded
    afford(container.at)
    const cursor = cursorOn(source, slot.offset, limits)
    const value = charged(budget, cursor, () => parsePacked(container, place.index, cursor))
    read.charge(cursor)
    const { start, end } = value
    return { number, generation: 0, value, source, span: { start, end }, container: place.stream }
  }

  const openContainer = (number: number): Container => {
    const holder = entry(number)?.type === 'offset' ? object(number) : undefined
    if (holder?.value.kind !== 'stream') throw malformed('no such object stream', 0)
    const maxBytes = Math.min(limits.maxDecodedBytes, budget.decodedBytes)
    const container = readContainer({ bytes, stream: holder.value, maxBytes, limits })
    budget.decodedBytes -= container.decoded.length
    budget.parsedBytes += parsedPerByte * container.decoded.length
    return container
  }

  return { object }
}

/** Objects read already, as many as memory has room for: then all are forgotten and read again when asked for. */
function createCache(limits: PdfLimits) {
  const objects = new Map<number, IndirectObject>()
  let values = 0
  return {
    get: (number: number) => objects.get(number),
    charge: (cursor: Cursor) => {
      values += cursor.values ?? 0
    },
    set: (number: number, object: IndirectObject) => {
      if (values > limits.maxValuesKept) {
        objects.clear()
        values = 0
      }
      objects.set(number, object)
    },
  }
}

/** Parsing that is paid for, whether it succeeds or not. */
function charged<T>(budget: Budget, cursor: Cursor, parse: () => T): T {
  const start = cursor.at
  try {
    return parse()
  } finally {
    budget.parsedBytes -= cursor.at - start + costOfValue * (cursor.values ?? 0)
  }
}

/** A value costs as much as reading some bytes, however short it is written. */
const costOfValue = 8

/** An object stream, decoded, with the places of its objects (7.5.7). */
interface Container {
  readonly decoded: Uint8Array
  readonly slots: readonly { readonly number: number; readonly offset: number }[]
  readonly at: number
}

/** Reads an object of the stream. Some programs read no further than to where the next one begins. */
function parsePacked({ slots, at }: Container, index: number, cursor: Cursor): PdfObject {
  const value = parseObject(cursor)
  const next = slots[index + 1]
  if (next !== undefined && cursor.at > next.offset) {
    throw malformed(`object ${String(slots[index]?.number)} runs into the next one`, at)
  }
  return value
}

function readContainer(options: {
  readonly bytes: Uint8Array
  readonly stream: PdfStream
  readonly maxBytes: number
  readonly limits: PdfLimits
}): Container {
  const { bytes, stream, maxBytes, limits } = options
  const { dictionary } = stream
  const at = stream.start
  const count = integerOf(dictionary.entries.get('N')) ?? -1
  const first = integerOf(dictionary.entries.get('First')) ?? -1
  if (nameOf(dictionary.entries.get('Type')) !== 'ObjStm' || count < 0 || count > limits.maxItems) {
    throw malformed('not an object stream', at)
  }
  const raw = bytes.subarray(stream.data.start, stream.data.end)
  const decoded = decodeStream({ raw, dictionary, maxBytes })
  if (first < 0 || first > decoded.length) throw malformed('a wrong /First', at)
  const cursor = { bytes: decoded, at: 0, limits, end: first }
  const slots: { number: number; offset: number }[] = []
  const numbers = new Set<number>()
  for (let index = 0; index < count; index++) {
    const number = expectDigits(cursor, 'an object number in an object stream')
    const offset = first + expectDigits(cursor, 'an offset in an object stream')
    // Those programs take no stream whose objects stand in another order.
    if (offset < (slots.at(-1)?.offset ?? 0)) throw malformed('objects out of order', at)
    slots.push({ number, offset })
    // Programs differ in whether they go by the number or by the place in the list.
    if (numbers.has(number))
      throw malformed(`object ${String(number)} stands twice in a stream`, at)
    numbers.add(number)
  }
  return { decoded, slots, at }
}
