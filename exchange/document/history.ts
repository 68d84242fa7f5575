/** A document's life so far, and the map of its receipts, as one viewer may see them. Pure. */
import type { Sha256 } from '../../ca/index.ts'
import type { DocumentView } from './read.ts'
import type { Binding, Copy, DocumentRecord } from './types.ts'

export interface HistoryStep {
  readonly step:
    | 'drafted'
    | 'approved'
    | 'numbered'
    | 'sealed'
    | 'dispatched'
    | 'received'
    | 'receipted'
    | 'returned'
  /** RFC 3339, UTC. Of binding acts the time in the signed statement. */
  readonly at: string
  readonly unit: string
  readonly seat: string
  /** The signed statement, where the step has one; `file` decides who may have it. */
  readonly statement?: Sha256
}

/**
 * The steps in the order of a document's life, and of the recipients' answers the earliest first. An issuer sees all; a recipient
 * sees the seals once it signed for it, the dispatch, and its own answer.
 */
export function historyOf(
  view: Pick<DocumentView, 'record' | 'dispatched' | 'copy' | 'copies'>,
): HistoryStep[] {
  const { record, dispatched, copy, copies } = view
  const own = copy === undefined ? [] : [copy]
  const recipients = (copies ?? own).flatMap(stepsOfCopy)
  return [
    ...(copies !== undefined && record !== undefined ? stepsOfMaking(record) : []),
    ...(record !== undefined && 'seals' in record ? stepsOfSeals(record.seals) : []),
    ...(dispatched === undefined ? [] : [{ step: 'dispatched' as const, ...dispatched.by }]),
    ...recipients.toSorted((a, b) => a.at.localeCompare(b.at)),
  ]
}

function stepsOfMaking(record: DocumentRecord): HistoryStep[] {
  const unit = record.issuers[0] ?? ''
  const { draftedAt, draftedBy, approvals } = record
  return [
    { step: 'drafted', at: draftedAt, unit, seat: draftedBy },
    ...approvals.map((approval) => bound('approved', approval)),
    ...('number' in record
      ? [{ step: 'numbered' as const, at: record.numberedAt, unit, seat: record.numberedBy }]
      : []),
  ]
}

function stepsOfSeals(seals: Extract<DocumentRecord, { stage: 'numbered' }>['seals']) {
  return seals.map(({ at, unit, by }): HistoryStep => ({ step: 'sealed', at, unit, seat: by }))
}

function stepsOfCopy({ unit, state, receivedAt, receivedBy, answer }: Copy): HistoryStep[] {
  const answered = state === 'receipted' || state === 'returned'
  return [
    ...(receivedAt === null
      ? []
      : [{ step: 'received' as const, at: receivedAt, unit, seat: receivedBy ?? '' }]),
    ...(answered && answer !== null ? [bound(state, answer)] : []),
  ]
}

function bound(step: HistoryStep['step'], binding: Binding): HistoryStep {
  const { at, unit, seat, statement } = binding
  return { step, at, unit, seat, statement }
}

/** One recipient in the map of receipts. */
export interface ReceiptPlace {
  readonly unit: string
  readonly as: Copy['as']
  readonly state: Copy['state']
  /** When it came to this state; null while only dispatched. */
  readonly at: string | null
}

export interface ReceiptMap {
  /** Main recipients, then copies, each in the order of the dispatch statement. */
  readonly places: readonly ReceiptPlace[]
  readonly counts: Readonly<Record<Copy['state'], number>>
}

/** The map of receipts, for issuers of a dispatched document; undefined for everyone else. */
export function receiptMap(view: Pick<DocumentView, 'record' | 'copies'>): ReceiptMap | undefined {
  const { record, copies } = view
  if (record?.stage !== 'dispatched' || copies === undefined) return undefined
  const byUnit = new Map(copies.map((copy) => [copy.unit, copy]))
  const places = [...record.main, ...record.copies].flatMap((unit) => {
    const copy = byUnit.get(unit)
    return copy === undefined ? [] : [placeOf(copy)]
  })
  const count = (state: Copy['state']): number =>
    places.filter((place) => place.state === state).length
  return {
    places,
    counts: {
      dispatched: count('dispatched'),
      received: count('received'),
      receipted: count('receipted'),
      returned: count('returned'),
    },
  }
}

function placeOf({ unit, as, state, receivedAt, answer }: Copy): ReceiptPlace {
  return { unit, as, state, at: answer?.at ?? receivedAt }
}
