/**
 * Revocation by CRL (RFC 5280 6.3): distribution points, scopes, reasons, indirect and delta lists. Pure but for the signature
 * port. Fetches nothing: the lists are given. What cannot be determined is never taken for good.
 */
import { equal } from '../bytes.ts'
import type { Certificate } from './certificate.ts'
import type { Crl, RevokedEntry } from './crl.ts'
import { keyUsageBits, type DistributionPoint, type DistributionPointName } from './extensions.ts'
import { nameKey, sameName, type Name } from './names.ts'

/** What 6.3.3 answers. */
export type RevocationStatus =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly date: Date; readonly reason: number }
  | { readonly status: 'undetermined'; readonly message: string }

export interface CrlQuestion {
  readonly certificate: Certificate
  readonly crls: readonly Crl[]
  /** The moment at which each list must be current. */
  readonly at: Date
  /** 6.3.3 (f) and (g): whether the list was signed by one entitled to, over a path to the same anchor. */
  isAuthentic(crl: Crl): Promise<boolean>
}

// ReasonFlags 1 to 8 (RFC 5280 4.2.1.13); bit 0 is unused.
const allReasons: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8]

/** Determines whether a certificate is revoked at `at` (RFC 5280 6.3.3). */
export async function checkRevocation(question: CrlQuestion): Promise<RevocationStatus> {
  const { certificate } = question
  const covered = new Set<number>()
  const implied: DistributionPoint = {
    name: { fullNames: [`directory:${nameKey(certificate.issuer)}`] },
    reasons: undefined,
    crlIssuers: undefined,
  }
  for (const point of [...(certificate.crlDistributionPoints ?? []), implied]) {
    for (const crl of question.crls) {
      if (covered.size === allReasons.length) return { status: 'good' }
      const reasons = usableReasons(question, point, crl)
      if (!reasons.some((reason) => !covered.has(reason))) continue // (e)
      if (!(await question.isAuthentic(crl))) continue // (f), (g)
      const found = await entryFor(question, crl)
      if (found) return { status: 'revoked', date: found.revocationDate, reason: found.reason }
      for (const reason of reasons) covered.add(reason) // (l)
    }
  }
  if (covered.size === allReasons.length) return { status: 'good' }
  const message =
    covered.size > 0
      ? 'no CRL covers the remaining reasons (RFC 5280 6.3.3 l)'
      : 'no current CRL covers the certificate (RFC 5280 6.3.3)'
  return { status: 'undetermined', message }
}

/** 6.3.3 (a), (b), (d): the reasons for which this complete CRL speaks of the certificate at this point; none if it does not. */
function usableReasons(
  { certificate, at }: CrlQuestion,
  point: DistributionPoint,
  crl: Crl,
): readonly number[] {
  if (crl.deltaBase !== undefined || !isCurrent(crl, at)) return []
  if (!issuerMatches(certificate, point, crl) || !scopeMatches(certificate, point, crl)) return []
  const listed = crl.scope?.onlySomeReasons ?? allReasons
  const asked = point.reasons ?? allReasons
  return listed.filter((reason) => asked.includes(reason) && allReasons.includes(reason))
}

/** 6.3.3 (a), and 5.2, 5.3 on critical extensions: a list outside its time, without end, or not understood is not used. */
function isCurrent(crl: Crl, at: Date): boolean {
  return (
    crl.unknownCritical === undefined &&
    crl.thisUpdate <= at &&
    crl.nextUpdate !== undefined &&
    at <= crl.nextUpdate
  )
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

/** 6.3.3 (i), (j), (k): the entry that revokes, from the delta if there is one, else from the complete list. */
async function entryFor(question: CrlQuestion, crl: Crl): Promise<RevokedEntry | undefined> {
  const removeFromCrl = 8
  const delta = await newestDelta(question, crl)
  const inDelta = delta && find(delta, question.certificate)
  if (inDelta) return inDelta.reason === removeFromCrl ? undefined : inDelta
  const entry = find(crl, question.certificate)
  return entry?.reason === removeFromCrl ? undefined : entry
}

function find(crl: Crl, certificate: Certificate): RevokedEntry | undefined {
  const entries = crl.entries.get(certificate.serialNumber) ?? []
  return entries.findLast((entry) => sameName(entry.issuer, certificate.issuer))
}

/** 6.3.3 (c), (h): the newest delta of the same issuer, scope and key whose base is not after the complete list. */
async function newestDelta(question: CrlQuestion, base: Crl): Promise<Crl | undefined> {
  const fitting = question.crls
    .filter((delta) => isDeltaOf(delta, base) && isCurrent(delta, question.at))
    .toSorted((a, b) => Number((b.number ?? 0n) - (a.number ?? 0n)))
  for (const delta of fitting) {
    if (await question.isAuthentic(delta)) return delta
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
