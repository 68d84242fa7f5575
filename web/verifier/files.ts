/** Files and folders that were dropped or chosen, with their names in folders; nothing is read here. */

export interface GivenName {
  /** With folders before a `/`. */
  readonly name: string
  readonly file: File
}

/** More at once is refused in words: an archive is verified on the command line. */
export const maxFiles = 10_000

/** All files of a drop, folders opened; at most one more than `maxFiles`. */
export async function droppedFiles(from: DataTransfer): Promise<GivenName[]> {
  // Entries must be taken before anything is awaited: the browser empties the list.
  const entries = [...from.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  if (entries.length === 0) return chosenFiles(from.files)
  const found: GivenName[] = []
  for (const entry of entries) await collect(entry, '', found)
  return found
}

/** Files of a field. */
export function chosenFiles(list: FileList | null): GivenName[] {
  return [...(list ?? [])]
    .slice(0, maxFiles + 1)
    .map((file) => ({ name: file.webkitRelativePath || file.name, file }))
}

/** Folders in folders: more deeply than any archive. */
const maxDepth = 12

async function collect(entry: FileSystemEntry, folder: string, found: GivenName[]): Promise<void> {
  if (found.length > maxFiles) return
  if (isFile(entry)) {
    const file = await fileOf(entry)
    if (file !== undefined) found.push({ name: folder + file.name, file })
    return
  }
  if (!isFolder(entry) || folder.split('/').length > maxDepth) return
  const reader = entry.createReader()
  // A reader gives a hundred at a time, and none at the end.
  for (let some = await read(reader); some.length > 0; some = await read(reader)) {
    for (const one of some) await collect(one, `${folder}${entry.name}/`, found)
    if (found.length > maxFiles) return
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory

function fileOf(entry: FileSystemFileEntry): Promise<File | undefined> {
  return new Promise((resolve) => {
    entry.file(resolve, () => {
      resolve(undefined)
    })
  })
}

function read(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve) => {
    reader.readEntries(resolve, () => {
      resolve([])
    })
  })
}

/**
 * Adds files to those at hand. None takes the place of another, however alike they look: if a name is there already, all that came with it stands in a
 * folder of its own, so that companions stay with their file.
 */
export function withFiles(
  known: ReadonlyMap<string, File>,
  given: readonly GivenName[],
): Map<string, File> {
  const clashes = given.some(({ name }) => known.has(name))
  const folder = clashes ? freeFolder(known) : ''
  const all = new Map(known)
  for (const { name, file } of given) {
    // Two of one name at once, as a search in many folders gives them.
    const key = all.has(folder + name) ? freeFolder(all) + name : folder + name
    if (all.size >= maxFiles) break
    all.set(key, file)
  }
  return all
}

function freeFolder(known: ReadonlyMap<string, File>): string {
  const names = [...known.keys()]
  for (let number = 2; ; number++) {
    const folder = `${String(number)}/`
    if (!names.some((name) => name.startsWith(folder))) return folder
  }
}
