/** The clock hold of design 2, on clocks that the test turns: each threshold with its twin on the other side. */
import test from 'ava'
import {
  boxActor,
  createGuardedClock,
  type ClockRecord,
  type ClockStart,
  type GuardedClock,
} from '../../../ca/index.ts'

const order = '0'.repeat(64)
const dayMs = 86_400_000
const noon = Date.parse('2026-06-01T12:00:00.000Z')

interface Turned {
  readonly clock: GuardedClock
  /** Both clocks go on. */
  readonly pass: (ms: number) => void
  /** Somebody sets the machine's clock. */
  readonly step: (ms: number) => void
  readonly holds: string[]
}

/** A clock whose first entry is a minute old, unless said otherwise. */
function turned(start: Partial<ClockStart> = {}, at = noon, monotonicAt = 5000): Turned {
  let wall = at
  let monotonic = monotonicAt
  const holds: string[] = []
  const clock = createGuardedClock({
    read: () => ({ wall, monotonic }),
    actor: boxActor,
    onHold: ({ reason }) => holds.push(reason),
  })
  const last = { at: new Date(noon - 60_000), unconfirmed: false }
  clock.begin({ last, record: undefined, boot: 'boot-1', ...start })
  return {
    clock,
    holds,
    pass(ms) {
      wall += ms
      monotonic += ms
    },
    step(ms) {
      wall += ms
    },
  }
}

const steps: readonly (readonly [string, number, 'confirmed' | 'held'])[] = [
  ['2 s back', -2000, 'confirmed'],
  ['2.001 s back', -2001, 'held'],
  ['a year back', -365 * dayMs, 'held'],
  ['10 min ahead', 600_000, 'confirmed'],
  ['10 min and 1 ms ahead', 600_001, 'held'],
  ['ten years ahead', 3650 * dayMs, 'held'],
]

for (const [title, ms, state] of steps) {
  test(`set ${title} while it runs, the clock is ${state}`, (t) => {
    const { clock, pass, step } = turned()
    pass(3_600_000)
    clock.now()
    step(ms)
    clock.now()
    t.is(clock.state, state)
  })
}

const starts: readonly (readonly [string, number, 'confirmed' | 'held'])[] = [
  ['at the last entry', 0, 'confirmed'],
  ['1 ms before the last entry', -1, 'held'],
  ['30 days after the last entry', 30 * dayMs, 'confirmed'],
  ['30 days and 1 ms after the last entry', 30 * dayMs + 1, 'held'],
]

for (const [title, ms, state] of starts) {
  test(`started ${title}, the clock is ${state}`, (t) => {
    const last = { at: new Date(noon - ms), unconfirmed: false }
    const { clock, pass } = turned({ last })
    t.is(clock.state, state)
    pass(1000)
    const expected = state === 'held' ? noon - ms + 1000 : noon + 1000
    t.is(clock.now().getTime(), expected, 'in hold it goes on from the last entry')
  })
}

test('a clock without a journal is believed at start', (t) => {
  const { clock } = turned({ last: undefined })
  t.is(clock.now().getTime(), noon)
  t.is(clock.state, 'confirmed')
})

test('small steps add up: nobody gets there by many of them', (t) => {
  const back = turned()
  for (let i = 0; i < 3; i++) {
    back.pass(60_000)
    back.step(-900)
    back.clock.now()
  }
  t.is(back.clock.state, 'held')
  const ahead = turned()
  for (let i = 0; i < 3; i++) {
    ahead.pass(60_000)
    ahead.step(250_000)
    ahead.clock.now()
  }
  t.is(ahead.clock.state, 'held')
})

test('what went ahead may not come back: it would be given twice', (t) => {
  const { clock, step } = turned()
  step(300_000)
  clock.now()
  step(-300_000)
  clock.now()
  t.deepEqual([clock.state, clock.hold?.reason], ['held', 'stepped-back'])
})

test('in hold the time goes on from the last certain one, never backwards, however the machine’s clock jumps', (t) => {
  const { clock, pass, step, holds } = turned()
  const certain = clock.now().getTime()
  step(-dayMs)
  let before = clock.now().getTime()
  t.is(before, certain)
  for (const ms of [5 * dayMs, -9 * dayMs, 4 * dayMs, 0]) {
    step(ms)
    pass(1000)
    const now = clock.now().getTime()
    t.is(now, before + 1000)
    before = now
  }
  t.is(clock.state, 'held', 'that it came back by itself confirms nothing')
  t.deepEqual(holds, ['stepped-back'], 'told once')
})

test('back by less than is held for, time stands still and then goes on', (t) => {
  const { clock, pass, step } = turned()
  const now = clock.now().getTime()
  step(-1500)
  t.is(clock.now().getTime(), now)
  pass(1000)
  t.is(clock.now().getTime(), now)
  pass(1000)
  t.is(clock.now().getTime(), now + 500)
  t.is(clock.state, 'confirmed')
})

test('two officers end the hold, with the machine’s clock as it is or corrected', (t) => {
  for (const offset of [0, 3 * dayMs]) {
    const { clock, pass, step } = turned()
    step(-3 * dayMs)
    clock.now()
    t.is(clock.state, 'held')
    clock.confirm(clock.confirmation(offset, order))
    pass(500)
    t.is(clock.state, 'confirmed')
    t.is(clock.now().getTime(), noon - 3 * dayMs + offset + 500)
    step(-2001)
    clock.now()
    t.is(clock.state, 'held', 'and from there on it is watched again')
  }
})

test('what officers confirmed is the source of the time for eight days', (t) => {
  const { clock, pass } = turned()
  t.is(clock.timeSource, 'host')
  clock.confirm(clock.confirmation(0, order))
  t.is(clock.timeSource, 'officer-confirmed')
  pass(8 * dayMs)
  clock.now()
  t.is(clock.timeSource, 'officer-confirmed')
  pass(1)
  clock.now()
  t.is(clock.timeSource, 'host')
})

test('a hold is to be told until it was, and again only for another', (t) => {
  const { clock, step } = turned()
  t.is(clock.untold(), undefined)
  step(-dayMs)
  clock.now()
  t.like(clock.untold(), { type: 'clock.held', data: { reason: 'stepped-back' } })
  t.is(clock.untold()?.data['machine'], new Date(noon - dayMs).toISOString())
  clock.told()
  t.is(clock.untold(), undefined)
})

/** The view after a hold that was ended by officers. */
function recordOf(offsetMs: number): ClockRecord {
  const { clock } = turned()
  return { state: 'confirmed', held: null, confirmed: clock.confirmation(offsetMs, order) }
}

test('a correction holds in the next process of the same boot, and in no other', (t) => {
  const record = recordOf(2 * dayMs)
  const last = { at: new Date(noon + 2 * dayMs), unconfirmed: false }
  const hour = 3_600_000
  const same = turned({ record, last }, noon + hour, 5000 + hour)
  t.is(same.clock.state, 'confirmed')
  t.is(same.clock.now().getTime(), noon + 2 * dayMs + hour)
  const otherBoot = turned({ record, last, boot: 'boot-2' }, noon + hour, 5000 + hour)
  t.is(otherBoot.clock.hold?.reason, 'correction-doubted')
  const clockSet = turned({ record, last }, noon + 2 * dayMs + hour, 5000 + hour)
  t.is(clockSet.clock.hold?.reason, 'correction-doubted')
  t.is(
    turned({ record: recordOf(0), boot: 'boot-2' }).clock.state,
    'confirmed',
    'a right clock needs no correction',
  )
})

test('a hold that stands in the journal is the next process’s too, and need not be told again', (t) => {
  const held = {
    reason: 'stepped-ahead',
    machine: new Date(noon + dayMs).toISOString(),
    certain: new Date(noon).toISOString(),
  } as const
  const last = { at: new Date(noon - 5000), unconfirmed: true }
  const { clock } = turned({ record: { state: 'held', held, confirmed: null }, last })
  t.deepEqual(clock.hold, held)
  t.is(clock.now().getTime(), noon - 5000)
  t.is(clock.untold(), undefined)
})

test('after a correction backwards the entries that were marked hold nobody up at the next start', (t) => {
  const { clock, step } = turned()
  step(5 * dayMs)
  clock.now()
  clock.confirm(clock.confirmation(-5 * dayMs, order))
  const record: ClockRecord = {
    state: 'confirmed',
    held: null,
    confirmed: clock.confirmation(-5 * dayMs, order),
  }
  const marked = { at: new Date(noon + 60_000), unconfirmed: true }
  t.is(turned({ record, last: marked }, noon + 5 * dayMs).clock.state, 'confirmed')
})
