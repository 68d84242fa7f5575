/** The composition root: opens the folder of data and wires every room together. Nothing else does. */
import {
  boxActor,
  type Actor,
  createGuardedClock,
  openJournal,
  readClocks,
  signCheckpoint,
  systemRandom,
  type ClockReading,
  type GuardedClock,
  type KeyFolder,
  type OpenedJournal,
  type Random,
} from '../../ca/index.ts'
import {
  batchesOf,
  createArchive,
  createDirectory,
  createHeads,
  createInspectors,
  createIntake,
  createMarks,
  createOffice,
  createOrderDesk,
  createPagePictures,
  createPdfTextReader,
  createPreviews,
  createReading,
  createScratchDrafts,
  createSealPictures,
  createSearchIndex,
  createSeenHeads,
  createSheets,
  createStatementDesk,
  createVerdicts,
  evidenceFor,
  loadFonts,
  markOutlines,
  startIndexer,
  statedFiles,
  type Archive,
  type Fonts,
  type Indexer,
  type IndexerParts,
  type Verdicts,
} from '../../exchange/index.ts'
import { createRosterShelf } from '../../provisioning/index.ts'
import type { BoxFacts, HealthReport, Log, Parts, ScrubState } from '../../web/index.ts'
import { attestOf, bundlesOf } from './bundles.ts'
import {
  layoutOf,
  openDataFolder,
  pathsOf,
  readBoxFile,
  type BoxFile,
  type DataFolder,
} from './data_folder.ts'
import { journalStorage } from './folds.ts'
import { openHealth } from '../health/open.ts'
import { diskRoom } from '../disk_room.ts'
import type { Addresses } from '../host/addresses.ts'
import { prepareRehost, settleAddresses } from '../host/rehost.ts'
import { createJournalCopy } from './journal_copy.ts'
import { openMachine } from '../machine/ask.ts'
import { loadSealPictures } from './seal_pictures.ts'
import { openBackups } from '../backup/of_running_box.ts'
import { afterRestore, type AfterRestore } from '../backup/pending.ts'
import { keysOpenBy, openBoxKeys, type BoxSecrets } from './keys.ts'
import { graveActs, type GraveActParts } from './grave_acts.ts'
import { watchChrony } from './chrony.ts'
import { beginClock } from './time.ts'
import { rollOverDue, type RollOverParts } from './roll_over.ts'
import { stampOrLater } from './stamp_or_later.ts'
import { openTrust, type Trust } from './trust.ts'
import {
  keepArchive,
  keepCrlsFresh,
  keepServices,
  refreshCrlsAtStart,
  watchClock,
} from './upkeep.ts'
import { openUpgrades, type UpgradeMachine } from '../upgrade/open.ts'
import { version } from '../version.ts'
import {
  createVirusDesk,
  openVirusCheck,
  tendWaiting,
  type VirusCheck,
  type VirusOptions,
} from '../virus/desk.ts'

export interface Box {
  readonly parts: Parts
  readonly file: BoxFile
  readonly journal: OpenedJournal
  readonly indexer: Indexer
  readonly trust: Trust
  /** Does something at once, or once two officers have confirmed a restore. */
  whenConfirmed(work: () => Promise<void>): Promise<void>
  /** Has other keys follow those whose time is over soon; a running box does so by itself each minute. */
  rollOver(): Promise<void>
  /** Moves it to other addresses. Throws as `prepareRehost`. */
  rehost(to: Addresses, actor: Actor): Promise<void>
  /** Signs a statement of the day's state, if there is none yet; a running box does so by itself each morning. */
  state(): Promise<boolean>
  /** Looks at once for what stands out; a running box does so by itself each minute. */
  look(report?: HealthReport): Promise<HealthReport>
  /** Reads everything and compares it with the journal; a running box does so by itself each night. */
  scrub(options: { readonly share: number; readonly signal: AbortSignal }): Promise<ScrubState>
  close(): Promise<void>
}

export interface OpenBoxOptions {
  readonly directory: string
  readonly log: Log
  /** Where the pages will be. */
  readonly url: string
  /** Of a production box: what opens its keys. */
  readonly secrets?: BoxSecrets | undefined
  /** Reads the machine's clocks; tests turn them. */
  readonly readClocks?: () => ClockReading
  /** The page that verifies, for evidence bundles; without, bundles have none. */
  readonly verifierPage?: () => Promise<Uint8Array>
  /** The machine that upgrades change, and what root does for it; tests give another one. */
  readonly upgrades?: UpgradeMachine | undefined
  /** Of the process of the issuing keys; the image's by default. */
  readonly keysSocket?: string
  /** The scanner that uploads are shown to; without, they are kept unscanned, and it is said so. */
  readonly virus?: VirusOptions | undefined
}

/** What every room takes. */
interface Ground {
  readonly file: BoxFile
  readonly data: DataFolder
  readonly journal: OpenedJournal
  readonly clock: GuardedClock
  readonly random: Random
  readonly log: Log
}

/** Opens a box that had its first boot. Throws what the folder, the journal and the keys throw. */
export async function openBox(options: OpenBoxOptions): Promise<Box> {
  const { directory, log } = options
  const ending = new AbortController()
  const { signal } = ending
  const { ground, keys, closeKeys, restoring } = await openGround(options, signal)
  const { file, data, journal, clock } = ground
  const trust = await openTrust({ ...ground, keys })
  const { upgrades } = options
  const upgrade = openUpgrades({
    ...{ journal, clock, log, signal, upgrades },
    layout: layoutOf(directory),
  })
  const rolling = { ...ground, directory, keys, trust, upgrade, restoreBackup: restoring.act }
  await restoring.goOn(trust.authority)
  await restoring.whenConfirmed(async () => {
    await rollOverDue(rolling, { log })
    await refreshCrlsAtStart(trust.authority, log)
  })
  const check = options.virus && (await openVirusCheck(options.virus, { ...trust, clock }))
  const desk = await openDesk({ ...rolling, check }, directory)
  const indexer = await followJournal(desk.indexing, { signal, log })
  watchClock(journal, clock, { signal, log })
  await restoring.whenConfirmed(() => {
    keepGoing(rolling, desk.parts, signal)
    tendWaiting({ check, intake: desk.parts.intake, journal, log }, signal)
  })
  const box = factsOf(ground, trust, options.url)
  const stamp = stampOrLater(trust.timeStamping, log)
  const { verifierPage } = options
  const bundles = bundlesOf({ ...ground, ...{ trust, box, stamp, verifierPage }, ...desk.parts })
  const backups = await openBackups({
    ...{ ...ground, directory, trust, restoring, signal, keysOpen: keysOpenBy(options, file) },
  })
  const kept = await openHealth({
    ...ground,
    ...desk.parts,
    ...{ directory, trust, box, indexer, signal, units: desk.parts.directory },
    search: desk.indexing.search,
    attest: attestOf({ trust, clock, stamp }),
    sources: { backup: () => backups.board.health() },
  })
  const journalCopy = createJournalCopy({
    directory: pathsOf(directory).journal,
    box,
    chain: trust.authority.chain,
    stated: () => statedFiles({ views: journal.views, blobs: data.blobs }),
  })
  return {
    parts: {
      ...{ ...desk.parts, ...kept.parts, journalCopy, box, bundles, upgrade },
      ...{ backups: backups.board, restored: () => restoring.restored() },
    },
    file,
    journal,
    indexer,
    trust,
    state: () => kept.state(),
    look: (report) => kept.look(report),
    scrub: (by) => kept.scrub(by),
    whenConfirmed: (work) => restoring.whenConfirmed(work),
    rollOver: () => rollOverDue(rolling, { log }),
    rehost: async (to, actor) => {
      await journal.commit(await prepareRehost(rolling, { to, actor }))
      // Crash here: the next opening has `box.json` follow the journal.
      await settleAddresses(directory, file, journal)
      await trust.reload()
    },
    close: once(async () => {
      ending.abort()
      await backups.close()
      await kept.close()
      await indexer.done.catch(() => undefined)
      await desk.parts.pictures.close()
      await desk.indexing.search.close()
      await journal.close()
      await data.close()
      await closeKeys()
    }),
  }
}

/** Who closes a box again waits for the first close. */
function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= act())
}

/** Keys, stores, clock and journal; of a restored box the journal waits. */
async function openGround(
  options: OpenBoxOptions,
  signal: AbortSignal,
): Promise<{
  readonly ground: Ground
  readonly keys: KeyFolder
  readonly closeKeys: () => Promise<void>
  readonly restoring: AfterRestore
}> {
  const { directory, log } = options
  const file = readBoxFile(directory)
  const { keys, close: closeKeys } = await openBoxKeys({
    ...{ directory, file },
    secrets: options.secrets,
    keysSocket: options.keysSocket,
  })
  const data = await openDataFolder(directory)
  const read = options.readClocks ?? readClocks
  const clock = createGuardedClock({
    ...{ read, actor: boxActor, isSynchronised: watchChrony({ signal, read }) },
    onHold: (held) => {
      log.error({ ...held }, 'the time is not certain: clock hold; two officers must confirm it')
    },
  })
  const random = systemRandom
  const opened = await openJournal({ ...journalStorage(data), clock, random })
  await settleAddresses(directory, file, opened)
  await beginClock(clock, opened)
  const restoring = await afterRestore({ directory, journal: opened, blobs: data.blobs })
  const ground = { file, data, journal: restoring.journal, clock, random, log }
  return { ground, keys, closeKeys, restoring }
}

/** What a box does by itself, once it may. */
function keepGoing(
  rolling: Ground & RollOverParts,
  { archive }: Pick<Parts, 'archive'>,
  signal: AbortSignal,
): void {
  const { trust, log } = rolling
  keepCrlsFresh(trust.authority, { signal, log })
  keepServices(rolling, { signal, log })
  keepArchive(archive, { signal, log })
}

/** What is put together once the desk stands. */
type LaterParts =
  | 'box'
  | 'bundles'
  | 'health'
  | 'watch'
  | 'alarms'
  | 'stated'
  | 'journalCopy'
  | 'upgrade'
  | 'backups'
  | 'restored'

async function openDesk(
  ground: Ground & GraveActParts & { readonly check: VirusCheck | undefined },
  folder: string,
): Promise<{
  readonly parts: Omit<Parts, LaterParts>
  readonly indexing: IndexerParts
}> {
  const { file, data, journal, clock, random, log, trust, check } = ground
  const { authority, timeStamping, evidence: services } = trust
  const { blobs, scratch } = data
  const directory = createDirectory(journal.views)
  const stamp = stampOrLater(timeStamping, log)
  const seenHeads = createSeenHeads(scratch)
  const desk = createStatementDesk({
    authority,
    blobs,
    clock,
    box: file.id,
    stamp,
    seenHeads,
    evidence: (certificate) => evidenceFor({ authority, clock, services }, certificate),
  })
  const orders = createOrderDesk({
    ...{ journal, blobs, authority, directory, desk, clock },
    acts: graveActs(ground),
  })
  const pdfText = createPdfTextReader()
  const inspectors = createInspectors({ pdfText })
  const free = async (): Promise<number> => (await diskRoom(folder)).free
  const intake = createIntake({
    ...{ blobs, scratch, free, clock, inspectors },
    scanner: check?.scanner,
  })
  const drafts = createScratchDrafts({ scratch, clock, random })
  const trial = file.mode === 'trial'
  const fonts = await fontsOnce()
  const outlines = markOutlines(fonts)
  const pictures = createPagePictures()
  const { sealPictures } = pathsOf(folder)
  const given = await loadSealPictures({ directory: sealPictures, pictures, log })
  const office = createOffice({
    ...{ journal, blobs, authority, clock, random, directory, desk, fonts },
    marks: createMarks({ outlines, trial, pictures: given }),
    stamp,
    services,
    uploadedBy: (unit, name) => intake.uploadedBy(unit, name),
    zone: file.zone,
    trial,
  })
  const search = await createSearchIndex({ store: data.search })
  const archive = archiveOf(ground)
  const verdicts = verdictsOf(ground, archive)
  const previews = createPreviews({ fonts, trial })
  const reading = createReading({
    ...{ views: journal.views, blobs, clock, verdicts, previews, directory, archive },
    heads: createHeads(blobs),
  })
  return {
    parts: {
      ...{ journal, blobs, authority, timeStamping, clock, random, time: clock },
      ...{ directory, office, reading, previews, pictures, intake, drafts, search, desk, orders },
      archive,
      virus: createVirusDesk({ check, intake, journal, log, ask: openMachine() }),
      ...{ log, seenHeads, sealPictures: createSealPictures({ outlines, trial }) },
      sheets: createSheets({ fonts, zone: file.zone, roots: authority.roots }),
      ...{ rosters: createRosterShelf({ scratch, clock }) },
    },
    indexing: { journal, blobs, search, directory, pdfText },
  }
}

function verdictsOf(
  { data, journal, clock, trust }: Ground & RollOverParts,
  archive: Archive,
): Verdicts {
  const { authority } = trust
  return createVerdicts({
    ...{ views: journal.views, blobs: data.blobs, clock, roots: authority.roots },
    crls: async () => (await authority.crlsFor(authority.chain)).map(({ crl }) => crl),
    record: (file) => archive.recordOf([file]),
  })
}

function archiveOf({ file, data, journal, clock, trust }: Ground & RollOverParts): Archive {
  const { authority, timeStamping, certificates } = trust
  const { blobs, scratch } = data
  return createArchive({
    ...{ journal, blobs, authority, timeStamping, clock, scratch, zone: file.zone },
    stampingCertificate: () => certificates.timestamping,
  })
}

function factsOf({ file, journal }: Ground, trust: Trust, url: string): BoxFacts {
  const { id, mode, districtName, zone } = file
  return {
    ...{ id, mode, districtName, zone, version, url },
    // A move changes them while the box runs.
    get hostNames() {
      return file.hostNames
    },
    get pkiUrl() {
      return file.pkiUrl
    },
    get journalCertificate() {
      return trust.certificates.journal
    },
    checkpoint: async () =>
      signCheckpoint(await journal.head(), { origin: id, signer: trust.journalSigner }),
  }
}

/** Starts the indexer; an index ahead of the journal (after a restore) is thrown away and made anew first. */
async function followJournal(
  indexing: IndexerParts,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<Indexer> {
  if (indexing.search.appliedThrough >= indexing.journal.size) {
    await indexing.search.rebuild(batchesOf(indexing))
  }
  const indexer = startIndexer(indexing, signal)
  indexer.done.catch((error: unknown) => {
    log.error({ err: String(error) }, 'indexing stopped; documents are safe, search is behind')
  })
  return indexer
}

let fonts: Promise<Fonts> | undefined

/** Faces stay in memory once they are read; one process has them once. */
function fontsOnce(): Promise<Fonts> {
  fonts ??= loadFonts()
  return fonts
}
