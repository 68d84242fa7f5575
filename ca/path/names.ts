/**
 * Distinguished names and general names, compared as RFC 5280 7.1 says: strings of any type case-folded, with white space
 * trimmed and compressed; everything else byte for byte. Pure.
 */
import { toHex } from '../bytes.ts'
import {
  children,
  expectTag,
  malformed,
  readDer,
  readObjectIdentifier,
  sequenceOf,
  setOfParts,
  type Node,
} from '../der/read.ts'
import { oids } from '../oids.ts'

/** A Name: its DER, a comparison key for each RDN, and an RFC 4514 rendering for people. */
export interface Name {
  readonly raw: Uint8Array
  /** One comparison key a relative distinguished name, most significant first. */
  readonly rdns: readonly string[]
  readonly text: string
  /** Values of emailAddress attributes, to which rfc822 constraints apply too (RFC 5280 4.2.1.10). */
  readonly emails: readonly string[]
  /** Values of commonName attributes. */
  readonly commonNames: readonly string[]
  /** Values of organizationIdentifier attributes (X.520 6.4.7): units by their unified social credit code. */
  readonly organizations: readonly string[]
}

/** A GeneralName (RFC 5280 4.2.1.6) by its context tag. */
export type GeneralName =
  | { readonly kind: 'rfc822' | 'dns' | 'uri'; readonly text: string }
  | { readonly kind: 'directory'; readonly name: Name }
  | { readonly kind: 'ip'; readonly octets: Uint8Array }
  /** `type`: of an otherName its type-id, else empty. */
  | {
      readonly kind: 'other'
      readonly tag: number
      readonly type: string
      readonly raw: Uint8Array
    }

/** RDNs in a name, attributes in an RDN, and general names in a list: more is hostile. */
const maxParts = 64
const maxGeneralNames = 1024

const shortNames: Readonly<Record<string, string>> = {
  [oids.commonName]: 'CN',
  [oids.serialNumber]: 'serialNumber',
  [oids.countryName]: 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  [oids.organizationName]: 'O',
  [oids.organizationalUnitName]: 'OU',
  [oids.organizationIdentifier]: 'organizationIdentifier',
  '0.9.2342.19200300.100.1.25': 'DC',
}
const emailAddress = '1.2.840.113549.1.9.1'

/** Reads a Name (RFC 5280 4.1.2.4). */
export function readName(node: Node | undefined, what: string): Name {
  const parts = sequenceOf(node, what)
  if (!node || parts.length > maxParts) throw malformed(`${what}: too many RDNs`)
  const rdns = parts.map((part) => readRdn(part, what))
  return {
    raw: node.raw,
    rdns: rdns.map((rdn) => rdn.key),
    text: rdns
      .map((rdn) => rdn.text)
      .toReversed()
      .join(','),
    emails: rdns.flatMap((rdn) => rdn.emails),
    commonNames: rdns.flatMap((rdn) => rdn.commonNames),
    organizations: rdns.flatMap((rdn) => rdn.organizations),
  }
}

interface Rdn {
  readonly key: string
  readonly text: string
  readonly emails: readonly string[]
  readonly commonNames: readonly string[]
  readonly organizations: readonly string[]
}

/** Reads a RelativeDistinguishedName; `node` may carry an implicit tag instead of SET. */
export function readRdn(node: Node, what: string): Rdn {
  const parts = node.tag === 0x31 ? setOfParts(node, what) : children(node)
  if (parts.length === 0 || parts.length > maxParts) throw malformed(`${what}: size of an RDN`)
  const attributes = parts.map((part) => {
    const [type, value, extra] = sequenceOf(part, what)
    const oid = readObjectIdentifier(type, what)
    if (!value || extra) throw malformed(`${what}: attribute`)
    const text = stringOf(value)
    const comparable = text === undefined ? `#${toHex(value.raw)}` : JSON.stringify(folded(text))
    return { oid, key: `${oid}=${comparable}`, text: text ?? `#${toHex(value.raw)}` }
  })
  const keys = attributes.map(({ key }) => key)
  const valuesOf = (type: string) =>
    attributes.filter(({ oid }) => oid === type).map(({ text }) => text)
  return {
    key: keys.length === 1 ? (keys[0] ?? '') : keys.toSorted().join('+'),
    text: attributes.map(({ oid, text }) => `${shortNames[oid] ?? oid}=${escaped(text)}`).join('+'),
    emails: valuesOf(emailAddress),
    commonNames: valuesOf(oids.commonName),
    organizations: valuesOf(oids.organizationIdentifier),
  }
}

const utf8Text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of a DirectoryString or IA5String; undefined for any other type. */
function stringOf(node: Node): string | undefined {
  switch (node.tag) {
    case 0x0c:
      try {
        return utf8Text.decode(node.contents)
      } catch {
        throw malformed('a UTF8String is not UTF-8')
      }
    case 0x12:
    case 0x13:
    case 0x14:
    case 0x16:
      return Array.from(node.contents, (byte) => String.fromCharCode(byte)).join('')
    case 0x1e:
      return wide(node.contents, 2)
    case 0x1c:
      return wide(node.contents, 4)
    default:
      return undefined
  }
}

function wide(octets: Uint8Array, width: 2 | 4): string {
  if (octets.length % width !== 0) throw malformed('truncated string')
  let text = ''
  for (let at = 0; at < octets.length; at += width) {
    let point = 0
    for (let byte = 0; byte < width; byte++) point = point * 256 + (octets[at + byte] ?? 0)
    if (point > 0x10ffff) throw malformed('no such character')
    text += width === 2 ? String.fromCharCode(point) : String.fromCodePoint(point)
  }
  return text
}

const plainText = /^[ -~]*$/

/** RFC 5280 7.1 by way of RFC 4518: compatibility forms folded, case folded, white space trimmed and compressed. */
function folded(text: string): string {
  // Of ASCII the compatibility forms are itself.
  const form = plainText.test(text)
    ? text.toLowerCase()
    : text.normalize('NFKC').toLowerCase().normalize('NFKC')
  return form.replace(/\s+/gu, ' ').trim()
}

// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Letters, digits, spaces and ideographs need no escape. */
const needsNone = /^[\w \u4e00-\u9fff]*$/

/** RFC 4514 2.4, with control characters made visible. */
function escaped(text: string): string {
  if (needsNone.test(text)) return text
  return text
    .replace(/[",+;<>\\]/gu, (char) => `\\${char}`)
    .replace(controls, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Whether two names are the same (RFC 5280 7.1). */
export function sameName(a: Name, b: Name): boolean {
  return a.rdns.length === b.rdns.length && isWithin(a, b)
}

/** Whether `name` lies in the subtree under `base` (RFC 5280 4.2.1.10). */
export function isWithin(name: Name, base: Name): boolean {
  return base.rdns.length <= name.rdns.length && base.rdns.every((rdn, at) => rdn === name.rdns[at])
}

/** A text equal for equal names only. */
export function nameKey(name: Name): string {
  return JSON.stringify(name.rdns)
}

/** Reads one GeneralName. */
export function readGeneralName(node: Node, what: string): GeneralName {
  switch (node.tag) {
    case 0x81:
      return { kind: 'rfc822', text: ia5(node, what) }
    case 0x82:
      return { kind: 'dns', text: ia5(node, what) }
    case 0x86:
      return { kind: 'uri', text: ia5(node, what) }
    case 0x87:
      return { kind: 'ip', octets: node.contents }
    case 0xa4: {
      const [name, extra] = children(node)
      if (extra) throw malformed(`${what}: directoryName`)
      return { kind: 'directory', name: readName(name, what) }
    }
    default:
      if ((node.tag & 0xc0) !== 0x80) throw malformed(`${what}: not a GeneralName`)
      if (node.tag === 0xa0) return otherName(node, what)
      return { kind: 'other', tag: node.tag & 0x1f, type: '', raw: node.raw }
  }
}

function otherName(node: Node, what: string): GeneralName {
  const [type, value, extra] = children(node)
  if (value?.tag !== 0xa0 || extra) throw malformed(`${what}: otherName`)
  return { kind: 'other', tag: 0, type: readObjectIdentifier(type, what), raw: node.raw }
}

/** Reads GeneralNames, a SEQUENCE unless `tag` says what implicit tag it has. */
export function readGeneralNames(
  node: Node | undefined,
  what: string,
  tag: number = 0x30,
): GeneralName[] {
  const parts = children(expectTag(node, tag, what))
  if (parts.length === 0 || parts.length > maxGeneralNames) throw malformed(`${what}: count`)
  return parts.map((part) => readGeneralName(part, what))
}

/** Reads a Name from its own DER. */
export function readNameDer(bytes: Uint8Array): Name {
  return readName(readDer(bytes), 'name')
}

/** A text equal for equal general names only. */
export function generalNameKey(name: GeneralName): string {
  switch (name.kind) {
    case 'directory':
      return `directory:${nameKey(name.name)}`
    case 'ip':
      return `ip:${toHex(name.octets)}`
    case 'other':
      return `other:${toHex(name.raw)}`
    default:
      return `${name.kind}:${name.text}`
  }
}

function ia5(node: Node, what: string): string {
  let text = ''
  for (const byte of node.contents) {
    if (byte > 0x7f) throw malformed(`${what}: not IA5`)
    text += String.fromCharCode(byte)
  }
  return text
}
