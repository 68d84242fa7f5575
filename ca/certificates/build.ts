/**
 * Builds and signs certificates (RFC 5280 4.1) from a profile, a subject and a proven public key. Nothing of a request but its
 * key comes in here. Written with our own DER, since the key that signs stands behind `Signer` and X.509 generators want it in hand.
 */
import { hash } from 'node:crypto'
import { fromHex } from '../bytes.ts'
import { readBitString, readDer, sequenceOf } from '../der/read.ts'
import * as der from '../der/write.ts'
import { CaError } from '../errors.ts'
import type { Certificate } from '../path/certificate.ts'
import type { Random } from '../random.ts'
import type { Signer } from '../signer.ts'
import { signatureAlgorithmIdentifier } from './encoding.ts'
import { encodeExtensions, type Urls } from './extensions.ts'
import { readIssuer } from './issuer.ts'
import { lintCertificate } from './lint.ts'
import { encodeSubject, type Subject } from './name.ts'
import { profileOf, type ProfileName } from './profiles.ts'
import type { ProvenPublicKey } from './public_key.ts'

export type { Urls } from './extensions.ts'

/** Octets of a serial number: 128 random bits; one more octet where the first bit would make it negative. */
const serialOctets = 16

export interface CertificateRequest {
  readonly profile: ProfileName
  readonly subject: Subject
  readonly publicKey: ProvenPublicKey
  /** From `drawSerial`. */
  readonly serial: Uint8Array
  readonly notBefore: Date
  /** Ends earlier than the profile says: a link certificate with the root that it certifies. */
  readonly notAfter?: Date
  /** Host names and IPv4 or IPv6 addresses, for `tls-server`. */
  readonly hostNames?: readonly string[]
  readonly urls: Urls
}

/** Who signs: an authority with its certificate, or the key itself for a root. */
export type Issuer = Signer | (Omit<Signer, 'certificate'> & { readonly certificate?: undefined })

/**
 * A random positive serial number, minimal (RFC 5280 4.1.2.2): 16 octets, its first neither zero, which DER would drop, nor beyond
 * 127, which would need a sign octet that some parsers mishandle. 126 bits at least are random.
 */
export function drawSerial(random: Random): Uint8Array {
  const serial = new Uint8Array(random(serialOctets))
  // 0x40 to 0x7f: always 16 octets and positive.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return serial
}

/** keyIdentifier by RFC 7093 2 method 1: the leftmost 160 bits of the SHA-256 of the key bits. */
export function keyIdentifier(publicKeyBits: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', publicKeyBits, 'buffer').subarray(0, 20))
}

/** The signed certificate, DER. Throws `CA_PROFILE_VIOLATED` if the lint objects; then nothing was signed. */
export async function buildCertificate(
  request: CertificateRequest,
  issuer: Issuer,
): Promise<Uint8Array> {
  return (await buildAndRead(request, issuer)).certificate
}

/** As `buildCertificate`, with what the lint read of it, the signature still empty. */
export async function buildAndRead(
  request: CertificateRequest,
  issuer: Issuer,
): Promise<{ readonly certificate: Uint8Array; readonly read: Certificate }> {
  const algorithm = signatureAlgorithmIdentifier(issuer.algorithm)
  const tbs = encodeTbs(request, issuer, algorithm)
  const read = lintCertificate({
    tbs,
    profile: request.profile,
    signatureAlgorithm: algorithm,
    issuer: issuer.certificate,
  })
  const signature = der.bitString(await issuer.sign(tbs))
  return { certificate: der.sequence(tbs, algorithm, signature), read }
}

function encodeTbs(request: CertificateRequest, issuer: Issuer, algorithm: Uint8Array): Uint8Array {
  const profile = profileOf(request.profile)
  const subject = encodeSubject(request.subject)
  const above = issuer.certificate && readIssuer(issuer.certificate)
  const notBefore = wholeSeconds(request.notBefore)
  // A certificate does not outlive its issuer's.
  const notAfter = earliest(
    new Date(notBefore.getTime() + profile.validForDays * 86_400_000),
    ...(request.notAfter ? [wholeSeconds(request.notAfter)] : []),
    ...(above ? [above.notAfter] : []),
  )
  const publicKeyBits = bitsOf(request.publicKey)
  const ownIdentifier = keyIdentifier(publicKeyBits)
  const extensions = encodeExtensions({
    profile,
    keyIdentifier: ownIdentifier,
    issuerKeyIdentifier: above?.subjectKeyIdentifier
      ? fromHex(above.subjectKeyIdentifier)
      : ownIdentifier,
    notBefore,
    hostNames: request.hostNames ?? [],
    urls: request.urls,
  })
  return der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(request.serial),
    algorithm,
    above?.subject.raw ?? subject,
    der.sequence(der.time(notBefore), der.time(notAfter)),
    subject,
    request.publicKey,
    der.explicit(3, der.sequence(...extensions)),
  )
}

function bitsOf(publicKey: Uint8Array): Uint8Array {
  try {
    return readBitString(
      sequenceOf(readDer(publicKey), 'SubjectPublicKeyInfo')[1],
      'subjectPublicKey',
    )
  } catch (cause) {
    throw new CaError('CA_REQUEST_KEY_REFUSED', 'the public key cannot be read', { cause })
  }
}

const earliest = (...times: readonly Date[]): Date =>
  new Date(Math.min(...times.map((time) => time.getTime())))

function wholeSeconds(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000)
}
