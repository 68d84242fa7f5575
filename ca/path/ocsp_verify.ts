/**
 * Verifies an OCSP answer about one certificate (RFC 6960 3.2, 4.2.2): CertID, responder (the issuer itself, or one the same
 * issuer delegated with nocheck), signature. States when the answer was true; whether that is fresh enough is the caller's to say.
 */
import { equal } from '../bytes.ts'
import { readOrExplain } from '../errors.ts'
import { oids } from '../oids.ts'
import { createSignatureBudget, type SignatureBudget } from './budget.ts'
import type { Certificate } from './certificate.ts'
import { readOrSkip } from './cms_verify.ts'
import { unknownCriticalExtension } from './certificate_checks.ts'
import { keyUsageBits } from './extensions.ts'
import { sameName } from './names.ts'
import {
  readOcspResponse,
  type OcspAnswer,
  type OcspResponse,
  type OcspStatus,
} from './ocsp_response.ts'

import type { PathPorts } from './pieces.ts'
import { webDigest } from './signatures.ts'

export type OcspFindingCode =
  | 'OCSP_MALFORMED'
  | 'OCSP_NOT_ABOUT_CERTIFICATE'
  | 'OCSP_EXTENSION_UNKNOWN'
  | 'OCSP_RESPONDER_UNAUTHORISED'
  | 'OCSP_SIGNATURE_INVALID'

export type OcspVerdict =
  | {
      readonly valid: true
      readonly certificate: OcspStatus
      readonly thisUpdate: Date
      readonly nextUpdate: Date | undefined
      readonly producedAt: Date
      /** The delegated responder's certificate, or the issuer's. */
      readonly responder: Certificate
    }
  | { readonly valid: false; readonly code: OcspFindingCode; readonly message: string }

/** Two SHA-1 hashes and two signatures for each certificate sent along: a bound of the cost. */
const maxSignatureChecks = 32

/** Verifies what a response says of `certificate`, issued by `issuer`; resolves for any bytes. */
export async function verifyOcsp(options: {
  /** DER OCSPResponse or BasicOCSPResponse. */
  readonly response: Uint8Array
  readonly certificate: Certificate
  /** The certificate that issued `certificate`, already judged. */
  readonly issuer: Certificate
  readonly ports?: PathPorts | undefined
  /** Whether signatures over SHA-1 count, for answers that demonstrably existed while it stood; default: no. */
  readonly allowSha1?: boolean
  /**
   * Whether a delegated responder must bear nocheck; default: yes. Where it need not, the caller has other reason to believe that it was not
   * revoked (RFC 6960 4.2.2.2.1 leaves that to local policy).
   */
  readonly requireNoCheck?: boolean
}): Promise<OcspVerdict> {
  const { certificate, issuer, ports, allowSha1 = false, requireNoCheck = true } = options
  const response = readOrExplain(() => (ports?.pieces?.ocsp ?? readOcspResponse)(options.response))
  if ('message' in response) return refuse('OCSP_MALFORMED', response.message)
  const answer = await findAnswer(response, { certificate, issuer, ports })
  if (!answer) {
    return refuse('OCSP_NOT_ABOUT_CERTIFICATE', 'no answer has this CertID (RFC 6960 3.2)')
  }
  if (response.unknownCritical !== undefined || answer.unknownCritical !== undefined) {
    return refuse('OCSP_EXTENSION_UNKNOWN', 'a critical extension is not known (RFC 6960 4.4)')
  }
  const budget = createSignatureBudget({
    max: maxSignatureChecks,
    verifySignature: ports?.verifySignature,
    allowSha1,
  })
  const responder = await findResponder(response, { issuer, budget, ports, requireNoCheck })
  if (!responder) {
    const message = 'the responder is neither the issuer nor delegated by it (RFC 6960 4.2.2.2)'
    return refuse('OCSP_RESPONDER_UNAUTHORISED', message)
  }
  if (!(await budget.verify(response, responder.publicKey))) {
    return refuse('OCSP_SIGNATURE_INVALID', 'the answer’s signature does not verify')
  }
  const { thisUpdate, nextUpdate } = answer
  return {
    valid: true,
    certificate: answer.certificate,
    thisUpdate,
    nextUpdate,
    producedAt: response.producedAt,
    responder,
  }
}

function refuse(code: OcspFindingCode, message: string): OcspVerdict {
  return { valid: false, code, message }
}

/** The newest answer whose CertID is this certificate's: issuer's name, issuer's key, serial (RFC 6960 4.1.1). */
async function findAnswer(
  response: OcspResponse,
  about: {
    readonly certificate: Certificate
    readonly issuer: Certificate
    readonly ports: PathPorts | undefined
  },
): Promise<OcspAnswer | undefined> {
  const { certificate, issuer, ports } = about
  const digest = ports?.digest ?? webDigest
  let newest: OcspAnswer | undefined
  for (const answer of response.answers) {
    const { hash, serialNumber } = answer
    if (hash === undefined || serialNumber !== certificate.serialNumber) continue
    if (!equal(await digest(hash, certificate.issuer.raw), answer.issuerNameHash)) continue
    if (!equal(await digest(hash, issuer.publicKeyBits), answer.issuerKeyHash)) continue
    if (!newest || answer.thisUpdate > newest.thisUpdate) newest = answer
  }
  return newest
}

/** The issuer, or a delegated responder that the issuer's key certified. */
async function findResponder(
  response: OcspResponse,
  by: {
    readonly issuer: Certificate
    readonly budget: SignatureBudget
    readonly ports: PathPorts | undefined
    readonly requireNoCheck: boolean
  },
): Promise<Certificate | undefined> {
  const { issuer, budget, ports, requireNoCheck } = by
  const digest = ports?.digest ?? webDigest
  const isNamed = async (certificate: Certificate): Promise<boolean> => {
    const { responder } = response
    if ('name' in responder) return sameName(responder.name, certificate.subject)
    return equal(await digest('SHA-1', certificate.publicKeyBits), responder.keyHash)
  }
  if (await isNamed(issuer)) return issuer
  for (const certificate of response.certificates.flatMap((one) =>
    readOrSkip(one, ports?.pieces),
  )) {
    if (!(await isNamed(certificate))) continue
    if (requireNoCheck && !certificate.extensions.has(oids.ocspNoCheck)) continue
    if (!isDelegated(certificate, issuer, response.producedAt)) continue
    if (await budget.verify(certificate, issuer.publicKey)) return certificate
  }
  return undefined
}

/** RFC 6960 4.2.2.2. */
function isDelegated(certificate: Certificate, issuer: Certificate, producedAt: Date): boolean {
  const { extendedKeyUsage, keyUsage, notBefore, notAfter } = certificate
  return (
    sameName(certificate.issuer, issuer.subject) &&
    extendedKeyUsage?.includes(oids.ocspSigning) === true &&
    (keyUsage === undefined || keyUsage.includes(keyUsageBits.digitalSignature)) &&
    unknownCriticalExtension(certificate) === undefined &&
    producedAt >= notBefore &&
    producedAt <= notAfter
  )
}
