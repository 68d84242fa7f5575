/** Moments as the verifier shows them: in this computer's zone, named, so that a printed report can be read anywhere. */
import { moment } from '../one_file/parts.ts'

/** 2026-11-22 09:14:05 UTC+8. */
export function zoned(at: Date | string): string {
  const date = typeof at === 'string' ? new Date(at) : at
  return `${moment(date, true)} ${zoneOf(date)}`
}

/** UTC, UTC+8, UTC−3:30. */
export function zoneOf(at: Date): string {
  const minutes = -at.getTimezoneOffset()
  if (minutes === 0) return 'UTC'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const past = rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`
  return `UTC${minutes < 0 ? '−' : '+'}${String(hours)}${past}`
}

/** As a field `datetime-local` has it. */
export function fieldValue(at: Date): string {
  return moment(at, true).replace(' ', 'T')
}

/** RFC 3339 in UTC, whole seconds where it has them, as `--at` takes it. */
export const rfc3339 = (at: Date): string => at.toISOString().replace('.000Z', 'Z')
