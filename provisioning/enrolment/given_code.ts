/** A one-time code as it is given out: answered once, kept by hash only. Pure but for the clock and randomness it is given. */
import type { Clock, EntryDraft, Random, Sha256 } from '../../ca/index.ts'
import type { StatementBinding } from '../../exchange/index.ts'
import { enrolmentCodeExpiry, enrolmentCodeHash, newEnrolmentCode } from '../kit/at_the_box.ts'
import { wholeHolder } from './codes.ts'
import type { CodeFor, CodeRecord } from './types.ts'

export interface IssuedCode {
  readonly codeFor: CodeFor
  readonly code: string
  /** SHA-256 of the code: all that the box keeps of it. */
  readonly hash: Sha256
  readonly expires: string
}

/** A code may be redeemed this long: a district's units do not all come in one week. */
export const codeValidForDays = 30

/** Draws a code. */
export function drawCode(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  codeFor: CodeFor,
): IssuedCode {
  const code = newEnrolmentCode(random)
  const expires = enrolmentCodeExpiry(clock.now(), codeValidForDays * 24)
  return { codeFor, code, hash: enrolmentCodeHash(code), expires }
}

/** The entry by which it stands, and by which earlier codes of the same holder are void. */
export function codeEntry(
  actor: EntryDraft['actor'],
  issued: IssuedCode,
  how: {
    readonly approval: CodeRecord['approval']
    /** The statement by which it was ordered by itself. */
    readonly order?: StatementBinding
    /** For who enrolled before. */
    readonly again?: CodeRecord['again']
  },
): EntryDraft {
  const { codeFor, hash, expires } = issued
  const { approval, order, again } = how
  const record: CodeRecord = {
    ...{ codeFor, expires, approval, state: 'open', by: actor.holder },
    ...(again && { again }),
  }
  return {
    type: 'enrolment.code-issued',
    actor,
    subject: wholeHolder(codeFor),
    files: order === undefined ? [] : [order.statement, order.signature],
    data: { code: hash, record, ...order },
  }
}
