/**
 * Revocation by CRL (RFC 5280 6.3): distribution points, scopes, reasons, indirect and delta lists. Pure but for the signature
 * port. Fetches nothing: the lists are given. What cannot be determined is never taken for good.
 *
 * Stricter than 6.3.3 in one thing: of the lists of one issuer and scope only the newest is heard, and among lists of several scopes one
 * that revokes outweighs all that do not. So neither the order of the lists nor an older one that is still current hides a revocation.
 */
import { equal, toHex } from '../bytes.ts'
import { CaError } from '../errors.ts'
import type { Certificate } from './certificate.ts'
import type { Crl } from './crl.ts'
import type { CrlEntries, RevokedEntry } from './crl_entries.ts'
import { keyUsageBits, type DistributionPoint, type DistributionPointName } from './extensions.ts'
import { nameKey, sameName, type Name } from './names.ts'
import type { Work } from './work.ts'

/** What 6.3.3 answers. */
export type RevocationStatus =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly date: Date; readonly reason: number }
  | {
      readonly status: 'undetermined'
      /** Whether lists speak of the certificate, but none that is current. */
      readonly stale: boolean
      readonly message: string
    }

export interface CrlQuestion {
  readonly certificate: Certificate
  readonly crls: readonly Crl[]
  /** The moment at which each list must be current. */
  readonly at: Date
  /** Lists looked at, times their distribution points, over all questions of a call. */
  readonly work: Work
  /** 6.3.3 (f) and (g): whether the list was signed by one entitled to, over a path to the same anchor. */
  isAuthentic(crl: Crl): Promise<boolean>
}

// ReasonFlags 1 to 8 (RFC 5280 4.2.1.13); bit 0 is unused.
const allReasons: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8]
const removeFromCrl = 8

/** Determines whether a certificate is revoked at `at` (RFC 5280 6.3.3). */
export async function checkRevocation(question: CrlQuestion): Promise<RevocationStatus> {
  const speaking = speakingLists(question)
  const current = speaking.filter(({ crl }) => isCurrent(crl, question.at))
  const covered = new Set<number>()
  const heard = new Set<string>()
  let revoked: RevokedEntry | undefined
  let why = 'no CRL covers the certificate (RFC 5280 6.3.3)'
  for (const { crl, reasons } of current) {
    const scope = scopeKey(crl)
    if (heard.has(scope)) continue
    if (!(await question.isAuthentic(crl))) {
      why = 'no CRL is signed by one entitled to (RFC 5280 6.3.3 f, g)'
      continue
    }
    heard.add(scope)
    const entry = await entryFor(question, crl)
    if (entry === 'not understood') {
      why = 'a CRL bears a critical extension that is not known (RFC 5280 5.2, 5.3)'
      continue
    }
    if (entry && (!revoked || entry.revocationDate < revoked.revocationDate)) revoked = entry
    for (const reason of reasons) covered.add(reason) // (l)
  }
  if (revoked) {
    return { status: 'revoked', date: revoked.revocationDate, reason: revoked.reason }
  }
  if (covered.size === allReasons.length) return { status: 'good' }
  const stale = current.length === 0 && speaking.length > 0
  if (stale) why = 'no CRL that covers the certificate is current (RFC 5280 6.3.3 a)'
  else if (covered.size > 0) why = 'no CRL covers the remaining reasons (RFC 5280 6.3.3 l)'
  return { status: 'undetermined', stale, message: why }
}

interface SpeakingList {
  readonly crl: Crl
  readonly reasons: readonly number[]
}

/** The complete lists that speak of the certificate at one of its distribution points, with their reasons, newest first. */
function speakingLists(question: CrlQuestion): readonly SpeakingList[] {
  const { certificate, crls, work } = question
  // The implied point of 6.3.3: lists that the issuer itself publishes without one.
  const implied: DistributionPoint = {
    name: { fullNames: [`directory:${nameKey(certificate.issuer)}`] },
    reasons: undefined,
    crlIssuers: undefined,
  }
  const points = [...(certificate.crlDistributionPoints ?? []), implied]
  const lists: SpeakingList[] = []
  for (const crl of crls) {
    if (!work.spend(points.length) || crl.deltaBase !== undefined) continue
    const reasons = points.flatMap((point) => usableReasons(certificate, point, crl))
    if (reasons.length > 0) lists.push({ crl, reasons })
  }
  return lists.toSorted((a, b) => newestFirst(a.crl, b.crl))
}

function newestFirst(a: Crl, b: Crl): number {
  const byTime = b.thisUpdate.getTime() - a.thisUpdate.getTime()
  if (byTime !== 0 || a.number === b.number) return byTime
  return (a.number ?? 0n) < (b.number ?? 0n) ? 1 : -1
}

/** Equal for lists of which a newer one takes the place of an older one: same issuer, key and scope. */
function scopeKey({ issuer, authorityKeyIdentifier = '', scope }: Crl): string {
  return JSON.stringify([nameKey(issuer), authorityKeyIdentifier, scope ? toHex(scope.raw) : ''])
}

/** 6.3.3 (b), (d): the reasons for which this list speaks of the certificate at this point; none if it does not. */
function usableReasons(
  certificate: Certificate,
  point: DistributionPoint,
  crl: Crl,
): readonly number[] {
  if (!issuerMatches(certificate, point, crl) || !scopeMatches(certificate, point, crl)) return []
  const listed = crl.scope?.onlySomeReasons ?? allReasons
  const asked = point.reasons ?? allReasons
  return listed.filter((reason) => asked.includes(reason) && allReasons.includes(reason))
}

/** 6.3.3 (a): a list outside its time, or without an end, is not used. */
function isCurrent(crl: Crl, at: Date): boolean {
  return crl.thisUpdate <= at && crl.nextUpdate !== undefined && at <= crl.nextUpdate
}

/** 6.3.3 (b)(1). */
function issuerMatches(certificate: Certificate, point: DistributionPoint, crl: Crl): boolean {
  if (!point.crlIssuers) return sameName(crl.issuer, certificate.issuer)
  return crl.scope?.indirect === true && point.crlIssuers.some((name) => sameName(name, crl.issuer))
}

/** 6.3.3 (b)(2). */
function scopeMatches(certificate: Certificate, point: DistributionPoint, crl: Crl): boolean {
  const { scope } = crl
  if (!scope) return true
  const isCa = certificate.basicConstraints?.isCa === true
  if (scope.onlyUserCertificates && isCa) return false
  if (scope.onlyCaCertificates && !isCa) return false
  if (scope.onlyAttributeCertificates) return false
  if (!scope.name) return true
  const listed = keysOf(scope.name, crl.issuer)
  const wanted = point.name
    ? keysOf(point.name, point.crlIssuers?.[0] ?? certificate.issuer)
    : (point.crlIssuers ?? []).map((name) => `directory:${nameKey(name)}`)
  return listed.some((key) => wanted.includes(key))
}

/** Comparison keys of a distribution point's name; a relative one is appended to the issuer's name. */
function keysOf(name: DistributionPointName, issuer: Name): readonly string[] {
  if ('fullNames' in name) return name.fullNames
  return [`directory:${JSON.stringify([...issuer.rdns, name.relative])}`]
}

/**
 * 6.3.3 (i), (j), (k): the entry that revokes, from the delta if there is one, else from the complete list. A list with a critical extension
 * that is not known, of its own or of an entry, or with malformed entries, says nothing (5.2, 5.3), and no older one in its place.
 */
async function entryFor(
  question: CrlQuestion,
  crl: Crl,
): Promise<RevokedEntry | 'not understood' | undefined> {
  const entries = understoodEntries(crl)
  if (!entries) return 'not understood'
  const delta = await newestDelta(question, crl)
  const inDelta = delta && find(delta, question.certificate)
  if (inDelta) return inDelta.reason === removeFromCrl ? undefined : inDelta
  const entry = find(entries, question.certificate)
  return entry?.reason === removeFromCrl ? undefined : entry
}

function understoodEntries(crl: Crl): CrlEntries | undefined {
  if (crl.unknownCritical !== undefined) return undefined
  try {
    const entries = crl.readEntries()
    return entries.unknownCritical === undefined ? entries : undefined
  } catch (error) {
    if (error instanceof CaError) return undefined
    throw error
  }
}

function find(entries: CrlEntries, certificate: Certificate): RevokedEntry | undefined {
  const same = entries.bySerial.get(certificate.serialNumber) ?? []
  return same.findLast((entry) => sameName(entry.issuer, certificate.issuer))
}

/** 6.3.3 (c), (h): entries of the newest delta of the same issuer, scope and key whose base is not after the complete list. */
async function newestDelta(question: CrlQuestion, base: Crl): Promise<CrlEntries | undefined> {
  const fitting = question.crls
    .filter((delta) => isDeltaOf(delta, base) && isCurrent(delta, question.at))
    .toSorted(newestFirst)
  for (const delta of fitting) {
    const entries = (await question.isAuthentic(delta)) ? understoodEntries(delta) : undefined
    if (entries) return entries
  }
  return undefined
}

function isDeltaOf(delta: Crl, base: Crl): boolean {
  if (delta.deltaBase === undefined || delta.number === undefined) return false
  if (base.number === undefined || !sameName(delta.issuer, base.issuer)) return false
  const sameScope =
    delta.scope && base.scope ? equal(delta.scope.raw, base.scope.raw) : delta.scope === base.scope
  return (
    sameScope &&
    delta.authorityKeyIdentifier === base.authorityKeyIdentifier &&
    base.number >= delta.deltaBase &&
    base.number <= delta.number
  )
}

/** Whether a certificate may sign CRLs (RFC 5280 6.3.3 f). */
export function maySignCrls(certificate: Certificate): boolean {
  return certificate.keyUsage === undefined || certificate.keyUsage.includes(keyUsageBits.cRLSign)
}

/**
 * Whether a certificate names its own subject as the issuer of the indirect list that it is to be looked up in: then its own issuer has put
 * its status into its hands, and the list that it signs is the one place where it can stand (PKITS 4.14.30). Any other certificate that
 * vouches for itself is not believed.
 */
export function isOwnCrlIssuer(certificate: Certificate, crl: Crl): boolean {
  return (
    crl.scope?.indirect === true &&
    sameName(crl.issuer, certificate.subject) &&
    (certificate.crlDistributionPoints ?? []).some(
      ({ crlIssuers }) => crlIssuers?.some((name) => sameName(name, certificate.subject)) === true,
    )
  )
}
