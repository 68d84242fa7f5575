/** How the entries of this room change its views. Pure; all that was decided stands in the entry. */
import type { Entry, Fold, Json } from '../journal/types.ts'
import { ceremonyHeld } from '../district/ceremony_record.ts'
import { serviceActivated } from '../services/service.ts'
import { calendarFolds } from './calendar.ts'
import { clockFolds } from '../time/records.ts'
import { crlPublished } from './published_crl.ts'
import { keys, type CertificateRecord, type CrlRecord, type RevokedRecord } from './keyspace.ts'

/** Data of `certificate.issued`. */
export interface CertificateIssued extends CertificateRecord {
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly publicKey: string
}

/** Data of `certificate.revoked`. */
export interface CertificateRevoked extends RevokedRecord {
  readonly sha256: string
  readonly issuer: string
  readonly serial: string
  /** When it would have ended; entries of old boxes lack it. */
  readonly notAfter?: string
}

/** Data of `crl.issued`; its entry's index is the CRL number. */
export interface CrlIssued extends CrlRecord {
  readonly issuer: string
}

const boxCreated: Fold = {
  type: 'box.created',
  reads: () => [],
  apply: (entry) => [{ key: keys.box, value: entry.data }],
}

const certificateIssued: Fold = {
  type: 'certificate.issued',
  reads: () => [],
  apply(entry) {
    const { publicKey, ...record } = entry.data as CertificateIssued
    const { sha256, issuer, serial, holder, profile } = record
    return [
      { key: keys.certificate(sha256), value: record },
      { key: keys.serial(issuer, serial), value: sha256 },
      { key: keys.holder(holder, sha256), value: profile },
      { key: keys.publicKey(publicKey), value: { holder, profile } },
    ]
  },
}

const certificateRevoked: Fold = {
  type: 'certificate.revoked',
  reads: (entry) => [keys.certificate((entry.data as CertificateRevoked).sha256)],
  apply(entry, values) {
    const { sha256, issuer, serial, reason, revokedAt, invalidityDate } =
      entry.data as CertificateRevoked
    const revoked: RevokedRecord = { reason, revokedAt, invalidityDate }
    const key = keys.certificate(sha256)
    const record = values.get(key) as CertificateRecord
    return [
      { key, value: { ...record, revoked } },
      { key: keys.revoked(issuer, serial), value: revoked },
    ]
  },
}

const crlIssued: Fold = {
  type: 'crl.issued',
  reads: (entry) => [crlKey(entry)],
  apply(entry, values) {
    const { thisUpdate, nextUpdate } = entry.data as CrlIssued
    const before = values.get(crlKey(entry)) as CrlRecord | undefined
    // Acts prepared at the same moment may be committed in the other order; the list's times never go back.
    return [
      {
        key: crlKey(entry),
        value: {
          thisUpdate: later(before?.thisUpdate, thisUpdate),
          nextUpdate: later(before?.nextUpdate, nextUpdate),
        },
      },
    ]
  },
}

/** The folds of this room, for `openJournal`. */
export const caFolds: readonly Fold[] = [
  // First: they look at what the others then change.
  ...calendarFolds,
  boxCreated,
  certificateIssued,
  certificateRevoked,
  crlIssued,
  crlPublished,
  ceremonyHeld,
  serviceActivated,
  ...clockFolds,
]

const crlKey = (entry: Entry): string => keys.crl((entry.data as CrlIssued).issuer)

function later(before: string | undefined, now: string): Json & string {
  return before !== undefined && before > now ? before : now
}
