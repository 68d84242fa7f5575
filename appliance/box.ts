/** The composition root: opens the folder of data and wires every room together. Nothing else does. */
import { readFileSync } from 'node:fs'
import {
  boxActor,
  createAuthority,
  createKeyFolder,
  createSystemClock,
  createTimeStampAuthority,
  fromBase64,
  openJournal,
  signCheckpoint,
  systemRandom,
  urlsBelow,
  type BoxKeyName,
  type KeyFolder,
  type OpenedJournal,
  type Signer,
} from '../ca/index.ts'
import {
  batchesOf,
  createDirectory,
  createInspectors,
  createIntake,
  createPdfTextReader,
  createOffice,
  createReading,
  createSearchIndex,
  createStatementDesk,
  evidenceFor,
  loadFonts,
  startIndexer,
  type Fonts,
  type Indexer,
  type IndexerParts,
} from '../exchange/index.ts'
import type { BoxFacts, Log, Parts } from '../web/index.ts'
import {
  openDataFolder,
  pathsOf,
  readBoxFile,
  type BoxFile,
  type DataFolder,
} from './data_folder.ts'
import { folds, foldsVersion } from './folds.ts'
import { version } from './version.ts'

export interface Box {
  readonly parts: Parts
  readonly file: BoxFile
  readonly journal: OpenedJournal
  readonly indexer: Indexer
  /** For the TLS server: it takes no `Signer`. */
  readonly tls: { readonly key: string; readonly certificates: readonly Uint8Array[] }
  close(): Promise<void>
}

export interface OpenBoxOptions {
  readonly directory: string
  readonly log: Log
  /** Where the pages will be, once the port is known. */
  readonly url: string
}

/** Opens a box that had its first boot. Throws what the folder, the journal and the keys throw. */
export async function openBox(options: OpenBoxOptions): Promise<Box> {
  const { directory, log } = options
  const file = readBoxFile(directory)
  const data = await openDataFolder(directory)
  const clock = createSystemClock()
  const random = systemRandom
  const journal = await openJournal({
    files: data.journalFiles,
    store: data.views,
    folds,
    foldsVersion,
    clock,
    random,
  })
  const keys = openKeys(directory)
  const certificates = boxCertificates(file)
  const signer = (name: BoxKeyName): Promise<Signer> => keys.open(name, certificates[name])
  const authority = createAuthority({
    journal,
    issuer: await signer('issuing'),
    root: await signer('root'),
    chain: [certificates.issuing, certificates.root],
    ocsp: await signer('ocsp'),
    clock,
    random,
    urls: urlsBelow(file.pkiUrl),
  })
  await authority.refreshCrls(boxActor)
  const timeStamping = createTimeStampAuthority({
    signer: await signer('timestamping'),
    certificates: [certificates.timestamping, certificates.issuing],
    clock,
    random,
  })
  const journalSigner = await signer('journal')
  const box: BoxFacts = {
    id: file.id,
    mode: file.mode,
    districtName: file.districtName,
    zone: file.zone,
    version,
    url: options.url,
    journalCertificate: certificates.journal,
    checkpoint: async () =>
      signCheckpoint(await journal.head(), { origin: file.id, signer: journalSigner }),
  }
  const stamp = stampOrLater(timeStamping.stamp, log)
  const { blobs } = data
  const directoryOf = createDirectory(journal.views)
  const services = [certificates.ocsp, certificates.timestamping]
  const desk = createStatementDesk({
    authority,
    blobs,
    clock,
    box: file.id,
    stamp,
    evidence: (certificate) => evidenceFor({ authority, clock, services }, certificate),
  })
  const pdfText = createPdfTextReader()
  const intake = createIntake({
    blobs,
    scratch: data.scratch,
    clock,
    inspectors: createInspectors({ pdfText }),
  })
  const office = createOffice({
    journal,
    blobs,
    authority,
    clock,
    random,
    directory: directoryOf,
    desk,
    fonts: await fontsOnce(),
    stamp,
    services,
    uploadedBy: (unit, name) => intake.uploadedBy(unit, name),
    zone: file.zone,
    trial: file.mode === 'trial',
  })
  const search = await createSearchIndex({ store: data.search })
  const indexing: IndexerParts = { journal, blobs, search, directory: directoryOf, pdfText }
  const ending = new AbortController()
  await catchUpOrRebuild(indexing)
  const indexer = startIndexer(indexing, ending.signal)
  indexer.done.catch((error: unknown) => {
    log.error({ err: String(error) }, 'indexing stopped; documents are safe, search is behind')
  })
  return {
    parts: {
      journal,
      blobs,
      authority,
      timeStamping,
      clock,
      random,
      directory: directoryOf,
      office,
      reading: createReading({ views: journal.views, blobs }),
      intake,
      search,
      desk,
      box,
      log,
    },
    file,
    journal,
    indexer,
    tls: {
      key: await keys.exportPem('tls'),
      // With the root, so that who enrols can compare it with the sheet.
      certificates: [certificates.tls, certificates.issuing, certificates.root],
    },
    close: async () => {
      ending.abort()
      await indexer.done.catch(() => undefined)
      await closeAll({ search, journal, data })
    },
  }
}

async function closeAll(open: {
  readonly search: { close(): Promise<void> }
  readonly journal: OpenedJournal
  readonly data: DataFolder
}): Promise<void> {
  await open.search.close()
  await open.journal.close()
  await open.data.close()
}

/** The key folder of a trial box opens by the secret that lies beside it. */
export function openKeys(directory: string): KeyFolder {
  const paths = pathsOf(directory)
  return createKeyFolder({
    directory: paths.keys,
    passphrase: readFileSync(paths.unattended, 'utf8').trim(),
    secretStrength: 'random',
    random: systemRandom,
  })
}

function boxCertificates(file: BoxFile): Record<BoxKeyName, Uint8Array> {
  const named = (name: BoxKeyName): Uint8Array => fromBase64(file.certificates[name] ?? '')
  return {
    root: named('root'),
    issuing: named('issuing'),
    tls: named('tls'),
    timestamping: named('timestamping'),
    ocsp: named('ocsp'),
    journal: named('journal'),
  }
}

/** While time-stamping is down, acts go on and are stamped later; the gap is logged (design 3). */
function stampOrLater(
  stamp: (imprint: Uint8Array) => Promise<Uint8Array>,
  log: Log,
): (imprint: Uint8Array) => Promise<Uint8Array | undefined> {
  return async (imprint) => {
    try {
      return await stamp(imprint)
    } catch (error) {
      log.error({ err: String(error) }, 'time-stamping is down: signed now, to be stamped later')
      return undefined
    }
  }
}

/** An index that is damaged, or ahead of the journal after a restore, is thrown away and made anew. */
async function catchUpOrRebuild(indexing: IndexerParts): Promise<void> {
  if (indexing.search.appliedThrough < indexing.journal.size) return
  await indexing.search.rebuild(batchesOf(indexing))
}

let fonts: Promise<Fonts> | undefined

/** Parsing the fonts takes most of a second; one process does it once. */
function fontsOnce(): Promise<Fonts> {
  fonts ??= loadFonts({})
  return fonts
}
