/**
 * When certificates were issued and when they end: counters by month and an order by end, so that a district with 100,000 of them is
 * never read through for a page. Months are those of UTC. Pure.
 */
import type { Fold, Json, Put } from '../journal/types.ts'
import type { CertificateIssued, CertificateRevoked } from './folds.ts'
import { keys, type CertificateRecord } from './keyspace.ts'

/** `YYYY-MM` of an RFC 3339 time in UTC. */
export const monthOf = (time: string): string => time.slice(0, 7)

/** Counts what is issued; must stand before the fold that writes the certificate's record, which it has to find as it was. */
const counted: Fold = {
  type: 'certificate.issued',
  reads: (entry) => {
    const { notAfter } = entry.data as CertificateIssued
    return [keys.issuedIn(monthOf(entry.time)), keys.endingIn(monthOf(notAfter))]
  },
  apply(entry, values) {
    const { sha256, notAfter, profile } = entry.data as CertificateIssued
    return [
      more(values, keys.issuedIn(monthOf(entry.time)), 1),
      more(values, keys.endingIn(monthOf(notAfter)), 1),
      { key: keys.endsAt(notAfter, sha256), value: profile },
    ]
  },
}

/** What is revoked for good needs no successor: it leaves the order of ends. What is on hold stays. */
const revoked: Fold = {
  type: 'certificate.revoked',
  reads: (entry) => {
    const { sha256, notAfter } = entry.data as CertificateRevoked
    return [
      keys.certificate(sha256),
      keys.revokedIn(monthOf(entry.time)),
      ...(notAfter === undefined ? [] : [keys.endingIn(monthOf(notAfter))]),
    ]
  },
  apply(entry, values) {
    const { sha256, reason, notAfter } = entry.data as CertificateRevoked
    const before = values.get(keys.certificate(sha256)) as CertificateRecord | undefined
    const isLast = before?.revoked == null || before.revoked.reason === 'certificateHold'
    if (reason === 'certificateHold' || !isLast) return []
    return [
      more(values, keys.revokedIn(monthOf(entry.time)), 1),
      ...(notAfter === undefined
        ? []
        : [
            more(values, keys.endingIn(monthOf(notAfter)), -1),
            { key: keys.endsAt(notAfter, sha256), value: undefined },
          ]),
    ]
  },
}

/** To stand before the other folds of this room. */
export const calendarFolds: readonly Fold[] = [counted, revoked]

function more(values: ReadonlyMap<string, Json>, key: string, by: number): Put {
  const before = values.get(key)
  return { key, value: (typeof before === 'number' ? before : 0) + by }
}
