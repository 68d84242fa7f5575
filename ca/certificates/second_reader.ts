/**
 * A second reader of the certificates that a district stands on: another implementation takes the same bytes apart, and both must see
 * the same, before anything of a box or of a ceremony is kept. The only file that imports @peculiar/x509, which wants
 * `reflect-metadata` before it; its cost is why it is not on the way of every certificate.
 */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { X509Certificate } from '@peculiar/x509'
import { equal } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { readCertificate } from '../path/certificate.ts'

/**
 * Throws `CA_PROFILE_VIOLATED` with `e_second_reader_disagrees` in `details.lint` and the fields in `details.fields`, where another
 * reader sees something else in `certificate` (DER), or finds that the key of `issuer` (DER; the certificate's own where it signs
 * itself) did not sign it.
 */
export async function requireSecondReading(
  certificate: Uint8Array,
  issuer: Uint8Array,
): Promise<void> {
  const fields = await disagreements(certificate, issuer)
  if (fields.length === 0) return
  throw new CaError(
    'CA_PROFILE_VIOLATED',
    `another reader of certificates sees something else: ${fields.join(', ')}`,
    { details: { lint: ['e_second_reader_disagrees'], fields } },
  )
}

/** Names of the fields in which the two readers differ, `signature` where the second one does not find it good. */
export async function disagreements(
  certificate: Uint8Array,
  issuer: Uint8Array,
): Promise<readonly string[]> {
  const ours = readCertificate(certificate)
  const theirs = new X509Certificate(certificate.slice())
  const same: Readonly<Record<string, boolean>> = {
    serialNumber: BigInt(`0x${theirs.serialNumber}`) === BigInt(`0x${ours.serialNumber}`),
    issuer: equal(bytes(theirs.issuerName.toArrayBuffer()), ours.issuer.raw),
    subject: equal(bytes(theirs.subjectName.toArrayBuffer()), ours.subject.raw),
    notBefore: theirs.notBefore.getTime() === ours.notBefore.getTime(),
    notAfter: theirs.notAfter.getTime() === ours.notAfter.getTime(),
    publicKey: equal(bytes(theirs.publicKey.rawData), ours.publicKey),
    extensions: sameExtensions(theirs, ours.extensions),
    signature: await isSigned(theirs, issuer),
  }
  return Object.entries(same).flatMap(([field, is]) => (is ? [] : [field]))
}

function sameExtensions(
  theirs: X509Certificate,
  ours: ReadonlyMap<string, { readonly critical: boolean; readonly value: Uint8Array }>,
): boolean {
  const isOurs = ({ type, critical, value }: X509Certificate['extensions'][number]): boolean => {
    const found = ours.get(type)
    return found?.critical === critical && equal(bytes(value), found.value)
  }
  return theirs.extensions.length === ours.size && theirs.extensions.every(isOurs)
}

async function isSigned(certificate: X509Certificate, issuer: Uint8Array): Promise<boolean> {
  const { publicKey } = new X509Certificate(issuer.slice())
  return certificate.verify({ publicKey, signatureOnly: true }, webcrypto as Crypto)
}

function bytes(buffer: ArrayBuffer): Uint8Array {
  return new Uint8Array(buffer)
}
