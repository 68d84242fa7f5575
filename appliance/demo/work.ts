/** The demo's work: one document's trip from draft to receipts, as its units do it. */
import type { Sha256 } from '../../ca/index.ts'
import {
  bodyTexts,
  draftFromText,
  paintNumber,
  type DocumentView,
  type Draft,
} from '../../exchange/index.ts'
import type { Receipt } from '../unit/seat.ts'
import type { DemoUnit } from './district.ts'
import type { DemoText } from './texts.ts'

export interface Trip {
  readonly id: string
  readonly issuer: DemoUnit
  readonly recipients: readonly DemoUnit[]
  readonly title: string
  /** 发文字号 as painted. */
  readonly number: string
  /** A piece of the body that the search must find. */
  readonly phrase: string
  readonly characters: number
  readonly pages: number
  readonly file: Sha256
  readonly pdf: Uint8Array
  readonly receipts: ReadonlyMap<string, Receipt>
}

/** Who sends the document at this place to whom: the first to all, the others to 1 to 5 units in turn. */
export function partiesOf(
  units: readonly DemoUnit[],
  at: number,
): { readonly issuer: DemoUnit; readonly recipients: DemoUnit[] } {
  const { length } = units
  const issuer = units[at % length]
  if (issuer === undefined || length < 2) throw new RangeError('a district has two units at least')
  const others = Array.from({ length: length - 1 }, (_, step) => units[(at + 1 + step) % length])
  const count = at === 0 ? others.length : 1 + ((at * 7) % 5)
  // Not always the neighbours: a stride that changes with the document.
  const stride = 1 + (at % 3)
  const chosen = new Set<DemoUnit>()
  for (let step = 0; chosen.size < Math.min(count, others.length); step++) {
    const next = others[(step * stride) % others.length] ?? others[chosen.size]
    const free =
      next !== undefined && !chosen.has(next)
        ? next
        : others.find((one) => one !== undefined && !chosen.has(one))
    if (free !== undefined) chosen.add(free)
  }
  return { issuer, recipients: [...chosen] }
}

/** Drafts, approves, numbers, seals and sends. */
export async function send(units: readonly DemoUnit[], at: number, text: DemoText): Promise<Trip> {
  const { issuer, recipients } = partiesOf(units, at)
  const organ = ({ unit }: DemoUnit) => ({ name: unit.name, unit: unit.uscc })
  const draft = draftFromText({
    source: text,
    issuers: [{ ...organ(issuer), agencyCode: issuer.unit.agencyCode }],
    mainRecipients: recipients.slice(0, Math.max(1, recipients.length - 1)).map(organ),
    copies: recipients.slice(Math.max(1, recipients.length - 1)).map(organ),
    printedBy: issuer.unit.name,
  })
  const { id } = await issuer.clerk.draft(draft)
  await issuer.leader.approve(id)
  await issuer.clerk.number(id)
  await issuer.clerk.sealDocument(id)
  const deadline = new Date(Date.now() + 3 * 86_400_000)
  const { record } = await issuer.clerk.dispatch(id, { deadline })
  if (record?.stage !== 'dispatched') throw new TypeError(`${id} was not dispatched`)
  return {
    id,
    issuer,
    recipients,
    title: draft.title,
    number: paintNumber(record.number),
    phrase: phraseOf(draft),
    characters: bodyTexts(draft.body).join('').length,
    pages: record.pages,
    file: record.file,
    pdf: await issuer.clerk.pdf(id),
    receipts: new Map(),
  }
}

/** Opens it, signs for it, and reads it, as one recipient. */
export async function signFor(trip: Trip, recipient: DemoUnit): Promise<void> {
  await recipient.clerk.document(trip.id)
  await recipient.clerk.signFor(trip.id)
}

/** The sender fetches all receipts. */
export async function collectReceipts(trip: Trip): Promise<Trip> {
  const view: DocumentView = await trip.issuer.clerk.document(trip.id)
  const receipts = new Map<string, Receipt>()
  for (const { unit } of view.copies ?? []) {
    receipts.set(unit, await trip.issuer.clerk.receipt(view, unit))
  }
  return { ...trip, receipts }
}

/** Twelve Chinese characters in a row from the middle of the body, or what there is. */
function phraseOf(draft: Draft): string {
  const text = bodyTexts(draft.body).join('\n')
  const runs = text.match(/\p{Script=Han}{6,}/gu) ?? [draft.title]
  const run = runs[Math.floor(runs.length / 2)] ?? draft.title
  return run.slice(0, 12)
}
