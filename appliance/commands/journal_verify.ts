/** `sealbox journal verify`: re-reads the whole journal, recomputes its tree, and compares it with checkpoints given. */
import { existsSync } from 'node:fs'
import { openJournalFiles, parseCheckpoint, toBase64, verifyJournal } from '../../ca/index.ts'
import { ApplianceError, exitStatus } from '../errors.ts'
import { pathsOf } from '../box/data_folder.ts'
import { dataDirectory, fileBytes, options, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, {
    data: { type: 'string' },
    journal: { type: 'string' },
    head: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  })
  const directory = values.journal ?? pathsOf(dataDirectory(values.data)).journal
  if (!existsSync(directory)) {
    throw new ApplianceError('FILE_MISSING', `there is no journal in ${directory}`)
  }
  const heads = (values.head ?? []).map((path) =>
    parseCheckpoint(new TextDecoder().decode(fileBytes(path))),
  )
  const files = openJournalFiles(directory)
  const report = await verifyJournal({ files, heads })
  await files.close()
  const root = toBase64(report.rootHash)
  if (values.json === true) say(JSON.stringify({ ...report, rootHash: root }))
  else {
    say(
      `${report.ok ? '完好 intact' : '损坏 DAMAGED'}: ${String(report.entries)} 条 entries, root ${root}`,
    )
    for (const { code, message } of report.findings) say(`  ${code}: ${message}`)
  }
  return report.ok ? 0 : exitStatus.failed
}
