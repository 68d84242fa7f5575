/**
 * DER as a tree for people: every element with where it stands, what it is and what is in it, also inside OCTET and BIT STRINGs that hold
 * DER themselves. Whatever cannot be read is shown as octets. Pure. Limits: `maxElements` elements, `maxLevels` levels, `maxShown` octets of
 * a value.
 */
import {
  children,
  readDer,
  readObjectIdentifier,
  toHex,
  type Node,
} from '../../../ca/path/index.ts'

export interface Asn1Element {
  /** Octets from the beginning of the whole to its identifier octet. */
  readonly offset: number
  /** Octets of its contents. */
  readonly length: number
  /** `SEQUENCE`, `[0]`, … */
  readonly type: string
  /** What a primitive holds, as text; cut after `maxShown` octets. */
  readonly value: string
  /** The object identifier, where it is one. */
  readonly oid: string | undefined
  /** Whether its parts are DER inside a string rather than its own. */
  readonly isWrapped: boolean
  readonly parts: readonly Asn1Element[]
}

export interface Asn1Tree {
  readonly root: Asn1Element
  /** Whether elements or levels were left out. */
  readonly isCut: boolean
}

/** A certificate of ours has some 130; one with a thousand names is cut. */
export const maxElements = 2000
/** X.509 stays below 12. */
export const maxLevels = 24
/** Octets of a value that are shown. */
export const maxShown = 40

/** The tree of one element that fills `der`; throws `DER_MALFORMED`. */
export function asn1Tree(der: Uint8Array): Asn1Tree {
  const budget: Budget = { elements: maxElements, isCut: false }
  const root = elementOf(readDer(der), { offset: 0, level: 0, budget })
  return { root, isCut: budget.isCut }
}

interface Budget {
  elements: number
  isCut: boolean
}

interface Place {
  readonly offset: number
  readonly level: number
  readonly budget: Budget
}

function elementOf(node: Node, place: Place): Asn1Element {
  place.budget.elements -= 1
  const { offset } = place
  const inner = innerOf(node)
  const parts = inner === undefined ? [] : partsOf(inner, place)
  const oid = node.tag === 0x06 ? tried(() => readObjectIdentifier(node, 'oid')) : undefined
  return {
    offset,
    length: node.contents.length,
    type: typeOf(node.tag),
    value: inner === undefined ? (oid ?? valueOf(node)) : '',
    oid,
    isWrapped: inner?.isWrapped === true,
    parts,
  }
}

interface Inner {
  readonly nodes: readonly Node[]
  /** Octets from the element's beginning to the first part. */
  readonly header: number
  readonly isWrapped: boolean
}

/** What an element is made of; undefined for one that holds a value. */
function innerOf(node: Node): Inner | undefined {
  const { tag, contents, raw } = node
  const header = raw.length - contents.length
  if ((tag & 0x20) !== 0) {
    const nodes = tried(() => children(node))
    return nodes && { nodes, header, isWrapped: false }
  }
  if (tag === 0x04) return wrapped(contents, header)
  // A BIT STRING of whole octets begins with how many bits are unused: none.
  if (tag === 0x03 && contents[0] === 0) return wrapped(contents.subarray(1), header + 1)
  return undefined
}

/** DER inside a string: what begins as a SEQUENCE, or is a small primitive that fits to the octet. */
function wrapped(contents: Uint8Array, header: number): Inner | undefined {
  const [tag] = contents
  if (tag === undefined || !wrappedTags.has(tag)) return undefined
  const node = tried(() => readDer(contents))
  return node && { nodes: [node], header, isWrapped: true }
}

const wrappedTags: ReadonlySet<number> = new Set([0x02, 0x03, 0x04, 0x05, 0x0a, 0x18, 0x30])

function partsOf({ nodes, header }: Inner, { offset, level, budget }: Place): Asn1Element[] {
  const parts: Asn1Element[] = []
  let at = offset + header
  for (const node of nodes) {
    if (budget.elements <= 0 || level + 1 >= maxLevels) {
      budget.isCut = true
      break
    }
    parts.push(elementOf(node, { offset: at, level: level + 1, budget }))
    at += node.raw.length
  }
  return parts
}

const universal: Readonly<Record<number, string>> = {
  0x01: 'BOOLEAN',
  0x02: 'INTEGER',
  0x03: 'BIT STRING',
  0x04: 'OCTET STRING',
  0x05: 'NULL',
  0x06: 'OBJECT IDENTIFIER',
  0x0a: 'ENUMERATED',
  0x0c: 'UTF8String',
  0x13: 'PrintableString',
  0x14: 'TeletexString',
  0x16: 'IA5String',
  0x17: 'UTCTime',
  0x18: 'GeneralizedTime',
  0x1e: 'BMPString',
  0x30: 'SEQUENCE',
  0x31: 'SET',
}

function typeOf(tag: number): string {
  const known = universal[tag]
  if (known !== undefined) return known
  const number = String(tag & 0x1f)
  if ((tag & 0xc0) === 0x80) return `[${number}]`
  const kind = (tag & 0xc0) === 0 ? 'UNIVERSAL' : (tag & 0xc0) === 0x40 ? 'APPLICATION' : 'PRIVATE'
  return `${kind} ${number}`
}

/** Tags whose contents are text. */
const textTags: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16, 0x17, 0x18])

function valueOf({ tag, contents }: Node): string {
  if (tag === 0x05) return ''
  if (tag === 0x01) return contents[0] === 0 ? 'FALSE' : 'TRUE'
  const isSmallNumber = (tag === 0x02 || tag === 0x0a) && contents.length <= 4
  if (isSmallNumber) return String(smallNumber(contents))
  const isContext = (tag & 0xc0) === 0x80
  const shown = contents.subarray(0, maxShown)
  const text = textTags.has(tag) || isContext ? textOf(shown) : undefined
  const rest = contents.length > maxShown ? ' …' : ''
  return `${text ?? toHex(shown)}${rest}`
}

/** Two's complement of four octets at most. */
function smallNumber(contents: Uint8Array): number {
  let value = (contents[0] ?? 0) & 0x80 ? -1 : 0
  for (const octet of contents) value = (value << 8) | octet
  return value
}

/** Text without control characters; undefined for octets that are none. A character cut in half at the end is left out. */
function textOf(octets: Uint8Array): string | undefined {
  const text = new TextDecoder('utf-8').decode(octets, { stream: true })
  return text !== '' && !/[\p{Cc}\p{Cf}\p{Co}\ufffd]/u.test(text) ? text : undefined
}

function tried<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
