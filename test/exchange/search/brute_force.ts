/**
 * The other side of the search tests: a scan over all texts that shares no code with the index, documents invented from a small
 * vocabulary, and a store in a temporary folder. Test material only.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Level } from 'level'
import {
  createSearchIndex,
  parseQuery,
  type Answer,
  type SearchDocument,
  type SearchIndex,
} from '../../../exchange/search/index.ts'

/** What a query asks, as the scan understands it. */
export interface Asked {
  readonly all: readonly string[]
  readonly none?: readonly string[]
}

/** A seeded generator of numbers below 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function pick<T>(random: () => number, list: readonly T[]): T {
  const found = list[Math.floor(random() * list.length)]
  if (found === undefined) throw new RangeError('nothing to pick from')
  return found
}

/** A text as a person compares it: compatibility forms, small letters, one kind of bracket, no space but between Latin words. */
export function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll('⻅', '见') // the one radical here that NFKC leaves alone
    .toLowerCase()
    .replace(/[([{【〖]/g, '〔')
    .replace(/[)\]}】〗]/g, '〕')
    .replace(/\p{Cf}/gu, '')
    .replace(
      /(?<=([\p{L}\p{N}])?)[\s\p{Cc}]+(?=([\p{L}\p{N}])?)/gu,
      (_, before?: string, after?: string) =>
        before && after && ![before, after].some((side) => /[\p{Script=Han}〇]/u.test(side))
          ? ' '
          : '',
    )
}

/** Whether a word stands in a text, not cutting a run of letters or digits. */
export function stands(word: string, text: string): boolean {
  const letter = (char: string | undefined) =>
    char !== undefined && /[\p{L}\p{N}]/u.test(char) && !/[\p{Script=Han}〇]/u.test(char)
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length
    if (!(letter(word[0]) && letter(text[at - 1])) && !(letter(word.at(-1)) && letter(text[end])))
      return true
  }
  return false
}

/** The scan: ids, sorted, of what has all and none of the words in the given fields. */
export function scan(
  documents: readonly { id: string; fields: readonly string[] }[],
  asked: Asked,
): string[] {
  const has = (fields: readonly string[], word: string) =>
    fields.some((field) => stands(plain(word), field))
  return documents
    .filter(
      ({ fields }) =>
        asked.all.every((word) => has(fields, word)) &&
        !(asked.none ?? []).some((word) => has(fields, word)),
    )
    .map(({ id }) => id)
    .sort()
}

/** The fields a unit sees, ready for `scan`. */
export function visible(
  document: SearchDocument,
  seesContent: boolean,
): { id: string; fields: string[] } {
  const head = [document.title, document.issuer, document.number ?? '']
  return { id: document.id, fields: (seesContent ? [...head, document.text] : head).map(plain) }
}

/** The query field's words for what is asked; each in quotation marks if `quoted`. */
export function typed(asked: Asked, quoted = false): string {
  const mark = (word: string) => (quoted ? `"${word}"` : word)
  return [...asked.all.map(mark), ...(asked.none ?? []).map((word) => `-${mark(word)}`)].join(' ')
}

/** All pages of an answer. */
export async function ask(index: SearchIndex, unit: string, query: string): Promise<Answer> {
  const parsed = parseQuery(query)
  if (!parsed.ok) throw new TypeError(`${query}: ${parsed.problem}`)
  const hits: Answer['hits'][number][] = []
  for (;;) {
    const page = await index.query(parsed.ast, { unit }, { offset: hits.length, limit: 100 })
    hits.push(...page.hits)
    if (page.hits.length < 100) return { ...page, hits }
  }
}

export const idsOf = (answer: Answer): string[] => answer.hits.map(({ id }) => id).sort()

const vocabulary =
  '关于 加强 春季 森林 防火 工作 通知 镇 人民 政府 办公室 印发 方案 水库 安全 生产 检查 的 和 会议 纪要 信息 公开 2026年 12月 3日 GB/T 9704 PDF 第一条 各村 学校 消防 ⼯作 ⻅面 a4 纸 税 收'.split(
    ' ',
  )

/** Sentences of a vocabulary that cuts across itself, with line ends and padding where real texts have them. */
export function inventText(random: () => number, words: number): string {
  let text = ''
  for (let count = 0; count < words; count++) {
    const glue = random()
    text += pick(random, vocabulary)
    text += glue < 0.08 ? '，' : glue < 0.13 ? '。\n' : glue < 0.17 ? '\n' : glue < 0.2 ? '　' : ''
  }
  return text
}

export function inventDocument(random: () => number, at: number): SearchDocument {
  const issuer = pick(random, ['某县人民政府', '某县林业局', '青石镇人民政府', '红旗中学'])
  const year = 2020 + Math.floor(random() * 6)
  return {
    id: `document-${String(at)}`,
    title: inventText(random, 5),
    text: inventText(random, 10 + Math.floor(random() * 60)),
    issuer,
    ...(random() < 0.8 && {
      number: `某${pick(random, ['政', '林', '办'])}发〔${String(year)}〕${String(1 + (at % 40))}号`,
    }),
    date: `${String(year)}-0${String(1 + Math.floor(random() * 9))}-1${String(at % 9)}`,
  }
}

/** A word, phrase, AND or NOT cut from one of the texts. */
export function inventQuery(random: () => number, texts: readonly string[], kind: string): Asked {
  const cutOne = (length: number): string => {
    for (;;) {
      const runs = pick(random, texts).match(/[\p{Script=Han}]+|[A-Za-z0-9]+/gu) ?? []
      const run = runs.length > 0 ? pick(random, runs) : ''
      if (/^[A-Za-z0-9]+$/.test(run)) return run
      const start = Math.floor(random() * Math.max(1, run.length - length))
      if (run.length > 0) return run.slice(start, start + length)
    }
  }
  if (kind === 'word') return { all: [cutOne(1 + Math.floor(random() * 4))] }
  if (kind === 'phrase') return { all: [cutOne(4 + Math.floor(random() * 6))] }
  if (kind === 'and') return { all: [cutOne(2), cutOne(1 + Math.floor(random() * 3))] }
  return { all: [cutOne(2)], none: [cutOne(2 + Math.floor(random() * 2))] }
}

/** A store in a folder that goes when the test ends. */
export function createFolder(t: { teardown: (task: () => void) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-search-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

export async function openIndex(folder: string): Promise<{
  index: SearchIndex
  store: Level
  close: () => Promise<void>
}> {
  const store = new Level(folder)
  await store.open()
  const index = await createSearchIndex({ store })
  return {
    index,
    store,
    close: async () => {
      await index.close()
      await store.close()
    },
  }
}
