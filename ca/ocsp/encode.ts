/** Encodes OCSP responses (RFC 6960 4.2.1): statuses, ResponseData, the signed answer, CertIDs of our own making. Pure but for the signing. */
import { createHash } from 'node:crypto'
import { signatureAlgorithmIdentifier } from '../certificates/encoding.ts'
import { brokenOcspChecks } from '../certificates/lint/ocsp.ts'
import { revocationReasons, type RevocationReason } from '../crl/reasons.ts'
import * as der from '../der/write.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import type { Certificate } from '../path/certificate.ts'
import type { Signer } from '../signer.ts'
import { serialHex, type CertificateId } from './request.ts'

export type CertificateStatus =
  | { readonly status: 'good' }
  | { readonly status: 'unknown' }
  | { readonly status: 'revoked'; readonly revokedAt: Date; readonly reason: RevocationReason }

/** OCSPResponseStatus (RFC 6960 4.2.1) of responses that are not signed. */
const errorStatuses = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  unauthorized: 6,
} as const
export type OcspError = keyof typeof errorStatuses

/** An unsigned error response. */
export function errorResponse(error: OcspError): Uint8Array {
  return der.sequence(der.enumerated(errorStatuses[error]))
}

const hashNames: ReadonlyMap<string, string> = new Map([
  [oids.sha1, 'sha1'],
  [oids.sha256, 'sha256'],
  [oids.sha384, 'sha384'],
  [oids.sha512, 'sha512'],
])

/** SingleResponse for a CertID as it was asked. */
export function singleResponse(
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

/** ResponseData; `nonce` is the extension's whole value, echoed byte for byte (RFC 9654 2.1). */
export function responseData(options: {
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

/** Signs a successful response, once the lint has nothing against it; throws `CA_PROFILE_VIOLATED`. */
export async function signedResponse(data: Uint8Array, signer: Signer): Promise<Uint8Array> {
  const [lint] = brokenOcspChecks(data)
  if (lint !== undefined) {
    throw new CaError('CA_PROFILE_VIOLATED', `${lint}: no answer that may be signed`, {
      details: { lint },
    })
  }
  const algorithm = signatureAlgorithmIdentifier(signer.algorithm)
  const signature = der.bitString(await signer.sign(data))
  const certificates = der.explicit(0, der.sequence(signer.certificate))
  return successful(der.sequence(data, algorithm, signature, certificates))
}

function successful(basic: Uint8Array): Uint8Array {
  return der.sequence(
    der.enumerated(0),
    der.explicit(0, der.sequence(der.objectIdentifier(oids.ocspBasic), der.octetString(basic))),
  )
}

/** Hashes of an issuer's name and key, as CertIDs have them. */
export interface IssuerHashes {
  readonly name: Uint8Array
  readonly key: Uint8Array
}

/** By the identifier of the hash algorithm: any that a client may ask by (RFC 5019 2.1.1, RFC 6960 4.3). */
export function hashesOf(issuer: Certificate): ReadonlyMap<string, IssuerHashes> {
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
export function certificateId(hashes: IssuerHashes | undefined, serial: Uint8Array): CertificateId {
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
