/**
 * Prepares the revocation of a certificate, and the release of one on hold: the entry, and that of the CRL which says so. Commits
 * nothing. Certificates are revoked also after their end: what they signed before is judged by it for as long as archives are kept.
 */
import type { RevocationReason } from '../crl/reasons.ts'
import { CaError } from '../errors.ts'
import type { EntryDraft, ViewRecord } from '../journal/types.ts'
import type { Authorities } from './authorities.ts'
import { crlDays } from './crls.ts'
import { crlIssuedEntry, issuerId } from './entries.ts'
import { keys, type CertificateRecord } from './keyspace.ts'
import type { AuthorityOptions, Prepared, ReleaseOptions, RevokeOptions } from './types.ts'

/** What revoking needs. */
export type RevokingParts = Pick<AuthorityOptions, 'journal' | 'clock'> & {
  readonly authorities: Authorities
}

/** Throws `CA_CERTIFICATE_UNKNOWN`, `CA_ALREADY_REVOKED`, `CA_INVALIDITY_DATE_REFUSED`, `CA_ISSUER_OFFLINE`. */
export async function prepareRevocation(
  request: RevokeOptions,
  parts: RevokingParts,
): Promise<Prepared> {
  const { found, version } = await recordOf(request.sha256, parts)
  requireSigner(found, parts)
  const at = parts.clock.now()
  return withList(decided(found, request, at), { found, version, at, parts })
}

/**
 * The same of a certificate by a root whose key is opened in a ceremony only: without the list, which is signed there. Throws
 * `CA_CERTIFICATE_UNKNOWN` also of what another authority issued, and as `prepareRevocation`.
 */
export async function prepareAbsentRevocation(
  request: RevokeOptions,
  parts: Pick<RevokingParts, 'journal' | 'clock'> & { readonly root: Uint8Array },
): Promise<Prepared> {
  const { found, version } = await recordOf(request.sha256, parts)
  if (found.issuer !== issuerId(parts.root)) throw unknown(request.sha256)
  return {
    entries: [decided(found, request, parts.clock.now())],
    expect: [{ key: keys.certificate(found.sha256), version }],
  }
}

function decided(found: CertificateRecord, request: RevokeOptions, at: Date): EntryDraft {
  refuseSecond(found, request.reason)
  refuseInvalidityDate(found, request.invalidityDate, at)
  return revokedEntry(found, request, at)
}

/** Throws `CA_CERTIFICATE_UNKNOWN`, `CA_NOT_HELD`, `CA_ISSUER_OFFLINE`. */
export async function prepareRelease(
  { sha256, actor }: ReleaseOptions,
  parts: RevokingParts,
): Promise<Prepared> {
  const { found, version } = await recordOf(sha256, parts)
  requireSigner(found, parts)
  if (found.revoked?.reason !== 'certificateHold') {
    throw new CaError('CA_NOT_HELD', 'the certificate is not on hold', {
      details: { sha256, reason: found.revoked?.reason ?? null },
    })
  }
  const { issuer, serial } = found
  const entry: EntryDraft = {
    type: 'certificate.released',
    actor,
    subject: `certificate:${sha256}`,
    data: { sha256, issuer, serial },
  }
  return withList(entry, { found, version, at: parts.clock.now(), parts })
}

async function recordOf(
  sha256: string,
  { journal }: Pick<RevokingParts, 'journal'>,
): Promise<{ readonly found: CertificateRecord; readonly version: number }> {
  const record: ViewRecord | undefined = await journal.views.get(keys.certificate(sha256))
  if (!record) throw unknown(sha256)
  return { found: record.value as CertificateRecord, version: record.version }
}

function requireSigner(found: CertificateRecord, { authorities }: RevokingParts): void {
  if (!authorities.all.some(({ id, signer }) => id === found.issuer && signer)) throw offline()
}

/** The act and the list that shows it: one commit, so that no moment has the one without the other. */
function withList(
  entry: EntryDraft,
  of: {
    readonly found: CertificateRecord
    readonly version: number
    readonly at: Date
    readonly parts: RevokingParts
  },
): Prepared {
  const { found, version, at, parts } = of
  const role = parts.authorities.all.find(({ id }) => id === found.issuer)?.role ?? 'issuing'
  return {
    entries: [
      entry,
      crlIssuedEntry({
        ...{ issuer: found.issuer, actor: entry.actor, at },
        crlValidForDays: crlDays[role],
      }),
    ],
    expect: [{ key: keys.certificate(found.sha256), version }],
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

/** When the key became doubtful (RFC 5280 5.3.2) is neither yet to come nor before there was a certificate. */
function refuseInvalidityDate(
  { notBefore }: CertificateRecord,
  date: Date | undefined,
  at: Date,
): void {
  if (date === undefined || (date.getTime() >= Date.parse(notBefore) && date <= at)) return
  throw new CaError(
    'CA_INVALIDITY_DATE_REFUSED',
    'the invalidity date lies in the future or before the certificate begins',
    { details: { notBefore, at: at.toISOString() } },
  )
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
      // A hold that becomes final keeps the date on which it began (X.509 9.5.3.4): nothing signed meanwhile becomes valid by it.
      revokedAt: found.revoked?.revokedAt ?? at.toISOString(),
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
