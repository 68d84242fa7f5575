/** How the entries of this room change its views. Pure; all that was decided stands in the entry. */
import { ceremonyHeld } from '../district/ceremony_record.ts'
import type { Entry, Fold, Json, JsonObject } from '../journal/types.ts'
import { serviceActivated } from '../services/service.ts'
import { calendarFolds } from './calendar.ts'
import { clockFolds } from '../time/records.ts'
import { crlPublished, publishedKey } from './published_crl.ts'
import { timeStampsGranted } from '../tsp/granted.ts'
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

/** Data of `certificate.released`. */
export interface CertificateReleased extends JsonObject {
  readonly sha256: string
  readonly issuer: string
  readonly serial: string
}

/** Data of `crl.issued`; the CRL number follows from the list before and from the entry's time. */
export interface CrlIssued {
  readonly issuer: string
  readonly thisUpdate: string
  readonly nextUpdate: string
  /** A number that was seen on a published list and that this one must lie above, as after a restore from a backup. */
  readonly above?: number
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

/** Off the list (RFC 5280 5.3.1: of a full one the entry is dropped) and as if it had not been on hold; the entries stay. */
const certificateReleased: Fold = {
  type: 'certificate.released',
  reads: (entry) => [keys.certificate((entry.data as CertificateReleased).sha256)],
  apply(entry, values) {
    const { sha256, issuer, serial } = entry.data as CertificateReleased
    const key = keys.certificate(sha256)
    const record = values.get(key) as CertificateRecord
    return [
      { key, value: { ...record, revoked: null } },
      { key: keys.revoked(issuer, serial), value: undefined },
    ]
  },
}

const crlIssued: Fold = {
  type: 'crl.issued',
  reads: (entry) => [crlKey(entry), publishedKey(issuerIn(entry))],
  apply(entry, values) {
    const { thisUpdate, nextUpdate, above } = entry.data as unknown as CrlIssued
    const before = values.get(crlKey(entry)) as CrlRecord | undefined
    // A root that was away comes back for a ceremony: its lists of the time between count too.
    const away = values.get(publishedKey(issuerIn(entry))) as CrlRecord | undefined
    const number = Math.max(before?.number ?? 0, away?.number ?? 0)
    // Acts prepared at the same moment may be committed in the other order; the list's times never go back.
    return [
      {
        key: crlKey(entry),
        value: {
          number: crlNumber({ before: number, time: entry.time, above }),
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
  certificateReleased,
  crlIssued,
  crlPublished,
  ceremonyHeld,
  serviceActivated,
  ...clockFolds,
  timeStampsGranted,
]

/**
 * Milliseconds of the entry's time, and always above the list before: whatever an older journal lost when a backup of it was
 * restored, what it publishes from then on has numbers beyond. Only lists from a clock that ran ahead could be numbered higher;
 * then `above` says which number was seen. 2^53 milliseconds last for 285,000 years.
 */
export function crlNumber(of: {
  readonly before: number
  readonly time: string
  readonly above: number | undefined
}): number {
  return Math.max(Date.parse(of.time), of.before + 1, (of.above ?? 0) + 1)
}

const issuerIn = (entry: Entry): string => (entry.data as unknown as CrlIssued).issuer
const crlKey = (entry: Entry): string => keys.crl(issuerIn(entry))

function later(before: string | undefined, now: string): Json & string {
  return before !== undefined && before > now ? before : now
}
