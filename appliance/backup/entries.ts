/** What backups leave in the journal: entries and their views. Pure. */
import {
  utf8,
  type Actor,
  type BlobPosition,
  type Blobs,
  type EntryDraft,
  type Fold,
  type JsonObject,
  type Sha256,
  type Views,
} from '../../ca/index.ts'
import type { RestoredNumber } from '../../exchange/index.ts'

const order = (index: number): string => String(index).padStart(12, '0')

/** Keys of the views, in one table. */
export const backupKeys = {
  /** To whom backups are encrypted. */
  key: 'a/backup/key',
  schedule: 'a/backup/schedule',
  /** By the index of the entry. */
  made: (index: number) => `a/backup/made/${order(index)}`,
  mades: 'a/backup/made/',
  drilled: 'a/backup/drilled',
  restored: (index: number) => `a/restored/${order(index)}`,
  restoreds: 'a/restored/',
} as const

/** Data of `backup.keyed`: from here on backups are encrypted to this recipient. */
export interface BackupKeySet extends JsonObject {
  /** `age1…` */
  readonly recipient: string
  /** How many of how many custodians open them; null where one file does. */
  readonly shares: { readonly needed: number; readonly of: number } | null
}

/** Of a long list an entry holds so many: it has 64 KiB at most, and a row of numbers some 500 octets at worst. */
export const maxListed = 100

/** Data of `backup.stored`: the file was on its disk before this entry. */
export interface BackupMade extends JsonObject {
  /** SHA-256 of the header of the age file: the name of the backup, legible without any key. */
  readonly backup: Sha256
  /** The backup before, of an increment. */
  readonly since: Sha256 | null
  readonly recipient: string
  readonly head: { readonly size: number; readonly root: string }
  /** Where the next increment goes on. */
  readonly journal: { readonly segment: number; readonly offset: number }
  readonly blobs: BlobPosition
  readonly files: number
  /** Of the file. */
  readonly bytes: number
  /** Blobs whose bytes were damaged on this box, and are not in it: the first, and how many. All are in a blob that the entry names. */
  readonly damaged: readonly Sha256[]
  readonly damagedCount: number
  /** Where it went: where the command said, or to the shelf of the box. */
  readonly target: 'file' | 'shelf'
  /** Of the file, without its folder. */
  readonly name: string
}

/** Data of `backup.scheduled`. */
export interface BackupScheduleSet extends JsonObject {
  readonly isOn: boolean
  /** Days between full backups; increments are made each day in between. */
  readonly fullEveryDays: number
  /** Hour of the box's zone. */
  readonly hour: number
  /** Full backups that are kept on the shelf, with their increments. */
  readonly keep: number
}

/** Data of `backup.drilled`. */
export interface BackupDrilled extends JsonObject {
  readonly passed: boolean
  readonly entries: number
  readonly files: number
  readonly documents: number
  /** Codes of what was found wrong. */
  readonly findings: readonly string[]
}

/** Data of `box.restored`: the journal goes on from this head, though it may once have been longer. */
export interface BoxRestored extends JsonObject {
  readonly backup: Sha256
  readonly head: { readonly size: number; readonly root: string }
  readonly madeAt: string
  /** The largest head that somebody was known to have seen, if it lies behind the backup's. */
  readonly seen: { readonly size: number; readonly root: string } | null
  /** The last numbers that were known to be drawn, where the backup does not have them: the first; `numbers.restored` beside it has more. */
  readonly numbers: readonly RestoredNumber[]
  /** Blobs that the backup does not have: the first, and how many. All are in a blob that the entry names. */
  readonly missing: readonly Sha256[]
  readonly missingCount: number
  /** The order of two officers; null of a trial box that went on by itself. */
  readonly order: Sha256 | null
}

/** Data of `numbers.restored`, in the commit of `box.restored`. */
export interface NumbersRestored extends JsonObject {
  readonly backup: Sha256
  readonly numbers: readonly RestoredNumber[]
}

/** A view with the time and index of its entry. */
export type Noted<T extends JsonObject> = T & { readonly at: string; readonly index: number }

interface Drafts {
  'backup.keyed': BackupKeySet
  'backup.stored': BackupMade
  'backup.scheduled': BackupScheduleSet
  'backup.drilled': BackupDrilled
  'box.restored': BoxRestored
  'numbers.restored': NumbersRestored
}

/** An entry about backups. */
export function backupEntry<T extends keyof Drafts>(
  type: T,
  actor: Actor,
  data: Drafts[T],
): EntryDraft {
  const isOfBox = type === 'box.restored' || type === 'numbers.restored'
  return { type, actor, subject: isOfBox ? 'box' : 'backup', data }
}

/** Names of files as an entry has them: the first, how many, and a blob with all of them, a line each, if there are more. */
export async function listed(
  blobs: Pick<Blobs, 'put'>,
  names: readonly Sha256[],
): Promise<{
  readonly first: readonly Sha256[]
  readonly count: number
  readonly files: readonly Sha256[]
}> {
  const [first, count] = [names.slice(0, maxListed), names.length]
  if (count === first.length) return { first, count, files: [] }
  return { first, count, files: [await blobs.put(utf8(`${names.join('\n')}\n`))] }
}

const noteUnder = (type: keyof Drafts, keyOf: (index: number) => string): Fold => ({
  type,
  reads: () => [],
  apply: ({ data, time, index }) => [{ key: keyOf(index), value: { ...data, at: time, index } }],
})

export const backupFolds: readonly Fold[] = [
  noteUnder('backup.keyed', () => backupKeys.key),
  noteUnder('backup.scheduled', () => backupKeys.schedule),
  noteUnder('backup.drilled', () => backupKeys.drilled),
  noteUnder('backup.stored', backupKeys.made),
  noteUnder('box.restored', backupKeys.restored),
]

export async function readBackupKey(views: Views): Promise<Noted<BackupKeySet> | undefined> {
  const found = await views.get(backupKeys.key)
  return found?.value as Noted<BackupKeySet> | undefined
}

export async function readSchedule(views: Views): Promise<Noted<BackupScheduleSet> | undefined> {
  const found = await views.get(backupKeys.schedule)
  return found?.value as Noted<BackupScheduleSet> | undefined
}

export async function readDrilled(views: Views): Promise<Noted<BackupDrilled> | undefined> {
  const found = await views.get(backupKeys.drilled)
  return found?.value as Noted<BackupDrilled> | undefined
}

/** Backups that were made, the newest first, `limit` at most. */
export async function readMade(views: Views, limit: number): Promise<Noted<BackupMade>[]> {
  const made: Noted<BackupMade>[] = []
  for await (const { value } of views.scan(backupKeys.mades, { reverse: true, limit })) {
    made.push(value as unknown as Noted<BackupMade>)
  }
  return made
}

/** Restores of this box, the newest first. */
export async function readRestored(views: Views): Promise<Noted<BoxRestored>[]> {
  const all: Noted<BoxRestored>[] = []
  for await (const { value } of views.scan(backupKeys.restoreds, { reverse: true, limit: 100 })) {
    all.push(value as unknown as Noted<BoxRestored>)
  }
  return all
}
