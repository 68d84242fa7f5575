/**
 * Makes certificates and CRLs of any shape, sound or not, for tests of path validation: each field may be set, nothing is checked. Keys are
 * P-256 unless said otherwise, one for each name, made once in a process.
 */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import * as der from '../../../ca/der/write.ts'
import { oids } from '../../../ca/oids.ts'

export interface Keys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const known = new Map<string, Keys>()

/** The P-256 key of this name. */
export function keysOf(name: string): Keys {
  const keys = known.get(name) ?? generateKeyPairSync('ec', { namedCurve: 'P-256' })
  known.set(name, keys)
  return keys
}

/** How a signer signs: its AlgorithmIdentifier and the act. */
export interface Scheme {
  readonly algorithm: Uint8Array
  sign(data: Uint8Array, key: KeyObject): Uint8Array
}

export const ecdsa256: Scheme = {
  algorithm: der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2')),
  sign: (data, key) => new Uint8Array(sign('sha256', data, { key, dsaEncoding: 'der' })),
}

/** A Name of one common name below C=CN; empty for no name. */
export function nameOf(...commonNames: string[]): Uint8Array {
  const rdn = (oid: string, value: Uint8Array) =>
    der.setOf(der.sequence(der.objectIdentifier(oid), value))
  const country = rdn(oids.countryName, der.printableString('CN'))
  const rest = commonNames.map((text) => rdn(oids.commonName, der.utf8String(text)))
  return commonNames.length === 0 ? der.sequence() : der.sequence(country, ...rest)
}

export interface CertificateShape {
  /** Name and, unless `keys` says otherwise, key. */
  readonly subject: string
  readonly issuer: string
  /** Which key signs; default: of the issuer's name. */
  readonly signer?: Keys
  readonly keys?: Keys
  readonly scheme?: Scheme
  readonly subjectName?: Uint8Array
  readonly issuerName?: Uint8Array
  /** DER INTEGER. */
  readonly serial?: Uint8Array
  /** DER Time. */
  readonly notBefore?: Uint8Array
  readonly notAfter?: Uint8Array
  readonly extensions?: readonly Uint8Array[]
  /** DER of the version's explicit field; default: version 3. */
  readonly version?: Uint8Array
  /** AlgorithmIdentifier inside; default: as outside. */
  readonly innerAlgorithm?: Uint8Array
}

/** When all is valid: within every default validity. */
export const at = new Date('2026-06-01T00:00:00Z')
const [from, to] = [new Date('2020-01-01T00:00:00Z'), new Date('2040-01-01T00:00:00Z')]
let serials = 0

/** One certificate, DER. */
export function certificate(shape: CertificateShape): Uint8Array {
  const { subject, issuer, scheme = ecdsa256, extensions = [] } = shape
  const keys = shape.keys ?? keysOf(subject)
  const signer = shape.signer ?? keysOf(issuer)
  const tbs = der.sequence(
    shape.version ?? der.explicit(0, der.integer(2)),
    shape.serial ?? der.integer(1000 + ++serials),
    shape.innerAlgorithm ?? scheme.algorithm,
    shape.issuerName ?? nameOf(issuer),
    der.sequence(shape.notBefore ?? der.time(from), shape.notAfter ?? der.time(to)),
    shape.subjectName ?? nameOf(subject),
    new Uint8Array(keys.publicKey.export({ format: 'der', type: 'spki' })),
    ...(extensions.length > 0 ? [der.explicit(3, der.sequence(...extensions))] : []),
  )
  const signature = scheme.sign(tbs, signer.privateKey)
  return der.sequence(tbs, scheme.algorithm, der.bitString(signature))
}

/** One Extension. */
export function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  return der.sequence(
    der.objectIdentifier(oid),
    ...(critical ? [der.booleanTrue] : []),
    der.octetString(value),
  )
}

/** basicConstraints of an authority. */
export const isCa = (pathLength?: number, critical = true): Uint8Array =>
  extension(
    oids.basicConstraints,
    der.sequence(der.booleanTrue, ...(pathLength === undefined ? [] : [der.integer(pathLength)])),
    critical,
  )

/** keyUsage by bits. */
export const usage = (...bits: number[]): Uint8Array =>
  extension(oids.keyUsage, der.namedBits(bits), true)
export const caUsage = usage(5, 6)

/** extendedKeyUsage. */
export const purposes = (...list: string[]): Uint8Array =>
  extension(oids.extendedKeyUsage, der.sequence(...list.map(der.objectIdentifier)))

/** GeneralNames by kind. */
export const general = {
  other: (oid: string, value: Uint8Array) =>
    der.explicit(0, der.objectIdentifier(oid), der.explicit(0, value)),
  mail: (text: string) => der.implicit(1, new TextEncoder().encode(text)),
  dns: (text: string) => der.implicit(2, new TextEncoder().encode(text)),
  directory: (name: Uint8Array) => der.explicit(4, name),
  uri: (text: string) => der.implicit(6, new TextEncoder().encode(text)),
  ip: (...octets: number[]) => der.implicit(7, Uint8Array.from(octets)),
  registered: (oid: string) => der.implicit(8, der.objectIdentifier(oid).subarray(2)),
}

export const altNames = (names: readonly Uint8Array[], critical = false): Uint8Array =>
  extension(oids.subjectAltName, der.sequence(...names), critical)

/** nameConstraints. */
export function constraints(
  limits: { readonly permitted?: readonly Uint8Array[]; readonly excluded?: readonly Uint8Array[] },
  critical = true,
): Uint8Array {
  const trees = (tag: number, names: readonly Uint8Array[] | undefined) =>
    names ? [der.explicit(tag, ...names.map((name) => der.sequence(name)))] : []
  const value = der.sequence(...trees(0, limits.permitted), ...trees(1, limits.excluded))
  return extension(oids.nameConstraints, value, critical)
}

export const policies = (...list: string[]): Uint8Array =>
  extension(
    oids.certificatePolicies,
    der.sequence(...list.map((oid) => der.sequence(der.objectIdentifier(oid)))),
  )

export const mappings = (...pairs: (readonly [string, string])[]): Uint8Array =>
  extension(
    oids.policyMappings,
    der.sequence(...pairs.map((pair) => der.sequence(...pair.map(der.objectIdentifier)))),
    true,
  )

/** policyConstraints: SkipCerts of each. */
export const policyConstraints = (
  limits: { readonly require?: number; readonly inhibit?: number },
  critical = true,
): Uint8Array =>
  extension(
    oids.policyConstraints,
    der.sequence(
      ...(limits.require === undefined ? [] : [der.implicit(0, Uint8Array.of(limits.require))]),
      ...(limits.inhibit === undefined ? [] : [der.implicit(1, Uint8Array.of(limits.inhibit))]),
    ),
    critical,
  )

/** A root, self-signed, with what a root has; further extensions may follow. */
export const root = (name: string, ...more: Uint8Array[]): Uint8Array =>
  certificate({ subject: name, issuer: name, extensions: [isCa(), caUsage, ...more] })

/** An authority below another. */
export const authority = (
  subject: string,
  issuer: string,
  shape: Partial<CertificateShape> = {},
): Uint8Array =>
  certificate({
    subject,
    issuer,
    ...shape,
    extensions: [isCa(), caUsage, ...(shape.extensions ?? [])],
  })

/** A certificate of nobody's authority. */
export const leaf = (issuer: string, ...extensions: Uint8Array[]): Uint8Array =>
  certificate({ subject: 'leaf', issuer, extensions })

export interface CrlShape {
  readonly issuer: string
  readonly signer?: Keys
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date | null
  /** DER entries. */
  readonly entries?: readonly Uint8Array[]
  readonly extensions?: readonly Uint8Array[]
  /** DER of the version; default: version 2. */
  readonly version?: Uint8Array
}

/** One CRL, DER. */
export function crl(shape: CrlShape): Uint8Array {
  const { issuer, entries = [], extensions = [], nextUpdate } = shape
  const signer = shape.signer ?? keysOf(issuer)
  const { algorithm } = ecdsa256
  const tbs = der.sequence(
    shape.version ?? der.integer(1),
    algorithm,
    nameOf(issuer),
    der.time(shape.thisUpdate ?? new Date('2026-05-01T00:00:00Z')),
    ...(nextUpdate === null ? [] : [der.time(nextUpdate ?? new Date('2026-07-01T00:00:00Z'))]),
    ...(entries.length > 0 ? [der.element(0x30, Buffer.concat(entries))] : []),
    ...(extensions.length > 0 ? [der.explicit(0, der.sequence(...extensions))] : []),
  )
  return der.sequence(tbs, algorithm, der.bitString(ecdsa256.sign(tbs, signer.privateKey)))
}

/** An entry of a CRL. */
export const entry = (serial: number, ...extensions: Uint8Array[]): Uint8Array =>
  der.sequence(
    der.integer(serial),
    der.time(new Date('2026-04-01T00:00:00Z')),
    ...(extensions.length > 0 ? [der.sequence(...extensions)] : []),
  )

export const reason = (code: number): Uint8Array => extension(oids.reasonCode, der.enumerated(code))
export const crlNumber = (value: number): Uint8Array =>
  extension(oids.crlNumber, der.integer(value))

/** issuingDistributionPoint from its fields. */
export const scope = (...fields: Uint8Array[]): Uint8Array =>
  extension(oids.issuingDistributionPoint, der.sequence(...fields), true)
export const trueField = (tag: number): Uint8Array => der.implicit(tag, Uint8Array.of(255))

/** cRLDistributionPoints from points made by `point`. */
export const points = (...list: Uint8Array[]): Uint8Array =>
  extension(oids.crlDistributionPoints, der.sequence(...list))
export const fullName = (...names: Uint8Array[]): Uint8Array =>
  der.explicit(0, der.explicit(0, ...names))
export const crlIssuer = (name: string): Uint8Array =>
  der.explicit(2, general.directory(nameOf(name)))
