/**
 * Writes CMS SignedData (RFC 5652 5) with one signer, as CAdES and PAdES baseline and RFC 3161 want it: signed attributes
 * content-type, message-digest and signing-certificate-v2 (RFC 5035), no signing-time. Pure; the signature is made elsewhere
 * (two steps), so that the key may sit at the unit. Reading and judging is in `ca/path`.
 */
import { concat, sha256 } from '../bytes.ts'
import * as der from '../der/write.ts'
import { children, readDer } from '../der/read.ts'
import {
  digestAlgorithmIdentifier,
  signatureAlgorithmIdentifier,
} from '../certificates/encoding.ts'
import { oids } from '../oids.ts'
import { signatureSuites, type SignatureAlgorithm, type Signer } from '../signer.ts'

/** CRLs and whole OCSP responses, DER. */
export interface RevocationData {
  readonly crls: readonly Uint8Array[]
  readonly ocspResponses: readonly Uint8Array[]
}

/** What of a certificate a SignerInfo names. */
interface CertificateNames {
  readonly issuer: Uint8Array
  readonly serialNumber: Uint8Array
  /** SigningCertificateV2 (RFC 5035 3), DER. */
  readonly signingCertificate: Uint8Array
}

/** Signed attributes of a signature over content with this hash, as the SET OF whose octets are signed (RFC 5652 5.4). */
export function signedAttributes(options: {
  readonly certificate: Uint8Array
  /** Hash of the content by the `digest` of the signer's suite. */
  readonly digest: Uint8Array
  /** Object identifier of the content; `data` by default. */
  readonly contentType?: string
}): Uint8Array {
  const { certificate, digest, contentType = oids.data } = options
  return der.setOf(
    attribute(oids.contentType, der.objectIdentifier(contentType)),
    attribute(oids.messageDigest, der.octetString(digest)),
    attribute(oids.signingCertificateV2, namesOf(certificate).signingCertificate),
  )
}

/** The whole ContentInfo around a signature over `attributes`. */
export function assembleSignedData(options: {
  readonly certificate: Uint8Array
  readonly algorithm: SignatureAlgorithm
  /** As `signedAttributes` gave them. */
  readonly attributes: Uint8Array
  readonly signature: Uint8Array
  /** Certificates put inside, DER; empty for a token whose request did not ask for them. */
  readonly certificates: readonly Uint8Array[]
  /** Encapsulated content; absent for a detached signature. */
  readonly content?: { readonly type: string; readonly bytes: Uint8Array }
  /** RFC 3161 token over the signature: CAdES and PAdES level T (RFC 5126 6.1.1). */
  readonly signatureTimeStamp?: Uint8Array
  /** What a verifier offline needs to know of revocation: CAdES level LT (ETSI EN 319 122-1 5.5.3). */
  readonly revocation?: RevocationData
}): Uint8Array {
  const { content, certificates, signatureTimeStamp, revocation } = options
  const encapsulated = content
    ? der.sequence(
        der.objectIdentifier(content.type),
        der.explicit(0, der.octetString(content.bytes)),
      )
    : der.sequence(der.objectIdentifier(oids.data))
  const unsigned = signatureTimeStamp
    ? [der.element(0xa1, attribute(oids.signatureTimeStampToken, signatureTimeStamp))]
    : []
  const digestAlgorithm = digestAlgorithmIdentifier(signatureSuites[options.algorithm].digest)
  const { issuer, serialNumber } = namesOf(options.certificate)
  const signerInfo = der.sequence(
    der.integer(1),
    der.sequence(issuer, serialNumber),
    digestAlgorithm,
    retag(options.attributes, 0xa0),
    signatureAlgorithmIdentifier(options.algorithm),
    der.octetString(options.signature),
    ...unsigned,
  )
  const signedData = der.sequence(
    der.integer(versionOf(options)),
    der.setOf(digestAlgorithm),
    encapsulated,
    ...(certificates.length > 0 ? [der.element(0xa0, concat(...certificates))] : []),
    ...(revocation ? [der.element(0xa1, ...revocationChoices(revocation))] : []),
    der.setOf(signerInfo),
  )
  return der.sequence(der.objectIdentifier(oids.signedData), der.explicit(0, signedData))
}

/** RFC 5652 5.1: 5 where an OCSP answer is inside, 3 around content other than id-data, else 1. */
function versionOf(options: {
  readonly content?: { readonly type: string }
  readonly revocation?: RevocationData
}): number {
  if ((options.revocation?.ocspResponses.length ?? 0) > 0) return 5
  return options.content ? 3 : 1
}

/** CRLs as they are, OCSP answers as OtherRevocationInfoFormat [1] (RFC 5652 10.2.1, RFC 5940 2). */
function revocationChoices({ crls, ocspResponses }: RevocationData): Uint8Array[] {
  const answers = ocspResponses.map((response) =>
    der.element(0xa1, der.objectIdentifier(oids.ocspInCms), response),
  )
  return [...crls, ...answers]
}

/** Signs in one step: a detached signature over content that hashes to `digest` by the signer's suite, or one around `content`. */
export async function signCms(options: {
  readonly signer: Signer
  readonly digest: Uint8Array
  readonly certificates: readonly Uint8Array[]
  readonly content?: { readonly type: string; readonly bytes: Uint8Array }
  /** Gives a token over the SHA-256 of the signature, for level T. */
  readonly stamp?: (imprint: Uint8Array) => Promise<Uint8Array>
}): Promise<Uint8Array> {
  const { signer, digest, certificates, content, stamp } = options
  const attributes = signedAttributes({
    certificate: signer.certificate,
    digest,
    ...(content && { contentType: content.type }),
  })
  const signature = await signer.sign(attributes)
  const signatureTimeStamp = await stamp?.(sha256(signature))
  return assembleSignedData({
    certificate: signer.certificate,
    algorithm: signer.algorithm,
    attributes,
    signature,
    certificates,
    ...(content && { content }),
    ...(signatureTimeStamp && { signatureTimeStamp }),
  })
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.objectIdentifier(type), der.setOf(value))
}

// A box signs with few certificates, a million times: what only depends on one is made once, as long as its bytes live.
const namesByCertificate = new WeakMap<Uint8Array, CertificateNames>()

function namesOf(certificate: Uint8Array): CertificateNames {
  const known = namesByCertificate.get(certificate)
  if (known) return known
  const [tbs] = children(readDer(certificate))
  const parts = tbs ? children(tbs) : []
  const first = parts[0]?.tag === 0xa0 ? 1 : 0
  const [serialNumber, , issuer] = parts.slice(first)
  if (!serialNumber || !issuer) throw new TypeError('not a certificate')
  const names = {
    issuer: issuer.raw,
    serialNumber: serialNumber.raw,
    signingCertificate: signingCertificateV2(certificate, issuer.raw, serialNumber.raw),
  }
  namesByCertificate.set(certificate, names)
  return names
}

/** RFC 5035 3: one ESSCertIDv2, SHA-256 by default and so not encoded, with issuerSerial. */
function signingCertificateV2(
  certificate: Uint8Array,
  issuer: Uint8Array,
  serialNumber: Uint8Array,
): Uint8Array {
  const issuerSerial = der.sequence(der.sequence(der.explicit(4, issuer)), serialNumber)
  const certId = der.sequence(der.octetString(sha256(certificate)), issuerSerial)
  return der.sequence(der.sequence(certId))
}

function retag(encoded: Uint8Array, tag: number): Uint8Array {
  const copy = encoded.slice()
  copy[0] = tag
  return copy
}
