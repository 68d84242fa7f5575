/**
 * Revocation along a path, from the root downwards (EN 319 102-1 5.2.5, 5.6.2.2, validation time sliding): once an authority is revoked, only what is
 * proven to have been there before counts of what it and its responders say. Bad news is believed of any age; good news must not be older
 * than the use, or for authorities be current at it. Pure.
 */
import {
  equal,
  oids,
  sha256Hex,
  type Certificate,
  type VouchedFact,
} from '../../../ca/path/index.ts'
import { isKnown, type Compromise } from './compromise.ts'
import type { ChainTimes, ChainVerdict, Evidence } from './evidence.ts'
import { finding } from '../findings.ts'
import { earliestOf, failed, indeterminate, passed } from '../verdict.ts'

export type RevocationVerdict = Pick<ChainVerdict, 'judgement' | 'findings' | 'until'>

interface Times extends ChainTimes {
  /** What verified answers and lists say of a certificate. */
  readonly factsOf: (member: Certificate, issuer: Certificate) => Promise<readonly VouchedFact[]>
}

/** Judges the members of a path (target first, root last), the first objection from the root downwards. */
export async function judgeRevocations(
  path: readonly Certificate[],
  evidence: Evidence,
  times: Times,
): Promise<RevocationVerdict> {
  let controlTime: Date | undefined
  const ends: (Date | undefined)[] = []
  const findings: ChainVerdict['findings'][number][] = []
  for (let at = path.length - 2; at >= 0; at--) {
    const [member, issuer] = [path[at], path[at + 1]]
    if (!member || !issuer || isNeverRevoked(member)) continue
    const facts = await times.factsOf(member, issuer)
    const about = { member, issuer, isTarget: at === 0, facts, controlTime }
    const usable = usableFacts(about, evidence)
    const good = usable.filter((fact) => isEnough(fact, about, { times, evidence }))
    const revoked = revokedObjection(about, times)
    if (revoked) return revoked
    if (good.length === 0) return freshnessObjection(about, usable)
    const revokedAt = earliestRevocation(facts)
    if (revokedAt) {
      findings.push(finding('REVOKED_LATER', member.subject.text))
      if (!controlTime || revokedAt < controlTime) controlTime = revokedAt
    }
    ends.push(endOf(about, { good, revokedAt }, { times, evidence }))
  }
  return { judgement: passed, findings, until: earliestOf(ends) }
}

/** RFC 9608: nothing is ever published about such a certificate, which may not be an authority's. */
function isNeverRevoked({ basicConstraints, extensions }: Certificate): boolean {
  return extensions.has(oids.noRevAvail) && basicConstraints?.isCa !== true
}

interface About {
  readonly member: Certificate
  readonly issuer: Certificate
  readonly isTarget: boolean
  readonly facts: readonly VouchedFact[]
  /** When an authority above was revoked: only what was there before is believed. */
  readonly controlTime: Date | undefined
}

const certificateHold = 6

/** When the certificate was revoked; a hold counts until a newer answer says that it was lifted (RFC 5280 5.3.1). */
function earliestRevocation(facts: readonly VouchedFact[]): Date | undefined {
  const standing = facts.filter(
    ({ revokedAt, reason, thisUpdate }) =>
      revokedAt !== undefined &&
      !(
        reason === certificateHold &&
        facts.some((newer) => newer.revokedAt === undefined && newer.thisUpdate > thisUpdate)
      ),
  )
  return standing.reduce<Date | undefined>(
    (first, { revokedAt }) => (revokedAt && (!first || revokedAt < first) ? revokedAt : first),
    undefined,
  )
}

/** Reasons after which the key is in no other hands, so that a stamp of before stands by itself (RFC 3161 4 1; RFC 5280 5.3.1). */
const harmlessReasons: readonly (number | undefined)[] = [3, 4, 5]

/** By when a revocation harms: a stamp whose key is in no other hands counts from the time that it says. */
function countedTime({ isTarget, facts }: About, times: Times): Date {
  const isHarmless =
    isTarget &&
    times.token !== undefined &&
    facts.every((fact) => !fact.revokedAt || harmlessReasons.includes(fact.reason))
  return isHarmless ? times.usedAt : times.validAt
}

/** Whether the certificate was revoked by the time that what it signed is proven to have existed. */
function revokedObjection(about: About, times: Times): RevocationVerdict | undefined {
  const { member, isTarget, facts } = about
  const revokedAt = earliestRevocation(facts)
  if (!revokedAt || revokedAt > countedTime(about, times)) return undefined
  const detail = `${member.subject.text}, ${revokedAt.toISOString()}`
  const isCertain = times.currentSuffices === true || isBeforeUse(revokedAt, member, times)
  if (isCertain) return { judgement: failed('REVOKED'), findings: [finding('REVOKED', detail)] }
  const sub = isTarget ? 'REVOKED_NO_POE' : 'REVOKED_CA_NO_POE'
  return { judgement: indeterminate(sub), findings: [finding('REVOKED_UNPROVEN', detail)] }
}

/** Whether it was revoked before it was used beyond doubt: before the proven time, or before it was even valid. */
function isBeforeUse(revokedAt: Date, { notBefore }: Certificate, times: Times): boolean {
  const isProven = times.isProven === true || times.token !== undefined
  return revokedAt <= notBefore || (isProven && revokedAt <= times.usedAt)
}

/**
 * The facts that are not of a time to come (EN 319 102-1 5.6.2.2: issued before the control time), and are proven to have been there before an
 * authority above was revoked.
 */
function usableFacts({ facts, controlTime }: About, { at, existence }: Evidence): VouchedFact[] {
  return facts.filter(
    ({ piece, thisUpdate }) =>
      thisUpdate <= at && (!controlTime || existence.timeOf(piece) < controlTime),
  )
}

/** Why nothing tells that the certificate was good when it was used. */
function freshnessObjection(
  { member, facts, controlTime }: About,
  usable: readonly VouchedFact[],
): RevocationVerdict {
  const { text } = member.subject
  if (controlTime && usable.length < facts.length) {
    const detail = `${text}, ${controlTime.toISOString()}`
    return { judgement: indeterminate('NO_POE'), findings: [finding('EVIDENCE_UNPROVEN', detail)] }
  }
  const isAhead = facts.length > usable.length
  const why = isAhead ? ': of a later time' : facts.length > 0 ? ': too old' : ''
  const detail = text + why
  return {
    judgement: indeterminate('TRY_LATER'),
    findings: [finding('REVOCATION_UNKNOWN', detail)],
  }
}

/** Not older than the use; of authorities, and where nothing was signed, current then is enough. */
function isEnough(
  fact: VouchedFact,
  { issuer, isTarget }: About,
  by: { readonly times: Times; readonly evidence: Evidence },
): boolean {
  const { usedAt, currentSuffices } = by.times
  const isCurrent = fact.nextUpdate !== undefined && fact.nextUpdate >= secondOf(usedAt)
  const mustBeNewer = isTarget && currentSuffices !== true
  if (fact.thisUpdate < usedAt && (mustBeNewer || !isCurrent)) return false
  const said = equal(fact.signedBy.raw, issuer.raw) ? [issuer] : [fact.signedBy, issuer]
  return !isSaidInOtherHands(said, by.evidence.compromises, fact.thisUpdate)
}

/** Whether who said it, or the authority that delegated them, was in other hands; a delegate that is known stays one. */
function isSaidInOtherHands(
  [signer, delegator]: readonly Certificate[],
  compromises: readonly Compromise[],
  at: Date,
): boolean {
  return compromises.some((compromise) => {
    if (at < compromise.from || signer === undefined) return false
    if (compromise.certificate === sha256Hex(signer.raw)) return true
    const isOfDelegator =
      delegator !== undefined && compromise.certificate === sha256Hex(delegator.raw)
    return isOfDelegator && !isKnown(signer, compromise)
  })
}

/** Times in evidence are whole seconds, and hold through them. */
const secondOf = (date: Date): Date => new Date(Math.floor(date.getTime() / 1000) * 1000)

/**
 * The last second at which the same facts say the same of a member: before a revocation that is still to come, and, where the use is of no
 * proven time, while one of them is new enough.
 */
function endOf(
  about: About,
  of: { readonly good: readonly VouchedFact[]; readonly revokedAt: Date | undefined },
  { times, evidence }: { readonly times: Times; readonly evidence: Evidence },
): Date | undefined {
  const { isTarget, controlTime } = about
  const { at, existence } = evidence
  const ends: Date[] = []
  if (of.revokedAt && countedTime(about, times) >= at) ends.push(secondBefore(of.revokedAt))
  const isProven = ({ piece }: VouchedFact): boolean => existence.timeOf(piece) < at
  if (controlTime && !of.good.some(isProven)) ends.push(secondBefore(controlTime))
  if (times.isProven !== true && times.token === undefined) {
    const mustBeNewer = isTarget && times.currentSuffices !== true
    const last = of.good.map(({ thisUpdate, nextUpdate }) =>
      mustBeNewer || !nextUpdate || nextUpdate < thisUpdate ? thisUpdate : nextUpdate,
    )
    ends.push(new Date(Math.max(...last.map((end) => end.getTime()))))
  }
  return earliestOf(ends)
}

/** The last whole second before. */
export const secondBefore = (date: Date): Date =>
  new Date(Math.ceil(date.getTime() / 1000) * 1000 - 1000)
