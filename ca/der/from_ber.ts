/**
 * DER from BER (X.690 8, 10), as far as CMS of old programs need it: indefinite and long-winded lengths, OCTET STRINGs in parts. Orders no SET and judges
 * nothing: what else is not DER the strict reader refuses. Pure.
 */
import { concat } from '../bytes.ts'
import { malformed, maxDepth } from './read.ts'

/** Elements of one input: a CMS with a district's lists stays far below. */
const maxElements = 500_000

interface Reading {
  readonly bytes: Uint8Array
  left: number
}

interface Part {
  readonly tag: number
  readonly contents: Uint8Array
  /** Where the next element begins. */
  readonly next: number
}

/** The first element of `bytes` in definite, minimal lengths; throws `DER_MALFORMED`. What follows it is left out. */
export function derFromBer(bytes: Uint8Array): {
  readonly der: Uint8Array
  /** Octets of `bytes` that the element takes. */
  readonly length: number
} {
  const part = readPart({ bytes, left: maxElements }, { at: 0, end: bytes.length, depth: 0 })
  return { der: encode(part), length: part.next }
}

interface Place {
  readonly at: number
  readonly end: number
  readonly depth: number
}

function readPart(reading: Reading, { at, end, depth }: Place): Part {
  const { bytes } = reading
  const tag = bytes[at]
  if (--reading.left < 0 || depth > maxDepth) throw malformed('BER: nested too deep or too long')
  if (tag === undefined || at >= end || (tag & 0x1f) === 0x1f) throw malformed('BER: tag')
  const isConstructed = (tag & 0x20) !== 0
  const header = readLength(bytes, at + 1, end)
  if (header.length === undefined) {
    if (!isConstructed) throw malformed('BER: a primitive element of indefinite length')
    const inside = readParts(reading, { at: header.next, end, depth: depth + 1 }, true)
    return { ...joined(tag, inside.parts), next: inside.next }
  }
  const stop = header.next + header.length
  if (stop > end) throw malformed('BER: the element ends beyond the input')
  if (!isConstructed) return { tag, contents: bytes.subarray(header.next, stop), next: stop }
  const { parts } = readParts(reading, { at: header.next, end: stop, depth: depth + 1 }, false)
  return { ...joined(tag, parts), next: stop }
}

/** Parts up to the end, or where that is indefinite, up to the two zero octets that say so. */
function readParts(
  reading: Reading,
  place: Place,
  isIndefinite: boolean,
): { readonly parts: readonly Part[]; readonly next: number } {
  const parts: Part[] = []
  let { at } = place
  for (;;) {
    if (!isIndefinite && at === place.end) return { parts, next: at }
    if (isIndefinite && reading.bytes[at] === 0 && reading.bytes[at + 1] === 0) {
      return { parts, next: at + 2 }
    }
    const part = readPart(reading, { ...place, at })
    parts.push(part)
    at = part.next
  }
}

const constructedOctets = 0x24

/** An OCTET STRING in parts becomes one (X.690 8.7.3, 10.2); everything else keeps its parts. */
function joined(tag: number, parts: readonly Part[]): Omit<Part, 'next'> {
  if (tag !== constructedOctets) return { tag, contents: concat(...parts.map(encode)) }
  if (parts.some((part) => part.tag !== 0x04)) throw malformed('BER: OCTET STRING')
  return { tag: 0x04, contents: concat(...parts.map(({ contents }) => contents)) }
}

function encode({ tag, contents }: Pick<Part, 'tag' | 'contents'>): Uint8Array {
  const { length } = contents
  if (length < 0x80) return concat(Uint8Array.of(tag, length), contents)
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return concat(Uint8Array.of(tag, 0x80 + octets.length, ...octets), contents)
}

/** Length and where the contents begin; undefined: indefinite. */
function readLength(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly length: number | undefined; readonly next: number } {
  const first = bytes[at]
  if (first === undefined || at >= end) throw malformed('BER: length')
  if (first < 0x80) return { length: first, next: at + 1 }
  if (first === 0x80) return { length: undefined, next: at + 1 }
  const count = first & 0x7f
  if (count > 8 || at + 1 + count > end) throw malformed('BER: length')
  let length = 0
  for (const octet of bytes.subarray(at + 1, at + 1 + count)) length = length * 256 + octet
  if (!Number.isSafeInteger(length)) throw malformed('BER: length')
  return { length, next: at + 1 + count }
}
