/**
 * The backups of a box: whom they are encrypted to, making one at a time, and what the journal keeps of each. The file is durable before
 * the entry that tells of it.
 */
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  boxActor,
  sha256Hex,
  type Actor,
  type Clock,
  type Journal,
  type Random,
  type Sha256,
} from '../../ca/index.ts'
import type { LookAtRoom } from '../disk_room.ts'
import { ApplianceError } from '../errors.ts'
import { ageKeyPair, identityFile, maxAgeHeaderBytes, readHeader } from './age/index.ts'
import {
  backupEntry,
  backupKeys,
  listed,
  readBackupKey,
  readDrilled,
  readMade,
  readRestored,
  type BackupKeySet,
  type BackupMade,
  type Noted,
} from './entries.ts'
import { makeBackup, type BackupProgress, type BackupSource } from './make.ts'

/** Backups among which `--since` looks. */
const maxKnown = 10_000

export interface BackupDeskParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  readonly mode: 'trial' | 'production'
  /** Asked anew for each: keys and certificates follow each other. */
  readonly source: () => BackupSource
  readonly look?: LookAtRoom
}

/** A key that was made just now; nobody else has it. */
export interface NewKey {
  readonly recipient: string
  /** The file that opens all backups to come: to be kept away from the box. */
  readonly identity: string
}

export interface BackupWish {
  readonly path: string
  readonly target: BackupMade['target']
  /** `full`; `last`; the name of a backup, or at least eight digits of it. */
  readonly since: string
  readonly actor?: Actor
  readonly onProgress?: (progress: BackupProgress) => void
  readonly signal?: AbortSignal
}

export interface BackupDesk {
  key(): Promise<Noted<BackupKeySet> | undefined>
  /**
   * Of a trial box: a key in one file. Throws `BACKUP_KEY_MISSING` of a production box, whose key is made in a ceremony, and
   * `BACKUP_KEY_KNOWN` once anything was encrypted to one: whose file did not arrive is given up. `keep` has the file before the journal knows of it.
   */
  makeKey(actor: Actor, keep: (key: NewKey) => Promise<void>): Promise<NewKey>
  /** Throws `BACKUP_KEY_MISSING`, `BACKUP_BUSY`, `BACKUP_UNKNOWN`, and what `makeBackup` throws. */
  make(wish: BackupWish): Promise<Noted<BackupMade>>
  /** Those that an increment may follow, the newest first. */
  bases(): Promise<readonly Noted<BackupMade>[]>
  /** All, the newest first. */
  made(limit: number): Promise<readonly Noted<BackupMade>[]>
  /** Does something else while no backup is made; throws `BACKUP_BUSY`. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** How far the one is that is being made. */
  readonly progress: BackupProgress | undefined
}

export function createBackupDesk(parts: BackupDeskParts): BackupDesk {
  const { journal, clock, random, mode } = parts
  let progress: BackupProgress | undefined
  let isBusy = false

  async function exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (isBusy) throw new ApplianceError('BACKUP_BUSY', 'a backup or a drill goes on; wait for it')
    isBusy = true
    try {
      return await work()
    } finally {
      isBusy = false
      progress = undefined
    }
  }

  async function make(wish: BackupWish): Promise<Noted<BackupMade>> {
    const key = await readBackupKey(journal.views)
    if (key === undefined) throw keyMissing()
    const { recipient } = key
    const since = baseIn(await bases(journal, recipient), wish.since)
    const source = parts.source()
    const made = await makeBackup(source, {
      ...{ recipients: [recipient], since, at: clock.now(), path: wish.path, signal: wish.signal },
      look: parts.look,
      onProgress: (now) => {
        progress = now
        wish.onProgress?.(now)
      },
    })
    const damaged = await listed(source.blobs, made.damaged)
    const data: BackupMade = {
      ...{ ...made, recipient, target: wish.target },
      ...{ damaged: damaged.first, damagedCount: damaged.count },
      name: basename(wish.path).slice(0, 100),
    }
    const draft = backupEntry('backup.stored', wish.actor ?? boxActor, data)
    // Crash before here: a whole backup that the journal does not know; no increment follows it.
    const entries = await journal.commit({
      entries: [{ ...draft, files: damaged.files }],
    })
    return { ...data, at: entries[0]?.time ?? '', index: entries[0]?.index ?? 0 }
  }

  return {
    bases: async () => {
      const key = await readBackupKey(journal.views)
      return key === undefined ? [] : bases(journal, key.recipient)
    },
    key: () => readBackupKey(journal.views),
    async makeKey(actor, keep) {
      if (mode === 'production') throw keyMissing()
      const before = await journal.views.get(backupKeys.key)
      if (before !== undefined && (await isUsed(journal, before.value as Noted<BackupKeySet>))) {
        throw new ApplianceError('BACKUP_KEY_KNOWN', 'this box has a key for its backups already')
      }
      const secret = random(32)
      const pair = ageKeyPair(secret)
      secret.fill(0)
      const made = { recipient: pair.recipient, identity: identityFile(pair, clock.now()) }
      await keep(made)
      await journal.commit({
        entries: [backupEntry('backup.keyed', actor, { recipient: pair.recipient, shares: null })],
        expect: [{ key: backupKeys.key, version: before?.version ?? null }],
      })
      return made
    },
    make: (wish) => exclusively(() => make(wish)),
    exclusively,
    made: (limit) => readMade(journal.views, limit),
    get progress() {
      return progress
    },
  }
}

/**
 * What an increment may follow: after a restore the files of the box stand in another order than its earlier backups say, and after
 * another key the chain would need both.
 */
async function bases({ views }: Journal, recipient: string): Promise<Noted<BackupMade>[]> {
  const [restored] = await readRestored(views)
  const made = await readMade(views, maxKnown)
  return made.filter((one) => one.index > (restored?.index ?? -1) && one.recipient === recipient)
}

/** Whether a backup or a drill was made since this key was set. */
async function isUsed({ views }: Journal, key: Noted<BackupKeySet>): Promise<boolean> {
  const [[made], drilled] = await Promise.all([readMade(views, 1), readDrilled(views)])
  return [made, drilled].some((one) => one !== undefined && one.index > key.index)
}

/** Throws `BACKUP_UNKNOWN`. */
function baseIn(known: readonly Noted<BackupMade>[], since: string): BackupMade | undefined {
  if (since === 'full') return undefined
  const found =
    since === 'last'
      ? known.slice(0, 1)
      : known.filter(({ backup }) => since.length >= 8 && backup.startsWith(since))
  const [one] = found
  if (one !== undefined && found.length === 1) return one
  const words = `there is no backup ${since} of this box and key to go on from; make a full one`
  throw new ApplianceError('BACKUP_UNKNOWN', words)
}

/** What `--since` names: a file by its header, which needs no key; anything else as it is. Throws `BACKUP_MALFORMED`. */
export async function sinceOf(text: string): Promise<string> {
  if (!existsSync(text)) return text
  return nameOfBackup(text)
}

/** The name of a backup: SHA-256 of the header of its file. */
export async function nameOfBackup(path: string): Promise<Sha256> {
  await using file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(maxAgeHeaderBytes))
  const bytes = buffer.subarray(0, bytesRead)
  return sha256Hex(bytes.subarray(0, readHeader(bytes).length))
}

/** The name of the file that a trial box's key is kept under. */
export function identityFileName(recipient: string): string {
  return `sealbox-backup-key-${recipient.slice(4, 12)}.txt`
}

function keyMissing(): ApplianceError {
  return new ApplianceError(
    'BACKUP_KEY_MISSING',
    'this box has no key for its backups: the custodians make one with sealbox ceremony backup-key',
  )
}
