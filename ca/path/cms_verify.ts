/**
 * Verifies one SignerInfo over given content (RFC 5652 5.6, RFC 5035, EN 319 122-1): content-type, message-digest,
 * signing-certificate binding, signature. Answers values, never throws over bad input. Trust in the certificate is `validate.ts`.
 */
import { concat, equal } from '../bytes.ts'
import { algorithmEnd, earlierEnd, hashEnd, type AlgorithmEnd } from './algorithm_ends.ts'
import { CaError } from '../errors.ts'
import { readCertificate, type Certificate } from './certificate.ts'
import type { PathPorts, Pieces } from './pieces.ts'
import { sameName } from './names.ts'
import { digestWith, signatureScheme, webDigest, webVerifySignature } from './signatures.ts'
import type { EssCertId, SignedAttributes, SignedData, SignerInfo } from './signed_data.ts'

export type CmsFindingCode =
  | 'SIGNER_CERTIFICATE_MISSING'
  | 'ALGORITHM_NOT_ACCEPTED'
  | 'SIGNED_ATTRIBUTES_MISSING'
  | 'CONTENT_TYPE_MISMATCH'
  | 'MESSAGE_DIGEST_MISMATCH'
  | 'SIGNING_CERTIFICATE_MISSING'
  | 'SIGNING_CERTIFICATE_MISMATCH'
  | 'SIGNATURE_INVALID'

export interface CmsFinding {
  readonly code: CmsFindingCode
  readonly message: string
}

export interface CmsVerdict {
  /** Whether every rule of the baseline holds; says nothing of trust. */
  readonly valid: boolean
  /** Whether the content is what the key of `certificate` signed, be the certificate bound or not (a signature older than PAdES). */
  readonly authentic: boolean
  readonly findings: readonly CmsFinding[]
  readonly certificate: Certificate | undefined
  /** When hash, algorithm or key length stop to be believed; undefined: no end yet. */
  readonly algorithmEnd?: AlgorithmEnd | undefined
}

export interface VerifySignerInfoOptions {
  readonly signedData: SignedData
  readonly signerInfo: SignerInfo
  /** The signed content: detached, or the encapsulated one; parts are taken as joined. */
  readonly content: Uint8Array | readonly Uint8Array[]
  /** Further DER certificates among which the signer's may be (a PDF's DSS). */
  readonly certificates?: readonly Uint8Array[]
  readonly ports?: PathPorts | undefined
  /** Whether SHA-1 and RSA of 1024 bits or more are checked, too: the caller then goes by `algorithmEnd`. Default: no. */
  readonly allowWeak?: boolean
}

/** Verifies a SignerInfo over its content. */
export async function verifySignerInfo(options: VerifySignerInfoOptions): Promise<CmsVerdict> {
  const { signedData, signerInfo, ports = {} } = options
  const attributes = signerInfo.signedAttributes
  const candidates = signerCandidates(options)
  const certificate = await pickSigner(candidates, attributes, ports)
  if (!certificate) {
    return refuse('SIGNER_CERTIFICATE_MISSING', 'the signer’s certificate is not there', undefined)
  }
  if (!attributes) return judgeBare(options, certificate)
  const findings: CmsFinding[] = []
  const note = (finding: CmsFinding | undefined) => {
    if (finding) findings.push(finding)
  }
  if (attributes.contentType !== signedData.contentType) {
    const message = 'content-type is not that of the content (RFC 5652 11.1)'
    note({ code: 'CONTENT_TYPE_MISMATCH', message })
  }
  note(await digestFinding(options, attributes))
  note(await bindingFinding(certificate, attributes.signingCertificates, ports))
  const { allowWeak = false } = options
  note(await signatureFinding(signerInfo, attributes, { certificate, ports, allowWeak }))
  const authentic = findings.every(({ code }) => code === 'SIGNING_CERTIFICATE_MISSING')
  const end = endOf(signerInfo, certificate)
  return { valid: findings.length === 0, authentic, findings, certificate, algorithmEnd: end }
}

function endOf(signerInfo: SignerInfo, { publicKey }: Certificate): AlgorithmEnd | undefined {
  const { signatureAlgorithm, digestAlgorithm } = signerInfo
  const scheme = signatureScheme(signatureAlgorithm, digestAlgorithm, { allowSha1: true })
  return earlierEnd(
    scheme && algorithmEnd(scheme, publicKey),
    digestAlgorithm && hashEnd(digestAlgorithm),
  )
}

function refuse(
  code: CmsFindingCode,
  message: string,
  certificate: Certificate | undefined,
): CmsVerdict {
  return { valid: false, authentic: false, findings: [{ code, message }], certificate }
}

/** A signature over nothing but the content (RFC 5652 5.4): no baseline signature, but it may be authentic where weak ones are asked after. */
async function judgeBare(
  options: VerifySignerInfoOptions,
  certificate: Certificate,
): Promise<CmsVerdict> {
  const { signerInfo, content, ports = {}, allowWeak = false } = options
  const message = 'no signed attributes (EN 319 122-1 6.3)'
  const refused = refuse('SIGNED_ATTRIBUTES_MISSING', message, certificate)
  const { digestAlgorithm, signatureAlgorithm, signature } = signerInfo
  const scheme = signatureScheme(signatureAlgorithm, digestAlgorithm, { allowSha1: true })
  if (!allowWeak || !scheme) return refused
  const verify = ports.verifySignature ?? webVerifySignature
  const data = content instanceof Uint8Array ? content : concat(...content)
  // Octets that could be signed attributes may be those of another signature (RFC 5652 5.4: a SET OF).
  if (data[0] === 0x31) return refused
  const { publicKey } = certificate
  const authentic = await verify({ scheme, publicKey, data, signature, allowWeak })
  return { ...refused, authentic, algorithmEnd: endOf(signerInfo, certificate) }
}

/** Certificates that the signer identifier fits (RFC 5652 5.3); unreadable ones do not. */
function signerCandidates(options: VerifySignerInfoOptions): readonly Certificate[] {
  const { sid } = options.signerInfo
  const all = [...options.signedData.certificates, ...(options.certificates ?? [])]
  return all
    .flatMap((piece) => readOrSkip(piece, options.ports?.pieces))
    .filter((certificate) => {
      if (sid.kind === 'key-identifier')
        return certificate.subjectKeyIdentifier === sid.keyIdentifier
      // Byte for byte: the identifier is not signed, so that nothing may vary in it.
      return (
        certificate.serialNumber === sid.serialNumber &&
        equal(certificate.issuer.raw, sid.issuer.raw)
      )
    })
}

/** A readable certificate as a list of one, else an empty list. */
export function readOrSkip(bytes: Uint8Array, pieces?: Pieces): readonly Certificate[] {
  try {
    return [pieces ? pieces.certificate(bytes) : readCertificate(bytes)]
  } catch (error) {
    if (error instanceof CaError) return []
    throw error
  }
}

/** Of several that fit, the one that signing-certificate names. */
async function pickSigner(
  candidates: readonly Certificate[],
  attributes: SignedAttributes | undefined,
  ports: PathPorts,
): Promise<Certificate | undefined> {
  const first = attributes?.signingCertificates?.[0]
  for (const certificate of candidates) {
    if (first && (await isNamedBy(certificate, first, ports))) return certificate
  }
  return candidates[0]
}

/** RFC 5652 5.6 and 11.2. */
async function digestFinding(
  options: VerifySignerInfoOptions,
  attributes: SignedAttributes,
): Promise<CmsFinding | undefined> {
  const { signerInfo, content, ports, allowWeak = false } = options
  const hash = signerInfo.digestAlgorithm
  if (hash === undefined || (hash === 'SHA-1' && !allowWeak)) {
    return {
      code: 'ALGORITHM_NOT_ACCEPTED',
      message: 'the digest algorithm is unknown or too weak',
    }
  }
  const digest = await digestWith(ports, hash, content)
  if (equal(digest, attributes.messageDigest)) return undefined
  const message = 'the content is not what was signed (RFC 5652 11.2)'
  return { code: 'MESSAGE_DIGEST_MISMATCH', message }
}

/** RFC 5035 3: the first certificate named is the signer's; further ones, of its path, bind nothing here. */
async function bindingFinding(
  certificate: Certificate,
  named: readonly EssCertId[] | undefined,
  ports: PathPorts,
): Promise<CmsFinding | undefined> {
  const [first] = named ?? []
  if (!first) {
    const message = 'no signing-certificate attribute binds the certificate (RFC 5035 3)'
    return { code: 'SIGNING_CERTIFICATE_MISSING', message }
  }
  if (await isNamedBy(certificate, first, ports)) return undefined
  const message = 'signing-certificate names another certificate (RFC 5035 3)'
  return { code: 'SIGNING_CERTIFICATE_MISMATCH', message }
}

async function isNamedBy(
  certificate: Certificate,
  id: EssCertId,
  ports: PathPorts,
): Promise<boolean> {
  const { hash, issuerSerial } = id
  if (hash === undefined) return false
  if (issuerSerial) {
    const sameSerial = issuerSerial.serialNumber === certificate.serialNumber
    if (!sameSerial || !sameName(issuerSerial.issuer, certificate.issuer)) return false
  }
  return equal(await (ports.digest ?? webDigest)(hash, certificate.raw), id.digest)
}

/** RFC 5652 5.4 and 5.6. */
async function signatureFinding(
  signerInfo: SignerInfo,
  attributes: SignedAttributes,
  by: {
    readonly certificate: Certificate
    readonly ports: PathPorts
    readonly allowWeak: boolean
  },
): Promise<CmsFinding | undefined> {
  const { digestAlgorithm, signature } = signerInfo
  const { allowWeak } = by
  const options = { allowSha1: allowWeak }
  const scheme = signatureScheme(signerInfo.signatureAlgorithm, digestAlgorithm, options)
  if (!scheme) {
    const message = 'the signature algorithm is unknown or too weak'
    return { code: 'ALGORITHM_NOT_ACCEPTED', message }
  }
  const verify = by.ports.verifySignature ?? webVerifySignature
  const { publicKey } = by.certificate
  const { der, sorted } = attributes
  // What is signed is the encoding in ascending order (5.4); some programs sign the order that they wrote.
  for (const data of sorted ? [der, sorted] : [der]) {
    if (await verify({ scheme, publicKey, data, signature, allowWeak })) return undefined
  }
  return { code: 'SIGNATURE_INVALID', message: 'the signature does not verify (RFC 5652 5.6)' }
}
