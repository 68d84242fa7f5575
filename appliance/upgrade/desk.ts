/**
 * Upgrades as the product sees them: receives a bundle, has root install the one that two officers ordered, and writes into the journal
 * how it ended. What it says of a bundle root judges again.
 */
import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import type { Clock, Journal, Sha256 } from '../../ca/index.ts'
import type { GraveAct, OrderOf, Principal } from '../../exchange/index.ts'
import {
  WebError,
  type LastUpgrade,
  type Log,
  type UpgradeDesk,
  type UpgradeState,
} from '../../web/index.ts'
import { UpgradeError } from './errors.ts'
import { endedEntry, orderedEntry, stagedEntry, upgradeKeys } from './folds.ts'
import { openWork, type Outcome } from './job.ts'
import { requireNewer } from './judge.ts'
import {
  orMissing,
  releaseCertificates,
  runningSlot,
  runningVersion,
  type Machine,
} from './machine.ts'
import { readState } from './state.ts'
import { createUploads, type Uploads } from './uploads.ts'

/** What root does for this desk; undefined outside the image. */
export interface UpgradeHands {
  install(of: { readonly manifest: Sha256; readonly order: Sha256 }): Promise<Outcome>
  reboot(): Promise<void>
  /** Names of bundles on the stick. */
  onStick(): Promise<readonly string[]>
  /** Brings one; gives the file's path. */
  fromStick(name: string): Promise<string>
}

export interface UpgradeDeskParts {
  readonly machine: Machine
  readonly hands: UpgradeHands | undefined
  /** The product's version, where this is not the image. */
  readonly version: string
  /** Layout of the folder of data. */
  readonly layout: number
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
}

export interface OpenedUpgradeDesk extends UpgradeDesk {
  /** The grave act `install-upgrade`. */
  readonly act: GraveAct<'install-upgrade'>
  /** Writes down how the last one ended, once root's record says so; begins again what a crash kept from beginning. */
  settle(): Promise<void>
}

/** As large as a request to take a piece may be. */
const pieceBytes = 4 * 1024 * 1024

export function createUpgradeDesk(parts: UpgradeDeskParts): OpenedUpgradeDesk {
  const { machine, hands, journal } = parts
  const uploads = createUploads({
    ...{ part: `${machine.bundle}.part`, whole: machine.bundle },
    trusted: () => releaseCertificates(machine),
    judge: async (manifest) => {
      requireNewer(manifest, { ...(await groundOf(parts)), layout: parts.layout })
    },
  })
  const desk: Desk = { ...parts, uploads, busy: { installing: false, receiving: undefined } }
  return {
    state: () => translated(stateOf(desk)),
    append: (part) => translated(inTurn(desk, () => append(desk, part))),
    discard: () =>
      translated(
        inTurn(desk, async () => {
          requireIdle(desk, await stateOf(desk))
          await uploads.discard()
          return stateOf(desk)
        }),
      ),
    onStick: () => translated(hands === undefined ? Promise.reject(notHere()) : hands.onStick()),
    fromStick: (of) => translated(inTurn(desk, () => fromStick(desk, of))),
    settle: () => settle(desk),
    act: {
      check: (order) => translated(requireOrderable(desk, order)),
      prepare: (order, ordered) =>
        translated(
          (async () => {
            await requireOrderable(desk, order)
            const { version, manifest } = order
            const from = (await groundOf(parts)).running
            const entry = orderedEntry(ordered.actor, {
              version,
              manifest,
              from,
              order: ordered.order,
            })
            return {
              entries: [entry],
              expect: [await versionOf(journal)],
              answer: { version, state: 'installing' },
              // Not waited for: it takes minutes, and ends with this process. Crash before it: `settle` begins it at the next start.
              after: () => {
                void install(desk, { manifest, order: ordered.order, version })
                return Promise.resolve()
              },
            }
          })(),
        ),
    },
  }
}

interface Desk extends UpgradeDeskParts {
  readonly uploads: Uploads
  readonly busy: {
    installing: boolean
    /** The piece that is being taken. */
    receiving: Promise<unknown> | undefined
  }
}

async function groundOf({ machine, version }: UpgradeDeskParts) {
  const running = (await runningVersion(machine)) ?? version
  const { highest } = await readState(machine, running)
  return { running, highest }
}

async function stateOf(desk: Desk): Promise<UpgradeState> {
  const { machine, version, uploads, journal, hands, busy } = desk
  const last = (await journal.views.get(upgradeKeys.last))?.value as LastUpgrade | undefined
  const nothing = { staged: undefined, receiving: undefined, progress: undefined }
  if (hands === undefined) {
    return {
      isImage: false,
      version,
      slot: undefined,
      highest: version,
      isOnTrial: false,
      last,
      ...nothing,
    }
  }
  const { running, highest } = await groundOf(desk)
  const [slot, isOnTrial, whole, receiving, progress] = await Promise.all([
    runningSlot(machine),
    exists(machine.trial),
    uploads.whole(),
    uploads.receiving(),
    busy.installing
      ? openWork(machine.work)
          .progress()
          .catch(() => undefined)
      : undefined,
  ])
  const staged = whole && {
    ...{ version: whole.manifest.version, builtAt: whole.manifest.builtAt },
    ...{ manifest: whole.sha256, bytes: whole.bytes },
  }
  return {
    isImage: true,
    version: running,
    slot,
    highest,
    isOnTrial,
    staged,
    receiving,
    progress,
    last,
  }
}

async function append(
  desk: Desk,
  of: { readonly actor: Principal; readonly offset: number; readonly bytes: Uint8Array },
): Promise<UpgradeState> {
  const { uploads, journal } = desk
  const { actor, offset, bytes } = of
  requireIdle(desk, await stateOf(desk))
  const whole = await uploads.append(offset, bytes)
  if (whole !== undefined) {
    const { manifest, sha256 } = whole
    const by = { holder: actor.holder, certificate: actor.certificate }
    await journal.commit({
      entries: [stagedEntry(by, { version: manifest.version, manifest: sha256 })],
    })
  }
  return stateOf(desk)
}

async function fromStick(
  desk: Desk,
  { actor, name }: { readonly actor: Principal; readonly name: string },
): Promise<UpgradeState> {
  const { hands } = desk
  if (hands === undefined) throw notHere()
  requireIdle(desk, await stateOf(desk))
  const path = await hands.fromStick(name)
  let offset = 0
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) {
    const bytes = piece as Buffer
    await append(desk, { actor, offset, bytes })
    offset += bytes.length
  }
  const state = await stateOf(desk)
  // What ended early is not kept: nobody goes on with it.
  if (state.receiving === undefined) return state
  await desk.uploads.discard()
  throw new UpgradeError('UPGRADE_DAMAGED', 'the file on the stick is not whole')
}

function requireIdle({ busy }: Desk, { isImage, isOnTrial }: UpgradeState): void {
  if (!isImage) throw notHere()
  if (busy.installing || isOnTrial) {
    throw new UpgradeError('UPGRADE_BUSY', 'a version is being installed, or on trial')
  }
}

async function requireOrderable(
  desk: Desk,
  { version, manifest }: OrderOf<'install-upgrade'>,
): Promise<void> {
  const state = await stateOf(desk)
  requireIdle(desk, state)
  const { staged } = state
  if (staged?.manifest !== manifest || staged.version !== version) {
    throw new UpgradeError('UPGRADE_MISSING', 'this bundle does not lie on the box')
  }
}

interface Ordered {
  readonly manifest: Sha256
  readonly order: Sha256
  readonly version: string
}

/** Has root write the slot, then start the machine again. Never throws: how it went is in the journal. */
async function install(desk: Desk, { manifest, order, version }: Ordered): Promise<void> {
  const { hands, busy, log, journal } = desk
  if (hands === undefined || busy.installing) return
  busy.installing = true
  try {
    const outcome = await hands.install({ manifest, order })
    if (outcome.installed) {
      log.info({ version }, 'the new version is written; the machine starts again to try it')
      await hands.reboot()
      return
    }
    log.error({ version, code: outcome.code }, 'the new version was not installed')
    await journal.commit({
      entries: [endedEntry({ version, order, state: 'failed', code: outcome.code })],
    })
  } catch (error) {
    // Root may have acted: its record is read at the next look.
    log.error({ version, err: String(error) }, 'it is not known whether the version was installed')
  } finally {
    busy.installing = false
  }
}

async function settle(desk: Desk): Promise<void> {
  const { machine, hands, journal, busy } = desk
  if (hands === undefined || busy.installing) return
  const last = (await journal.views.get(upgradeKeys.last))?.value as LastUpgrade | undefined
  if (last?.state !== 'ordered') return
  const { running } = await groundOf(desk)
  const { attempt } = await readState(machine, running)
  const { version, order, manifest } = last
  if (attempt?.order !== order) {
    const whole = await desk.uploads.whole()
    if (whole?.sha256 === manifest) void install(desk, { manifest, order, version })
    else await end(desk, last, { state: 'failed', code: 'UPGRADE_MISSING' })
    return
  }
  const { state, code = null } = attempt
  if (state === 'committed' || state === 'fell-back' || state === 'failed') {
    await end(desk, last, { state, code })
  }
}

async function end(
  { journal }: Desk,
  { version, order }: LastUpgrade,
  how: { readonly state: 'committed' | 'fell-back' | 'failed'; readonly code: string | null },
): Promise<void> {
  await journal.commit({
    entries: [endedEntry({ version, order, ...how })],
    expect: [await versionOf(journal)],
  })
}

/** The view of the last upgrade must still be as it is now. */
async function versionOf({ views }: Journal) {
  const found = await views.get(upgradeKeys.last)
  return { key: upgradeKeys.last, version: found?.version ?? null }
}

async function inTurn<T>({ busy }: Desk, work: () => Promise<T>): Promise<T> {
  if (busy.receiving !== undefined) {
    throw new UpgradeError('UPGRADE_BUSY', 'another piece is being taken')
  }
  const mine = work()
  busy.receiving = mine
  try {
    return await mine
  } finally {
    busy.receiving = undefined
  }
}

/** As the pages' room knows it: by its code, with words in both languages. */
async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof UpgradeError) {
      throw new WebError(error.code, error.message, { ...error.details })
    }
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return (await access(path).then(() => true, orMissing)) ?? false
}

function notHere(): UpgradeError {
  return new UpgradeError('UPGRADE_NOT_HERE', 'this box does not run as the image')
}
