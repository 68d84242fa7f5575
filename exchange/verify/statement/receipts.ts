/**
 * Receipts and returns against the dispatch statement that they answer (design 3): whether each answers this dispatch of this document as one of
 * its recipients, and who of them has signed for it. Counts recipients, never issuers. Pure.
 */
import type { Sha256 } from '../../../ca/path/index.ts'
import type { Statement, StatementOf } from '../../statement/types.ts'
import type { FindingCode } from '../findings.ts'

export type AnswerStatement = StatementOf<'sealbox.receipt'> | StatementOf<'sealbox.return'>

export interface GivenDispatch {
  /** SHA-256 of the statement's bytes. */
  readonly hash: Sha256
  readonly statement: StatementOf<'sealbox.dispatch'>
}

/** Who of the recipients has signed for a document. */
export interface Completeness {
  readonly recipients: number
  readonly signedFor: number
  /** Credit codes of the recipients that returned it, main ones first, in the order of the dispatch statement. */
  readonly returned: readonly string[]
  /** The same of recipients that did neither, as far as is proven. */
  readonly missing: readonly string[]
}

export function isAnswer(statement: Statement): statement is AnswerStatement {
  return statement.type === 'sealbox.receipt' || statement.type === 'sealbox.return'
}

/** What stands against an answer to this dispatch; empty if nothing does. */
export function answerObjections(
  answer: AnswerStatement,
  { hash, statement }: GivenDispatch,
): FindingCode[] {
  const isSame =
    answer.document === statement.document && answer.documentHash === statement.documentHash
  return [
    ...(answer.dispatch === hash ? [] : (['RECEIPT_OTHER_DISPATCH'] as const)),
    ...(isSame ? [] : (['RECEIPT_OTHER_DOCUMENT'] as const)),
    ...(recipientsOf(statement).includes(answer.unit) ? [] : (['RECEIPT_NOT_RECIPIENT'] as const)),
  ]
}

/** Counts by the units of the answers that hold: authentic, trusted, and with nothing against them. */
export function completenessOf(
  { statement }: GivenDispatch,
  answered: { readonly signedFor: ReadonlySet<string>; readonly returned: ReadonlySet<string> },
): Completeness {
  const recipients = recipientsOf(statement)
  const { signedFor, returned } = answered
  return {
    recipients: recipients.length,
    signedFor: recipients.filter((unit) => signedFor.has(unit)).length,
    returned: recipients.filter((unit) => returned.has(unit) && !signedFor.has(unit)),
    missing: recipients.filter((unit) => !signedFor.has(unit) && !returned.has(unit)),
  }
}

/** Each once, and no unit that issued it: a dispatch by an issuer to itself proves no receipt. */
function recipientsOf({ main, copies, unit }: StatementOf<'sealbox.dispatch'>): string[] {
  return [...new Set([...main, ...copies])].filter((recipient) => recipient !== unit)
}
