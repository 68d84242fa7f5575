/** Prepares the revocation of a certificate: its entry and that of the CRL which says so. Commits nothing. */
import { CaError } from '../errors.ts'
import type { RevocationReason } from '../crl/reasons.ts'
import type { EntryDraft } from '../journal/types.ts'
import type { Authorities } from './authorities.ts'
import { crlIssuedEntry } from './entries.ts'
import { keys, type CertificateRecord } from './keyspace.ts'
import { defaultCrlDays } from './crls.ts'
import type { AuthorityOptions, Prepared, RevokeOptions } from './types.ts'

/** What revoking needs. */
export type RevokingParts = Pick<AuthorityOptions, 'journal' | 'clock' | 'crlValidForDays'> & {
  readonly authorities: Authorities
}

/** Throws `CA_CERTIFICATE_UNKNOWN`, `CA_ALREADY_REVOKED`, `CA_ISSUER_OFFLINE`. */
export async function prepareRevocation(
  request: RevokeOptions,
  { journal, authorities, clock, crlValidForDays = defaultCrlDays }: RevokingParts,
): Promise<Prepared> {
  const record = await journal.views.get(keys.certificate(request.sha256))
  if (!record) throw unknown(request.sha256)
  const found = record.value as CertificateRecord
  refuseSecond(found, request.reason)
  if (!authorities.all.some(({ id, signer }) => id === found.issuer && signer)) throw offline()
  const at = clock.now()
  return {
    entries: [
      revokedEntry(found, request, at),
      crlIssuedEntry({ issuer: found.issuer, actor: request.actor, at, crlValidForDays }),
    ],
    expect: [{ key: keys.certificate(found.sha256), version: record.version }],
  }
}

/** A held certificate may still be revoked for good; anything else only once. */
function refuseSecond({ revoked, sha256 }: CertificateRecord, reason: RevocationReason): void {
  if (!revoked) return
  if (revoked.reason === 'certificateHold' && reason !== 'certificateHold') return
  throw new CaError('CA_ALREADY_REVOKED', 'the certificate is revoked already', {
    details: { sha256, revokedAt: revoked.revokedAt, reason: revoked.reason },
  })
}

function revokedEntry(found: CertificateRecord, request: RevokeOptions, at: Date): EntryDraft {
  const { sha256, issuer, serial, notAfter } = found
  return {
    type: 'certificate.revoked',
    actor: request.actor,
    subject: `certificate:${sha256}`,
    data: {
      sha256,
      issuer,
      serial,
      notAfter,
      reason: request.reason,
      revokedAt: at.toISOString(),
      invalidityDate: request.invalidityDate?.toISOString() ?? null,
    },
  }
}

function unknown(sha256: string): CaError {
  return new CaError('CA_CERTIFICATE_UNKNOWN', 'this authority issued no such certificate', {
    details: { sha256 },
  })
}

function offline(): CaError {
  return new CaError('CA_ISSUER_OFFLINE', 'the key of its issuer is not on the box')
}
