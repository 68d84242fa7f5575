/**
 * Answers certificate status by OCSP (RFC 6960 4.2, RFC 5019) with the key of a delegated responder. Answers without a nonce are kept,
 * signed, until a revocation, a release or a fresh list of their issuer is committed, and for an hour at most. It asks functions for the
 * status and for that version; HTTP is the web room's, which gets what its headers need as values.
 */
import { createHash } from 'node:crypto'
import { equal, fromHex } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import { readCertificate, type Certificate } from '../path/certificate.ts'
import type { Signer } from '../signer.ts'
import { createAnswerCache, type KeptAnswer, type SignedAnswer } from './cache.ts'
import {
  certificateId,
  errorResponse,
  hashesOf,
  responseData,
  signedResponse,
  singleResponse,
  type CertificateStatus,
  type IssuerHashes,
  type OcspError,
} from './encode.ts'
import { readOcspRequest, type CertificateId, type OcspRequest } from './request.ts'

/** Status of one of our issuer's certificates, by serial number (hexadecimal octets without a sign octet). */
export type StatusSource = (serial: string) => Promise<CertificateStatus>

/** A response and what HTTP headers say of it. Only one that was signed and carries no nonce may be cached. */
export type OcspAnswer =
  | (SignedAnswer & { readonly signed: true })
  | {
      readonly signed: false
      readonly response: Uint8Array
      readonly error: OcspError
      /** What went wrong, for the log, where `error` is `internalError`. */
      readonly cause?: string
    }

/** What was answered since the start. */
export interface OcspFigures {
  readonly signed: number
  /** Answered with bytes that were signed before. */
  readonly kept: number
  readonly errors: number
}

export interface OcspResponder {
  /** Answers a request's DER; any bytes get a response. */
  respond(request: Uint8Array, at: Date): Promise<OcspAnswer>
  /**
   * An answer without a nonce for one certificate, for a sealed document; `thisUpdate` is `at` in whole seconds.
   * Throws `CA_ISSUER_UNKNOWN` where nobody here answers for its issuer.
   */
  answerFor(certificate: Uint8Array, at: Date): Promise<Uint8Array>
  readonly figures: OcspFigures
}

/** An issuer whose certificates are asked about, and the responder that it certified itself (RFC 6960 4.2.2.2). */
export interface OcspIssuer {
  /** DER. */
  readonly certificate: Uint8Array
  readonly signer: Signer
  readonly statusOf: StatusSource
  /** Changes whenever a status of this issuer changes, in the same commit. */
  readonly version: () => Promise<number>
}

export interface OcspOptions {
  readonly issuers: readonly OcspIssuer[]
  readonly validForHours: number
  /** False while what is read may be behind what was committed: then nobody is told anything (`tryLater`). */
  readonly isCurrent: () => boolean
}

/** Kept answers are signed anew after an hour, or half of their life: who keeps one with a signature wants it fresh. */
const keptForMs = 3_600_000
/** Answers that are being signed at once; beyond, clients are sent away (`tryLater`) instead of piling up. */
const maxSigning = 512

/** A responder for the certificates of several issuers: whose certificate a request names first answers it. */
export function createOcspResponder(options: OcspOptions): OcspResponder {
  const { validForHours, isCurrent } = options
  const issuers = options.issuers.map(knownIssuer)
  const validMs = validForHours * 3_600_000
  const cache = createAnswerCache({ keptForMs: Math.min(keptForMs, validMs / 2) })
  const figures = { signed: 0, kept: 0, errors: 0 }
  let signing = 0

  const failure = (error: OcspError, cause?: string): OcspAnswer => {
    figures.errors += 1
    return {
      signed: false,
      response: errorResponse(error),
      error,
      ...(cause !== undefined && { cause }),
    }
  }

  /** Signs; also says whether all statuses were known, as others may change without a revocation. */
  const answer = async (asked: Asked, at: Date): Promise<{ made: Made; isKnown: boolean }> => {
    const { issuer, certificates, nonce } = asked
    const { responder, signer } = issuer
    const thisUpdate = new Date(Math.floor(at.getTime() / 1000) * 1000)
    const nextUpdate = new Date(thisUpdate.getTime() + validMs)
    let isKnown = true
    const singles = await Promise.all(
      certificates.map(async (id) => {
        // What another authority issued, this responder must not vouch for.
        const status = isOf(issuer, id) ? await issuer.statusOf(id.serial) : unknownStatus
        isKnown &&= status.status !== 'unknown'
        return singleResponse(id.raw, status, { thisUpdate, nextUpdate })
      }),
    )
    const data = responseData({ responder, singles, producedAt: thisUpdate, nonce })
    figures.signed += 1
    const response = await signedResponse(data, signer)
    return { made: { response, thisUpdate, nextUpdate }, isKnown }
  }

  const respondTo = async (request: Uint8Array, at: Date): Promise<OcspAnswer> => {
    const found = cache.get(request)
    if (found && cache.isFresh(found, at) && (await found.version()) === found.atVersion) {
      figures.kept += 1
      return found.answer
    }
    const asked = readOrNothing(request)
    if (!asked) return failure('malformedRequest')
    const { certificates, nonce } = asked
    const issuer = issuers.find((known) => certificates.some((id) => isOf(known, id)))
    if (!issuer) return failure('unauthorized')
    if (signing >= maxSigning) return failure('tryLater')
    // Read first: what is committed while this is being made, makes it stale.
    const atVersion = await issuer.version()
    signing += 1
    try {
      const { made, isKnown } = await answer({ issuer, certificates, nonce }, at)
      const signed = signedAnswer(made, { nonce, before: found })
      if (!nonce && isKnown) {
        cache.put(request, { answer: signed, atVersion, version: issuer.version })
      }
      return signed
    } finally {
      signing -= 1
    }
  }

  return {
    figures,
    async respond(request, at) {
      if (!isCurrent()) return failure('tryLater')
      try {
        return await respondTo(request, at)
      } catch (cause) {
        return failure('internalError', String(cause))
      }
    },
    async answerFor(certificate, at) {
      const { serialNumber, authorityKeyIdentifier } = readCertificate(certificate)
      const issuer = issuers.find(({ keyIdentifier }) => keyIdentifier === authorityKeyIdentifier)
      if (!issuer) {
        throw new CaError('CA_ISSUER_UNKNOWN', 'no responder here answers for its issuer')
      }
      const certificates = [certificateId(issuer.hashes.get(oids.sha256), fromHex(serialNumber))]
      return (await answer({ issuer, certificates, nonce: undefined }, at)).made.response
    },
  }
}

type Made = Pick<SignedAnswer, 'response' | 'thisUpdate' | 'nextUpdate'>

function signedAnswer(
  made: Made,
  of: { readonly nonce: Uint8Array | undefined; readonly before: KeptAnswer | undefined },
): SignedAnswer & { readonly signed: true } {
  const { nonce, before } = of
  return {
    ...{ signed: true, ...made, hasNonce: nonce !== undefined },
    tag: nonce ? '' : createHash('sha256').update(made.response).digest('hex'),
    sharesSecond: before?.answer.thisUpdate.getTime() === made.thisUpdate.getTime(),
  }
}

function readOrNothing(request: Uint8Array): OcspRequest | undefined {
  try {
    return readOcspRequest(request)
  } catch {
    return undefined
  }
}

interface KnownIssuer extends OcspIssuer {
  readonly keyIdentifier: string | undefined
  /** The responder's certificate. */
  readonly responder: Certificate
  readonly hashes: ReadonlyMap<string, IssuerHashes>
}

/** What is asked, and of whom. */
interface Asked {
  readonly issuer: KnownIssuer
  readonly certificates: readonly CertificateId[]
  readonly nonce: Uint8Array | undefined
}

const unknownStatus: CertificateStatus = { status: 'unknown' }

function knownIssuer(issuer: OcspIssuer): KnownIssuer {
  const certificate = readCertificate(issuer.certificate)
  return {
    ...issuer,
    keyIdentifier: certificate.subjectKeyIdentifier,
    responder: readCertificate(issuer.signer.certificate),
    hashes: hashesOf(certificate),
  }
}

function isOf(
  { hashes }: KnownIssuer,
  { hashAlgorithm, issuerNameHash, issuerKeyHash }: CertificateId,
): boolean {
  const ours = hashes.get(hashAlgorithm)
  // Both must match: two authorities may share a name, or a key.
  return ours !== undefined && equal(issuerNameHash, ours.name) && equal(issuerKeyHash, ours.key)
}
