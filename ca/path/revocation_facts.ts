/**
 * What CRLs and OCSP answers at hand say of one certificate whose issuer is already judged: each verified, none weighed. What does not
 * verify, or says nothing of the certificate, is left out. Pure but for the ports.
 */
import type { Certificate } from './certificate.ts'
import { verifyCrl } from './crl_verify.ts'
import { verifyOcsp } from './ocsp_verify.ts'
import type { PathPorts } from './pieces.ts'
import type { RevocationFact } from './time_slide.ts'

/** A fact, and the certificate whose key vouches for it: the issuer's, or that of a responder it delegated. */
export interface VouchedFact extends RevocationFact {
  readonly signedBy: Certificate
  /** The answer or list that says it, as it was given. */
  readonly piece: Uint8Array
  /** CRLReason (RFC 5280 5.3.1) where it is revoked. */
  readonly reason: number | undefined
}

/** Pieces looked at for one certificate: a district's file has a handful. */
const maxPieces = 500

/** Collects the facts, answers before lists, each in the order given. */
export async function collectRevocationFacts(options: {
  readonly certificate: Certificate
  readonly issuer: Certificate
  /** DER. */
  readonly crls: readonly Uint8Array[]
  /** DER OCSPResponse or BasicOCSPResponse. */
  readonly ocspResponses: readonly Uint8Array[]
  readonly ports?: PathPorts | undefined
}): Promise<readonly VouchedFact[]> {
  const { certificate, issuer, ports } = options
  const facts: VouchedFact[] = []
  for (const response of options.ocspResponses.slice(0, maxPieces)) {
    const answer = await verifyOcsp({ response, certificate, issuer, ports })
    if (!answer.valid || answer.certificate.status === 'unknown') continue
    facts.push({
      ...factOf(answer, answer.certificate),
      signedBy: answer.responder,
      piece: response,
    })
  }
  for (const crl of options.crls.slice(0, maxPieces)) {
    const answer = await verifyCrl({ crl, certificate, issuer, ports })
    if (answer) facts.push({ ...factOf(answer, answer.status), signedBy: issuer, piece: crl })
  }
  return facts
}

function factOf(
  times: { readonly thisUpdate: Date; readonly nextUpdate: Date | undefined },
  status: { readonly status: string; readonly date?: Date; readonly reason?: number },
): Omit<VouchedFact, 'signedBy' | 'piece'> {
  const { thisUpdate, nextUpdate } = times
  return {
    thisUpdate,
    nextUpdate,
    revokedAt: status.status === 'revoked' ? status.date : undefined,
    reason: status.status === 'revoked' ? status.reason : undefined,
  }
}
