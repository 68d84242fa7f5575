/** The certificates of one enrolment: prepared for one commit with the spending of the code, or found again. Commits nothing. */
import {
  equal,
  type Authority,
  type CertificateState,
  type Clock,
  type EntryDraft,
  type Expectation,
  type Journal,
  type Prepared,
  type Subject,
} from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import type { Directory } from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import { holderOf, requestsFor } from './codes.ts'
import type { Proven } from './proven.ts'
import { keys, type CodeFor, type IssuedCertificate } from './types.ts'

/** Live certificates of a holder and profile: the one in use, the one that follows it, and one for a mishap. */
export const maxLiveCertificates = 3

export interface IssueParts {
  readonly authority: Authority
  readonly journal: Journal
  readonly clock: Clock
  readonly directory: Directory
  readonly districtName: string
}

export interface PreparedEnrolment {
  readonly issued: readonly IssuedCertificate[]
  readonly entries: readonly EntryDraft[]
  readonly expect: readonly Expectation[]
}

/**
 * Signs a certificate for each key; without `actor`, as the act of whom the certificate is for. `ended` are certificates that end in
 * the same commit. Throws `CERTIFICATES_TOO_MANY`, and what the authority throws.
 */
export async function prepareEnrolment(
  parts: IssueParts,
  of: {
    readonly codeFor: CodeFor
    readonly proven: readonly Proven[]
    readonly actor?: EntryDraft['actor']
    readonly ended?: readonly CertificateState[]
  },
): Promise<PreparedEnrolment> {
  const { codeFor, proven, actor, ended = [] } = of
  const names = await namesFor(parts, codeFor)
  const issued: IssuedCertificate[] = []
  const entries: EntryDraft[] = []
  const expect: Expectation[] = []
  for (const { profile, seat, publicKey } of proven) {
    const holder = holderOf(codeFor, profile, seat)
    expect.push(await requireRoom(parts, { holder, profile, ended }))
    const prepared = await parts.authority.prepareIssue({
      profile,
      publicKey,
      subject: names(profile, seat),
      holder,
      actor: actor ?? { holder, certificate: null },
    })
    issued.push({ profile, ...(seat !== undefined && { seat }), certificate: prepared.certificate })
    entries.push(...prepared.entries)
    expect.push(...prepared.expect)
  }
  return { issued, entries, expect }
}

/** Few are live, and nobody issues another one meanwhile: what the commit expects of that. */
async function requireRoom(
  parts: Pick<IssueParts, 'authority' | 'journal' | 'clock'>,
  of: {
    readonly holder: string
    readonly profile: string
    readonly ended: readonly CertificateState[]
  },
): Promise<Expectation> {
  const { holder, profile, ended } = of
  // Read first: what is issued between the two reads changes it.
  const newest = await parts.journal.views.get(keys.newest(holder, profile))
  const live = await liveOf(parts, holder, profile)
  const kept = live.filter(({ sha256 }) => !ended.some((one) => one.sha256 === sha256))
  if (kept.length >= maxLiveCertificates) {
    throw new ProvisioningError('CERTIFICATES_TOO_MANY', 'enough certificates of this are live', {
      details: { holder, profile, live: kept.length },
    })
  }
  return { key: keys.newest(holder, profile), version: newest?.version ?? null }
}

/** Certificates of a holder and profile that may be used now, oldest first. */
export async function liveOf(
  { authority, clock }: Pick<IssueParts, 'authority' | 'clock'>,
  holder: string,
  profile: string,
): Promise<CertificateState[]> {
  const now = clock.now()
  const held = await authority.certificatesOf(holder)
  return held.filter(
    (one) =>
      one.profile === profile &&
      one.revoked === undefined &&
      one.notBefore <= now &&
      now <= one.notAfter,
  )
}

/** All live certificates of what a code stands for. */
export async function liveOfCode(
  parts: Pick<IssueParts, 'authority' | 'clock'>,
  codeFor: CodeFor,
): Promise<CertificateState[]> {
  const live = await Promise.all(
    requestsFor(codeFor).map(({ profile, seat }) =>
      liveOf(parts, holderOf(codeFor, profile, seat), profile),
    ),
  )
  return live.flat()
}

/** All of these end for one reason, with one new list for all. Throws what the authority throws. */
export async function prepareEnding(
  authority: Authority,
  ended: readonly CertificateState[],
  how: {
    readonly reason: 'superseded' | 'keyCompromise'
    readonly actor: EntryDraft['actor']
  },
): Promise<Prepared> {
  const prepared = await Promise.all(
    ended.map(({ sha256 }) => authority.prepareRevoke({ sha256, ...how })),
  )
  const entries = prepared.flatMap((one) => one.entries)
  const lists = new Map(
    entries.filter(({ type }) => type === 'crl.issued').map((entry) => [entry.subject, entry]),
  )
  return {
    entries: [...entries.filter(({ type }) => type !== 'crl.issued'), ...lists.values()],
    expect: prepared.flatMap((one) => one.expect),
  }
}

/** The certificates that these very keys got; undefined if one of them got none. */
export async function certifiedBefore(
  authority: Authority,
  codeFor: CodeFor,
  proven: readonly Proven[],
): Promise<IssuedCertificate[] | undefined> {
  const issued: IssuedCertificate[] = []
  for (const { profile, seat, publicKey } of proven) {
    const held = await authority.certificatesOf(holderOf(codeFor, profile, seat))
    const certified = held.find(
      (state) =>
        state.profile === profile && equal(readCertificate(state.certificate).publicKey, publicKey),
    )
    if (certified === undefined) return undefined
    const { certificate } = certified
    issued.push({ profile, ...(seat !== undefined && { seat }), certificate })
  }
  return issued
}

/** Subjects are the box's words: the district, the organ's registered name and code, the seat. Never the request's. */
async function namesFor(
  { directory, districtName }: IssueParts,
  codeFor: CodeFor,
): Promise<(profile: string, seat: string | undefined) => Subject> {
  if (codeFor.kind === 'person') {
    return () => ({
      organization: districtName,
      organizationalUnit: codeFor.role,
      commonName: codeFor.id,
    })
  }
  const unit = await directory.unit(codeFor.uscc)
  if (unit === undefined) throw new TypeError('a code without its unit')
  return (_profile, seat) => ({
    organization: districtName,
    organizationIdentifier: unit.uscc,
    commonName: seat === undefined ? unit.name : `${unit.shortName} ${seat}`,
  })
}
