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
  // Everything must be asked for before anything is awaited: the browser empties the list.
  const opening = [...from.items].map(openItem)
  const found: GivenName[] = []
  for (const open of opening) await open(found)
  return found.length === 0 ? chosenFiles(from.files) : found
}

/**
 * Chromium lets a page from disk read folders by handles alone, and gives no file of an entry there either; other browsers know no handles, and
 * let entries be read.
 */
interface ItemWithHandle {
  readonly getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>
}

type Opening = (found: GivenName[]) => Promise<void>

function openItem(item: DataTransferItem & ItemWithHandle): Opening {
  const entry = item.webkitGetAsEntry()
  const file = item.getAsFile()
  if (entry === null || !isFolderEntry(entry)) {
    return (found) => {
      if (file !== null) found.push({ name: file.name, file })
      return Promise.resolve()
    }
  }
  const handle = item.getAsFileSystemHandle?.().catch(() => null)
  return async (found) => {
    const opened = await handle
    if (opened === undefined) await collectEntry(entry, '', found)
    else if (opened !== null) await collectHandle(opened, '', found)
  }
}

/** Files of a field. */
export function chosenFiles(list: FileList | null): GivenName[] {
  return [...(list ?? [])]
    .slice(0, maxFiles + 1)
    .map((file) => ({ name: file.webkitRelativePath || file.name, file }))
}

/** Folders in folders: more deeply than any archive. */
const maxDepth = 12

const isDeep = (folder: string): boolean => folder.split('/').length > maxDepth

async function collectHandle(
  handle: FileSystemHandle,
  folder: string,
  found: GivenName[],
): Promise<void> {
  if (found.length > maxFiles) return
  if (isFileHandle(handle)) {
    const file = await handle.getFile().catch(() => undefined)
    if (file !== undefined) found.push({ name: folder + file.name, file })
  } else if (isFolderHandle(handle) && !isDeep(folder)) {
    for await (const one of handle.values()) {
      await collectHandle(one, `${folder}${handle.name}/`, found)
      if (found.length > maxFiles) return
    }
  }
}

const isFileHandle = (handle: FileSystemHandle): handle is FileSystemFileHandle =>
  handle.kind === 'file'
const isFolderHandle = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle =>
  handle.kind === 'directory'

async function collectEntry(
  entry: FileSystemEntry,
  folder: string,
  found: GivenName[],
): Promise<void> {
  if (found.length > maxFiles) return
  if (isFileEntry(entry)) {
    const file = await fileOf(entry)
    if (file !== undefined) found.push({ name: folder + file.name, file })
    return
  }
  if (!isFolderEntry(entry) || isDeep(folder)) return
  const reader = entry.createReader()
  // A reader gives a hundred at a time, and none at the end.
  for (let some = await read(reader); some.length > 0; some = await read(reader)) {
    for (const one of some) await collectEntry(one, `${folder}${entry.name}/`, found)
    if (found.length > maxFiles) return
  }
}

const isFileEntry = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolderEntry = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry =>
  entry.isDirectory

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
