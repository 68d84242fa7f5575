/** The port of backups: what an administrator sees and starts, and what officers confirm after a restore. `appliance` fills it in. */
import type { Readable } from 'node:stream'
import { canonicalJson, sha256Hex, type Actor, type Sha256 } from '../ca/index.ts'
import type { OrderOf, RestoredNumber } from '../exchange/index.ts'

/** What was restored and waits for two officers. */
export interface RestoredFacts {
  readonly backup: Sha256
  readonly madeAt: string
  readonly head: { readonly size: number; readonly root: string }
  /** The largest later head that somebody is known to have seen. */
  readonly seen: { readonly size: number; readonly root: string } | null
  /** Known to be drawn, of each series the last; for officers alone. */
  readonly numbers: readonly RestoredNumber[]
}

/** The parameters of the order that confirms it. */
export function restoreParameters(facts: RestoredFacts): Omit<OrderOf<'restore-backup'>, 'act'> {
  const { backup, head, seen } = facts
  const lost = seen === null ? null : seen.size - head.size
  const numbers = {
    count: facts.numbers.length,
    sha256: sha256Hex(canonicalJson(facts.numbers.map((one) => ({ ...one })))),
  }
  return { backup, size: head.size, root: head.root, lost, numbers }
}

/** A backup that the journal knows of. */
export interface BackupRow {
  readonly backup: Sha256
  readonly isFull: boolean
  readonly at: string
  readonly entries: number
  readonly bytes: number
  readonly damaged: number
  readonly name: string
  /** Whether its file lies on the shelf of this box and can be fetched. */
  readonly isHere: boolean
}

export interface BackupSchedule {
  readonly isOn: boolean
  readonly fullEveryDays: number
  /** Hour of the day in the box's zone. */
  readonly hour: number
  /** Full backups that are kept on the shelf. */
  readonly keep: number
}

/** What a drill found. */
export interface DrillRow {
  readonly at: string
  readonly passed: boolean
  readonly entries: number
  readonly files: number
  readonly documents: number
  readonly findings: readonly string[]
}

/** What is being done just now. */
export interface BackupWork {
  readonly what: 'backup' | 'drill'
  readonly step: 'journal' | 'files' | 'sync' | 'restore' | 'views' | 'documents'
  /** Between 0 and 1. */
  readonly share: number
}

export interface BackupBoardState {
  /** Null until there is one. */
  readonly key: {
    readonly recipient: string
    readonly shares: { readonly needed: number; readonly of: number } | null
    readonly at: string
  } | null
  readonly made: readonly BackupRow[]
  readonly schedule: BackupSchedule
  readonly drill: DrillRow | undefined
  readonly work: BackupWork | undefined
  /** Why the last try failed: a code. */
  readonly failed: string | undefined
  /** Whether a stick in the box can be written to. */
  readonly hasStick: boolean
  /** Where the files lie on this machine. */
  readonly shelf: string
}

/** Throws `WebError` with `BACKUP_KEY_MISSING`, `BACKUP_BUSY`, `BACKUP_KEY_KNOWN`, and what the journal throws. */
export interface BackupBoard {
  state(): Promise<BackupBoardState>
  /** Of a trial box, for an officer; the file that opens all backups to come, kept nowhere. */
  makeKey(actor: Actor): Promise<{ readonly name: string; readonly identity: string }>
  /** Begins, and goes on by itself; `state` tells how far it is. */
  begin(actor: Actor, kind: 'full' | 'increment'): Promise<void>
  /** Backs up, restores and compares, with a key of its own; goes on by itself. */
  drill(actor: Actor): Promise<void>
  schedule(actor: Actor, wanted: BackupSchedule): Promise<void>
  /** Throws `BACKUP_UNKNOWN`, and what the machine answers. */
  toStick(backup: string): Promise<void>
  /** A file of the shelf; undefined where it is not there any more. */
  file(
    backup: string,
  ): Promise<
    { readonly name: string; readonly bytes: number; readonly stream: Readable } | undefined
  >
}
