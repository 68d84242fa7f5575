/** Issuers' certificates, read once each: an authority signs thousands with the same few. Pure but for the memory of what was read. */
import { readCertificate, type Certificate } from '../path/certificate.ts'

const read = new WeakMap<Uint8Array, Certificate>()

/** As `readCertificate`; the bytes must not change afterwards. Throws `DER_MALFORMED`. */
export function readIssuer(bytes: Uint8Array): Certificate {
  const known = read.get(bytes)
  if (known) return known
  const certificate = readCertificate(bytes)
  read.set(bytes, certificate)
  return certificate
}
