/**
 * Writes DER (X.690 10 and 11): definite lengths, minimal integers, sorted SET OF. Pure.
 * Each function returns the whole encoding of one element, so that a structure reads like its ASN.1.
 */
import { concat, utf8 } from '../bytes.ts'

/** One element: identifier octet, length, contents. */
export function element(tag: number, ...contents: Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of contents) length += part.length
  // Octets of the length beyond the first (X.690 10.1); no arrays on the way, as this is where issuing and stamping spend their time.
  let more = 0
  if (length >= 0x80) for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) more++
  const out = new Uint8Array(2 + more + length)
  out[0] = tag
  out[1] = more === 0 ? length : 0x80 | more
  for (let at = 1 + more, rest = length; at > 1; at--, rest >>>= 8) out[at] = rest
  let at = 2 + more
  for (const part of contents) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export const sequence = (...items: Uint8Array[]): Uint8Array => element(0x30, ...items)
export const octetString = (contents: Uint8Array): Uint8Array => element(0x04, contents)
export const nullValue: Uint8Array = Uint8Array.of(5, 0)
export const booleanTrue: Uint8Array = Uint8Array.of(1, 1, 255)
export const utf8String = (text: string): Uint8Array => element(0x0c, utf8(text))
export const printableString = (text: string): Uint8Array => element(0x13, utf8(text))
export const ia5String = (text: string): Uint8Array => element(0x16, utf8(text))

/** SET OF: the encodings in ascending order (X.690 11.6). */
export function setOf(...items: Uint8Array[]): Uint8Array {
  return element(0x31, ...items.toSorted(compareBytes))
}

/** Explicit context tag `[n]` around whole elements. */
export const explicit = (tag: number, ...items: Uint8Array[]): Uint8Array =>
  element(0xa0 | tag, ...items)

/** Implicit context tag `[n]` over primitive contents. */
export const implicit = (tag: number, contents: Uint8Array): Uint8Array =>
  element(0x80 | tag, contents)

/** BIT STRING of whole octets, no unused bits. */
export const bitString = (contents: Uint8Array): Uint8Array =>
  element(0x03, Uint8Array.of(0), contents)

/** BIT STRING of named bits without trailing zero bits (X.690 11.2.2). */
export function namedBits(bits: readonly number[]): Uint8Array {
  if (bits.length === 0) return element(0x03, Uint8Array.of(0))
  const highest = Math.max(...bits)
  const octets = new Uint8Array((highest >> 3) + 1)
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  return element(0x03, Uint8Array.of(7 - (highest & 7)), octets)
}

/** INTEGER from a number, or from the octets of a non-negative big-endian magnitude. */
export function integer(value: number | bigint | Uint8Array): Uint8Array {
  const magnitude = value instanceof Uint8Array ? trimmed(value) : magnitudeOf(value)
  return (magnitude[0] ?? 0) & 0x80
    ? element(0x02, Uint8Array.of(0), magnitude)
    : element(0x02, magnitude)
}

/** ENUMERATED from a small non-negative number. */
export const enumerated = (value: number): Uint8Array => element(0x0a, Uint8Array.of(value))

function trimmed(octets: Uint8Array): Uint8Array {
  let at = 0
  while (at < octets.length - 1 && octets[at] === 0) at++
  return octets.length === 0 ? Uint8Array.of(0) : octets.subarray(at)
}

function magnitudeOf(value: number | bigint): Uint8Array {
  if (value < 0) throw new RangeError('negative INTEGER')
  const hex = value.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

const oidCache = new Map<string, Uint8Array>()

/** OBJECT IDENTIFIER from dotted decimal; cached, as the same few dozen recur. */
export function objectIdentifier(dotted: string): Uint8Array {
  const known = oidCache.get(dotted)
  if (known !== undefined) return known
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  const encoded = element(0x06, concat(...[first * 40n + second, ...rest].map(base128)))
  if (oidCache.size < 1000) oidCache.set(dotted, encoded)
  return encoded
}

function base128(arc: bigint): Uint8Array {
  const groups = [Number(arc & 127n)]
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) groups.unshift(Number(rest & 127n) | 0x80)
  return Uint8Array.from(groups)
}

/** GeneralizedTime in whole seconds, `YYYYMMDDHHMMSSZ` (RFC 5280 4.1.2.5.2). */
export function generalizedTime(at: Date): Uint8Array {
  return element(0x18, utf8(compact(at)))
}

/** Time: UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). */
export function time(at: Date): Uint8Array {
  const year = at.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? element(0x17, utf8(compact(at).slice(2)))
    : generalizedTime(at)
}

function compact(at: Date): string {
  return `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
}

/** Orders byte strings as X.690 11.6 does: octet by octet, the shorter first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let at = 0; at < shared; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
