/** A box that does not serve, opened for a ceremony: its stores, its keys, and the root key once the custodians have opened it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  boxActor,
  CaError,
  createGuardedClock,
  currentService,
  openJournal,
  openRootKey,
  readClocks,
  systemRandom,
  type Authority,
  type BoxIdentity,
  type GuardedClock,
  type KeyFolder,
  type OfferedShare,
  type OpenedJournal,
  type Random,
  type Services,
  type Signer,
} from '../../ca/index.ts'
import { openDataFolder, readBoxFile, type BoxFile, type DataFolder } from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { journalStorage } from '../box/folds.ts'
import { settleAddresses } from '../host/rehost.ts'
import { openBoxKeys, type BoxSecrets } from '../box/keys.ts'
import { beginClock } from '../box/time.ts'
import { openTrust } from '../box/trust.ts'
import { refused } from './plan.ts'

export interface BoxAtRest {
  readonly file: BoxFile
  readonly data: DataFolder
  readonly journal: OpenedJournal
  readonly keys: KeyFolder
  readonly services: Services
  readonly authority: Authority
  readonly clock: GuardedClock
  readonly random: Random
  readonly close: () => Promise<void>
}

/**
 * Opens it. Throws `DATA_FOLDER_BUSY` while the box serves, `CEREMONY_REFUSED` while its clock is on hold (unless `evenHeld`), and what the folder, the
 * journal and the keys throw.
 */
export async function openAtRest(of: {
  readonly directory: string
  readonly secrets: BoxSecrets
  /** For what signs nothing that stands for years. */
  readonly evenHeld?: boolean
}): Promise<BoxAtRest> {
  const { directory, secrets, evenHeld = false } = of
  const file = readBoxFile(directory)
  const { keys, close: closeKeys } = await openBoxKeys({ directory, file, secrets })
  const data = await openDataFolder(directory)
  const clock = createGuardedClock({ read: readClocks, actor: boxActor, onHold: () => undefined })
  const random = systemRandom
  const journal = await openJournal({ ...journalStorage(data), clock, random })
  const close = async (): Promise<void> => {
    await journal.close()
    await data.close()
    await closeKeys()
  }
  try {
    await settleAddresses(directory, file, journal)
    await beginClock(clock, journal)
    clock.now()
    // What is signed here stands for years: not at a time that nobody believes.
    if (clock.state === 'held' && !evenHeld)
      throw refused('the clock is on hold: two officers confirm it first')
    const { services, authority } = await openTrust({ file, journal, clock, random, keys })
    return { file, data, journal, keys, clock, random, close, services, authority }
  } catch (error) {
    await close()
    throw error
  }
}

/** What the box's certificates say of it. */
export function identityOf({ mode, districtName, hostNames }: BoxFile): BoxIdentity {
  return { mode, districtName, hostNames }
}

/** The root key in hand, and by whose shares. */
export interface RootInHand {
  readonly root: Signer
  readonly opened: readonly { readonly number: number; readonly custodian: string }[]
}

export interface RootOffered {
  /** Folder with `root.key`; none of a trial box, which has its root key. */
  readonly folder: string | undefined
  readonly shares: readonly OfferedShare[]
}

/**
 * Opens the newest root's key: of a trial box from its folder, else by shares. With `older`, the key of whichever root the shares are
 * of: an older root's list is renewed until that root ends. Throws `CEREMONY_REFUSED` and as `openRootKey`.
 */
export async function takeRoot(
  box: BoxAtRest,
  offered: RootOffered,
  { older = false }: { readonly older?: boolean } = {},
): Promise<RootInHand> {
  const { key: name, certificate } = currentService(box.services, 'root')
  if (box.file.mode === 'trial') {
    return { root: await box.keys.open(name, certificate), opened: [] }
  }
  if (offered.folder === undefined) throw refused('--root-key is missing: the folder with root.key')
  const path = join(offered.folder, 'root.key')
  const keyFile = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ApplianceError('FILE_MISSING', `there is no file ${path}`, { cause })
  })
  const roots = older ? box.authority.roots.toReversed() : [certificate]
  for (const root of roots.slice(0, -1)) {
    const opened = await openUnlessForeign({ keyFile, root, shares: offered.shares })
    if (opened) return opened
  }
  return openAs({ keyFile, root: roots.at(-1) ?? certificate, shares: offered.shares })
}

type Opening = Parameters<typeof openRootKey>[0]

async function openAs(opening: Opening): Promise<RootInHand> {
  const { key, opened } = await openRootKey(opening)
  return { root: { ...key, certificate: opening.root }, opened }
}

async function openUnlessForeign(opening: Opening): Promise<RootInHand | undefined> {
  try {
    return await openAs(opening)
  } catch (error) {
    if (error instanceof CaError && error.code === 'CA_SHARE_FOREIGN') return undefined
    throw error
  }
}
