/** Pages of the auditor: the journal read, narrowed, proven, and taken along; nothing changes by it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { unzipSync } from 'fflate'
import {
  canonicalJson,
  fromHex,
  parseCheckpoint,
  type Entry,
  verifyConsistency,
  verifyJournal,
  type JournalFiles,
} from '../../../ca/index.ts'
import { entryMeanings } from '../../../web/pages/auditor/entry_meanings.ts'
import { entryTypes } from '../../../web/pages/auditor/entry_words.ts'
import { openTestBox, type TestBox } from '../box_fixture.ts'
import { dispatched } from '../trip.ts'
import { browserOf, type Browser } from './browse.ts'

let box: TestBox
let auditor: Browser

test.before(async () => {
  box = await openTestBox()
  const [one, two] = box.units
  auditor = browserOf(box, (await box.appoint('auditor-1', 'auditor')).login)
  await dispatched({ issuers: [one], main: [two] })
  await box.act('/api/v1/units/acts/register', { as: one.keys.clerk, json: {} })
})
test.after.always(() => box.close())

/** Entries that a list links to, in its order. */
const listed = (text: string): number[] =>
  [...text.matchAll(/<span class="t"\s*><a href="\/journal\/(\d+)"/g)].map(([, index]) =>
    Number(index),
  )

const paths = [
  ['/', '近 24 小时', 'last 24 hours'],
  ['/journal', '只增不改', 'nothing is ever changed'],
  ['/journal/0', '存在证明', 'Proof of inclusion'],
  ['/journal/heads', '现在的检查点', 'The checkpoint now'],
  ['/journal/export', '里面有什么', 'What is in it'],
] as const

test('each page answers the auditor in both languages and refuses a seat as a page', async (t) => {
  const clerk = browserOf(box, box.units[0].keys.clerk)
  for (const [path, zh, en] of paths) {
    t.true((await auditor.get(path)).text.includes(zh), path)
    t.true((await auditor.get(path, 'en')).text.includes(en), path)
    if (path === '/') continue
    const refused = await clerk.get(path)
    t.is(refused.status, 403, path)
    t.regex(String(refused.headers['content-type']), /^text\/html/)
  }
})

test('the first page counts what was done and names who was refused', async (t) => {
  const { text } = await auditor.get('/')
  t.true(text.includes('ROLE_WRONG'))
  t.regex(text, /href="\/journal\?type=act\.refused&amp;holder=seat/)
  t.regex(text, /href="\/journal\?type=document\.dispatched"/)
})

test('all entries are listed, newest first, in pages that neither repeat nor leave out', async (t) => {
  const seen: number[] = []
  let path: string | undefined = '/journal'
  while (path !== undefined) {
    const { text } = await auditor.get(path)
    t.true(listed(text).length <= 50)
    seen.push(...listed(text))
    path = /href="(\/journal\?before=\d+)" rel="next"/.exec(text)?.[1]
  }
  const all = Array.from({ length: seen.length }, (_, at) => seen.length - 1 - at)
  t.deepEqual(seen, all)
  t.true(seen.length >= 60)
})

test('the list narrows by chapter, type, person, subject, number and day', async (t) => {
  const { uscc } = box.units[1].unit
  const entries: Entry[] = []
  for await (const entry of box.box.journal.read(0)) entries.push(entry)
  const indexesOf = (fits: (entry: (typeof entries)[number]) => boolean): number[] =>
    entries.flatMap((entry) => (fits(entry) ? [entry.index] : [])).toReversed()
  const cases: [string, number[]][] = [
    ['group=grave', indexesOf(({ type }) => type === 'service.activated')],
    ['group=documents', indexesOf(({ type }) => type.startsWith('document.'))],
    ['type=document.sealed', indexesOf(({ type }) => type === 'document.sealed')],
    [`holder=${uscc}`, indexesOf(({ actor }) => actor.holder.includes(uscc))],
    [`subject=unit:${uscc}`, indexesOf(({ subject }) => subject === `unit:${uscc}`)],
    ['from=3&to=5', [5, 4, 3]],
    ['until=2001-01-01', []],
  ]
  for (const [query, wanted] of cases) {
    const { status, text } = await auditor.get(`/journal?${query}`)
    t.is(status, 200, query)
    t.deepEqual(listed(text), wanted.slice(0, 50), query)
  }
  const none = await auditor.get('/journal?since=2090-01-01', 'en')
  t.true(none.text.includes('No entry fits'))
})

test('a filter that is none is refused at its field, what was typed is kept, as text', async (t) => {
  const cases = [
    ['from', '<b>x'],
    ['to', '-1'],
    ['since', '2026-02-30'],
    ['until', 'yesterday'],
    ['holder', 'x'.repeat(257)],
  ] as const
  for (const [field, typed] of cases) {
    const { status, text } = await auditor.get(`/journal?${field}=${encodeURIComponent(typed)}`)
    t.is(status, 422, field)
    t.regex(text, new RegExp(`id="${field}"[^>]*aria-invalid="true"`), field)
    t.true(text.includes(typed.replace('<', '&lt;').replace('>', '&gt;')), field)
  }
  t.is((await auditor.get('/journal?type=no.such')).status, 400)
  t.is((await auditor.get('/journal?group=x')).status, 400)
  t.is((await auditor.get('/journal?before=99999')).status, 400)
  const hostile = await auditor.get('/journal?holder=%22%3E%3Cscript%3Ealert(1)%3C/script%3E')
  t.is(hostile.status, 200)
  t.false(hostile.text.includes('<script>alert'))
})

test('an entry is shown by its bytes; the commands beside it prove it without the box', async (t) => {
  const entry = await box.box.journal.entry(40)
  const { text } = await auditor.get('/journal/40')
  const json = new TextDecoder().decode(canonicalJson(entry))
  t.true(text.includes(json.replaceAll('"', '&quot;')))
  const { text: script, headers } = await auditor.get('/journal/40/file')
  t.regex(String(headers['content-disposition']), /entry-40\.sh/)
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-proof-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const lines = execFileSync('sh', [], { cwd: folder, input: script, encoding: 'utf8' })
    .trim()
    .split('\n')
  t.is(lines.length, 4)
  t.is(new Set(lines.slice(0, 3)).size, 1)
  t.regex(lines[0] ?? '', /^[0-9a-f]{64}$/)
  t.regex(lines[3] ?? '', /Verified Successfully/)
  for (const path of ['/journal/999999', '/journal/-1', '/journal/01', '/journal/x']) {
    t.is((await auditor.get(path)).status, 404, path)
  }
})

test('a checkpoint that was saved is found to belong to the journal, a foreign one is refused', async (t) => {
  const { text: saved } = await auditor.get('/journal/heads/file')
  const pasted = saved.trim().replaceAll('\n', '\r\n')
  const good = await auditor.post('/journal/heads', { fields: { checkpoint: pasted } })
  t.is(good.status, 200)
  t.true(good.text.includes('属于本日志'))
  const altered = saved.replace(/\n(\d+)\n/, (_, size: string) => `\n${String(Number(size) - 1)}\n`)
  for (const checkpoint of [altered, '', '<script>alert(1)</script>']) {
    const bad = await auditor.post('/journal/heads', { fields: { checkpoint } })
    t.is(bad.status, 422)
    t.true(bad.text.includes('这不是本机签署的检查点'))
    t.regex(bad.text, /id="checkpoint"[^>]*aria-invalid="true"/)
    t.false(bad.text.includes('<script>alert'))
  }
})

test('the proof between two sizes verifies; sizes that are none are refused and kept', async (t) => {
  const { status, text } = await auditor.get('/journal/heads?first=7&second=33')
  t.is(status, 200)
  const hashes = [...text.matchAll(/^([0-9a-f]{64})$/gm)].map(([, hash = '']) => fromHex(hash))
  const roots = [...text.matchAll(/^= \d+\s+([0-9a-f]{64})/gm)].map(([, root = '']) =>
    fromHex(root),
  )
  const [firstRoot = new Uint8Array(), secondRoot = new Uint8Array()] = roots
  const claim = { first: { size: 7, root: firstRoot }, second: { size: 33, root: secondRoot } }
  t.true(verifyConsistency({ ...claim, proof: hashes }))
  for (const query of ['first=9&second=3', 'first=x&second=3', 'first=1&second=99999999']) {
    const refused = await auditor.get(`/journal/heads?${query}`)
    t.is(refused.status, 422, query)
    t.true(refused.text.includes('aria-invalid="true"'), query)
  }
  for (const query of ['first=0&second=3', 'first=5&second=5']) {
    t.is((await auditor.get(`/journal/heads?${query}`)).status, 200, query)
  }
})

test('the export is whole: its journal verifies against its checkpoint', async (t) => {
  const { status, headers, bytes } = await auditor.get('/journal/export/file')
  t.is(status, 200)
  t.is(headers['content-type'], 'application/zip')
  const files = unzipSync(new Uint8Array(bytes))
  t.deepEqual(Object.keys(files).toSorted(), [
    '00000001.seg',
    'checkpoint.txt',
    'issuing.pem',
    'journal.pem',
    'root.pem',
  ])
  const text = (name: string): string => new TextDecoder().decode(files[name])
  t.is(text('root.pem'), box.rootPem)
  const head = parseCheckpoint(text('checkpoint.txt'))
  const report = await verifyJournal({ files: reading(files), heads: [head] })
  t.true(report.ok)
  t.is(report.entries, head.size)
})

/** Files in memory as the verifier reads a folder. */
function reading(files: Readonly<Record<string, Uint8Array>>): JournalFiles {
  const never = () => Promise.reject(new TypeError('only read'))
  return {
    list: () => Promise.resolve(Object.keys(files).filter((name) => name.endsWith('.seg'))),
    read: (name, offset = 0, length) =>
      Promise.resolve(
        (files[name] ?? new Uint8Array()).subarray(
          offset,
          length === undefined ? undefined : offset + length,
        ),
      ),
    create: never,
    append: never,
    truncate: never,
    close: () => Promise.resolve(),
  }
}

test('what the auditor asked changed nothing', async (t) => {
  const refused = await box.entries(0, 'act.refused')
  t.true(refused.every(({ actor }) => actor.holder !== 'person:auditor-1'))
})

test('every type of the catalogue has words and a meaning, and no other', (t) => {
  const catalogue = readFileSync('docs/audit-events.md', 'utf8')
  const types = [...catalogue.matchAll(/^\| `([a-z.-]+)`/gm)].map(([, type = '']) => type)
  t.deepEqual([...entryTypes].toSorted(), types.toSorted())
  t.deepEqual(Object.keys(entryMeanings).toSorted(), types.toSorted())
})
