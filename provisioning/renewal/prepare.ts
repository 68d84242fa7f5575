/** What every renewal comes to: which live certificates the new keys follow, and the commit that makes them stand. Commits nothing. */
import {
  caKeys,
  type CertificateState,
  type EntryDraft,
  type Expectation,
  type Sha256,
} from '../../ca/index.ts'
import type { Directory, Principal, StatementBinding } from '../../exchange/index.ts'
import { holderOf, wholeHolder } from '../enrolment/codes.ts'
import { liveOf, prepareEnrolment, type IssueParts } from '../enrolment/issue.ts'
import { requestedKeys, type Proven } from '../enrolment/proven.ts'
import { keys, type CodeFor, type IssuedCertificate } from '../enrolment/types.ts'
import { ProvisioningError } from '../errors.ts'
import { requestedCertificates, requestId } from '../kit/at_the_box.ts'
import type { RenewalRecord } from './types.ts'

export interface RenewalParts extends IssueParts {
  readonly directory: Directory
}

/** Whose certificates an actor renews: those of the whole unit for a seat, else their own. */
export function renewsFor(actor: Principal): CodeFor {
  return actor.kind === 'seat'
    ? { kind: 'unit', uscc: actor.unit }
    : { kind: 'person', id: actor.id, role: actor.role }
}

/** The renewal of this name, if it stands; throws `ENROLMENT_KEYS_KNOWN` where it is another holder's. */
export async function renewalBefore(
  { journal }: Pick<RenewalParts, 'journal'>,
  codeFor: CodeFor,
  request: Sha256,
): Promise<RenewalRecord | undefined> {
  const record = (await journal.views.get(keys.renewal(request)))?.value as
    RenewalRecord | undefined
  if (record === undefined || record.holder === wholeHolder(codeFor)) return record
  throw new ProvisioningError('ENROLMENT_KEYS_KNOWN', 'these keys were asked for by another')
}

export interface PreparedRenewal {
  readonly issued: readonly IssuedCertificate[]
  readonly entries: readonly EntryDraft[]
  readonly expect: readonly Expectation[]
}

/**
 * Signs a certificate for each new key. The certificate that it follows must be live now and when the commit stands: what is revoked
 * meanwhile is not renewed. Throws `RENEWAL_NOT_LIVE`, `CERTIFICATES_TOO_MANY`, and what the authority throws.
 */
export async function prepareRenewal(
  parts: RenewalParts,
  of: {
    readonly actor: Principal
    readonly codeFor: CodeFor
    readonly proven: readonly Proven[]
    /** Chooses among the live certificates of a holder and profile, oldest first, the one that is followed; the newest by default. */
    readonly follows?: (live: readonly CertificateState[]) => CertificateState | undefined
    readonly record: Pick<RenewalRecord, 'by' | 'keyFile'> & {
      readonly statements: readonly StatementBinding[]
    }
  },
): Promise<PreparedRenewal> {
  const { actor, codeFor, proven, follows = newestOf, record } = of
  const by = { holder: actor.holder, certificate: actor.certificate }
  const before: CertificateState[] = []
  const expect: Expectation[] = []
  for (const { profile, seat } of proven) {
    const holder = holderOf(codeFor, profile, seat)
    await requireActive(parts.directory, holder, codeFor)
    const found = follows(await liveOf(parts, holder, profile))
    if (found === undefined) throw notLive(holder, profile)
    expect.push(await stillLive(parts, found))
    before.push(found)
  }
  const prepared = await prepareEnrolment(parts, { codeFor, proven, actor: by })
  const asked = requestedKeys(proven)
  const request = requestId(asked)
  const data: RenewalRecord = {
    ...{ request, holder: wholeHolder(codeFor), certificates: requestedCertificates(asked) },
    renewed: prepared.entries
      .filter(({ type }) => type === 'certificate.issued')
      .map(({ data: issued }, at) => ({
        profile: issued['profile'] as string,
        holder: issued['holder'] as string,
        before: before[at]?.sha256 as Sha256,
        certificate: issued['sha256'] as Sha256,
      })),
    ...record,
  }
  const { keyFile, statements } = record
  const entry: EntryDraft = {
    type: 'enrolment.renewed',
    actor: by,
    subject: data.holder,
    files: [
      ...statements.flatMap(({ statement, signature }) => [statement, signature]),
      ...(keyFile === null ? [] : [keyFile]),
    ],
    data,
  }
  return {
    issued: prepared.issued,
    entries: [entry, ...prepared.entries],
    expect: [...expect, ...prepared.expect, { key: keys.renewal(request), version: null }],
  }
}

const newestOf = (live: readonly CertificateState[]): CertificateState | undefined => live.at(-1)

/** The record of a live certificate as it is: the commit fails where it was revoked meanwhile. */
async function stillLive(
  { journal }: RenewalParts,
  { sha256, holder, profile }: CertificateState,
): Promise<Expectation> {
  const key = caKeys.certificate(sha256)
  const found = await journal.views.get(key)
  const isRevoked = (found?.value as { revoked?: unknown } | undefined)?.revoked !== null
  if (found === undefined || isRevoked) throw notLive(holder, profile)
  return { key, version: found.version }
}

/** A seat, unit or person that left renews nothing. */
async function requireActive(
  directory: Directory,
  holder: string,
  codeFor: CodeFor,
): Promise<void> {
  const [, seat] = holder.split('/')
  const found =
    codeFor.kind === 'person'
      ? await directory.person(codeFor.id)
      : seat === undefined
        ? await directory.unit(codeFor.uscc)
        : await directory.seat(codeFor.uscc, seat)
  if (found?.active !== true) throw notLive(holder, '')
}

function notLive(holder: string, profile: string): ProvisioningError {
  return new ProvisioningError('RENEWAL_NOT_LIVE', 'there is no live certificate to renew', {
    details: { holder, profile },
  })
}
