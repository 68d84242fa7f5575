/** When a backup is due, and which files of the shelf may go. */
import test from 'ava'
import type { BackupMade, Noted } from '../../../appliance/backup/entries.ts'
import { dueNow, outlived, usualSchedule } from '../../../appliance/backup/schedule.ts'

const zone = 'Asia/Shanghai'
const schedule = usualSchedule('production')
let index = 0

/** At a local time, newest first as the journal gives them. */
const made = (at: string, isFull: boolean): Noted<BackupMade> =>
  ({
    at: new Date(`${at}+08:00`).toISOString(),
    since: isFull ? null : 'x',
    index: index++,
  }) as never
const at = (local: string): Date => new Date(`${local}+08:00`)

test('the first is full; then one each day from its hour on, and a full one each week', (t) => {
  const due = (now: string, shelf: readonly Noted<BackupMade>[]) =>
    dueNow({ schedule, shelf, now: at(now), zone })
  t.is(due('2026-11-23T12:00:00', []), 'full')
  const monday = made('2026-11-23T02:05:00', true)
  t.is(due('2026-11-23T23:00:00', [monday]), undefined)
  t.is(due('2026-11-24T01:59:00', [monday]), undefined)
  t.is(due('2026-11-24T02:01:00', [monday]), 'increment')
  const sunday = made('2026-11-29T02:05:00', false)
  t.is(due('2026-11-30T02:01:00', [sunday, monday]), 'full')
  // Off for a month: what was missed is made once.
  t.is(due('2026-12-30T15:00:00', [sunday, monday]), 'full')
})

test('a clock that was set back, and a schedule that is off, make nothing', (t) => {
  const shelf = [made('2026-11-24T02:05:00', true)]
  t.is(dueNow({ schedule, shelf, now: at('2026-11-20T03:00:00'), zone }), undefined)
  const off = { ...schedule, isOn: false }
  t.is(dueNow({ schedule: off, shelf: [], now: at('2026-11-20T03:00:00'), zone }), undefined)
  t.false(usualSchedule('trial').isOn)
})

test('a full backup goes with its increments, and never one that others still stand on', (t) => {
  const chain = [true, false, false, true, false, true, false].map((isFull, day) =>
    made(`2026-11-0${String(day + 1)}T02:00:00`, isFull),
  )
  const shelf = chain.toReversed()
  t.deepEqual(outlived(shelf, 2), chain.slice(0, 3).toReversed())
  t.deepEqual(outlived(shelf, 3), [])
  t.deepEqual(outlived(shelf, 9), [])
})
