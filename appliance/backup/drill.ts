/**
 * A drill: everything that a restore would do but the custodians' part. The box backs itself up to its recipient and to a key that lives
 * for the drill alone, restores that beside itself, has the views made anew, verifies documents, opens the keys, and throws it all away.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { bytesBelow, diskRoom, type LookAtRoom } from '../disk_room.ts'
import type { Random } from '../../ca/index.ts'
import { ApplianceError, type ApplianceErrorCode } from '../errors.ts'
import { ageKeyPair } from './age/index.ts'
import { dropAside, makeAside } from './beside.ts'
import { requireFree, reserveIn } from './room.ts'
import { makeBackup, type BackupProgress, type BackupSource } from './make.ts'
import type { DrillAsked, DrillRestored, DrillStep } from './drill_work.ts'

/** What the thread says. */
export type DrillSaid =
  | { readonly step: DrillStep }
  | { readonly restored: DrillRestored }
  | { readonly failed: { readonly code: string; readonly message: string } }

export interface DrillOptions {
  readonly source: BackupSource
  readonly random: Random
  /** Of the box: a drill tries the very encryption of its backups. */
  readonly recipients: readonly string[]
  /** For the drill alone (`beside.ts`); thrown away before and after. */
  readonly folder: string
  readonly look?: LookAtRoom | undefined
  readonly at: Date
  /** Whether the sealed keys of a restored folder open; undefined where this process may not know. */
  readonly keysOpen?: ((directory: string) => Promise<boolean>) | undefined
  readonly onBackup: (progress: BackupProgress) => void
  readonly onStep: (step: DrillStep) => void
  readonly signal: AbortSignal
}

export interface DrillResult {
  readonly entries: number
  readonly files: number
  readonly documents: number
  readonly findings: readonly string[]
}

/** A folder that holds more keys than this is none of ours. */
const maxHeapMb = 1024

/** A backup and what it restores to, each as large as the data, and what is in the way meanwhile. */
const roomFactor = 2.2

/** Throws `BACKUP_DISK_FULL`, what `makeBackup` and `restoreAside` throw. */
export async function holdDrill(options: DrillOptions): Promise<DrillResult> {
  const { source, random, recipients, folder, at, signal, look = diskRoom } = options
  await makeAside(folder)
  try {
    const data = source.directory
    const reserve = await reserveIn(folder, { data, look })
    const bytes = roomFactor * (await bytesBelow(data)) + reserve
    await requireFree(folder, { bytes, look })
    const secret = random(32)
    const { recipient } = ageKeyPair(secret)
    const path = join(folder, 'drill.sealbox-backup')
    const made = await makeBackup(source, {
      ...{ recipients: [...recipients, recipient], since: undefined, at, path, signal, look },
      onProgress: options.onBackup,
    })
    const asked = { path, identity: secret, directory: join(folder, 'data'), at }
    const restored = await onThread(asked, options)
    const findings = [...restored.findings]
    if (restored.entries !== made.head.size) findings.push('JOURNAL_DIFFERS')
    if (made.damaged.length > 0) findings.push('FILES_DAMAGED')
    if ((await options.keysOpen?.(restored.folder)) === false) findings.push('KEYS_LOCKED')
    const { entries, files, documents } = restored
    return { entries, files, documents, findings }
  } finally {
    await dropAside(folder)
  }
}

function onThread(
  asked: DrillAsked,
  { onStep, signal }: Pick<DrillOptions, 'onStep' | 'signal'>,
): Promise<DrillRestored> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./drill_worker.ts', import.meta.url), {
      workerData: asked,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    })
    worker.unref()
    const stop = (): void => void worker.terminate()
    signal.addEventListener('abort', stop)
    worker.on('message', (said: DrillSaid) => {
      if ('step' in said) onStep(said.step)
      else if ('restored' in said) resolve(said.restored)
      else {
        const { code, message } = said.failed
        reject(new ApplianceError(code as ApplianceErrorCode, message))
      }
    })
    worker.on('error', reject)
    worker.on('exit', () => {
      signal.removeEventListener('abort', stop)
      reject(new ApplianceError('BACKUP_BUSY', 'the drill was stopped'))
    })
  })
}
