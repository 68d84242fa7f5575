/** Brings a chain of backups from sticks to where it is restored from: which lie there, which are wanted, and whether there are more. */
import { WentBack, type Dialogue } from '../dialogue.ts'
import { failureWords } from '../failure.ts'
import { folderSource } from '../folder_source.ts'
import type { Place, RestoreSource } from '../place.ts'

/** Waits for a stick, or asks for a folder where the machine is somebody else's, and works with it until that is done. */
export async function withSource<T>(
  dialogue: Dialogue,
  { machine }: Pick<Place, 'machine'>,
  of: { readonly words: string; readonly work: (source: RestoreSource) => Promise<T> },
): Promise<T> {
  const { w, say } = dialogue
  for (;;) {
    say('', of.words)
    try {
      if (machine === undefined) {
        const folder = await dialogue.ask(w('所在的文件夹', 'Folder in which it lies'))
        return await of.work(folderSource(folder))
      }
      await dialogue.pause(w('插好后按回车', 'Plug it in, then press Enter'))
      return await of.work(machine.stick)
    } catch (error) {
      if (dialogue.isOver() || error instanceof WentBack) throw error
      say(failureWords(dialogue, error))
    }
  }
}

/** What an earlier choice brought stays where it lies, and is not read again; only the first of a restore takes away all. */
export interface Taking {
  hasBegun: boolean
}

/** Paths of the backups. */
export async function takeBackups(
  dialogue: Dialogue,
  place: Place,
  taking: Taking,
): Promise<string[]> {
  const { w } = dialogue
  const paths = new Map<string, string>()
  for (;;) {
    await withSource(dialogue, place, {
      words: w(
        '存有备份的 U 盘：最后一份全量，和它以后的每一份新增',
        'The stick with the backups: the last full one, and every part after it',
      ),
      work: async (source) => {
        for (const [name, path] of await takeFrom(dialogue, source, taking)) paths.set(name, path)
      },
    })
    const more = await dialogue.choose(
      w('这一套备份都在了吗', 'Are these all of the chain?'),
      [
        { key: 'all', words: w('都在了', 'yes, all') },
        { key: 'more', words: w('还有，在别处', 'no, there are more elsewhere') },
      ],
      'all',
    )
    if (more === 'all') return [...paths.values()]
  }
}

async function takeFrom(
  dialogue: Dialogue,
  source: RestoreSource,
  taking: Taking,
): Promise<Map<string, string>> {
  const { w, say } = dialogue
  const all = await source.backups()
  if (all.length === 0) {
    const words = {
      zh: '这里没有 .sealbox-backup 文件（文件名只认字母、数字、点和连字符）',
      en: 'no .sealbox-backup file lies here (names have letters, digits, dots and dashes)',
    }
    throw Object.assign(new Error('no backup'), { words })
  }
  say(...all.map(({ name, bytes }, at) => `  ${String(at + 1)}  ${name}  ${sizeWords(bytes)}`))
  const names = await choose(
    dialogue,
    all.map(({ name }) => name),
  )
  // Of this choice alone: an earlier one that failed may have been wrong.
  const paths = new Map<string, string>()
  for (const [at, name] of names.entries()) {
    // Another console took over, and may read the next one itself.
    if (dialogue.isOver()) break
    const number = `${String(at + 1)}/${String(names.length)}`
    say(w(`正在读取 ${number}：${name}……`, `Reading ${number}: ${name}…`))
    const toCome = names.slice(at + 1)
    paths.set(name, await source.take(name, { toCome, isFirst: !taking.hasBegun }))
    taking.hasBegun = true
  }
  return paths
}

/** Numbers of the list; what stands in brackets is the newest chain by the names. */
async function choose(dialogue: Dialogue, names: readonly string[]): Promise<string[]> {
  const { w } = dialogue
  if (names.length === 1) return [...names]
  const numbers = newestChain(names).map((name) => String(names.indexOf(name) + 1))
  const chosen = (typed: string): string[] | undefined => {
    const picked = typed.split(/[\s,，、]+/).map((number) => names[Number(number) - 1])
    const known = picked.filter((name) => name !== undefined)
    return known.length === picked.length ? [...new Set(known)] : undefined
  }
  const typed = await dialogue.ask(
    w('用哪几份，编号之间空格', 'Which of them; numbers with blanks between'),
    {
      or: numbers.join(' '),
      check: (text) =>
        chosen(text) === undefined
          ? w('请输入表中的编号，如 1 2', 'Numbers of the list, such as 1 2')
          : undefined,
    },
  )
  return chosen(typed) ?? []
}

/**
 * The last full backup and the parts after it, as a box names its own (`ID-20261126T020000-full.sealbox-backup`); all where they have other
 * names. A suggestion: what belongs together the backups themselves say. Pure.
 */
export function newestChain(names: readonly string[]): readonly string[] {
  const read = names.map((name) => {
    const [, box, stamp = '', kind] = /^(.+)-(\d{8}T\d{6})-(full|more)\./.exec(name) ?? []
    return { name, box, stamp, kind }
  })
  const full = read
    .filter(({ kind }) => kind === 'full')
    .toSorted((a, b) => (a.stamp < b.stamp ? -1 : 1))
    .at(-1)
  if (full === undefined) return names
  const later = read.filter(
    ({ box, stamp, kind }) => kind === 'more' && box === full.box && stamp > full.stamp,
  )
  return [full, ...later].map(({ name }) => name)
}

function sizeWords(bytes: number): string {
  const megabytes = Math.max(0.1, bytes / 1_000_000)
  return megabytes < 1000 ? `${megabytes.toFixed(1)} MB` : `${(megabytes / 1000).toFixed(1)} GB`
}
