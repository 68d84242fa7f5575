/**
 * Reads DER strictly (X.690 10): what is not the one right encoding is refused with `DER_MALFORMED`. Pure.
 * A `Node` is a window on the input; nothing is copied. Limits: `maxDepth` levels, `maxElements` elements a parse.
 */
import { CaError } from '../errors.ts'

/** Nesting beyond this is hostile: X.509, CMS and OCSP stay below 20. */
export const maxDepth = 64

/** One element: its identifier octet, its contents, and its whole encoding. */
export interface Node {
  readonly tag: number
  readonly contents: Uint8Array
  readonly raw: Uint8Array
  readonly depth: number
}

/** Reads one element that fills `bytes` to the end. */
export function readDer(bytes: Uint8Array): Node {
  const node = elementAt(bytes, 0, 0)
  if (node.raw.length !== bytes.length) throw malformed('octets after the end of the element')
  return node
}

/** Reads the first element of `bytes`, ignoring what follows (a PDF's padded /Contents). */
export function readFirst(bytes: Uint8Array): Node {
  return elementAt(bytes, 0, 0)
}

/** The elements inside a constructed one. */
export function children(node: Node): Node[] {
  if ((node.tag & 0x20) === 0) throw malformed('a primitive element has no parts')
  const parts: Node[] = []
  for (let at = 0; at < node.contents.length;) {
    const part = elementAt(node.contents, at, node.depth + 1)
    parts.push(part)
    at += part.raw.length
  }
  return parts
}

/** The same one after the other: the parts of a long list need not be held all at once. */
export function* partsOf(node: Node): Generator<Node> {
  if ((node.tag & 0x20) === 0) throw malformed('a primitive element has no parts')
  for (let at = 0; at < node.contents.length;) {
    const part = elementAt(node.contents, at, node.depth + 1)
    yield part
    at += part.raw.length
  }
}

function elementAt(bytes: Uint8Array, start: number, depth: number): Node {
  if (depth > maxDepth) throw malformed(`nested deeper than ${String(maxDepth)}`)
  const tag = octet(bytes, start)
  if ((tag & 0x1f) === 0x1f) throw malformed('tag numbers above 30 are not used here')
  const first = octet(bytes, start + 1)
  let length = first
  let at = start + 2
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 4) throw malformed('indefinite or oversized length')
    length = 0
    for (let read = 0; read < count; read++) length = length * 256 + octet(bytes, at++)
    if (length < 0x80 || (count > 1 && length < 256 ** (count - 1))) {
      throw malformed('length is not minimal')
    }
  }
  if (at + length > bytes.length) throw malformed('the element ends beyond the input')
  return {
    tag,
    contents: bytes.subarray(at, at + length),
    raw: bytes.subarray(start, at + length),
    depth,
  }
}

function octet(bytes: Uint8Array, at: number): number {
  const value = bytes[at]
  if (value === undefined) throw malformed('the input ends inside an element')
  return value
}

/** The node if it has this identifier octet, else `DER_MALFORMED` naming `what`. */
export function expectTag(node: Node | undefined, tag: number, what: string): Node {
  if (node?.tag !== tag) throw malformed(`${what}: expected tag 0x${tag.toString(16)}`)
  return node
}

/** Parts of a SEQUENCE. */
export const sequenceOf = (node: Node | undefined, what: string): Node[] =>
  children(expectTag(node, 0x30, what))

/** Parts of a SET. */
export const setOfParts = (node: Node | undefined, what: string): Node[] =>
  children(expectTag(node, 0x31, what))

/** OBJECT IDENTIFIER in dotted decimal. */
export function readObjectIdentifier(node: Node | undefined, what: string): string {
  const { contents } = expectTag(node, 0x06, what)
  if (contents.length === 0 || ((contents.at(-1) ?? 0) & 0x80) !== 0) {
    throw malformed(`${what}: truncated`)
  }
  if (contents.some((byte, at) => byte === 0x80 && ((contents[at - 1] ?? 0) & 0x80) === 0)) {
    throw malformed(`${what}: padded arc`)
  }
  let dotted = ''
  let value = 0
  for (const byte of contents) {
    // Arcs such as those below 2.25 exceed a number; they are rare.
    if (value > maxPlainArc) return readLongArcs(contents)
    value = value * 128 + (byte & 127)
    if ((byte & 0x80) !== 0) continue
    const first = Math.min(2, Math.floor(value / 40))
    dotted += dotted === '' ? `${String(first)}.${String(value - first * 40)}` : `.${String(value)}`
    value = 0
  }
  return dotted
}

const maxPlainArc = 2 ** 45

function readLongArcs(contents: Uint8Array): string {
  const arcs: bigint[] = []
  let value = 0n
  for (const byte of contents) {
    value = (value << 7n) | BigInt(byte & 127)
    if ((byte & 0x80) !== 0) continue
    arcs.push(value)
    value = 0n
  }
  const [head = 0n, ...rest] = arcs
  const first = head < 80n ? head / 40n : 2n
  return [first, head - first * 40n, ...rest].join('.')
}

/** INTEGER as its minimal two's complement octets (a serial number keeps its sign octet). */
export function readIntegerOctets(node: Node | undefined, what: string): Uint8Array {
  const { contents } = expectTag(node, 0x02, what)
  const [first, second] = contents
  if (first === undefined) throw malformed(`${what}: empty INTEGER`)
  const padded =
    second !== undefined && (first === 0 ? second < 0x80 : first === 255 && second > 127)
  if (padded) throw malformed(`${what}: INTEGER is not minimal`)
  return contents
}

/** INTEGER as a bigint. */
export function readInteger(node: Node | undefined, what: string): bigint {
  const octets = readIntegerOctets(node, what)
  let value = (octets[0] ?? 0) & 0x80 ? -1n : 0n
  for (const byte of octets) value = (value << 8n) | BigInt(byte)
  return value
}

/** BOOLEAN, whose TRUE is 255 (X.690 11.1). */
export function readBoolean(node: Node | undefined, what: string): boolean {
  const { contents } = expectTag(node, 0x01, what)
  if (contents.length !== 1 || (contents[0] !== 0 && contents[0] !== 255)) {
    throw malformed(`${what}: BOOLEAN is neither FALSE nor TRUE`)
  }
  return contents[0] === 255
}

/** Contents of a BIT STRING of whole octets. */
export function readBitString(node: Node | undefined, what: string): Uint8Array {
  const { contents } = expectTag(node, 0x03, what)
  if (contents[0] !== 0) throw malformed(`${what}: BIT STRING with unused bits`)
  return contents.subarray(1)
}

/** Numbers of the bits set in a named BIT STRING. */
export function readNamedBits(node: Node | undefined, what: string): number[] {
  const { contents } = expectTag(node, 0x03, what)
  const unused = contents[0]
  if (unused === undefined || unused > 7 || (contents.length === 1 && unused !== 0)) {
    throw malformed(`${what}: malformed BIT STRING`)
  }
  const bits: number[] = []
  const total = (contents.length - 1) * 8 - unused
  for (let bit = 0; bit < total; bit++) {
    if ((contents[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) bits.push(bit)
  }
  return bits
}

/** Time of RFC 5280 4.1.2.5: UTCTime or GeneralizedTime, whole seconds, Z. */
export function readTime(node: Node | undefined, what: string): Date {
  if (node?.tag === 0x17) {
    const text = ascii(node)
    if (!/^\d{12}Z$/.test(text)) throw malformed(`${what}: UTCTime`)
    return calendar(`${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}`, what)
  }
  const text = ascii(expectTag(node, 0x18, what))
  if (text.includes('.')) throw malformed(`${what}: GeneralizedTime with a fraction`) // RFC 5280 4.1.2.5.2
  return readGeneralizedTime(node, what)
}

/** GeneralizedTime with Z, with an optional fraction without trailing zeros (X.690 11.7). */
export function readGeneralizedTime(node: Node | undefined, what: string): Date {
  const text = ascii(expectTag(node, 0x18, what))
  if (!/^\d{14}(\.\d{0,8}[1-9])?Z$/.test(text)) throw malformed(`${what}: GeneralizedTime`)
  return calendar(text, what)
}

function calendar(text: string, what: string): Date {
  const number = (from: number, to: number): number => Number(text.slice(from, to))
  const [year, month, day] = [number(0, 4), number(4, 6), number(6, 8)]
  const [hour, minute, second] = [number(8, 10), number(10, 12), number(12, 14)]
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  at.setUTCHours(hour, minute, second, Math.floor(Number(`0${text.slice(14, -1)}`) * 1000))
  // Date rolls 31 February and 24:00 over; the round trip refuses them.
  const rolled = at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day
  if (rolled || hour > 23 || minute > 59 || second > 59) throw malformed(`${what}: no such time`)
  return at
}

function ascii(node: Node): string {
  let text = ''
  for (const octet of node.contents.subarray(0, 64)) text += String.fromCharCode(octet)
  return text
}

/** `DER_MALFORMED` with the place and the rule. */
export function malformed(message: string): CaError {
  return new CaError('DER_MALFORMED', `malformed DER: ${message}`)
}
