/** Times as pages show them: in the box's zone, whatever zone that is. */
import test from 'ava'
import fc from 'fast-check'
import { deadlineWords, inZone } from '../../web/view.ts'
import { seed } from '../appliance/places.ts'

const zones = ['Asia/Shanghai', 'Asia/Kathmandu', 'Europe/Berlin', 'America/St_Johns', 'UTC']

test(`times are what the calendar says, across changes of clocks (500 moments; seed ${String(seed)})`, (t) => {
  const moment = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2060-01-01') })
  fc.assert(
    fc.property(fc.constantFrom(...zones), moment, (zone, ms) => {
      const expected = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      }).format(ms)
      t.is(inZone(zone, new Date(ms)), expected)
    }),
    { numRuns: 500, seed },
  )
})

test('a deadline is said by how pressing it is', (t) => {
  const now = new Date('2026-11-25T06:00:00Z')
  const view = { now, w: (zh: string) => zh, time: () => '那天' }
  const said = (minutes: number) =>
    deadlineWords(view, new Date(now.getTime() + minutes * 60_000).toISOString())
  t.deepEqual(said(-120), { words: '逾期 2 小时', state: 'late' })
  // One that passed a moment ago is late, and one to come in a moment is not.
  t.deepEqual(said(-0.1), { words: '逾期 1 分钟', state: 'late' })
  t.deepEqual(said(0.1), { words: '剩 1 分钟', state: 'soon' })
  t.deepEqual(said(-4000), { words: '逾期 2 天', state: 'late' })
  t.deepEqual(said(59), { words: '剩 59 分钟', state: 'soon' })
  t.deepEqual(said(60 * 25), { words: '那天', state: 'calm' })
})
