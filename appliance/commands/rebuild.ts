/** `sealbox rebuild`: makes all views, and the search index, anew from the journal and the blobs. The box must not run. */
import { rmSync } from 'node:fs'
import { rebuildViews } from '../../ca/index.ts'
import { openDataFolder, pathsOf, readBoxFile, type DataFolder } from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { journalStorage } from '../box/folds.ts'
import { dataDirectory, options, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, { data: { type: 'string' } })
  const directory = dataDirectory(values.data)
  readBoxFile(directory)
  const data = await openEvenDamaged(directory)
  const recovery = await rebuildViews(journalStorage(data))
  await data.journalFiles.close()
  await data.close()
  // The next start finds no index and makes it from the journal.
  rmSync(pathsOf(directory).search, { recursive: true, force: true })
  say(`已重建 rebuilt from ${String(recovery.replayedEntries)} 条 entries`)
  return 0
}

/** Views and index that cannot even be opened are thrown away first: the journal has all that is in them. */
async function openEvenDamaged(directory: string): Promise<DataFolder> {
  try {
    return await openDataFolder(directory)
  } catch (error) {
    if (error instanceof ApplianceError && error.code === 'DATA_FOLDER_BUSY') throw error
    const { views, search } = pathsOf(directory)
    for (const path of [views, search]) rmSync(path, { recursive: true, force: true })
    return openDataFolder(directory)
  }
}
