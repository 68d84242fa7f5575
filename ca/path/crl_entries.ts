/**
 * Reads the entries of a CRL (RFC 5280 5.1.2.6, 5.3), a hundred thousand and more, one after the other: the extensions of an entry are
 * mostly those of the entry before, octet for octet, and are then not read again. Pure; judges nothing.
 */
import { equal, toHex } from '../bytes.ts'
import {
  expectTag,
  malformed,
  partsOf,
  readDer,
  readIntegerOctets,
  readTime,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import { oids } from '../oids.ts'
import { readExtensions, type Extension } from './certificate.ts'
import { readGeneralNames, type Name } from './names.ts'

export interface RevokedEntry {
  /** As in a certificate: octets in hexadecimal. */
  readonly serialNumber: string
  readonly revocationDate: Date
  /** CRLReason (RFC 5280 5.3.1); 0 if not said. */
  readonly reason: number
  /** Who issued the certificate (RFC 5280 5.3.3): carried on from the entry before. */
  readonly issuer: Name
}

export interface CrlEntries {
  /** Entries by serial number. */
  readonly bySerial: ReadonlyMap<string, readonly RevokedEntry[]>
  /** A critical extension of an entry that is not known: the list must not be used (RFC 5280 5.3). */
  readonly unknownCritical: string | undefined
}

const knownEntryExtensions: readonly string[] = [
  oids.reasonCode,
  oids.invalidityDate,
  oids.certificateIssuer,
]

/** What the extensions of one entry say. */
interface EntryExtensions {
  readonly reason: number
  readonly issuer: Name | undefined
  readonly unknownCritical: string | undefined
}

const noExtensions: EntryExtensions = { reason: 0, issuer: undefined, unknownCritical: undefined }

/** Reads revokedCertificates; `crlIssuer` is whom an entry is about if nothing is said. Throws `DER_MALFORMED`. */
export function readCrlEntries(node: Node | undefined, crlIssuer: Name): CrlEntries {
  const bySerial = new Map<string, RevokedEntry[]>()
  let issuer = crlIssuer
  let unknownCritical: string | undefined
  let last: { readonly raw: Uint8Array; readonly said: EntryExtensions } | undefined
  for (const part of node ? partsOf(node) : []) {
    const [serial, date, extensions, extra] = sequenceOf(part, 'revoked certificate')
    if (extra) throw malformed('revoked certificate')
    if (extensions && !(last && equal(last.raw, extensions.raw))) {
      last = { raw: extensions.raw, said: readEntryExtensions(extensions) }
    }
    const said = extensions && last ? last.said : noExtensions
    unknownCritical ??= said.unknownCritical
    issuer = said.issuer ?? issuer
    const serialNumber = toHex(readIntegerOctets(serial, 'serialNumber'))
    const revocationDate = readTime(date, 'revocationDate')
    const entry = { serialNumber, revocationDate, reason: said.reason, issuer }
    const others = bySerial.get(serialNumber)
    if (others) others.push(entry)
    else bySerial.set(serialNumber, [entry])
  }
  return { bySerial, unknownCritical }
}

function readEntryExtensions(node: Node): EntryExtensions {
  const extensions = readExtensions(node)
  return {
    reason: readReason(extensions),
    issuer: readCertificateIssuer(extensions),
    unknownCritical: unknownCriticalOf(extensions, knownEntryExtensions),
  }
}

function readCertificateIssuer(extensions: ReadonlyMap<string, Extension>): Name | undefined {
  const extension = extensions.get(oids.certificateIssuer)
  if (!extension) return undefined
  const names = readGeneralNames(readDer(extension.value), 'certificateIssuer')
  const directory = names.find((name) => name.kind === 'directory')
  if (directory?.kind !== 'directory') throw malformed('certificateIssuer without a name')
  return directory.name
}

function readReason(extensions: ReadonlyMap<string, Extension>): number {
  const extension = extensions.get(oids.reasonCode)
  if (!extension) return 0
  const { contents } = expectTag(readDer(extension.value), 0x0a, 'reasonCode')
  const [reason] = contents
  if (reason === undefined || contents.length !== 1 || reason > 10 || reason === 7) {
    throw malformed('reasonCode')
  }
  return reason
}

/** The first critical extension that is not among the known ones, or undefined. */
export function unknownCriticalOf(
  extensions: ReadonlyMap<string, Extension>,
  known: readonly string[],
): string | undefined {
  for (const [oid, { critical }] of extensions) {
    if (critical && !known.includes(oid)) return oid
  }
  return undefined
}
