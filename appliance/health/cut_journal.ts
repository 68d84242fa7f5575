/** The segments of a journal as they were when it had so many entries: what lies behind is not read. For looking, not for writing. */
import type { JournalFiles } from '../../ca/index.ts'
import { cutSegment } from '../box/journal_copy.ts'

/** A segment's first line is far shorter. */
const headerBytes = 128

/** `size` is that of a whole commit; `pace` is awaited before each segment is read. */
export function cutJournal(
  files: JournalFiles,
  { size, pace }: { readonly size: number; readonly pace: () => Promise<void> },
): JournalFiles {
  const isBefore = async (name: string): Promise<boolean> => {
    const [line = ''] = new TextDecoder('latin1')
      .decode(await files.read(name, 0, headerBytes))
      .split('\n')
    const first = Number(line.split(' ')[2])
    // One whose first line is damaged is read, and said to be so.
    return !(first >= size)
  }
  return {
    async list() {
      const names = await files.list()
      const before = await Promise.all(names.map(isBefore))
      return names.filter((_, at) => before[at])
    },
    async read(name, offset, length) {
      await pace()
      if (offset !== undefined) return files.read(name, offset, length)
      return cutSegment(await files.read(name), size)
    },
    create: () => Promise.reject(readOnly()),
    append: () => Promise.reject(readOnly()),
    truncate: () => Promise.reject(readOnly()),
    close: () => files.close(),
  }
}

const readOnly = (): Error => new Error('a scrub changes nothing')
