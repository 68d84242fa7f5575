/**
 * A file of roots, as `--trust` and the page take it: PEM with one or several certificates, or one certificate in DER. Whether a root in it
 * is to be trusted is for people to say, by its fingerprint. Pure.
 */
import { equal, fromPem, readCertificate } from '../../ca/path/index.ts'
import type { Companions } from './types.ts'

export interface TrustFile extends Pick<Companions, 'certificates' | 'crls'> {
  /** Anchors, DER; in the order of the file. */
  readonly trust: readonly Uint8Array[]
}

/**
 * Only what signed itself is an anchor: links to older roots (RFC 4210 4.4), and lists, which `anchors.pem` of a ceremony has besides, are
 * evidence. A PEM certificate that cannot be read throws as `readCertificate` does; what is no PEM is taken for DER and not looked at.
 */
export function readTrustFile(file: Uint8Array): TrustFile {
  const text = new TextDecoder().decode(file)
  const all = fromPem('CERTIFICATE', text)
  if (all.length === 0) return { trust: [file] }
  return {
    trust: all.filter((der) => !isLink(der)),
    certificates: all.filter(isLink),
    crls: fromPem('X509 CRL', text),
  }
}

/** One root's key certified by another's: one name, two keys. */
function isLink(der: Uint8Array): boolean {
  const { subject, issuer, subjectKeyIdentifier, authorityKeyIdentifier } = readCertificate(der)
  return (
    equal(subject.raw, issuer.raw) &&
    authorityKeyIdentifier !== undefined &&
    authorityKeyIdentifier !== subjectKeyIdentifier
  )
}
