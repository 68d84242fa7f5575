/** The heavy half of a drill, on a thread of its own: restores a backup into a folder of the drill, and verifies a sample of the sealed documents. */
import { openDataFolder, pathsOf } from '../box/data_folder.ts'
import {
  createViews,
  nodeCrypto,
  openJournalFiles,
  readServices,
  visitEntries,
  type Blobs,
  type Sha256,
} from '../../ca/index.ts'
import { verifyFile } from '../../exchange/verify/index.ts'
import { restoreAside, type Restored } from './restore.ts'

export interface DrillAsked {
  readonly path: string
  /** 32 octets. */
  readonly identity: Uint8Array
  /** A folder that is not there; what is made beside it stays for who asked. */
  readonly directory: string
  readonly at: Date
}

export type DrillStep =
  | { readonly step: 'restore'; readonly files: number }
  | { readonly step: 'views' }
  | { readonly step: 'documents'; readonly done: number; readonly of: number }

export interface DrillRestored {
  /** Where it was restored. */
  readonly folder: string
  readonly entries: number
  readonly files: number
  readonly documents: number
  /** Codes of what is wrong. */
  readonly findings: readonly string[]
}

/** Documents that are verified: every file was compared with its hash already, this proves the certificates with them. */
const sampleDocuments = 20

export async function drillRestore(
  asked: DrillAsked,
  tell: (step: DrillStep) => void,
): Promise<DrillRestored> {
  const { path, identity, directory, at } = asked
  const { directory: folder, restored } = await restoreAside({
    ...{ paths: [path], identities: [identity], directory, at, confirm: false },
    onStep: (step) => {
      if (step.step === 'files') tell({ step: 'restore', files: step.files })
      else if (step.step === 'journal') tell({ step: 'views' })
    },
    anyRoot: true,
  })
  const judged = await judgeSample(folder, { at, tell })
  return { folder, ...summaryOf(restored), ...judged }
}

function summaryOf({ entries, files }: Restored): Pick<DrillRestored, 'entries' | 'files'> {
  return { entries, files }
}

async function judgeSample(
  folder: string,
  { at, tell }: { readonly at: Date; readonly tell: (step: DrillStep) => void },
): Promise<Pick<DrillRestored, 'documents' | 'findings'>> {
  const sample = sampleOf(await sealedFiles(folder))
  const data = await openDataFolder(folder)
  try {
    const services = await readServices(createViews(data.views))
    const trust = services.root.map(({ certificate }) => certificate)
    const findings = new Set<string>()
    for (const [done, name] of sample.entries()) {
      tell({ step: 'documents', done, of: sample.length })
      const found = await judge(data.blobs, name, { trust, at })
      if (found !== undefined) findings.add(found)
    }
    return { documents: sample.length, findings: [...findings] }
  } finally {
    await data.journalFiles.close()
    await data.close()
  }
}

/** Documents as they were sealed last, in the order of the journal. */
async function sealedFiles(folder: string): Promise<Sha256[]> {
  const files = openJournalFiles(pathsOf(folder).journal)
  const last = new Map<string, Sha256>()
  await visitEntries(files, ({ type, data }) => {
    const { id, file } = data
    if (type === 'document.sealed' && typeof id === 'string' && typeof file === 'string') {
      last.set(id, file as Sha256)
    }
  })
  await files.close()
  return [...last.values()]
}

/** Spread evenly, the first and the newest among them. */
function sampleOf(names: readonly Sha256[]): Sha256[] {
  if (names.length <= sampleDocuments) return [...names]
  const step = (names.length - 1) / (sampleDocuments - 1)
  return Array.from({ length: sampleDocuments }, (_, at) => names[Math.round(at * step)]).filter(
    (name) => name !== undefined,
  )
}

async function judge(
  blobs: Blobs,
  name: Sha256,
  { trust, at }: { readonly trust: readonly Uint8Array[]; readonly at: Date },
): Promise<string | undefined> {
  const bytes = await blobs.get(name)
  const report = await verifyFile({ name: `${name}.pdf`, bytes, trust, at, ports: nodeCrypto })
  // A document that waits for its other seals, or for its time stamp, is not settled; it is not broken either.
  return report.verdict === 'TOTAL-FAILED' ? 'DOCUMENT_FAILED' : undefined
}
