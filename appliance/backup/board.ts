/**
 * The backups as a running box does them: by its schedule and by the administrator's buttons, onto a shelf beside the folder of data, from
 * where they are fetched or go to a stick. One thing at a time; what was done is in the journal, how far it is only here.
 */
import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  boxActor,
  type Actor,
  type CaErrorCode,
  type Clock,
  type Journal,
  type Random,
} from '../../ca/index.ts'
import {
  WebError,
  type BackupBoard,
  type BackupBoardState,
  type BackupErrorCode,
  type BackupState,
  type BackupWork,
  type Log,
} from '../../web/index.ts'
import type { LookAtRoom } from '../disk_room.ts'
import { ApplianceError } from '../errors.ts'
import { drillOf, isShelfName, removePartials, shelfOf } from './beside.ts'
import { identityFileName, type BackupDesk } from './desk.ts'
import { holdDrill } from './drill.ts'
import type { DrillStep } from './drill_work.ts'
import { backupEntry, readDrilled, readSchedule, type BackupMade, type Noted } from './entries.ts'
import type { BackupProgress, BackupSource } from './make.ts'
import { dueNow, outlived, usualSchedule, type Schedule } from './schedule.ts'
import { backupState } from './state.ts'
import type { StickWriter } from './stick.ts'

export interface BoardParts {
  /** Folder of data; shelf and drill lie beside it. */
  readonly directory: string
  readonly desk: BackupDesk
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  readonly zone: string
  readonly mode: 'trial' | 'production'
  readonly source: () => BackupSource
  /** Whether the keys of a restored folder open by what opened this box. */
  readonly keysOpen?: ((directory: string) => Promise<boolean>) | undefined
  /** Copies a file to the stick in the box; undefined outside the image. */
  readonly toStick?: StickWriter['copy'] | undefined
  readonly look?: LookAtRoom | undefined
  readonly signal: AbortSignal
  readonly log: Log
}

export interface RunningBoard extends BackupBoard {
  /** What the box's health says of its backups. */
  health(): Promise<BackupState | undefined>
  /** Makes what is due; called every few minutes. */
  tend(): Promise<void>
  /** Resolves when nothing goes on any more. */
  idle(): Promise<void>
}

/** Shown in the page; and more than any shelf keeps. */
export const shownBackups = 200
/** Fifty full ones, each with a month of parts after it, and those that went before them. */
const maxOnShelf = 10_000

/** After a try that failed: what was in its way is there ten minutes later, too. */
const pauseMs = 24 * 3_600_000

/** One thing at a time, and how far it is. */
interface Desk {
  work: BackupWork | undefined
  failed: string | undefined
  /** When the last backup failed, unless one was made since. */
  backupFailedAt: Date | undefined
  going: Promise<void>
}

export function createBackupBoard(parts: BoardParts): RunningBoard {
  const { desk, journal, clock } = parts
  const now: Desk = {
    ...{ work: undefined, failed: undefined, backupFailedAt: undefined },
    going: Promise.resolve(),
  }
  const shelf = createShelf(parts, now)
  const begin = (what: BackupWork['what'], act: () => Promise<void>): void => {
    beginWork(now, { what, act, log: parts.log, clock })
  }
  const requireKey = async (): Promise<void> => {
    if ((await desk.key()) === undefined) throw toWebError('BACKUP_KEY_MISSING')
  }
  return {
    state: () => stateOf(parts, shelf, now),
    makeKey: async (actor) => {
      const key = await desk.makeKey(actor, () => Promise.resolve()).catch(toWeb)
      return { name: identityFileName(key.recipient), identity: key.identity }
    },
    begin: async (actor, kind) => {
      await requireKey()
      begin('backup', () => shelf.make(actor, kind))
    },
    drill: async (actor) => {
      await requireKey()
      begin('drill', () => drill(parts, now, actor))
    },
    schedule: async (actor, wanted) => {
      await journal.commit({ entries: [backupEntry('backup.scheduled', actor, { ...wanted })] })
    },
    file: async (backup) => {
      const found = await fileOn(parts, backup)
      return found && { ...found, stream: createReadStream(found.path) }
    },
    toStick: async (backup) => {
      const found = await fileOn(parts, backup)
      if (found === undefined || parts.toStick === undefined) throw toWebError('BACKUP_UNKNOWN')
      await parts.toStick(found.path, found.name).catch(toWeb)
    },
    health: async () => {
      const state = await backupState(journal.views, parts.mode)
      return state && { ...state, failed: now.failed }
    },
    tend: async () => {
      if (now.work !== undefined || pauses(now, clock)) return
      if ((await desk.key()) === undefined) return
      const due = dueNow({
        ...{ schedule: await shelf.schedule(), shelf: await shelf.list() },
        ...{ now: clock.now(), zone: parts.zone },
      })
      if (due !== undefined) begin('backup', () => shelf.make(boxActor, due))
    },
    idle: () => now.going,
  }
}

/** The file of a backup, if it lies on the shelf. */
async function fileOn(
  { desk, directory }: BoardParts,
  backup: string,
): Promise<{ readonly path: string; readonly name: string; readonly bytes: number } | undefined> {
  const found = (await desk.made(shownBackups)).find((one) => one.backup === backup)
  if (found?.target !== 'shelf' || !isShelfName(found.name)) return undefined
  const path = join(shelfOf(directory), found.name)
  const bytes = await sizeOf(path)
  return bytes === undefined ? undefined : { path, bytes, name: found.name }
}

/** Begins and lets it go on; a failure is kept for whoever looks. Throws `BACKUP_BUSY`. */
function beginWork(
  now: Desk,
  of: {
    readonly what: BackupWork['what']
    readonly act: () => Promise<void>
    readonly log: Log
    readonly clock: Clock
  },
): void {
  const { what, act, log, clock } = of
  if (now.work !== undefined) throw toWebError('BACKUP_BUSY')
  now.work = { what, step: 'journal', share: 0 }
  now.failed = undefined
  const noteEnd = (failedAt: Date | undefined): void => {
    if (what === 'backup') now.backupFailedAt = failedAt
  }
  now.going = act()
    .then(() => {
      noteEnd(undefined)
    })
    .catch((error: unknown) => {
      now.failed = failureOf(error)
      // Another one that goes on is no failure.
      if (now.failed !== 'BACKUP_BUSY') noteEnd(clock.now())
      log.error({ err: String(error), code: now.failed }, `the ${what} was not done`)
    })
    .finally(() => {
      now.work = undefined
    })
}

/** Whether the last backup failed within the day; one that failed in the future was dated by a wrong clock. */
function pauses({ backupFailedAt }: Desk, clock: Clock): boolean {
  if (backupFailedAt === undefined) return false
  const ms = clock.now().getTime() - backupFailedAt.getTime()
  return ms >= 0 && ms < pauseMs
}

const tellBackup =
  (now: Desk) =>
  ({ step, done, total }: BackupProgress): void => {
    const what = now.work?.what ?? 'backup'
    // A drill has its second half before it.
    const share = (total === 0 ? 0 : Math.min(1, done / total)) * (what === 'drill' ? 0.4 : 1)
    now.work = { what, step, share }
  }

interface Shelf {
  /** Those that an increment may follow, the newest first. */
  list(): Promise<readonly Noted<BackupMade>[]>
  schedule(): Promise<Schedule>
  make(actor: Actor, kind: 'full' | 'increment'): Promise<void>
}

/** What lies beside the folder of data. */
function createShelf(parts: BoardParts, now: Desk): Shelf {
  const { directory, desk, journal, clock, log } = parts
  const shelf = shelfOf(directory)
  const list = async (): Promise<readonly Noted<BackupMade>[]> =>
    (await desk.bases()).filter(({ target }) => target === 'shelf')
  const schedule = async (): Promise<Schedule> =>
    (await readSchedule(journal.views)) ?? usualSchedule(parts.mode)

  /** The newest on the shelf, if its file is still there: an increment goes on from nothing that was taken away. */
  async function base(): Promise<Noted<BackupMade> | undefined> {
    const [last] = await list()
    const isThere = last !== undefined && (await sizeOf(join(shelf, last.name))) !== undefined
    return isThere ? last : undefined
  }

  /** Whatever key it is for, and from before a restore, too: nobody else takes it away. Whether any was there. */
  async function removeOld(keep: number): Promise<boolean> {
    const lying: Noted<BackupMade>[] = []
    for (const one of await desk.made(maxOnShelf)) {
      const isOurs = one.target === 'shelf' && isShelfName(one.name)
      if (isOurs && (await sizeOf(join(shelf, one.name))) !== undefined) lying.push(one)
    }
    const old = outlived(lying, keep)
    for (const { name } of old) await rm(join(shelf, name), { force: true })
    return old.length > 0
  }

  /** The oldest would go after this one anyway, or before its time; one chain stays. */
  async function withRoom<T>(keep: number, make: () => Promise<T>): Promise<T> {
    for (let kept = Math.max(1, keep - 1); ; kept--) {
      try {
        return await make()
      } catch (error) {
        if (codeOf(error) !== 'BACKUP_DISK_FULL') throw error
        while (kept > 0 && !(await removeOld(kept))) kept--
        if (kept === 0) throw error
      }
    }
  }

  return {
    list,
    schedule,
    async make(actor, kind) {
      await mkdir(shelf, { recursive: true, mode: 0o700 })
      await removePartials(directory)
      const since = kind === 'full' ? 'full' : ((await base())?.backup ?? 'full')
      const stamp = clock.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
      const name = `${parts.source().file.id}-${stamp}-${since === 'full' ? 'full' : 'more'}.sealbox-backup`
      const { keep } = await schedule()
      const make = (): Promise<Noted<BackupMade>> =>
        desk.make({
          ...{ path: join(shelf, name), since, target: 'shelf', actor, signal: parts.signal },
          onProgress: tellBackup(now),
        })
      const stored = await withRoom(keep, make)
      log.info({ backup: stored.backup, bytes: stored.bytes }, 'a backup was made')
      await removeOld(keep)
    },
  }
}

/** Holds one, and puts on record what it found. */
async function drill(parts: BoardParts, now: Desk, actor: Actor): Promise<void> {
  const { desk, source, random, keysOpen, signal, look, directory, clock, journal, log } = parts
  const key = await desk.key()
  if (key === undefined) throw toWebError('BACKUP_KEY_MISSING')
  const result = await desk
    .exclusively(() =>
      holdDrill({
        ...{ source: source(), random, recipients: [key.recipient], keysOpen, signal, look },
        ...{ folder: drillOf(directory), at: clock.now(), onBackup: tellBackup(now) },
        onStep: (step) => {
          now.work = { what: 'drill', ...shareOf(step) }
        },
      }),
    )
    .catch((error: unknown) => {
      if (signal.aborted || codeOf(error) === 'BACKUP_BUSY') throw error
      log.error({ err: String(error) }, 'the drill failed')
      return { entries: 0, files: 0, documents: 0, findings: [codeFor(error)] }
    })
  const passed = result.findings.length === 0
  await journal.commit({ entries: [backupEntry('backup.drilled', actor, { passed, ...result })] })
}

/** Half is making, the rest restoring, making the views and verifying. */
function shareOf(step: DrillStep): Pick<BackupWork, 'step' | 'share'> {
  if (step.step === 'restore') return { step: 'restore', share: 0.5 }
  if (step.step === 'views') return { step: 'views', share: 0.7 }
  return { step: 'documents', share: 0.8 + (0.2 * step.done) / Math.max(1, step.of) }
}

async function stateOf(parts: BoardParts, shelf: Shelf, now: Desk): Promise<BackupBoardState> {
  const { desk, journal, directory } = parts
  const folder = shelfOf(directory)
  const [key, drilled, made, schedule] = await Promise.all([
    desk.key(),
    readDrilled(journal.views),
    desk.made(shownBackups),
    shelf.schedule(),
  ])
  const rows = await Promise.all(
    made.map(async ({ backup, since, at, head, bytes, damagedCount, name, target }) => ({
      ...{ backup, at, bytes, name, isFull: since === null, entries: head.size },
      damaged: damagedCount,
      isHere: target === 'shelf' && (await sizeOf(join(folder, name))) !== undefined,
    })),
  )
  return {
    key: key === undefined ? null : { recipient: key.recipient, shares: key.shares, at: key.at },
    ...{ made: rows, drill: drilled, schedule, failed: now.failed, shelf: folder },
    hasStick: parts.toStick !== undefined,
    // Of the command line, too, which is another's wish.
    work: now.work ?? workOf(desk.progress),
  }
}

function workOf(progress: BackupProgress | undefined): BackupWork | undefined {
  if (progress === undefined) return undefined
  const { step, done, total } = progress
  return { what: 'backup', step, share: total === 0 ? 0 : Math.min(1, done / total) }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  )
}

const known: readonly BackupErrorCode[] = [
  'BACKUP_KEY_MISSING',
  'BACKUP_KEY_KNOWN',
  'BACKUP_BUSY',
  'BACKUP_DISK_FULL',
  'BACKUP_TARGET',
  'BACKUP_UNKNOWN',
]

/** In the image the issuing keys have a say; page and health tell what is to be done, for nobody reads a log there. */
const ofKeys = [
  'CA_KEYS_RECIPIENT_CHANGED',
  'CA_KEYS_SILENT',
  'CA_KEY_RECORD_DAMAGED',
] as const satisfies readonly CaErrorCode[]

const codeIn = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

function codeOf(error: unknown): BackupErrorCode {
  const code = codeIn(error)
  return known.find((one) => one === code) ?? 'BACKUP_FAILED'
}

function failureOf(error: unknown): BackupErrorCode | (typeof ofKeys)[number] {
  const code = codeIn(error)
  return ofKeys.find((one) => one === code) ?? codeOf(error)
}

/** The code of whatever went wrong, for the record. */
function codeFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[A-Z_]{3,60}$/.test(code) ? code : 'UNKNOWN'
}

function toWebError(code: BackupErrorCode): WebError {
  return new WebError(code, 'see the code')
}

function toWeb(error: unknown): never {
  if (error instanceof ApplianceError) {
    throw new WebError(codeOf(error), error.message, { ...error.details })
  }
  throw error
}
