/**
 * Redeeming a one-time code: the unit's (or administrator's) requests are issued and the code is spent, in one commit. The
 * box sees public keys and proofs of possession only; the wrapped key file, if handed over, is kept as it is.
 */
import {
  readRequest,
  toHex,
  type Authority,
  type Blobs,
  type Clock,
  type EntryDraft,
  type Expectation,
  type Journal,
  type Sha256,
  type Subject,
} from '../../ca/index.ts'
import { firstSeats, holders, type Directory } from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import { enrolmentCodeHash, isEnrolmentCodeExpired } from '../kit/index.ts'
import {
  keys,
  type CertificateRequest,
  type CodeFor,
  type CodeRecord,
  type IssuedCertificate,
} from './types.ts'

export interface RedeemParts {
  readonly journal: Journal
  readonly blobs: Blobs
  readonly authority: Authority
  readonly directory: Directory
  readonly clock: Clock
  readonly districtName: string
}

/**
 * Throws `ENROLMENT_CODE_UNKNOWN`, `ENROLMENT_CODE_EXPIRED`, `ENROLMENT_CODE_USED`, `ENROLMENT_REQUESTS_WRONG`, and what
 * the authority throws of a request.
 */
export async function redeemCode(
  parts: RedeemParts,
  input: {
    readonly code: string
    readonly requests: readonly CertificateRequest[]
    /** The unit's wrapped keys, opaque to the box. */
    readonly keyFile?: Uint8Array
  },
): Promise<IssuedCertificate[]> {
  const { journal, blobs, authority } = parts
  const hash = enrolmentCodeHash(input.code)
  const { record, version } = await openCode(parts, hash)
  const wanted = requestsFor(record.codeFor)
  const names = await namesFor(parts, record.codeFor)
  const issued: IssuedCertificate[] = []
  const entries: EntryDraft[] = []
  const holder = wholeHolder(record.codeFor)
  const expect: Expectation[] = [
    { key: keys.code(hash), version },
    { key: keys.enrolled(holder), version: null },
  ]
  if (input.requests.length !== wanted.length) throw wrongRequests(wanted)
  const known = new Set<string>()
  for (const { profile, seat } of wanted) {
    const asked = input.requests.find(
      (request) => request.profile === profile && request.seat === seat,
    )
    if (asked === undefined) throw wrongRequests(wanted)
    const publicKey = await readRequest(asked.request)
    // One key, one purpose: the authority refuses what it knows, and these it does not know yet.
    if (known.has(toHex(publicKey))) throw wrongRequests(wanted)
    known.add(toHex(publicKey))
    const keyHolder = holderOf(record.codeFor, profile, seat)
    const prepared = await authority.prepareIssue({
      profile,
      publicKey,
      subject: names(profile, seat),
      holder: keyHolder,
      actor: { holder: keyHolder, certificate: null },
    })
    issued.push({ profile, ...(seat !== undefined && { seat }), certificate: prepared.certificate })
    entries.push(...prepared.entries)
    expect.push(...prepared.expect)
  }
  const keyFile = input.keyFile === undefined ? null : await blobs.put(input.keyFile)
  const spent: EntryDraft = {
    type: 'enrolment.redeemed',
    actor: { holder, certificate: null },
    subject: holder,
    files: keyFile === null ? [] : [keyFile],
    data: { code: hash, holder, keyFile },
  }
  await journal.commit({ entries: [spent, ...entries], expect })
  return issued
}

/** All codes that were given out, by hash alone. */
export async function givenCodes(views: Journal['views']): Promise<CodeRecord[]> {
  const codes: CodeRecord[] = []
  for await (const { value } of views.scan(keys.codes)) codes.push(value as unknown as CodeRecord)
  return codes
}

/** What an open code is for; throws as `redeemCode` does of the code. */
export async function lookUpCode(
  parts: Pick<RedeemParts, 'journal' | 'clock' | 'directory'>,
  code: string,
): Promise<{ readonly who: string; readonly name: string; readonly role?: string }> {
  const { codeFor } = (await openCode(parts, enrolmentCodeHash(code))).record
  if (codeFor.kind === 'person') return { who: codeFor.id, name: codeFor.id, role: codeFor.role }
  const unit = await parts.directory.unit(codeFor.uscc)
  return { who: codeFor.uscc, name: unit?.name ?? codeFor.uscc }
}

async function openCode(
  { journal, clock }: Pick<RedeemParts, 'journal' | 'clock'>,
  hash: Sha256,
): Promise<{ record: CodeRecord; version: number }> {
  const found = await journal.views.get(keys.code(hash))
  if (found === undefined) {
    throw new ProvisioningError('ENROLMENT_CODE_UNKNOWN', 'no such code was given out')
  }
  const record = found.value as unknown as CodeRecord
  const enrolled = await journal.views.get(keys.enrolled(wholeHolder(record.codeFor)))
  if (record.state !== 'open' || enrolled !== undefined) {
    throw new ProvisioningError('ENROLMENT_CODE_USED', 'this code was redeemed before')
  }
  if (isEnrolmentCodeExpired(record.expires, clock.now())) {
    throw new ProvisioningError('ENROLMENT_CODE_EXPIRED', 'this code has expired', {
      details: { expires: record.expires },
    })
  }
  return { record, version: found.version }
}

interface Wanted {
  readonly profile: Parameters<Authority['prepareIssue']>[0]['profile']
  readonly seat: string | undefined
}

/** Which certificates a code redeems: no more, no less. */
function requestsFor(codeFor: CodeFor): Wanted[] {
  if (codeFor.kind === 'person') {
    return [
      { profile: `${codeFor.role}-client`, seat: undefined },
      { profile: `${codeFor.role}-signing`, seat: undefined },
    ]
  }
  return [
    ...Object.keys(firstSeats).flatMap((seat): Wanted[] => [
      { profile: 'seat-client', seat },
      { profile: 'seat-signing', seat },
    ]),
    { profile: 'unit-seal', seat: undefined },
  ]
}

function wrongRequests(wanted: readonly Wanted[]): ProvisioningError {
  return new ProvisioningError('ENROLMENT_REQUESTS_WRONG', 'the code redeems other certificates', {
    details: { wanted: wanted.map(({ profile, seat }) => ({ profile, seat: seat ?? null })) },
  })
}

function holderOf(codeFor: CodeFor, profile: string, seat: string | undefined): string {
  if (codeFor.kind === 'person') return holders.person(codeFor.id)
  return profile === 'unit-seal' || seat === undefined
    ? holders.unit(codeFor.uscc)
    : holders.seat(codeFor.uscc, seat)
}

function wholeHolder(codeFor: CodeFor): string {
  return codeFor.kind === 'person' ? holders.person(codeFor.id) : holders.unit(codeFor.uscc)
}

/** Subjects are the box's words: the district, the organ's registered name and code, the seat. Never the request's. */
async function namesFor(
  { directory, districtName }: RedeemParts,
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
