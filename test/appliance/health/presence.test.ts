/** Who fell silent, and how the days are kept: pure parts, and the whole over a store in memory. */
import test from 'ava'
import fc from 'fast-check'
import { Level } from 'level'
import { rm } from 'node:fs/promises'
import {
  hourMs,
  isAlone,
  quantile,
  rollUp,
  silentUnits,
  type HourOfWork,
} from '../../../appliance/health/buckets.ts'
import { createHistory } from '../../../appliance/health/history.ts'
import { createPresence } from '../../../appliance/health/presence.ts'
import type { Bucket } from '../../../web/index.ts'
import type { Principal } from '../../../exchange/index.ts'
import type { Sha256 } from '../../../ca/index.ts'
import { newFolder } from '../places.ts'

const monday = new Date('2026-11-23T00:00:00Z')
const at = (hours: number): Date => new Date(monday.getTime() + hours * hourMs)
/** A district of six units that works from 9 to 17 on working days. */
const week = (days: number): HourOfWork[] =>
  Array.from({ length: days * 24 }, (_, hour) => {
    const isWorking = hour % 24 >= 9 && hour % 24 < 17 && Math.floor(hour / 24) % 7 < 5
    return { at: at(hour), atWork: isWorking ? 5 : 0, heard: isWorking ? 5 : 0 }
  })
const unit = (uscc: string, lastSeen: Date | undefined) => ({ uscc, since: monday, lastSeen })

test('a unit that was not heard of for two working days is silent, one of yesterday is not', (t) => {
  const units = ['a', 'b', 'c', 'd', 'e', 'f'].map((uscc) => unit(uscc, at(90)))
  units[0] = unit('a', at(40))
  units[1] = unit('b', at(65))
  t.deepEqual(silentUnits({ units, hours: week(4), afterHours: 16 }), ['a'])
})

test('nights, a weekend and a box that was switched off make nobody silent', (t) => {
  const friday = at(4 * 24 + 16)
  const units = ['a', 'b', 'c', 'd', 'e', 'f'].map((uscc) => unit(uscc, friday))
  t.deepEqual(silentUnits({ units, hours: week(7), afterHours: 16 }), [])
  const off = week(20).filter((hour) => hour.at < at(5 * 24))
  t.deepEqual(silentUnits({ units, hours: off, afterHours: 16 }), [])
})

test('a unit that enrolled and was never heard of becomes silent, one that enrolled today does not', (t) => {
  const units = ['a', 'b', 'c', 'd', 'e'].map((uscc) => unit(uscc, at(90)))
  const fresh = { uscc: 'f', since: at(85), lastSeen: undefined }
  t.deepEqual(silentUnits({ units: [...units, fresh], hours: week(4), afterHours: 16 }), [])
  const old = { ...fresh, since: monday }
  t.deepEqual(silentUnits({ units: [...units, old], hours: week(4), afterHours: 16 }), ['f'])
})

test('an hour in which one unit of many was heard of does not count as work', (t) => {
  const units = ['a', 'b', 'c', 'd', 'e', 'f'].map((uscc) => unit(uscc, monday))
  const hours = week(4).map((hour) => ({ ...hour, atWork: 1, heard: 1 }))
  t.deepEqual(silentUnits({ units, hours, afterHours: 16 }), [])
})

test('a box that hears of nobody for three days is alone, one that was switched off is not', (t) => {
  const hours = week(9)
  const cut = hours.map((hour) => (hour.at > at(5 * 24) ? { ...hour, atWork: 0, heard: 0 } : hour))
  t.true(isAlone({ hours: cut, afterHours: 72 }))
  t.false(isAlone({ hours: week(7), afterHours: 72 }))
  t.false(isAlone({ hours: [], afterHours: 72 }))
})

const box = { answers: 3, slowMs: 12, resident: 1, free: 2, entries: 3, load: 0.5 }
const bucketOf = fc
  .dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.tuple(fc.nat(100), fc.option(fc.double({ min: 0, max: 1000, noNaN: true }))),
  )
  .map((units): Bucket => ({ at: monday.toISOString(), minutes: 10, units, box }))

test('rolling up loses no unit, no answer, and keeps the shortest round trip, in any grouping', (t) => {
  fc.assert(
    fc.property(fc.array(bucketOf, { minLength: 2, maxLength: 8 }), fc.nat(6), (buckets, cut) => {
      const whole = rollUp(buckets, 60)
      const middle = Math.max(1, Math.min(cut, buckets.length - 1))
      const halves = [buckets.slice(0, middle), buckets.slice(middle)]
      t.deepEqual(
        rollUp(
          halves.map((half) => rollUp(half, 60)),
          60,
        ),
        whole,
      )
      const answers = (all: readonly Bucket[]): number =>
        all.flatMap(({ units }) => Object.values(units)).reduce((sum, [count]) => sum + count, 0)
      t.is(answers([whole]), answers(buckets))
    }),
    { seed: 6, numRuns: 200 },
  )
})

test('a quantile is a value that so many do not exceed', (t) => {
  t.is(quantile([], 0.95), null)
  t.is(quantile([5], 0.95), 5)
  t.is(
    quantile(
      Array.from({ length: 100 }, (_, index) => index + 1),
      0.95,
    ),
    95,
  )
})

const seat = (uscc: string): Principal => ({
  ...{ kind: 'seat', holder: `seat:${uscc}/clerk`, certificate: 'x' as Sha256 },
  ...{ unit: uscc, seat: 'clerk', duties: [] },
})
const person: Principal = {
  ...{ kind: 'person', holder: 'person:administrator-1', certificate: 'x' as Sha256 },
  ...{ id: 'administrator-1', role: 'administrator' },
}
const answered = (actor: Principal | undefined, route = 'GET /') => ({
  ...{ route, status: 200, ms: 5, actor },
})

test('what was heard outlives a restart, is rolled into hours, and is forgotten after five weeks', async (t) => {
  const folder = await newFolder()
  const store = new Level<string, string>(folder)
  t.teardown(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  const history = createHistory(store)
  let now = at(9)
  const open = () =>
    createPresence({
      clock: { now: () => now },
      history,
      figures: () => Promise.resolve({ resident: 1, free: 2, entries: 3, load: 0 }),
      silentAfterHours: () => Promise.resolve(16),
    })
  let presence = await open()
  presence.answered(answered(seat('a')))
  presence.roundTrip(seat('a'), 31)
  presence.answered(answered(person))
  presence.answered(answered(undefined))
  await presence.end()
  // The other half of the same span, by another process.
  presence = await open()
  t.deepEqual(presence.lastSeen('a'), now)
  t.is(presence.lastSeen('administrator-1'), undefined)
  presence.answered(answered(seat('a')))
  presence.roundTrip(seat('a'), 25)
  now = at(9.2)
  await presence.tick()
  const [first] = await presence.history('days')
  t.deepEqual(first?.units, { a: [2, 25] })
  t.is(first?.box.answers, 4)
  t.is(presence.roundTripOf('a'), 25)
  now = at(9 + 60)
  await presence.tick()
  t.deepEqual(
    (await presence.history('weeks')).map(({ minutes, units }) => [minutes, units]),
    [[60, { a: [2, 25] }]],
  )
  now = at(36 * 24)
  await presence.tick()
  t.deepEqual(
    await presence
      .history('weeks')
      .then((hours) => hours.flatMap(({ units }) => Object.keys(units))),
    [],
  )
})

test('pages left open over a weekend make no hour one of work, and the box is not cut off by them', async (t) => {
  const folder = await newFolder()
  const store = new Level<string, string>(folder)
  t.teardown(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  let now = at(0)
  const presence = await createPresence({
    clock: { now: () => now },
    history: createHistory(store),
    figures: () => Promise.resolve({ resident: 1, free: 2, entries: 3, load: 0 }),
    silentAfterHours: () => Promise.resolve(16),
  })
  const units = ['a', 'b', 'c'].map((uscc) => ({ uscc, since: monday }))
  const days = async (from: number, to: number, ...routes: readonly string[]): Promise<void> => {
    for (let hour = from; hour < to; hour++) {
      now = at(hour)
      for (const route of routes) {
        for (const uscc of ['a', 'b']) presence.answered(answered(seat(uscc), route))
      }
      await presence.tick()
    }
  }
  await days(0, 120, 'GET /events', 'POST /events/pong')
  t.like(await presence.state(units), { silent: 0, isAlone: false, lastSeen: now })
  await days(120, 140, 'GET /')
  t.deepEqual(await presence.silent(units), ['c'])
})

test('what cannot be read in the scratch area is as if it had never been', async (t) => {
  const folder = await newFolder()
  const store = new Level<string, string>(folder)
  t.teardown(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  await store.put('health/seen', '{"a":')
  await store.put(`health/span/fine/${monday.toISOString()}`, '{"at":1}')
  const history = createHistory(store)
  t.is((await history.seen()).size, 0)
  for await (const bucket of history.read('fine', new Date(0))) t.fail(bucket.at)
})
