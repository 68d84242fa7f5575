/**
 * Answers certificate status by OCSP (RFC 6960 4.2, RFC 5019) with a delegated responder's key. It asks a function for the status and
 * keeps no state; HTTP is the web room's, which gets what its headers need as values.
 */
import { createHash } from 'node:crypto'
import { equal, fromHex } from '../bytes.ts'
import { signatureAlgorithmIdentifier } from '../certificates/encoding.ts'
import { CaError } from '../errors.ts'
import * as der from '../der/write.ts'
import { oids } from '../oids.ts'
import { readCertificate, type Certificate } from '../path/certificate.ts'
import { revocationReasons, type RevocationReason } from '../crl/reasons.ts'
import type { Signer } from '../signer.ts'
import { readOcspRequest, serialHex, type CertificateId } from './request.ts'

export type CertificateStatus =
  | { readonly status: 'good' }
  | { readonly status: 'unknown' }
  | { readonly status: 'revoked'; readonly revokedAt: Date; readonly reason: RevocationReason }

/** Status of one of our issuer's certificates, by serial number (hexadecimal octets without a sign octet). */
export type StatusSource = (serial: string) => Promise<CertificateStatus>

/** A response and what HTTP headers say of it. Only one that was signed and carries no nonce may be cached. */
export type OcspAnswer =
  | {
      readonly signed: true
      readonly response: Uint8Array
      readonly thisUpdate: Date
      readonly nextUpdate: Date
      readonly hasNonce: boolean
    }
  | { readonly signed: false; readonly response: Uint8Array; readonly error: OcspError }

/** OCSPResponseStatus (RFC 6960 4.2.1) of responses that are not signed. */
const errorStatuses = { malformedRequest: 1, internalError: 2, unauthorized: 6 } as const
export type OcspError = keyof typeof errorStatuses

export interface OcspResponder {
  /** Answers a request's DER; any bytes get a response. */
  respond(request: Uint8Array, at: Date): Promise<OcspAnswer>
  /**
   * An answer without a nonce for one certificate, for a sealed document; `thisUpdate` is `at` in whole seconds.
   * Throws `CA_ISSUER_UNKNOWN` where nobody here answers for its issuer.
   */
  answerFor(certificate: Uint8Array, at: Date): Promise<Uint8Array>
}

const hashNames: ReadonlyMap<string, string> = new Map([
  [oids.sha1, 'sha1'],
  [oids.sha256, 'sha256'],
  [oids.sha384, 'sha384'],
  [oids.sha512, 'sha512'],
])

/** An issuer whose certificates are asked about, and the responder that it certified itself (RFC 6960 4.2.2.2). */
export interface OcspIssuer {
  /** DER. */
  readonly certificate: Uint8Array
  readonly signer: Signer
  readonly statusOf: StatusSource
}

/** A responder for the certificates of several issuers: whose certificate a request names first answers it. */
export function createOcspResponder(options: {
  readonly issuers: readonly OcspIssuer[]
  readonly validForHours: number
}): OcspResponder {
  const { validForHours } = options
  const issuers = options.issuers.map(knownIssuer)

  const answer = async (
    { issuer, certificates, nonce }: Asked,
    at: Date,
  ): Promise<{ response: Uint8Array; thisUpdate: Date; nextUpdate: Date }> => {
    const { responder, signer } = issuer
    const thisUpdate = new Date(Math.floor(at.getTime() / 1000) * 1000)
    const nextUpdate = new Date(thisUpdate.getTime() + validForHours * 3_600_000)
    const singles = await Promise.all(
      certificates.map(async (id) => {
        // What another authority issued, this responder must not vouch for.
        const status = isOf(issuer, id) ? await issuer.statusOf(id.serial) : unknownStatus
        return singleResponse(id.raw, status, { thisUpdate, nextUpdate })
      }),
    )
    const data = responseData({ responder, singles, producedAt: thisUpdate, nonce })
    return { response: successful(await basicResponse(data, signer)), thisUpdate, nextUpdate }
  }

  return {
    async respond(request, at) {
      let asked
      try {
        asked = readOcspRequest(request)
      } catch {
        return failure('malformedRequest')
      }
      const { certificates, nonce } = asked
      const issuer = issuers.find((known) => certificates.some((id) => isOf(known, id)))
      if (!issuer) return failure('unauthorized')
      const made = await answer({ issuer, certificates, nonce }, at)
      return { signed: true, ...made, hasNonce: nonce !== undefined }
    },
    async answerFor(certificate, at) {
      const { serialNumber, authorityKeyIdentifier } = readCertificate(certificate)
      const issuer = issuers.find(({ keyIdentifier }) => keyIdentifier === authorityKeyIdentifier)
      if (!issuer) {
        throw new CaError('CA_ISSUER_UNKNOWN', 'no responder here answers for its issuer')
      }
      const id = certificateId(issuer.hashes.get(oids.sha256), fromHex(serialNumber))
      return (await answer({ issuer, certificates: [id], nonce: undefined }, at)).response
    },
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

/** An unsigned error response. */
function failure(error: OcspError): OcspAnswer {
  return { signed: false, response: der.sequence(der.enumerated(errorStatuses[error])), error }
}

const unknownStatus: CertificateStatus = { status: 'unknown' }

function singleResponse(
  certificateIdentifier: Uint8Array,
  status: CertificateStatus,
  { thisUpdate, nextUpdate }: { readonly thisUpdate: Date; readonly nextUpdate: Date },
): Uint8Array {
  return der.sequence(
    certificateIdentifier,
    certStatus(status),
    der.generalizedTime(thisUpdate),
    der.explicit(0, der.generalizedTime(nextUpdate)),
  )
}

/** CertStatus (RFC 6960 4.2.1): implicit tags, so `good` and `unknown` are empty. */
function certStatus(status: CertificateStatus): Uint8Array {
  switch (status.status) {
    case 'good':
      return der.implicit(0, new Uint8Array())
    case 'unknown':
      return der.implicit(2, new Uint8Array())
    case 'revoked': {
      const reason = revocationReasons[status.reason]
      return der.explicit(
        1,
        der.generalizedTime(status.revokedAt),
        // As in a CRL, `unspecified` is said by saying nothing.
        ...(reason === 0 ? [] : [der.explicit(0, der.enumerated(reason))]),
      )
    }
  }
}

function responseData(options: {
  readonly responder: Certificate
  readonly singles: readonly Uint8Array[]
  readonly producedAt: Date
  readonly nonce: Uint8Array | undefined
}): Uint8Array {
  const { responder, singles, producedAt, nonce } = options
  return der.sequence(
    // By name: a byKey identifier is SHA-1 by definition, and clients compare it with key identifiers made otherwise.
    der.explicit(1, responder.subject.raw),
    der.generalizedTime(producedAt),
    der.sequence(...singles),
    ...(nonce
      ? [
          der.explicit(
            1,
            der.sequence(
              der.sequence(der.objectIdentifier(oids.ocspNonce), der.octetString(nonce)),
            ),
          ),
        ]
      : []),
  )
}

async function basicResponse(data: Uint8Array, signer: Signer): Promise<Uint8Array> {
  const algorithm = signatureAlgorithmIdentifier(signer.algorithm)
  const signature = der.bitString(await signer.sign(data))
  return der.sequence(data, algorithm, signature, der.explicit(0, der.sequence(signer.certificate)))
}

function successful(basic: Uint8Array): Uint8Array {
  return der.sequence(
    der.enumerated(0),
    der.explicit(0, der.sequence(der.objectIdentifier(oids.ocspBasic), der.octetString(basic))),
  )
}

interface IssuerHashes {
  readonly name: Uint8Array
  readonly key: Uint8Array
}

function hashesOf(issuer: Certificate): ReadonlyMap<string, IssuerHashes> {
  const hash = (name: string, bytes: Uint8Array): Uint8Array =>
    new Uint8Array(createHash(name).update(bytes).digest())
  return new Map(
    [...hashNames].map(([id, name]) => [
      id,
      { name: hash(name, issuer.subject.raw), key: hash(name, issuer.publicKeyBits) },
    ]),
  )
}

/** A CertID of our own making, with SHA-256. */
function certificateId(hashes: IssuerHashes | undefined, serial: Uint8Array): CertificateId {
  if (!hashes) throw new TypeError('SHA-256 stands in the table')
  const raw = der.sequence(
    der.sequence(der.objectIdentifier(oids.sha256)),
    der.octetString(hashes.name),
    der.octetString(hashes.key),
    der.integer(serial),
  )
  return {
    raw,
    hashAlgorithm: oids.sha256,
    issuerNameHash: hashes.name,
    issuerKeyHash: hashes.key,
    serial: serialHex(serial),
  }
}
