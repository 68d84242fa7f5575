/**
 * Writes CMS SignedData (RFC 5652 5) with one signer, as CAdES and PAdES baseline and RFC 3161 want it: signed attributes
 * content-type, message-digest and signing-certificate-v2 (RFC 5035), no signing-time. Pure; the signature is made elsewhere
 * (two steps), so that the key may sit at the unit. Reading and judging is in `ca/path`.
 */
import { sha256 } from '../bytes.ts'
import { writeBackwards, type BackwardWriter } from '../der/backwards.ts'
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
  const { content, certificates, signatureTimeStamp: token, revocation } = options
  const digestAlgorithm = digestAlgorithmIdentifier(signatureSuites[options.algorithm].digest)
  const signatureAlgorithm = signatureAlgorithmIdentifier(options.algorithm)
  const { issuer, serialNumber } = namesOf(options.certificate)
  const choices = revocation ? revocationChoices(revocation) : []
  const parts = [...certificates, ...choices, options.attributes, options.signature]
  const variable = [...parts, ...(content ? [content.bytes] : []), ...(token ? [token] : [])]
  const capacity = variable.reduce((sum, part) => sum + part.length, constantOctets)
  // From the last octet to the first: SignerInfo (5.3), then what stands before it in SignedData (5.1).
  const out = writeBackwards(capacity + issuer.length + serialNumber.length)
  if (token) putTimeStamp(out, token)
  out.put(options.signature)
  out.wrap(0x04, out.length - options.signature.length)
  out.put(signatureAlgorithm)
  // As signed they are a SET OF; inside SignerInfo they bear a tag of their own (5.4).
  out.put(options.attributes.subarray(1))
  out.put(implicitSet)
  out.put(digestAlgorithm)
  const signerAt = out.length
  out.put(serialNumber)
  out.put(issuer)
  out.wrap(0x30, signerAt)
  out.put(der.integer(1))
  out.wrap(0x30, 0)
  out.wrap(0x31, 0)
  if (revocation) putAll(out, choices, 0xa1)
  if (certificates.length > 0) putAll(out, certificates, 0xa0)
  putContent(out, content)
  out.put(der.setOf(digestAlgorithm))
  out.put(der.integer(versionOf(options)))
  out.wrap(0x30, 0)
  out.wrap(0xa0, 0)
  out.put(der.objectIdentifier(oids.signedData))
  out.wrap(0x30, 0)
  return out.bytes()
}

/** Identifier octet of the signed attributes inside a SignerInfo. */
const implicitSet = Uint8Array.of(0xa0)
/** Algorithms, object identifiers, versions, identifiers and lengths around what varies, at most. */
const constantOctets = 512

/** Elements in their order, under an implicit tag. */
function putAll(out: BackwardWriter, elements: readonly Uint8Array[], tag: number): void {
  const end = out.length
  for (const element of elements.toReversed()) out.put(element)
  out.wrap(tag, end)
}

/** EncapsulatedContentInfo: its type alone for a detached signature. */
function putContent(
  out: BackwardWriter,
  content: { readonly type: string; readonly bytes: Uint8Array } | undefined,
): void {
  const end = out.length
  if (content) {
    out.put(content.bytes)
    out.wrap(0x04, end)
    out.wrap(0xa0, end)
  }
  out.put(der.objectIdentifier(content?.type ?? oids.data))
  out.wrap(0x30, end)
}

/** Unsigned attributes: the signature timestamp. */
function putTimeStamp(out: BackwardWriter, token: Uint8Array): void {
  out.put(token)
  out.wrap(0x31, 0)
  out.put(der.objectIdentifier(oids.signatureTimeStampToken))
  out.wrap(0x30, 0)
  out.wrap(0xa1, 0)
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
