/** A TBSCertificate in parts that the tests of the linter change one by one, and pieces to put in. Not a test itself. */
import { children, readDer, sequenceOf } from '../../../ca/der/read.ts'
import * as der from '../../../ca/der/write.ts'
import { oids } from '../../../ca/oids.ts'

export interface Parts {
  version: Uint8Array[]
  serial: Uint8Array
  algorithm: Uint8Array
  issuer: Uint8Array
  validity: Uint8Array
  subject: Uint8Array
  publicKey: Uint8Array
  /** Unique identifiers. */
  unique: Uint8Array[]
  extensions: Map<string, Uint8Array[]>
}

/** The parts of a certificate of ours. */
export function take(certificate: Uint8Array): Parts {
  const [tbs] = sequenceOf(readDer(certificate), 'certificate')
  const raw = sequenceOf(tbs, 'tbs').map((node) => node.raw)
  const part = (at: number): Uint8Array => raw[at] ?? new Uint8Array()
  const list = sequenceOf(children(readDer(part(7)))[0], 'extensions')
  const ids = new Map(Object.values(oids).map((id) => [der.objectIdentifier(id).join(), id]))
  return {
    version: [part(0)],
    serial: part(1),
    algorithm: part(2),
    issuer: part(3),
    validity: part(4),
    subject: part(5),
    publicKey: part(6),
    unique: [],
    extensions: new Map(
      list.map((node) => [ids.get(children(node)[0]?.raw.join() ?? '') ?? '', [node.raw]]),
    ),
  }
}

/** The TBSCertificate of parts. */
export function build({ extensions, ...parts }: Parts): Uint8Array {
  return der.sequence(
    ...[...parts.version, parts.serial, parts.algorithm, parts.issuer, parts.validity],
    ...[parts.subject, parts.publicKey, ...parts.unique],
    der.explicit(3, der.sequence(...[...extensions.values()].flat())),
  )
}

/** One extension, as an entry of `Parts.extensions`. */
export const extension = (id: string, value: Uint8Array, critical = false): Uint8Array[] => [
  der.sequence(
    der.objectIdentifier(id),
    ...(critical ? [der.booleanTrue] : []),
    der.octetString(value),
  ),
]

/** Puts an extension in, or in the place of the one that is there. */
export const put =
  (id: string, value: Uint8Array, critical = false) =>
  ({ extensions }: Parts): unknown =>
    extensions.set(id, extension(id, value, critical))

/** The value of an extension with `critical` as wanted. */
export const marked =
  (id: string, critical: boolean) =>
  ({ extensions }: Parts): unknown => {
    const [known = new Uint8Array()] = extensions.get(id) ?? []
    const value = children(readDer(known)).at(-1)?.contents ?? new Uint8Array()
    return extensions.set(id, extension(id, value, critical))
  }

/** Several changes, one after the other. */
export const all =
  (...changes: readonly ((parts: Parts) => unknown)[]) =>
  (parts: Parts): void => {
    for (const change of changes) change(parts)
  }

export const usage = (...bits: number[]): ((parts: Parts) => unknown) =>
  put(oids.keyUsage, der.namedBits(bits), true)

export const purposes = (...ids: string[]): ((parts: Parts) => unknown) =>
  put(oids.extendedKeyUsage, der.sequence(...ids.map(der.objectIdentifier)))

export const validity =
  (from: Uint8Array, to: Uint8Array) =>
  (parts: Parts): unknown =>
    (parts.validity = der.sequence(from, to))

/** UTCTime or GeneralizedTime of any text. */
export const utc = (text: string): Uint8Array => der.element(0x17, Buffer.from(text))
export const generalized = (text: string): Uint8Array => der.element(0x18, Buffer.from(text))

export const subject =
  (...attributes: readonly (readonly [type: string, value: Uint8Array])[]) =>
  (parts: Parts): unknown =>
    (parts.subject = der.sequence(
      ...attributes.map(([type, value]) =>
        der.setOf(der.sequence(der.objectIdentifier(type), value)),
      ),
    ))

/** subjectAltName of raw general names. */
export const alternatives = (...names: readonly Uint8Array[]): ((parts: Parts) => unknown) =>
  put(oids.subjectAltName, der.sequence(...names))

export const dns = (name: string): Uint8Array => der.implicit(2, Buffer.from(name))
export const uri = (text: string): Uint8Array => der.implicit(6, Buffer.from(text))
export const mail = (text: string): Uint8Array => der.implicit(1, Buffer.from(text))

/** basicConstraints of an authority. */
export const authority = (...rest: Uint8Array[]): ((parts: Parts) => unknown) =>
  put(oids.basicConstraints, der.sequence(der.booleanTrue, ...rest), true)

/** A SubjectPublicKeyInfo of a kind of key; the key itself is nothing. */
export const key =
  (algorithm: string, ...parameters: Uint8Array[]) =>
  (parts: Parts): unknown =>
    (parts.publicKey = der.sequence(
      der.sequence(der.objectIdentifier(algorithm), ...parameters),
      der.bitString(Uint8Array.of(1)),
    ))
