/** The administrator's page: the box by numbers, what needs a hand first, and never a document, a title or a unit's traffic. */
import test from 'ava'
import type { Health } from '../../../web/index.ts'
import { checksOf } from '../../../web/health/checks.ts'
import type { CheckState } from '../../../web/pages/check_table.ts'
import { createView } from '../../../web/view.ts'
import { openTestBox, type TestBox } from '../box_fixture.ts'
import { dispatched } from '../trip.ts'
import { browserOf, type Browser } from './browse.ts'

let box: TestBox
let administrator: Browser
const gigabyte = 1024 ** 3
const dayMs = 86_400_000

test.before(async () => {
  box = await openTestBox()
  const person = await box.appoint('administrator-1', 'administrator')
  administrator = browserOf(box, person.login)
  const [one, two] = box.units
  await dispatched({ issuers: [one], main: [two] })
})
test.after.always(() => box.close())

test('a fresh box is described in both languages', async (t) => {
  await box.box.indexer.caughtUp(box.parts.journal.size - 1)
  const [zh, en] = [await administrator.get('/'), await administrator.get('/', 'en')]
  t.is(zh.status, 200)
  for (const words of ['磁盘剩余', '检索索引', '吊销列表', '根证书', box.parts.box.version]) {
    t.true(zh.text.includes(words), words)
  }
  for (const words of ['Disk left', 'Search index', 'Revocation lists', 'Root certificate']) {
    t.true(en.text.includes(words), words)
  }
})

test('no document, title or unit stands on it', async (t) => {
  const { text } = await administrator.get('/')
  for (const { unit } of box.units) {
    for (const name of [unit.name, unit.shortName, unit.uscc]) t.false(text.includes(name), name)
  }
  t.notRegex(text, /document:|\/documents\//)
})

test('health is what the box is', async (t) => {
  const health = await box.parts.health()
  t.is(health.journal.size, box.parts.journal.size)
  t.is(health.journal.state, 'running')
  t.true(health.disk.free > 0 && health.disk.free <= health.disk.total)
  t.true((health.folders.find(({ name }) => name === 'journal')?.bytes ?? 0) > 1000)
  t.deepEqual(health.certificates.map(({ name }) => name).toSorted(), [
    'issuing',
    'journal',
    'ocsp',
    'root',
    'timestamping',
    'tls',
  ])
})

const now = new Date('2026-11-25T00:00:00.000Z')
const later = (days: number): Date => new Date(now.getTime() + days * dayMs)

const well: Health = {
  startedAt: now,
  journal: { state: 'running', size: 5000, lastEntryAt: now },
  blobs: { state: 'running' },
  search: { appliedThrough: 4999, state: 'running' },
  disk: { free: 100 * gigabyte, total: 200 * gigabyte },
  folders: [],
  memory: { resident: gigabyte / 2, free: gigabyte, total: 4 * gigabyte },
  certificates: [{ name: 'tls', notAfter: later(61) }],
  revocationListsUntil: later(4),
  timeSource: 'host',
  isTimeHeld: false,
}

const view = createView({
  preferences: { language: 'en', theme: 'auto' },
  box: box0(),
  path: '/',
  now,
})

function box0(): Parameters<typeof createView>[0]['box'] {
  return {
    ...{ id: 'box', mode: 'trial', districtName: '测试区', zone: 'Asia/Shanghai' },
    ...{ version: '0', url: '', journalCertificate: new Uint8Array() },
    ...{ hostNames: ['localhost'], pkiUrl: 'http://localhost:8080' },
    checkpoint: () => Promise.resolve(''),
  }
}

test('a healthy box needs no hand', (t) => {
  for (const check of checksOf(view, well)) {
    t.is(check.state, 'ok', check.what)
    t.is(check.advice, '', check.what)
  }
})

const faults: readonly (readonly [what: string, state: CheckState, Partial<Health>])[] = [
  ['Journal', 'bad', { journal: { ...well.journal, state: 'read-only' } }],
  ['Journal', 'bad', { journal: { ...well.journal, state: 'stopped' } }],
  ['Files', 'bad', { blobs: { state: 'stopped' } }],
  ['Disk left', 'warn', { disk: { free: 15 * gigabyte, total: 200 * gigabyte } }],
  ['Disk left', 'warn', { disk: { free: 4 * gigabyte, total: 8 * gigabyte } }],
  ['Disk left', 'bad', { disk: { free: gigabyte / 2, total: 2 * gigabyte } }],
  ['Search index', 'warn', { search: { appliedThrough: 100, state: 'running' } }],
  ['Search index', 'bad', { search: { appliedThrough: 4999, state: 'stopped' } }],
  ['Memory', 'warn', { memory: { ...well.memory, free: 1000 } }],
  ['Memory', 'warn', { memory: { ...well.memory, resident: 2 * gigabyte } }],
  ['Time', 'bad', { journal: { ...well.journal, lastEntryAt: later(1) } }],
  ['Revocation lists', 'warn', { revocationListsUntil: later(0.5) }],
  ['Revocation lists', 'bad', { revocationListsUntil: later(-1) }],
  [
    'Certificate of the web service',
    'warn',
    { certificates: [{ name: 'tls', notAfter: later(59) }] },
  ],
  [
    'Certificate of the web service',
    'bad',
    { certificates: [{ name: 'tls', notAfter: later(-1) }] },
  ],
  [
    'Time-stamping certificate',
    'warn',
    { certificates: [{ name: 'timestamping', notAfter: later(900), signsUntil: later(30) }] },
  ],
]

for (const [at, [what, state, fault]] of faults.entries()) {
  test(`${what} is ${state} and says what to do (${String(at)})`, (t) => {
    const [first, ...others] = checksOf(view, { ...well, ...fault })
    t.is(first?.what, what)
    t.is(first?.state, state)
    t.not(first?.advice, '')
    t.true(others.every((check) => check.state === 'ok'))
  })
}
