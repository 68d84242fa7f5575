/**
 * One-time codes on the box: what an open one is for, which certificates it redeems, and for which holders. Reads the views;
 * changes nothing.
 */
import type { Authority, Clock, Journal, Sha256 } from '../../ca/index.ts'
import { firstSeats, holders, type Directory } from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import { enrolmentCodeHash, isEnrolmentCodeExpired } from '../kit/index.ts'
import { keys, type CodeFor, type CodeRecord } from './types.ts'

/** All codes that were given out, by hash alone. */
export async function givenCodes(views: Journal['views']): Promise<CodeRecord[]> {
  const codes: CodeRecord[] = []
  for await (const { value } of views.scan(keys.codes)) codes.push(value as unknown as CodeRecord)
  return codes
}

/** What an open code is for; throws as `redeemCode` does of the code. */
export async function lookUpCode(
  parts: {
    readonly journal: Journal
    readonly clock: Clock
    readonly directory: Directory
  },
  code: string,
): Promise<{ readonly who: string; readonly name: string; readonly role?: string }> {
  const { codeFor } = (await openCode(parts, enrolmentCodeHash(code))).record
  if (codeFor.kind === 'person') return { who: codeFor.id, name: codeFor.id, role: codeFor.role }
  const unit = await parts.directory.unit(codeFor.uscc)
  return { who: codeFor.uscc, name: unit?.name ?? codeFor.uscc }
}

/** The record of a code that may be redeemed now. Throws `ENROLMENT_CODE_UNKNOWN`, `_USED`, `_EXPIRED`. */
export async function openCode(
  { journal, clock }: { readonly journal: Journal; readonly clock: Clock },
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

/** One certificate that a code stands for. */
export interface Wanted {
  readonly profile: Parameters<Authority['prepareIssue']>[0]['profile']
  readonly seat: string | undefined
}

/** Which certificates a code redeems: no more, no less. */
export function requestsFor(codeFor: CodeFor): Wanted[] {
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

/** `ENROLMENT_REQUESTS_WRONG`, naming what the code redeems. */
export function wrongRequests(wanted: readonly Wanted[]): ProvisioningError {
  return new ProvisioningError('ENROLMENT_REQUESTS_WRONG', 'the code redeems other certificates', {
    details: { wanted: wanted.map(({ profile, seat }) => ({ profile, seat: seat ?? null })) },
  })
}

/** What a certificate of the code stands for. */
export function holderOf(codeFor: CodeFor, profile: string, seat: string | undefined): string {
  if (codeFor.kind === 'person') return holders.person(codeFor.id)
  return profile === 'unit-seal' || seat === undefined
    ? holders.unit(codeFor.uscc)
    : holders.seat(codeFor.uscc, seat)
}

/** Whom the whole code is for. */
export function wholeHolder(codeFor: CodeFor): string {
  return codeFor.kind === 'person' ? holders.person(codeFor.id) : holders.unit(codeFor.uscc)
}
