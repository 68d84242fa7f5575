/** When the archive is stamped and when its evidence is renewed. Pure: driven by what was stamped and by the certificates, never by a count of days. */
import { readCertificate } from '../../ca/path/index.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

/** Evidence is renewed so long before its last certificate ends: by then the key that stamps has been followed by others. */
export const renewalMarginDays = 365
/** Of a certificate that lives shorter, the last quarter. */
const shortMargin = 1 / 4
/** The night begins when nobody works any more. */
export const nightHour = 2

/** The first end among certificates (DER) of a path; the root, which nobody renews, is left out by who asks. */
export function firstEnd(certificates: readonly Uint8Array[]): Date {
  return new Date(Math.min(...certificates.map((one) => readCertificate(one).notAfter.getTime())))
}

/** What decides on a renewal. */
export interface RenewalQuestion {
  /** When the evidence that ends first was stamped, and when it ends; undefined where nothing is stamped yet. */
  readonly oldest: { readonly at: Date; readonly validUntil: Date } | undefined
  /** When evidence would end that is stamped now. */
  readonly nextUntil: Date
  readonly now: Date
}

/** From when on evidence is to be renewed. */
export function renewalFrom({
  at,
  validUntil,
}: {
  readonly at: Date
  readonly validUntil: Date
}): Date {
  const life = validUntil.getTime() - at.getTime()
  return new Date(validUntil.getTime() - Math.min(renewalMarginDays * dayMs, life * shortMargin))
}

/**
 * `due`: renew now. `blocked`: it is time, but a timestamp of now would end no later, so that first another key must stamp, or another
 * authority certify it. `later`: not yet.
 */
export function renewalState({
  oldest,
  nextUntil,
  now,
}: RenewalQuestion): 'due' | 'blocked' | 'later' {
  if (!oldest || now < renewalFrom(oldest)) return 'later'
  return nextUntil > oldest.validUntil ? 'due' : 'blocked'
}

/** The last beginning of a night, in a time zone: what came in before is to be stamped. */
export function lastNight(now: Date, zone: string): Date {
  const hour = Number(
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hour12: false })
      .format(now)
      .slice(0, 2),
  )
  const hoursSince = ((hour % 24) - nightHour + 24) % 24
  const start = new Date(now.getTime() - hoursSince * hourMs)
  start.setUTCMinutes(0, 0, 0)
  return start
}
