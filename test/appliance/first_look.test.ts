/** What the first look shows, before any box: texts that are right on every day, journeys that reach every stage. */
import test from 'ava'
import { blocksFromText, checkDraft } from '../../exchange/index.ts'
import { modelDistrict } from '../../provisioning/index.ts'
import {
  journeys,
  lookUnits,
  type Journey,
  type LookUnit,
} from '../../appliance/demo/first_look/journeys.ts'
import { withDates } from '../../appliance/demo/first_look/text.ts'

test('dates of a text follow the day on which it is shown', (t) => {
  const dates = (text: string, today: string) => withDates(text, today)
  t.is(dates('{+1}、{+15}', '2026-11-25'), '11月26日、12月10日')
  t.is(dates('{+1}前，{month-1}，〔{year}〕', '2026-12-31'), '1月1日前，11月，〔2026〕')
  t.is(dates('{+2}，{month-1}份', '2028-02-28'), '3月1日，1月份')
  t.is(dates('{month-1}', '2027-01-05'), '12月')
  t.is(dates('没有日期{', '2027-01-05'), '没有日期{')
})

test('the units of the first look are those of the model district', (t) => {
  t.deepEqual(
    [...lookUnits],
    modelDistrict.map(({ shortName }) => shortName),
  )
})

/** The draft of a journey, without its attachments' hashes. */
function draftOf({ text, issuers, main, copies = [] }: Journey, today: string): object {
  const nameOf = (short: LookUnit): string =>
    modelDistrict.find(({ shortName }) => shortName === short)?.name ?? ''
  const { kind, direction, urgency, signatory, note, attachments = [] } = text
  return {
    ...{ kind, direction, ...(urgency && { urgency }), ...(note && { note }) },
    ...(signatory && { signatory }),
    issuers: issuers.map((name) => ({ name: nameOf(name), agencyCode: '青' })),
    mainRecipients: ('named' in main ? main.named : main.map(nameOf)).map((name) => ({ name })),
    copies: copies.map((name) => ({ name: nameOf(name) })),
    title: `${issuers.map(nameOf).join(' ')}${withDates(text.matter, today)}`,
    body: blocksFromText(withDates(text.body, today)),
    attachments: attachments.map(({ name, fileName }) => ({
      ...{ name, fileName, bytes: 1, sha256: '0'.repeat(64) },
    })),
    printedBy: nameOf(issuers[0] ?? '区政府办'),
  }
}

test('the lint has nothing to say about any text, and every text is a new one', (t) => {
  const titles = new Set<string>()
  for (const journey of journeys) {
    const { draft, findings } = checkDraft(draftOf(journey, '2026-03-31'))
    t.deepEqual(findings, [], journey.text.matter)
    const { title = '', body = [] } = draft ?? {}
    t.false(titles.has(title))
    titles.add(title)
    t.notRegex(JSON.stringify(draft), /\{[+a-z]/, title)
    t.true(body.length >= 3, title)
  }
  t.true(titles.size >= 12)
  // The lint is really asked: a text without its attachments is not let through in silence.
  const [withAttachments] = journeys.filter(({ text }) => text.matter.includes('专项清查'))
  t.truthy(withAttachments)
  if (withAttachments) {
    const bare = { ...draftOf(withAttachments, '2026-03-31'), title: '没有文种', kind: '函' }
    t.not(checkDraft(bare).findings.length, 0)
  }
})

test('kinds, urgencies, a table, attachments and joint issuers are all there', (t) => {
  const of = (pick: (journey: Journey) => unknown) => new Set(journeys.map(pick))
  t.true(of(({ text }) => text.kind).size >= 7)
  t.deepEqual(
    [...of(({ text }) => text.urgency ?? null)].toSorted(),
    [...new Set(['加急', '特急', null])].toSorted(),
  )
  t.true(journeys.some(({ text }) => text.body.includes('\n|')))
  t.true(journeys.some(({ text }) => (text.attachments ?? []).length > 1))
  t.true(journeys.some(({ issuers }) => issuers.length === 2))
  t.true(journeys.some(({ text }) => text.direction === 'up' && text.kind === '请示'))
})
