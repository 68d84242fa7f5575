/**
 * One-time codes on the box: what an open one is for, which certificates it redeems, and for which holders. Reads the views;
 * changes nothing.
 */
import type { Authority, Clock, Expectation, Journal, Sha256 } from '../../ca/index.ts'
import { firstSeats, holders, type Directory } from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import { enrolmentCodeHash, isEnrolmentCodeExpired } from '../kit/at_the_box.ts'
import { keys, type CodeFor, type CodeRecord } from './types.ts'

/** What an open code is for, and whether a request made with it waits; throws as `redeemCode` does of the code. */
export async function lookUpCode(
  parts: {
    readonly journal: Journal
    readonly clock: Clock
    readonly directory: Directory
  },
  code: string,
): Promise<{ readonly state: 'open' | 'waiting' } & Named> {
  const { record } = await openCode(parts, enrolmentCodeHash(code))
  const state = record.state === 'waiting' ? 'waiting' : 'open'
  return { ...(await nameOf(parts.directory, record.codeFor)), state }
}

/** What a code is for, whatever became of it: which certificates it stands for is no secret to who has it. Throws `ENROLMENT_CODE_UNKNOWN`. */
export async function codeForOf(
  { journal }: { readonly journal: Journal },
  code: string,
): Promise<CodeFor> {
  const found = await journal.views.get(keys.code(enrolmentCodeHash(code)))
  if (found !== undefined) return (found.value as unknown as CodeRecord).codeFor
  throw new ProvisioningError('ENROLMENT_CODE_UNKNOWN', 'no such code was given out')
}

/** Whom a code is for, in words. */
export interface Named {
  /** Unified social credit code, or the identifier of a person. */
  readonly who: string
  readonly name: string
  readonly role?: string
}

export async function nameOf(directory: Directory, codeFor: CodeFor): Promise<Named> {
  if (codeFor.kind === 'person') return { who: codeFor.id, name: codeFor.id, role: codeFor.role }
  const unit = await directory.unit(codeFor.uscc)
  return { who: codeFor.uscc, name: unit?.name ?? codeFor.uscc }
}

/** A code that is neither spent nor replaced nor expired, with what a commit on it expects. */
export interface OpenCode {
  readonly hash: Sha256
  readonly record: CodeRecord
  readonly holder: string
  readonly expect: readonly Expectation[]
}

/**
 * The record of a code that may be redeemed, or whose request may be decided, now. Throws `ENROLMENT_CODE_UNKNOWN`, `_USED`,
 * `_REPLACED`, `_EXPIRED`, `ENROLMENT_REQUEST_REFUSED`.
 */
export async function openCode(
  { journal, clock }: { readonly journal: Journal; readonly clock: Clock },
  hash: Sha256,
): Promise<OpenCode> {
  const found = await journal.views.get(keys.code(hash))
  if (found === undefined) {
    throw new ProvisioningError('ENROLMENT_CODE_UNKNOWN', 'no such code was given out')
  }
  const record = found.value as unknown as CodeRecord
  const holder = wholeHolder(record.codeFor)
  const [enrolled, newest] = await journal.views.getMany([
    keys.enrolled(holder),
    keys.codeOf(holder),
  ])
  if (record.state === 'redeemed' || (enrolled !== undefined && record.again === undefined)) {
    throw new ProvisioningError('ENROLMENT_CODE_USED', 'this code was redeemed before')
  }
  if (record.state === 'refused') {
    throw new ProvisioningError('ENROLMENT_REQUEST_REFUSED', 'an officer refused its request')
  }
  if (newest?.value !== hash) {
    throw new ProvisioningError('ENROLMENT_CODE_REPLACED', 'a newer code was given out')
  }
  if (isEnrolmentCodeExpired(record.expires, clock.now())) {
    throw new ProvisioningError('ENROLMENT_CODE_EXPIRED', 'this code has expired', {
      details: { expires: record.expires },
    })
  }
  const expect = [
    { key: keys.code(hash), version: found.version },
    { key: keys.codeOf(holder), version: newest.version },
    { key: keys.enrolled(holder), version: enrolled?.version ?? null },
  ]
  return { hash, record, holder, expect }
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
