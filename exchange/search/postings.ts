/**
 * Posting lists as bytes, and their intersection. Pure.
 * A chunk is varints: how many full chunks the term has (0 in a full one), then ordinal and term frequency, the ordinal as a
 * difference to the one before. The growing chunk is rewritten by each commit until it is full, so lists never need merging.
 */

/** Bytes after which a growing chunk is closed: small enough to rewrite, large enough to read few. */
export const fullChunkBytes = 512

/** Documents in ascending order, each with a weight. */
export interface Postings {
  readonly ids: Uint32Array
  readonly weights: Float64Array
}

export interface Chunk {
  full: number
  readonly ids: number[]
  readonly frequencies: number[]
}

export function encodeChunk(chunk: Chunk): Uint8Array {
  const bytes: number[] = []
  pushVarint(bytes, chunk.full)
  let last = 0
  chunk.ids.forEach((id, at) => {
    pushVarint(bytes, id - last)
    pushVarint(bytes, chunk.frequencies[at] ?? 1)
    last = id
  })
  return Uint8Array.from(bytes)
}

export function decodeChunk(bytes: Uint8Array): Chunk {
  const chunk: Chunk = { full: 0, ids: [], frequencies: [] }
  chunk.full = scanChunk(bytes, (id, frequency) => {
    chunk.ids.push(id)
    chunk.frequencies.push(frequency)
  })
  return chunk
}

/** Calls `visit` for each posting and gives the count of full chunks. */
export function scanChunk(
  bytes: Uint8Array,
  visit: (id: number, frequency: number) => void,
): number {
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  const full = varint()
  for (let id = 0; at < bytes.length;) {
    id += varint()
    visit(id, varint())
  }
  return full
}

/** Documents of `left` that are in `right` too; gallops through the longer one. Weights are those of `left`. */
export function intersect(left: Uint32Array, right: Uint32Array): Uint32Array {
  const [short, long] = left.length <= right.length ? [left, right] : [right, left]
  const kept = new Uint32Array(short.length)
  let count = 0
  let from = 0
  for (const id of short) {
    from = gallop(long, id, from)
    if (from >= long.length) break
    if (long[from] === id) kept[count++] = id
  }
  return kept.subarray(0, count)
}

export function subtract(left: Uint32Array, right: Uint32Array): Uint32Array {
  const kept = new Uint32Array(left.length)
  let count = 0
  let from = 0
  for (const id of left) {
    from = gallop(right, id, from)
    if (right[from] !== id) kept[count++] = id
  }
  return kept.subarray(0, count)
}

export function unite(left: Uint32Array, right: Uint32Array): Uint32Array {
  const all = new Uint32Array(left.length + right.length)
  let count = 0
  let a = 0
  let b = 0
  while (a < left.length || b < right.length) {
    const one = left[a] ?? Infinity
    const other = right[b] ?? Infinity
    all[count++] = Math.min(one, other)
    if (one <= other) a++
    if (other <= one) b++
  }
  return all.subarray(0, count)
}

/** The first place at or after `from` whose value is not below `id`. */
export function gallop(ids: Uint32Array, id: number, from: number): number {
  let step = 1
  let low = from
  let high = from
  while (high < ids.length && (ids[high] ?? 0) < id) {
    low = high + 1
    high += step
    step *= 2
  }
  high = Math.min(high, ids.length)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ids[middle] ?? 0) < id) low = middle + 1
    else high = middle
  }
  return low
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}
