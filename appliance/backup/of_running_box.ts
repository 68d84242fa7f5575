/** The backups of a box that serves: its board, its schedule, and answering the command line. */
import type { Clock, Journal, Random } from '../../ca/index.ts'
import type { Log } from '../../web/index.ts'
import type { BoxFile, DataFolder } from '../box/data_folder.ts'
import type { Trust } from '../box/trust.ts'
import { openStickWriter } from './stick.ts'
import { createBackupBoard, shownBackups, type RunningBoard } from './board.ts'
import { serveControl } from './control.ts'
import { removeLeftovers } from './beside.ts'
import { createBackupDesk } from './desk.ts'
import { controlHandler, sourceOf } from './of_box.ts'
import type { AfterRestore } from './pending.ts'

/** Whether something is due is looked up in the views. */
const tendMs = 10 * 60_000

export interface RunningBackupsParts {
  readonly directory: string
  readonly file: BoxFile
  readonly data: DataFolder
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  readonly trust: Trust
  readonly restoring: Pick<AfterRestore, 'whenConfirmed'>
  readonly keysOpen: (directory: string) => Promise<boolean>
  readonly signal: AbortSignal
  readonly log: Log
}

export interface RunningBackups {
  readonly board: RunningBoard
  /** Waits for what goes on; `signal` must be aborted before. */
  close(): Promise<void>
}

export async function openBackups(parts: RunningBackupsParts): Promise<RunningBackups> {
  const { directory, file, data, journal, clock, random, trust, signal, log } = parts
  const source = () =>
    sourceOf({
      ...{ directory, file, data, journal, random },
      ...{ authority: trust.authority, signer: trust.journalSigner },
    })
  const desk = createBackupDesk({ journal, clock, random, mode: file.mode, source })
  const stick = openStickWriter()
  // Nothing is being written yet, and whoever opened the box holds its folder.
  await removeLeftovers(directory).catch((error: unknown) => {
    log.error({ err: String(error) }, 'what was cut short beside the data could not be thrown away')
  })
  await stick?.forget((await desk.made(shownBackups)).map(({ name }) => name))
  const board = createBackupBoard({
    ...{ directory, desk, journal, clock, random, source, signal, log },
    toStick: stick?.copy,
    ...{ zone: file.zone, mode: file.mode, keysOpen: parts.keysOpen },
  })
  const line = await serveControl(directory, controlHandler(desk)).catch((error: unknown) => {
    log.error({ err: String(error) }, 'the command sealbox backup cannot reach this box')
    return undefined
  })
  await parts.restoring.whenConfirmed(() => {
    const timer = setInterval(() => {
      board.tend().catch((error: unknown) => {
        log.error({ err: String(error) }, 'backups could not be looked after; trying again')
      })
    }, tendMs).unref()
    signal.addEventListener('abort', () => {
      clearInterval(timer)
    })
  })
  return {
    board,
    close: async () => {
      await line?.close()
      await board.idle()
    },
  }
}
