/**
 * Who sees what, and the lengths and days of documents, held in memory as bits and small arrays (for a million documents 125 kB a
 * unit and 12 MB) and stored in blocks. Pure: a change gives a new `Holdings` and the writes that make it durable; queries that
 * run keep the one they began with.
 */
import type { Write } from './checked_store.ts'
import { blockSize, factsKey, visibilityKey } from './keyspace.ts'
import type { Extent } from './types.ts'

/** Bits by ordinal. */
export interface UnitView {
  readonly content: Uint32Array
  readonly head: Uint32Array
}

export interface Facts {
  /** Characters of title, issuer and number. */
  readonly headLength: number
  /** Characters of the text. */
  readonly bodyLength: number
  /** Day as a number, 0 if unknown. */
  readonly day: number
}

export interface Holdings {
  readonly units: ReadonlyMap<string, UnitView>
  /** Three numbers a document: head length, body length, day. */
  readonly facts: Uint32Array
  /** The ordinal of the next document. */
  readonly next: number
}

export const emptyHoldings: Holdings = { units: new Map(), facts: new Uint32Array(0), next: 0 }

const factsWidth = 3
const wordsABlock = blockSize / 32

/** Changes to a `Holdings` in the making. */
export interface HoldingsEdit {
  readonly next: number
  addDocument(facts: Facts): number
  show(ordinal: number, units: readonly string[], extent: Extent): void
  hide(ordinal: number, units?: readonly string[]): void
  finish(): { holdings: Holdings; writes: Write[] }
}

export function editHoldings(before: Holdings): HoldingsEdit {
  const units = new Map(before.units)
  const own = new Set<string>()
  const dirty = new Map<string, { unit: string; extent: Extent; block: number }>()
  const dirtyFacts = new Set<number>()
  let { facts, next } = before

  const set = (
    ordinal: number,
    { unit, extent }: { unit: string; extent: Extent },
    on: boolean,
  ) => {
    const view = units.get(unit) ?? { content: new Uint32Array(0), head: new Uint32Array(0) }
    if (isSet(view[extent], ordinal) === on) return
    const name = `${extent} ${unit}`
    const size = (Math.floor(ordinal / blockSize) + 1) * wordsABlock
    const bits =
      own.has(name) && view[extent].length >= size ? view[extent] : grown(view[extent], size)
    own.add(name)
    const word = ordinal >>> 5
    const mask = 1 << (ordinal & 31)
    bits[word] = on ? (bits[word] ?? 0) | mask : (bits[word] ?? 0) & ~mask
    units.set(unit, { ...view, [extent]: bits })
    const block = Math.floor(ordinal / blockSize)
    dirty.set(`${name} ${String(block)}`, { unit, extent, block })
  }

  return {
    get next() {
      return next
    },
    addDocument({ headLength, bodyLength, day }) {
      const ordinal = next++
      const block = Math.floor(ordinal / blockSize)
      const size = (block + 1) * blockSize * factsWidth
      // Queries that run look at no ordinal from here on, so the array they hold may be written to.
      if (facts.length < size) facts = grown(facts, Math.max(size, facts.length * 2))
      facts.set([headLength, bodyLength, day], ordinal * factsWidth)
      dirtyFacts.add(block)
      return ordinal
    },
    show(ordinal, shownTo, extent) {
      for (const unit of shownTo) set(ordinal, { unit, extent }, true)
    },
    hide(ordinal, hiddenFrom = [...units.keys()]) {
      for (const unit of hiddenFrom) {
        set(ordinal, { unit, extent: 'head' }, false)
        set(ordinal, { unit, extent: 'content' }, false)
      }
    },
    finish() {
      const writes: Write[] = [...dirty.values()].map(({ unit, extent, block }) => ({
        key: visibilityKey(extent, unit, block),
        value: blockOf(units.get(unit)?.[extent] ?? new Uint32Array(0), block, wordsABlock),
      }))
      for (const block of dirtyFacts) {
        writes.push({ key: factsKey(block), value: blockOf(facts, block, blockSize * factsWidth) })
      }
      return { holdings: { units, facts, next }, writes }
    },
  }
}

/** Puts stored blocks together again; `undefined` if one is missing or has a wrong size. */
export function loadHoldings(stored: {
  readonly next: number
  readonly facts: readonly (readonly [block: number, value: Uint8Array])[]
  readonly visibility: readonly (readonly [
    key: { extent: Extent; unit: string; block: number },
    value: Uint8Array,
  ])[]
}): Holdings | undefined {
  const blocks = Math.ceil(stored.next / blockSize)
  if (stored.facts.length !== blocks) return undefined
  const facts = new Uint32Array(blocks * blockSize * factsWidth)
  for (const [block, value] of stored.facts) {
    if (block >= blocks || !copyWords(facts, block * blockSize * factsWidth, value))
      return undefined
  }
  const units = new Map<string, UnitView>()
  for (const [{ extent, unit, block }, value] of stored.visibility) {
    if (block >= blocks) return undefined
    const view = units.get(unit) ?? { content: new Uint32Array(0), head: new Uint32Array(0) }
    const bits = grown(view[extent], Math.max(view[extent].length, (block + 1) * wordsABlock))
    if (!copyWords(bits, block * wordsABlock, value)) return undefined
    units.set(unit, { ...view, [extent]: bits })
  }
  return { units, facts, next: stored.next }
}

export function isSet(bits: Uint32Array, ordinal: number): boolean {
  return (((bits[ordinal >>> 5] ?? 0) >>> (ordinal & 31)) & 1) === 1
}

export function factsOf(holdings: Holdings, ordinal: number): Facts {
  const at = ordinal * factsWidth
  const [headLength = 0, bodyLength = 0, day = 0] = holdings.facts.subarray(at, at + factsWidth)
  return { headLength, bodyLength, day }
}

export function dayOf(holdings: Holdings, ordinal: number): number {
  return holdings.facts[ordinal * factsWidth + 2] ?? 0
}

/** What one unit sees: the only thing that ranking may know of the collection. */
export interface Sight {
  readonly content: Uint32Array
  /** Head or content. */
  readonly any: Uint32Array
  /** Ordinals, ascending. */
  readonly all: Uint32Array
  readonly averageLength: number
  lengthOf(ordinal: number): number
}

export function sightOf(holdings: Holdings, unit: string): Sight {
  const view = holdings.units.get(unit) ?? { content: new Uint32Array(0), head: new Uint32Array(0) }
  const any = new Uint32Array(Math.max(view.content.length, view.head.length))
  const all: number[] = []
  const { facts } = holdings
  const lengthOf = (ordinal: number) =>
    (facts[ordinal * factsWidth] ?? 0) +
    (isSet(view.content, ordinal) ? (facts[ordinal * factsWidth + 1] ?? 0) : 0)
  let total = 0
  for (let word = 0; word < any.length; word++) {
    let bits = ((view.content[word] ?? 0) | (view.head[word] ?? 0)) >>> 0
    any[word] = bits
    for (; bits !== 0; bits &= bits - 1) {
      const ordinal = word * 32 + (31 - Math.clz32(bits & -bits))
      all.push(ordinal)
      total += lengthOf(ordinal)
    }
  }
  return {
    content: view.content,
    any,
    all: Uint32Array.from(all),
    averageLength: all.length === 0 ? 1 : Math.max(1, total / all.length),
    lengthOf,
  }
}

function grown(words: Uint32Array, size: number): Uint32Array {
  const larger = new Uint32Array(Math.max(size, words.length))
  larger.set(words)
  return larger
}

function blockOf(words: Uint32Array, block: number, width: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(width * 4))
  for (let at = 0; at < width; at++) bytes.setUint32(at * 4, words[block * width + at] ?? 0, true)
  return new Uint8Array(bytes.buffer)
}

function copyWords(words: Uint32Array, from: number, bytes: Uint8Array): boolean {
  if (bytes.length % 4 !== 0 || from + bytes.length / 4 > words.length) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < bytes.length / 4; at++) words[from + at] = view.getUint32(at * 4, true)
  return true
}
