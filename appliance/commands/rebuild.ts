/** `sealbox rebuild`: makes all views, and the search index, anew from the journal and the blobs. The box must not run. */
import { rmSync } from 'node:fs'
import { rebuildViews } from '../../ca/index.ts'
import { openDataFolder, pathsOf, readBoxFile } from '../data_folder.ts'
import { folds, foldsVersion } from '../folds.ts'
import { dataDirectory, options, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, { data: { type: 'string' } })
  const directory = dataDirectory(values.data)
  readBoxFile(directory)
  const data = await openDataFolder(directory)
  const recovery = await rebuildViews({
    files: data.journalFiles,
    store: data.views,
    folds,
    foldsVersion,
  })
  await data.journalFiles.close()
  await data.close()
  // The next start finds no index and makes it from the journal.
  rmSync(pathsOf(directory).search, { recursive: true, force: true })
  say(`已重建 rebuilt from ${String(recovery.replayedEntries)} 条 entries`)
  return 0
}
