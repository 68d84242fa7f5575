/** A row at a time: overdue is what somebody has yet to answer after its deadline, and nothing else. */
import test from 'ava'
import { rowAt, type TimelessRow } from '../../../exchange/document/rows.ts'

const row: TimelessRow = {
  id: 'a'.repeat(26),
  role: 'issuer',
  head: { title: '通知', kind: '通知', issuers: [], urgency: null },
  number: null,
  stage: 'dispatched',
  at: '2026-01-01T00:00:00.000Z',
  deadline: '2026-01-02T00:00:00.000Z',
  pages: 1,
  joint: { done: 1, of: 1 },
  progress: { of: 2, receipted: 1, returned: 0 },
  copy: null,
  next: { task: 'sign-for', duty: 'sign-for', units: [] },
}

const cases: [string, Partial<TimelessRow>, string, boolean][] = [
  ['before the deadline', {}, '2026-01-01T23:59:59.999Z', false],
  ['at the deadline', {}, '2026-01-02T00:00:00.000Z', false],
  ['after the deadline', {}, '2026-01-02T00:00:00.001Z', true],
  ['without a deadline', { deadline: null }, '2099-01-01T00:00:00.000Z', false],
  ['answered by all', { next: undefined }, '2099-01-01T00:00:00.000Z', false],
]
for (const [what, more, now, overdue] of cases) {
  test(`${what}: ${overdue ? 'overdue' : 'not overdue'}`, (t) => {
    t.is(rowAt({ ...row, ...more }, now).overdue, overdue)
  })
}
