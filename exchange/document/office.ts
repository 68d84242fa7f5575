/**
 * The office: a document's acts from draft to receipt, assembled. Each act is one straight line in a file of its own: load,
 * decide, commit once. This file only ties them to their parts.
 */
import { actOnce, replayed, type ActRequest, type Once } from './acts.ts'
import { approve, type ApproveInput } from './approve.ts'
import { answer, type AnswerInput } from './answer.ts'
import { dispatch, type DispatchInput } from './dispatch.ts'
import { draft, type DraftInput } from './draft.ts'
import { drawNumber, type NumberInput } from './number.ts'
import type { OfficeParts } from './parts.ts'
import { receive } from './receive.ts'
import {
  seal,
  sealRequest,
  type SealInput,
  type SealRequest,
  type SealRequestInput,
} from './seal.ts'
import { createTurns } from '../turns.ts'
import { toSign, type DocumentAct, type ToSign, type ToSignInput } from './to_sign.ts'

/** Each act answers with the identifier of its document; what the document then is, is read. */
export interface Office {
  draft(input: DraftInput): Promise<string>
  /** What the same draft became under the same key before; undefined if it is the first. Throws `IDEMPOTENCY_KEY_REUSED`. */
  draftedBefore(input: DraftInput): Promise<string | undefined>
  approve(id: string, input: ApproveInput): Promise<string>
  number(id: string, input: NumberInput): Promise<string>
  sealRequest(id: string, input: SealRequestInput): Promise<SealRequest>
  /** What the actor is to sign for this act now. */
  toSign(act: DocumentAct, id: string, input: ToSignInput): Promise<ToSign>
  seal(id: string, input: SealInput): Promise<string>
  dispatch(id: string, input: DispatchInput): Promise<string>
  receive(id: string, input: Parameters<typeof receive>[2]): Promise<string>
  signFor(id: string, input: AnswerInput): Promise<string>
  returnToSender(id: string, input: AnswerInput): Promise<string>
}

export function createOffice(parts: OfficeParts): Office {
  const inTurn = createTurns()
  const once = <Input extends ActRequest>(
    type: Once['type'],
    act: (parts: OfficeParts, id: string, input: Input) => Promise<string>,
  ) => {
    return (id: string, input: Input): Promise<string> =>
      actOnce(parts.journal.views, { type, id, request: input }, () => act(parts, id, input))
  }
  return {
    draft: (input) =>
      actOnce(parts.journal.views, { type: 'document.drafted', request: input }, () =>
        draft(parts, input),
      ),
    draftedBefore: (input) =>
      replayed(parts.journal.views, { type: 'document.drafted', request: input }),
    approve: once('document.approved', approve),
    // Laying out takes longer than committing: without turns, whoever draws beside others does it again and again.
    number: once('document.numbered', (_parts, id, input: NumberInput) =>
      inTurn(input.actor.kind === 'seat' ? input.actor.unit : '', () =>
        drawNumber(parts, id, input),
      ),
    ),
    sealRequest: (id, input) => sealRequest(parts, id, input),
    toSign: (act, id, input) => toSign(parts, { act, id }, input),
    seal: once('document.sealed', seal),
    dispatch: once('document.dispatched', dispatch),
    receive: (id, input) => receive(parts, id, input),
    signFor: once('document.receipted', (_parts, id, input: AnswerInput) =>
      answer(parts, { id, statementType: 'sealbox.receipt' }, input),
    ),
    returnToSender: once('document.returned', (_parts, id, input: AnswerInput) =>
      answer(parts, { id, statementType: 'sealbox.return' }, input),
    ),
  }
}
