/** The first look's work: each document goes as far as its journey says, by the seats of its units over HTTPS. */
import { blocksFromText } from '../../../exchange/index.ts'
import type { DemoUnit } from '../district.ts'
import type { Steps } from '../steps.ts'
import { journeys, type Dispatching, type Journey, type LookUnit } from './journeys.ts'
import { withDates, type LookAttachment } from './text.ts'

export type Units = ReadonlyMap<LookUnit, DemoUnit>

interface Underway extends Journey {
  readonly id: string
}

/** Takes all documents along; gives when the last deadline that is to pass has passed. `today` is an ISO day of the box's zone. */
export async function takeAlong(given: {
  readonly steps: Steps
  readonly units: Units
  readonly today: string
}): Promise<Date> {
  const { steps, units, today } = given
  const of = (unit: LookUnit): DemoUnit => unitOf(units, unit)
  const underway = await steps.run('拟稿 drafting', journeys, async (journey) => ({
    ...journey,
    id: await draft(units, journey, today),
  }))
  await steps.run('签发 approving', underway, async ({ id, approvedBy }) => {
    for (const unit of approvedBy) await of(unit).leader.approve(id)
  })
  // Numbers of a unit are drawn one after the other, so that they follow the order of the journeys.
  const registers = Map.groupBy(
    underway.filter(({ isNumbered }) => isNumbered === true),
    ({ issuers }) => issuers[0],
  )
  await steps.run('登记 registering', [...registers.values()], async (register) => {
    for (const one of register) await leadOf(units, one).clerk.number(one.id, numberOf(one))
  })
  await steps.run('用印 sealing', underway, async ({ id, sealedBy = [] }) => {
    for (const unit of sealedBy) await of(unit).clerk.sealDocument(id)
  })
  const sent = underway.flatMap(({ dispatching, ...one }) =>
    dispatching === undefined ? [] : [{ ...one, dispatching }],
  )
  const deadlines = await steps.run('发出 dispatching', sent, (one) => dispatch(units, one))
  const answers = sent.flatMap(({ id, dispatching }) => answersOf(id, dispatching))
  await steps.run('签收 signing for', answers, (answer) => answerAs(of(answer.unit), answer))
  return new Date(Math.max(0, ...deadlines.map((at) => at?.getTime() ?? 0)))
}

function unitOf(units: Units, name: LookUnit): DemoUnit {
  const unit = units.get(name)
  if (unit === undefined) throw new TypeError(`no unit ${name}`)
  return unit
}

function leadOf(units: Units, { issuers: [lead] }: Journey): DemoUnit {
  if (lead === undefined) throw new TypeError('a document has an issuer')
  return unitOf(units, lead)
}

async function draft(units: Units, journey: Journey, today: string): Promise<string> {
  const { text, issuers, main, copies = [] } = journey
  const { kind, direction, urgency, signatory, note } = text
  const organ = (name: LookUnit): { name: string; unit: string } => {
    const { unit } = unitOf(units, name)
    return { name: unit.name, unit: unit.uscc }
  }
  const names = issuers.map((name) => unitOf(units, name).unit.name)
  const lead = leadOf(units, journey)
  const view = await lead.clerk.draft({
    ...{ kind, direction },
    ...{ ...(urgency && { urgency }), ...(signatory && { signatory }), ...(note && { note }) },
    issuers: issuers.map((name) => ({
      ...organ(name),
      agencyCode: unitOf(units, name).unit.agencyCode,
    })),
    mainRecipients: 'named' in main ? main.named.map((name) => ({ name })) : main.map(organ),
    copies: copies.map(organ),
    title: `${names.join(' ')}${withDates(text.matter, today)}`,
    body: blocksFromText(withDates(text.body, today)),
    attachments: await uploadAll(lead, text.attachments ?? []),
    printedBy: lead.unit.name,
  })
  return view.id
}

async function uploadAll(lead: DemoUnit, attachments: readonly LookAttachment[]) {
  const uploaded: { name: string; fileName: string; bytes: number; sha256: string }[] = []
  for (const { name, fileName, text } of attachments) {
    // With a byte order mark, by which spreadsheets know that it is UTF-8.
    const file = new TextEncoder().encode(`\uFEFF${text}`)
    const { sha256, bytes } = await lead.clerk.upload('attachment', fileName, file)
    uploaded.push({ name, fileName, bytes, sha256 })
  }
  return uploaded
}

function numberOf({ series, number }: Journey): { series?: string; number?: number } {
  return { ...(series !== undefined && { series }), ...(number !== undefined && { number }) }
}

type Sent = Underway & { readonly dispatching: Dispatching }

/** Sends it; gives the deadline if it is one to pass at once. */
async function dispatch(units: Units, sent: Sent): Promise<Date | undefined> {
  const { id, dispatching } = sent
  const { to = [], deadline } = dispatching
  const seconds =
    deadline && ('seconds' in deadline ? deadline.seconds : Math.round(deadline.hours * 3600))
  const until = seconds === undefined ? undefined : new Date(Date.now() + seconds * 1000)
  await leadOf(units, sent).clerk.dispatch(id, {
    deadline: until,
    to: to.map((name) => unitOf(units, name).unit.uscc),
  })
  return deadline && 'seconds' in deadline ? until : undefined
}

interface Answering {
  readonly id: string
  readonly unit: LookUnit
  readonly answer: NonNullable<Dispatching['answers'][LookUnit]>
}

function answersOf(id: string, { answers }: Dispatching): Answering[] {
  return Object.entries(answers).map(([unit, answer]) => ({ id, unit: unit as LookUnit, answer }))
}

/** Opens it, and signs for it or returns it. */
async function answerAs({ clerk }: DemoUnit, { id, answer }: Answering): Promise<void> {
  await clerk.document(id)
  if (answer === 'opened') return
  if (answer === 'signed') await clerk.signFor(id)
  else await clerk.returnToSender(id, answer.returned)
}
