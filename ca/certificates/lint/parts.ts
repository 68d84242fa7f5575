/**
 * Takes the bytes of a TBSCertificate apart for the linter, without judging them: what a strict reader refuses as a whole has to be
 * named piece by piece here. Pure. Throws `DER_MALFORMED` only for what is no DER, or no TBSCertificate at all.
 */
import {
  children,
  malformed,
  readDer,
  readInteger,
  readObjectIdentifier,
  readTime,
  sequenceOf,
  setOfParts,
  type Node,
} from '../../der/read.ts'
import { CaError } from '../../errors.ts'
import { ia5Text } from './general_names.ts'
import { readExtensionValues, type ExtensionValues } from '../../path/extensions.ts'

/** An attribute of a name: its type, the tag of its value, and the value's octets. */
export interface NameAttribute {
  readonly type: string
  readonly tag: number
  readonly contents: Uint8Array
  /** In characters; of a value that is not in the encoding that its tag says, a character an octet. */
  readonly characters: readonly string[]
}

export interface PlainExtension {
  readonly id: string
  readonly critical: boolean
  /** FALSE is the default, and so not to be encoded (X.690 11.5). */
  readonly saysFalse: boolean
  readonly value: Uint8Array
}

export interface AlgorithmParts {
  readonly id: string
  readonly parameters: Node | undefined
}

/** A certificate to be signed, in pieces. */
export interface CertificateParts {
  /** 1 to 3; 0 where it cannot be read. */
  readonly version: number
  readonly serial: Node
  readonly innerAlgorithm: Node
  readonly outerAlgorithm: Uint8Array
  readonly algorithm: AlgorithmParts
  readonly issuer: Node
  readonly subject: Node
  readonly subjectAttributes: readonly NameAttribute[]
  readonly validity: readonly Node[]
  /** As they are written; empty where that is no IA5. */
  readonly validityTexts: readonly string[]
  readonly notBefore: Date | undefined
  readonly notAfter: Date | undefined
  readonly key: AlgorithmParts
  readonly hasUniqueIdentifier: boolean
  /** In their order, twice where they stand twice. */
  readonly extensions: readonly PlainExtension[]
  /** The first of each kind. */
  readonly byId: ReadonlyMap<string, PlainExtension>
  /** Their values as elements, where they are DER. */
  readonly elements: ReadonlyMap<string, Node | undefined>
  /** Of extensions that can be read. */
  readonly values: ExtensionValues
  /** Identifiers of those that cannot. */
  readonly undecodable: ReadonlySet<string>
}

/**
 * Takes a certificate apart; `outerAlgorithm` is the DER AlgorithmIdentifier that will stand outside, `values` what a strict reader read of
 * the extensions, where it took them.
 */
export function takeApart(
  tbs: Uint8Array,
  outerAlgorithm: Uint8Array,
  values?: ExtensionValues,
): CertificateParts {
  const fields = sequenceOf(readDer(tbs), 'TBSCertificate')
  const version = fields[0]?.tag === 0xa0 ? versionOf(fields.shift()) : 1
  const [serial, innerAlgorithm, issuer, validity, subject, publicKey, ...rest] = fields
  if (!serial || !innerAlgorithm || !issuer || !subject) throw malformed('TBSCertificate')
  const times = sequenceOf(validity, 'validity')
  const [keyAlgorithm] = sequenceOf(publicKey, 'subjectPublicKeyInfo')
  const extensionsNode = rest.find(({ tag }) => tag === 0xa3)
  const extensions = extensionsNode ? extensionsOf(children(extensionsNode)[0]) : []
  const byId = new Map<string, PlainExtension>()
  for (const extension of extensions) {
    if (!byId.has(extension.id)) byId.set(extension.id, extension)
  }
  return {
    version,
    serial,
    innerAlgorithm,
    outerAlgorithm,
    algorithm: algorithmOf(innerAlgorithm),
    issuer,
    subject,
    subjectAttributes: attributesOf(subject),
    validity: times,
    validityTexts: times.map(({ contents }) => ia5Text(contents) ?? ''),
    notBefore: attempt(() => readTime(times[0], 'notBefore')),
    notAfter: attempt(() => readTime(times[1], 'notAfter')),
    key: algorithmOf(keyAlgorithm),
    hasUniqueIdentifier: rest.some(({ tag }) => tag === 0x81 || tag === 0x82),
    extensions,
    byId,
    elements: new Map([...byId].map(([id, { value }]) => [id, attempt(() => readDer(value))])),
    ...(values ? { values, undecodable: new Set() } : decoded(byId)),
  }
}

/** Extensions of a certificate, a list or an entry. */
export function extensionsOf(node: Node | undefined): PlainExtension[] {
  return sequenceOf(node, 'extensions').map((part) => {
    const fields = sequenceOf(part, 'extension')
    const [identifier, second] = fields
    const flag = second?.tag === 0x01 ? second : undefined
    const value = fields.at(-1)
    if (value?.tag !== 0x04) throw malformed('extension')
    return {
      id: readObjectIdentifier(identifier, 'extension'),
      critical: flag !== undefined && flag.contents[0] !== 0,
      saysFalse: flag?.contents[0] === 0,
      value: value.contents,
    }
  })
}

/** An AlgorithmIdentifier in its two parts. */
export function algorithmOf(node: Node | undefined): AlgorithmParts {
  const [id, parameters] = sequenceOf(node, 'algorithm')
  return { id: readObjectIdentifier(id, 'algorithm'), parameters }
}

/** The attributes of a Name. */
export function attributesOf(name: Node): NameAttribute[] {
  return sequenceOf(name, 'name').flatMap((relative) =>
    setOfParts(relative, 'RelativeDistinguishedName').map((attribute) => {
      const [type, value] = sequenceOf(attribute, 'AttributeTypeAndValue')
      if (!value) throw malformed('attribute')
      return {
        type: readObjectIdentifier(type, 'type'),
        tag: value.tag,
        contents: value.contents,
        characters: charactersOf(value),
      }
    }),
  )
}

/** What `read` gives; undefined where it throws `DER_MALFORMED`. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof CaError && error.code === 'DER_MALFORMED') return undefined
    throw error
  }
}

/** Whether `read` takes the bytes. */
export function isReadable(read: () => unknown): boolean {
  return attempt(read) !== undefined
}

/** The value of an extension as a node; undefined where it is absent or no DER. */
export function valueOf(parts: CertificateParts, id: string): Node | undefined {
  return parts.elements.get(id)
}

function versionOf(node: Node | undefined): number {
  const [value] = node ? children(node) : []
  return value?.tag === 0x02 ? Number(readInteger(value, 'version')) + 1 : 0
}

/** All values at once; one by one only where one of them cannot be read. */
function decoded(
  byId: ReadonlyMap<string, PlainExtension>,
): Pick<CertificateParts, 'values' | 'undecodable'> {
  const values = attempt(() => readExtensionValues(byId))
  if (values) return { values, undecodable: new Set() }
  const good = new Map(
    [...byId].filter(([id, extension]) =>
      isReadable(() => readExtensionValues(new Map([[id, extension]]))),
    ),
  )
  return {
    values: readExtensionValues(good),
    undecodable: new Set([...byId.keys()].filter((id) => !good.has(id))),
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function charactersOf({ tag, contents }: Node): string[] {
  const text = tag === 0x0c ? utf8Text(contents) : undefined
  if (text !== undefined) return Array.from(text)
  const width = tag === 0x1e ? 2 : tag === 0x1c ? 4 : 1
  return Array.from({ length: Math.floor(contents.length / width) }, (_, at) => {
    let point = 0
    for (const octet of contents.subarray(at * width, (at + 1) * width)) point = point * 256 + octet
    return point > 0x10ffff ? '\0' : String.fromCodePoint(point)
  })
}

function utf8Text(contents: Uint8Array): string | undefined {
  try {
    return utf8.decode(contents)
  } catch {
    return undefined
  }
}
