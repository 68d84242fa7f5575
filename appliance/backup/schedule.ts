/** When the next backup is due, and which old ones may go. Pure. */
import { dayIn } from '../../exchange/index.ts'
import type { BackupMade, Noted } from './entries.ts'

export interface Schedule {
  readonly isOn: boolean
  readonly fullEveryDays: number
  readonly hour: number
  readonly keep: number
}

/** Until an administrator says otherwise: each night at two, a full one each week, four weeks kept; a trial box only when asked. */
export function usualSchedule(mode: 'trial' | 'production'): Schedule {
  return { isOn: mode === 'production', fullEveryDays: 7, hour: 2, keep: 4 }
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** What is due now; `shelf` are the backups on the shelf, the newest first. */
export function dueNow(of: {
  readonly schedule: Schedule
  readonly shelf: readonly Noted<BackupMade>[]
  readonly now: Date
  readonly zone: string
}): 'full' | 'increment' | undefined {
  const { schedule, shelf, now, zone } = of
  if (!schedule.isOn) return undefined
  const [last] = shelf
  if (last === undefined) return 'full'
  // A day of backups begins at its hour.
  const dayOf = (at: Date): string => dayIn(new Date(at.getTime() - schedule.hour * hourMs), zone)
  const lastAt = new Date(last.at)
  if (now <= lastAt || dayOf(now) === dayOf(lastAt)) return undefined
  const full = shelf.find(({ since }) => since === null)
  if (full === undefined) return 'full'
  // Half a day early rather than a day late.
  const isOld = now.getTime() - Date.parse(full.at) >= schedule.fullEveryDays * dayMs - dayMs / 2
  return isOld ? 'full' : 'increment'
}

/** Files of the shelf that are older than the full backups to be kept; a full one goes with its increments. */
export function outlived(
  shelf: readonly Noted<BackupMade>[],
  keep: number,
): readonly Noted<BackupMade>[] {
  const fulls = shelf.filter(({ since }) => since === null)
  const oldest = fulls[keep - 1]
  if (oldest === undefined) return []
  return shelf.filter(({ index }) => index < oldest.index)
}
