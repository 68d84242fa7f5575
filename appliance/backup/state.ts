/** What the journal's views say of the backups, for whoever asks how the box is. */
import type { Views } from '../../ca/index.ts'
import type { BackupState } from '../../web/index.ts'
import { readBackupKey, readMade, readSchedule } from './entries.ts'
import { usualSchedule } from './schedule.ts'

/** Undefined where nobody backs up by a schedule, and none was ever made. */
export async function backupState(
  views: Views,
  mode: 'trial' | 'production',
): Promise<BackupState | undefined> {
  const { isOn } = (await readSchedule(views)) ?? usualSchedule(mode)
  const [last] = await readMade(views, 1)
  const key = await readBackupKey(views)
  if (last === undefined && !(isOn && key !== undefined)) return undefined
  return {
    lastAt: last === undefined ? undefined : new Date(last.at),
    since: key === undefined ? undefined : new Date(key.at),
    everyHours: 24,
  }
}
