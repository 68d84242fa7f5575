/** When the archive is stamped and renewed, and what of an entry its evidence must cover. */
import test from 'ava'
import type { Sha256 } from '../../../ca/index.ts'
import { lastNight, renewalFrom, renewalState } from '../../../exchange/renewal/due.ts'
import { objectsOf } from '../../../exchange/renewal/objects.ts'
import { evidenceCheck } from '../../../web/pages/evidence_check.ts'
import type { EvidenceState } from '../../../exchange/index.ts'
import { createView } from '../../../web/view.ts'
import type { BoxFacts } from '../../../web/index.ts'

const day = (text: string): Date => new Date(`${text}T00:00:00Z`)
const name = (digit: string) => digit.repeat(64) as Sha256

test('renewal is due a year before the end, of a short life in its last quarter', (t) => {
  const long = { at: day('2026-01-01'), validUntil: day('2031-01-01') }
  t.is(renewalFrom(long).toISOString(), '2030-01-01T00:00:00.000Z')
  const short = { at: day('2026-01-01'), validUntil: day('2026-01-05') }
  t.is(renewalFrom(short).toISOString(), '2026-01-04T00:00:00.000Z')
})

test('nothing is renewed in vain: not early, and not where a timestamp of now would end no later', (t) => {
  const oldest = { at: day('2026-01-01'), validUntil: day('2031-01-01') }
  const ask = (now: string, nextUntil: string) =>
    renewalState({ oldest, now: day(now), nextUntil: day(nextUntil) })
  t.is(ask('2029-12-31', '2034-06-01'), 'later')
  t.is(ask('2030-01-01', '2034-06-01'), 'due')
  t.is(ask('2030-01-01', '2031-01-01'), 'blocked', 'the authority ends first')
  const now = day('2040-01-01')
  t.is(renewalState({ oldest: undefined, now, nextUntil: now }), 'later', 'nothing is stamped yet')
})

test('a night begins at two o’clock of the box’s zone', (t) => {
  const ask = (now: string, zone: string) => lastNight(new Date(now), zone).toISOString()
  t.is(ask('2026-05-04T18:30:00Z', 'Asia/Shanghai'), '2026-05-04T18:00:00.000Z')
  t.is(ask('2026-05-04T17:59:00Z', 'Asia/Shanghai'), '2026-05-03T18:00:00.000Z')
  t.is(ask('2026-05-04T00:10:00Z', 'UTC'), '2026-05-03T02:00:00.000Z')
})

test('of an entry the sealed file, attachments and each statement with its signature are covered', (t) => {
  const [a, b, c, d] = [name('a'), name('b'), name('c'), name('d')]
  const of = (type: string, data: object) => objectsOf({ type, data: data as never })
  t.deepEqual(of('document.sealed', { file: a, last: true }), [[a]])
  t.deepEqual(of('document.sealed', { file: a, last: false }), [], 'an organ has yet to seal')
  t.deepEqual(of('document.drafted', { record: { attachments: [{ sha256: a }, { sha256: b }] } }), [
    [a],
    [b],
  ])
  const binding = { unit: 'u', statement: a, signature: b }
  t.deepEqual(of('document.approved', { approval: binding }), [[a, b]])
  t.deepEqual(of('document.receipted', { answer: binding }), [[a, b]])
  t.deepEqual(of('order.proposed', { order: a, signature: b }), [[a, b]])
  t.deepEqual(of('order.countersigned', { order: a, signatures: [b, c] }), [[a, c]])
  const statements = [binding, { statement: c, signature: d }]
  t.deepEqual(of('enrolment.renewed', { statements }), [
    [a, b],
    [c, d],
  ])
  t.deepEqual(of('document.received', { statement: a, signature: b }), [], 'nobody signed it')
  t.deepEqual(of('document.approved', { approval: { statement: 'x', signature: b } }), [])
})

const fine: EvidenceState = {
  ...{ to: 9, stamped: undefined, renewed: undefined, waiting: 0, waitingSince: undefined },
  ...{
    unstamped: 0,
    validUntil: day('2031-01-01'),
    renewFrom: day('2030-01-01'),
    renewal: 'later',
  },
}
const view = createView({
  preferences: { language: 'en', theme: 'light' },
  box: { zone: 'UTC' } as BoxFacts,
  ...{ path: '/trust', now: day('2026-05-04') },
})

test('whoever keeps the box is told what is wrong with the evidence, and what to do', (t) => {
  const ask = (more: Partial<EvidenceState>) => evidenceCheck(view, { ...fine, ...more })
  t.is(ask({}).state, 'ok')
  t.is(ask({}).advice, '')
  t.is(ask({ renewal: 'blocked' }).state, 'bad')
  t.regex(ask({ renewal: 'blocked' }).advice, /First replace the issuing authority/)
  t.is(ask({ validUntil: day('2026-05-03') }).state, 'bad')
  t.is(ask({ unstamped: 2, waiting: 5 }).state, 'warn')
  t.regex(ask({ unstamped: 2, waiting: 5 }).value, /2 without any timestamp/)
  t.is(ask({ waiting: 3, waitingSince: day('2026-05-01') }).state, 'warn', 'two nights were missed')
  t.is(ask({ waiting: 3, waitingSince: day('2026-05-03') }).state, 'ok')
})
