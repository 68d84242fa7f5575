/**
 * Registration (登记): the number is drawn now, after approval, from a series of the lead organ and a year, never re-used;
 * then the page is laid out with number and date, so that what is sealed is fixed.
 */
import { can, unitOf } from '../access.ts'
import { dayIn } from '../draft/date.ts'
import { draftSchema } from '../draft/schema.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import { layoutDraft } from '../layout/index.ts'
import { maxNumber } from '../order/acts.ts'
import { commitAct, loadFor, requireDuty, requireStage, requireVersion } from './acts.ts'
import type { ActRequest } from './acts.ts'
import type { OfficeParts } from './parts.ts'
import type { Approved, DocumentNumber, Numbered } from './types.ts'
import { uploadedPlaces } from './uploaded.ts'

export interface NumberInput extends ActRequest {
  /** One of the unit's series; its first by default. */
  readonly series?: string
  /** A number of one's own choice (a register begun on paper); the next one by default. */
  readonly number?: number
}

type Rendered = Pick<Numbered, 'date' | 'file' | 'pages' | 'places'>

/** Draws of a unit take turns (`office.ts`); this is for what else may write its series. */
const maxTries = 5

/** Draws the number; throws `NUMBER_TAKEN` for one that stands in the register, `NUMBER_SERIES_UNKNOWN`. */
export async function drawNumber(
  parts: OfficeParts,
  id: string,
  input: NumberInput,
): Promise<string> {
  const { views } = parts.journal
  for (let tried = 1; ; tried++) {
    const { document, version } = await loadFor(views, input.actor, id)
    requireDuty(can(input.actor, 'file', document.issuers.slice(0, 1)), 'file')
    requireVersion(input.ifVersion, version)
    const approved = requireStage(document, 'approved')
    const date = documentDate(approved, parts.zone)
    const draw = await nextNumber(parts, input, Number(date.slice(0, 4)))
    const rendered = await render(parts, approved, { number: draw.number, date })
    try {
      await commitNumber(parts, { id, input, version, draw, rendered })
      return id
    } catch (error) {
      // Another document of the series was registered in the same instant: draw again.
      const lost = error instanceof ExchangeError && error.code === 'VERSION_STALE'
      if (!lost || tried === maxTries || input.number !== undefined) throw error
    }
  }
}

interface Draw {
  readonly unit: string
  readonly number: DocumentNumber
  readonly seriesVersion: number | null
}

async function commitNumber(
  parts: OfficeParts,
  act: { id: string; input: NumberInput; version: number; draw: Draw; rendered: Rendered },
): Promise<void> {
  const { id, input, version, draw, rendered } = act
  const { series, year } = draw.number
  await commitAct(parts.journal, {
    type: 'document.numbered',
    request: input,
    id,
    files: [rendered.file],
    data: { id, unit: draw.unit, number: draw.number, rendered },
    expect: [
      { key: keys.document(id), version },
      { key: keys.series(draw.unit, series, year), version: draw.seriesVersion },
      { key: keys.register(draw.unit, draw.number), version: null },
    ],
  })
}

async function nextNumber(parts: OfficeParts, input: NumberInput, year: number): Promise<Draw> {
  const uscc = unitOf(input.actor)
  const unit = await parts.directory.unit(uscc)
  const series = input.series ?? unit?.series[0] ?? ''
  if (unit?.series.includes(series) !== true) {
    throw new ExchangeError('NUMBER_SERIES_UNKNOWN', 'the unit has no such series', {
      details: { series, known: unit?.series ?? [] },
    })
  }
  const counter = await parts.journal.views.get(keys.series(uscc, series, year))
  const last = (counter?.value as number | undefined) ?? 0
  const number = input.number ?? last + 1
  // Numbers only go up: one at or below the last drawn is taken or was passed over for good.
  if (number <= last || number > maxNumber) {
    throw new ExchangeError('NUMBER_TAKEN', `number ${String(number)} is taken or passed over`, {
      details: { series, year, next: last < maxNumber ? last + 1 : null },
    })
  }
  return { unit: uscc, number: { series, year, number }, seriesVersion: counter?.version ?? null }
}

async function render(
  parts: OfficeParts,
  approved: Approved,
  { number, date }: { readonly number: DocumentNumber; readonly date: string },
): Promise<Rendered> {
  if (approved.form === 'uploaded') {
    const file = approved.approvedHash
    return { date, file, ...uploadedPlaces(await parts.blobs.get(file), approved.issuers.length) }
  }
  const stored: unknown = JSON.parse(
    new TextDecoder().decode(await parts.blobs.get(approved.draft)),
  )
  const { pdf, pages, seals, findings } = await layoutDraft({
    draft: draftSchema.parse(stored),
    number,
    date,
    fonts: parts.fonts,
    trial: parts.trial,
  })
  if (findings.length > 0) {
    throw new ExchangeError('DRAFT_REFUSED', 'the draft has characters that no font has', {
      details: { findings },
    })
  }
  const file = await parts.blobs.put(pdf)
  const places = seals.map(({ page, centre, diameter }) => ({ page, ...centre, diameter }))
  return { date, file, pages, places }
}

/** The date of a document is the day of its (last) approval in the box's zone (条例 Art. 9: 成文日期). */
function documentDate(approved: Approved, zone: string): string {
  const last =
    approved.approvals
      .map(({ at }) => at)
      .toSorted()
      .at(-1) ?? approved.draftedAt
  return dayIn(new Date(last), zone)
}
