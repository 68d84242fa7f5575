/** `sealbox journal export`: the segments as they are, a signed checkpoint, and the certificates, for an auditor. */
import { cpSync, mkdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createViews,
  currentService,
  signCheckpoint,
  verifyJournal,
  toPem,
  type JournalFiles,
  type Services,
} from '../../ca/index.ts'
import { statedFile } from '../../exchange/index.ts'
import {
  openDataFolder,
  pathsOf,
  readBoxFile,
  type BoxFile,
  type DataFolder,
} from '../box/data_folder.ts'
import { statedInJournal } from '../box/stated_in_journal.ts'
import { openBoxKeys, type BoxSecrets } from '../box/keys.ts'
import { servicesOf } from '../box/trust.ts'
import { ApplianceError } from '../errors.ts'
import { boxSecrets, secretOptions } from './box_secrets.ts'
import { dataDirectory, options, required, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, {
    data: { type: 'string' },
    out: { type: 'string' },
    ...secretOptions,
  })
  const directory = dataDirectory(values.data)
  const out = required(values.out, '--out')
  const secrets = await boxSecrets(readBoxFile(directory), values)
  const entries = await exportJournal(directory, { out, secrets })
  say(`已导出 exported ${String(entries)} 条 entries`)
  return 0
}

/** Copies and signs; the box must not run. Gives the number of entries; throws `JOURNAL_FORKED` for a damaged journal. */
export async function exportJournal(
  directory: string,
  { out, secrets }: { readonly out: string; readonly secrets?: BoxSecrets },
): Promise<number> {
  const box = readBoxFile(directory)
  // Open while it is copied, so that no box writes to it.
  const data = await openDataFolder(directory)
  try {
    const files = data.journalFiles
    const services = await servicesOf({ views: createViews(data.views) }, box)
    const entries = await copyAndSign({ directory, out, box, secrets, files, services })
    await copyStated(out, data)
    return entries
  } finally {
    await data.journalFiles.close()
    await data.close()
  }
}

/** Statements of compromise, beside the journal in which they stand. */
async function copyStated(out: string, { journalFiles, blobs }: DataFolder): Promise<void> {
  const stated = await statedInJournal(journalFiles)
  if (stated.length === 0) return
  const folder = join(out, 'compromise')
  mkdirSync(folder, { recursive: true })
  for (const one of stated) {
    const { name, bytes } = await statedFile(blobs, one)
    await writeFile(join(folder, name), bytes)
  }
}

async function copyAndSign(from: {
  readonly directory: string
  readonly out: string
  readonly box: BoxFile
  readonly secrets: BoxSecrets | undefined
  readonly files: JournalFiles
  readonly services: Services
}): Promise<number> {
  const { directory, out, box, secrets, files, services } = from
  const report = await verifyJournal({ files })
  if (!report.ok)
    throw new ApplianceError('JOURNAL_FORKED', 'the journal is damaged', {
      details: { findings: report.findings },
    })
  const opened = await openBoxKeys({ directory, file: box, secrets })
  const { key, certificate } = currentService(services, 'journal')
  const signer = await opened.keys.open(key, certificate)
  const head = { size: report.entries, rootHash: report.rootHash }
  mkdirSync(out, { recursive: true })
  cpSync(pathsOf(directory).journal, out, { recursive: true })
  await writeFile(
    join(out, 'checkpoint.txt'),
    await signCheckpoint(head, { origin: box.id, signer }),
  )
  await opened.close()
  for (const name of ['root', 'issuing', 'journal'] as const) {
    const { certificate: der } = currentService(services, name)
    await writeFile(join(out, `${name}.pem`), toPem('CERTIFICATE', der))
  }
  return report.entries
}
