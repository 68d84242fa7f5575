/**
 * Finds certificates among very many: by the beginning of a fingerprint or serial number, by when they end; and counts them by month. Every
 * question has a bound and says when it was reached. Reads only.
 */
import type { Views } from '../journal/types.ts'
import {
  allRevokedPrefix,
  endingPrefix,
  keys,
  monthPrefix,
  revokedPrefix,
  serialsPrefix,
  type CertificateRecord,
} from './keyspace.ts'
import { createRegister } from './register.ts'
import type { CertificateState } from './types.ts'

/** What a bounded question found. */
export interface Found<T> {
  readonly items: readonly T[]
  /** Whether there is more than was looked at. */
  readonly hasMore: boolean
}

/** Digits that a search by number begins with; fewer would find thousands. */
export const minSearchDigits = 4
/** A district has its authorities and those before them. */
const maxIssuers = 64
/** Months that are counted: forty years. */
const maxMonths = 480

/** Certificates whose SHA-256 or serial number begins with these hexadecimal digits, `limit` at most. */
export async function findByDigits(
  views: Views,
  { digits, limit }: { readonly digits: string; readonly limit: number },
): Promise<Found<CertificateState>> {
  if (!/^[0-9a-f]{4,64}$/.test(digits)) return { items: [], hasMore: false }
  const names: string[] = []
  const prefix = keys.certificate('')
  for await (const { key } of views.scan(prefix + digits, { limit: limit + 1 })) {
    names.push(key.slice(prefix.length))
  }
  for (const issuer of await issuersIn(views)) {
    const range = { limit: limit + 1 }
    for await (const { value } of views.scan(keys.serial(issuer, digits), range)) {
      names.push(value as string)
    }
  }
  return read(views, [...new Set(names)], limit)
}

/** Identifiers of all issuers, each found by one seek. */
async function issuersIn(views: Views): Promise<string[]> {
  const found: string[] = []
  let after: string | undefined
  while (found.length < maxIssuers) {
    const range = { limit: 1, ...(after !== undefined && { after }) }
    let issuer: string | undefined
    for await (const { key } of views.scan(serialsPrefix, range)) {
      issuer = key.slice(serialsPrefix.length, key.indexOf('/', serialsPrefix.length))
    }
    if (issuer === undefined) break
    found.push(issuer)
    // Behind every serial number of this one: `~` sorts after all hexadecimal digits.
    after = keys.serial(issuer, '~')
  }
  return found
}

export interface EndingAsked {
  readonly from: Date
  readonly to: Date
  readonly limit: number
  /** The certificate that the page begins behind. */
  readonly after?: CertificateState
}

/** Certificates that end between two times and were not revoked for good, the soonest first. */
export async function endingBetween(
  views: Views,
  { from, to, limit, after }: EndingAsked,
): Promise<Found<CertificateState>> {
  const begin =
    after === undefined
      ? `${endingPrefix}${from.toISOString()}`
      : keys.endsAt(after.notAfter.toISOString(), after.sha256)
  const names: string[] = []
  for await (const { key } of views.scan(endingPrefix, { after: begin, limit: limit + 1 })) {
    const [end = '', name = ''] = key.slice(endingPrefix.length).split('/')
    if (end > to.toISOString()) break
    names.push(name)
  }
  return read(views, names, limit)
}

/** Certificates that are revoked or on hold, by issuer and serial number, `limit` at most, from behind `after`. */
export async function revokedCertificates(
  views: Views,
  { limit, after }: { readonly limit: number; readonly after?: CertificateState },
): Promise<Found<CertificateState>> {
  const last = after && (await views.get(keys.certificate(after.sha256)))
  const { issuer, serial } = (last?.value ?? { issuer: '', serial: '' }) as CertificateRecord
  const range = { limit: limit + 1, ...(last && { after: keys.revoked(issuer, serial) }) }
  const found: string[] = []
  for await (const { key } of views.scan(allRevokedPrefix, range)) {
    found.push(`${serialsPrefix}${key.slice(allRevokedPrefix.length)}`)
  }
  const names = await views.getMany(found)
  return read(
    views,
    names.map((record) => (record?.value ?? '') as string),
    limit,
  )
}

/** How many certificates of an issuer (hexadecimal key identifier) are revoked or on hold, counted by their keys up to `limit`. */
export async function countRevoked(
  views: Views,
  { issuer, limit }: { readonly issuer: string; readonly limit: number },
): Promise<{ readonly count: number; readonly hasMore: boolean }> {
  const found: string[] = []
  for await (const { key } of views.scan(revokedPrefix(issuer), { limit: limit + 1 })) {
    found.push(key)
  }
  return { count: Math.min(found.length, limit), hasMore: found.length > limit }
}

/** How many certificates `endingBetween` would find, counted by their keys alone, up to `limit`. */
export async function countEnding(
  views: Views,
  { from, to, limit }: Omit<EndingAsked, 'after'>,
): Promise<{ readonly count: number; readonly hasMore: boolean }> {
  const until = to.toISOString()
  const range = { after: `${endingPrefix}${from.toISOString()}`, limit: limit + 1 }
  let count = 0
  for await (const { key } of views.scan(endingPrefix, range)) {
    if ((key.slice(endingPrefix.length).split('/')[0] ?? '') > until) break
    count += 1
  }
  return { count: Math.min(count, limit), hasMore: count > limit }
}

/** Certificates of one month of UTC. */
export interface MonthCount {
  /** `YYYY-MM`. */
  readonly month: string
  readonly issued: number
  /** End in it and were not revoked for good. */
  readonly ending: number
  readonly revoked: number
}

/** Months in which anything was issued, ends or was revoked, in their order. */
export async function countByMonth(views: Views): Promise<MonthCount[]> {
  const months = new Map<string, { issued: number; ending: number; revoked: number }>()
  for (const what of ['issued', 'ending', 'revoked'] as const) {
    const prefix = monthPrefix(what)
    for await (const { key, value } of views.scan(prefix, { limit: maxMonths })) {
      const month = key.slice(prefix.length)
      const counts = months.get(month) ?? { issued: 0, ending: 0, revoked: 0 }
      months.set(month, { ...counts, [what]: value as number })
    }
  }
  return [...months]
    .map(([month, counts]) => ({ month, ...counts }))
    .toSorted((a, b) => (a.month < b.month ? -1 : 1))
}

async function read(
  views: Views,
  names: readonly string[],
  limit: number,
): Promise<Found<CertificateState>> {
  const register = createRegister(views)
  const items = await Promise.all(names.slice(0, limit).map((name) => register.bySha256(name)))
  return { items: items.filter((one) => one !== undefined), hasMore: names.length > limit }
}
