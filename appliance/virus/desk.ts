/** The virus check of a box, wired: scanner, folder of signatures, what the pages are told, and the waiting uploads it tends. */
import { boxActor, type Actor, type Authority, type Clock, type Journal } from '../../ca/index.ts'
import type { Intake, Principal } from '../../exchange/index.ts'
import {
  WebError,
  type Health,
  type Log,
  type VirusDesk,
  type VirusReport,
} from '../../web/index.ts'
import { everyInTurn } from '../box/upkeep.ts'
import type { AskMachine } from '../machine/ask.ts'
import { createClamd } from './clamd.ts'
import { createSignatureFolder, type CheckedSet, type SignatureFolder } from './folder.ts'
import { createScanner, type BoxScanner } from './scanner.ts'
import { signaturesOnStick } from './stick.ts'

/** Where the scanner is. */
export interface VirusOptions {
  /** Path of clamd's Unix socket. */
  readonly socket: string
  /** Folder that clamd reads and the box keeps; undefined where somebody else keeps the scanner's signatures. */
  readonly signatures?: string | undefined
}

export interface VirusCheck {
  readonly scanner: BoxScanner
  readonly folder: SignatureFolder | undefined
}

/** Waiting uploads are looked after so often. */
const tendMs = 15_000

export async function openVirusCheck(
  { socket, signatures }: VirusOptions,
  { authority, clock }: { readonly authority: Authority; readonly clock: Clock },
): Promise<VirusCheck> {
  const clamd = createClamd({ socket })
  const folder =
    signatures === undefined
      ? undefined
      : createSignatureFolder({ directory: signatures, authority, now: () => clock.now() })
  await folder?.prepare()
  const scanner = createScanner({ clamd, folder })
  // A run that ended between laying signatures down and telling it left it with the old ones. One that is not up yet reads them at its start.
  if (folder) void scanner.reload()
  return { scanner, folder }
}

export interface VirusDeskParts {
  readonly check: VirusCheck | undefined
  readonly intake: Intake
  readonly journal: Journal
  readonly log: Log
  /** Asks root for acts of the machine; undefined outside the image. */
  readonly ask?: AskMachine | undefined
}

export function createVirusDesk(parts: VirusDeskParts): VirusDesk {
  const { check, intake } = parts
  const report = async (): Promise<VirusReport> => {
    const waiting = await intake.waiting()
    const empty = { sets: [], newest: undefined, waiting }
    if (check === undefined) return { ...empty, condition: 'none', said: '' }
    const [state, sets = []] = await Promise.all([check.scanner.state(), check.folder?.list()])
    const said = 'reason' in state ? state.reason : state.engine
    return { condition: state.state, said, sets, newest: newestOf(sets, said), waiting }
  }
  const { folder } = check ?? {}
  if (folder === undefined || check === undefined) return { report }
  const install = installer({ ...parts, check, folder })
  const { ask } = parts
  return {
    ...{ report, install },
    ...(ask && { installFromStick: (actor) => install(signaturesOnStick(ask), actor) }),
  }
}

/**
 * When the signatures that are to be kept up were made: ClamAV's, of them the daily ones, where there are any; the district's own lists
 * say nothing of what goes around elsewhere. Without any set by what clamd says of itself (`ClamAV 1.4.6/27123/Wed Nov 25 08:00:00 2026`).
 */
export function newestOf(sets: VirusReport['sets'], said: string): Date | undefined {
  const daily = sets.filter(({ name }) => name === 'daily.cvd')
  const official = sets.filter(({ version }) => version !== undefined)
  const judged = [daily, official, sets].find(({ length }) => length > 0) ?? []
  const times = judged.map(({ builtAt }) => builtAt.getTime())
  if (times.length > 0) return new Date(Math.max(...times))
  const at = Date.parse(`${said.split('/')[2] ?? ''} UTC`)
  return Number.isNaN(at) ? undefined : new Date(at)
}

function installer(
  parts: VirusDeskParts & { readonly check: VirusCheck; readonly folder: SignatureFolder },
): NonNullable<VirusDesk['install']> {
  const { check, folder, journal, log } = parts
  let isBusy = false
  return async (files, actor) => {
    if (isBusy) throw new WebError('TOO_MANY_REQUESTS', 'signatures are on their way in')
    isBusy = true
    try {
      const staged = await folder.stage(files)
      const { sets, refused } = staged
      if (refused.length > 0 || sets.length === 0) {
        await staged.drop()
        return { refused }
      }
      await staged.commit()
      // Crash here: they are in place and not yet in the journal; installing them again is no harm.
      try {
        await journal.commit({ entries: [installedEntry(sets, actorOf(actor))] })
      } finally {
        // What lies there is what scans, whatever becomes of the entry.
        await reload(check, log)
      }
      return { installed: sets }
    } finally {
      isBusy = false
    }
  }
}

async function reload({ scanner }: Pick<VirusCheck, 'scanner'>, log: Log): Promise<void> {
  const reply = await scanner.reload()
  if ('failure' in reply) log.error({ ...reply }, 'clamd was not told of new signatures')
}

const actorOf = ({ holder, certificate }: Principal): Actor => ({ holder, certificate })

function installedEntry(sets: readonly CheckedSet[], actor: Actor) {
  return {
    type: 'signatures.installed',
    actor,
    subject: 'virus-check',
    data: {
      sets: sets.map(({ name, sha256, builtAt, version = null, signedBy }) => ({
        ...{ name, sha256, version, signedBy },
        builtAt: builtAt.toISOString(),
      })),
    },
  }
}

/** What the box's health says of it; undefined without a scanner. */
export async function virusHealth(desk: VirusDesk): Promise<Health['virus']> {
  const { condition, newest } = await desk.report()
  if (condition === 'none') return undefined
  return { scanner: condition === 'down' ? 'down' : 'running', signaturesAt: newest }
}

/** Shows the scanner what waits until `signal` aborts, and journals what it refused. */
export function tendWaiting({ intake, journal, log }: VirusDeskParts, signal: AbortSignal): void {
  const tend = async (): Promise<void> => {
    // What is refused is put on record first: nothing can be, and each scan would be for nothing.
    if (journal.state !== 'running') return
    await intake.scanWaiting(async ({ unit, sha256, state, finding }) => {
      log.info({ unit, sha256, state }, 'an upload that waited was scanned')
      if (finding === undefined) return
      const data = { file: sha256, code: finding.code }
      const entry = { type: 'upload.refused', actor: boxActor, subject: `unit:${unit}`, data }
      await journal.commit({ entries: [entry] })
    })
  }
  const failed = 'waiting uploads could not be scanned; trying again'
  everyInTurn(tendMs, { signal, log }, { work: tend, failed })
}
