/** The certificates of one enrolment: prepared for one commit with the spending of the code, or found again. Commits nothing. */
import {
  equal,
  type Authority,
  type EntryDraft,
  type Expectation,
  type Subject,
} from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import type { Directory } from '../../exchange/index.ts'
import { holderOf } from './codes.ts'
import type { Proven } from './proven.ts'
import type { CodeFor, IssuedCertificate } from './types.ts'

export interface IssueParts {
  readonly authority: Authority
  readonly directory: Directory
  readonly districtName: string
}

export interface PreparedEnrolment {
  readonly issued: readonly IssuedCertificate[]
  readonly entries: readonly EntryDraft[]
  readonly expect: readonly Expectation[]
}

/** Signs a certificate for each key; without `actor`, as the act of whom the certificate is for. Throws what the authority throws. */
export async function prepareEnrolment(
  parts: IssueParts,
  of: {
    readonly codeFor: CodeFor
    readonly proven: readonly Proven[]
    readonly actor?: EntryDraft['actor']
  },
): Promise<PreparedEnrolment> {
  const { codeFor, proven, actor } = of
  const names = await namesFor(parts, codeFor)
  const issued: IssuedCertificate[] = []
  const entries: EntryDraft[] = []
  const expect: Expectation[] = []
  for (const { profile, seat, publicKey } of proven) {
    const holder = holderOf(codeFor, profile, seat)
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
