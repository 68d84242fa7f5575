/**
 * The office: a document's acts from draft to receipt, assembled. Each act is one straight line in a file of its own: load,
 * decide, commit once. This file only ties them to their parts.
 */
import type { Authority, Blobs, Clock, Journal, Random, Sha256 } from '../../ca/index.ts'
import type { Directory } from '../directory/directory.ts'
import type { Fonts } from '../layout/index.ts'
import type { StatementDesk } from '../statement/accept.ts'
import { approve, type ApproveInput } from './approve.ts'
import { answer, type AnswerInput } from './answer.ts'
import { dispatch, type DispatchInput } from './dispatch.ts'
import { draft, type DraftInput } from './draft.ts'
import { drawNumber, type NumberInput } from './number.ts'
import { receive } from './receive.ts'
import {
  seal,
  sealRequest,
  type SealInput,
  type SealRequest,
  type SealRequestInput,
} from './seal.ts'

export interface OfficeParts {
  readonly journal: Journal
  readonly blobs: Blobs
  readonly authority: Authority
  readonly clock: Clock
  readonly random: Random
  readonly directory: Directory
  readonly desk: StatementDesk
  readonly fonts: Fonts
  /** Time-stamp token over a SHA-256, or undefined while time-stamping is down. */
  readonly stamp: (imprint: Uint8Array) => Promise<Uint8Array | undefined>
  /** Certificates of the OCSP responder and the time-stamping authority, which evidence names. */
  readonly services: readonly Uint8Array[]
  /** Whether a unit uploaded this blob itself: a hash alone gives no right to a file. */
  readonly uploadedBy: (unit: string, file: Sha256) => Promise<boolean>
  /** IANA time zone of the box: dates of documents and years of series. */
  readonly zone: string
  readonly trial: boolean
}

/** Each act answers with the identifier of its document; what the document then is, is read. */
export interface Office {
  draft(input: DraftInput): Promise<string>
  approve(id: string, input: ApproveInput): Promise<string>
  number(id: string, input: NumberInput): Promise<string>
  sealRequest(id: string, input: SealRequestInput): Promise<SealRequest>
  seal(id: string, input: SealInput): Promise<string>
  dispatch(id: string, input: DispatchInput): Promise<string>
  receive(id: string, input: Parameters<typeof receive>[2]): Promise<string>
  signFor(id: string, input: AnswerInput): Promise<string>
  returnToSender(id: string, input: AnswerInput): Promise<string>
}

export function createOffice(parts: OfficeParts): Office {
  return {
    draft: (input) => draft(parts, input),
    approve: (id, input) => approve(parts, id, input),
    number: (id, input) => drawNumber(parts, id, input),
    sealRequest: (id, input) => sealRequest(parts, id, input),
    seal: (id, input) => seal(parts, id, input),
    dispatch: (id, input) => dispatch(parts, id, input),
    receive: (id, input) => receive(parts, id, input),
    signFor: (id, input) => answer(parts, id, 'sealbox.receipt', input),
    returnToSender: (id, input) => answer(parts, id, 'sealbox.return', input),
  }
}
