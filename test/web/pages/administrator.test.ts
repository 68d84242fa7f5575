/** The administrator's page: the box by numbers, what needs a hand first, and never a document, a title or a unit's traffic. */
import test from 'ava'
import { healthReport, type Health, type ScrubFinding } from '../../../web/index.ts'
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

const scrub = { endedAt: now, entries: 5000, views: 9000, files: 800, findings: [] }
const found = (code: ScrubFinding['code']) => ({ ...scrub, findings: [{ code, name: 'one' }] })
const units = { units: 91, silent: 0, lastSeen: now, isAlone: false }
const running = { scanner: 'running' } as const
const volume = { openedBy: 'tpm', refusal: undefined, isRepaired: false } as const

/** Parts that not every box has: what is well of them, then what is not. */
const parts: readonly (readonly [what: string, state: CheckState, Partial<Health>])[] = [
  ['Backup', 'ok', { backup: { lastAt: later(-1.5), everyHours: 24 } }],
  ['Backup', 'warn', { backup: { lastAt: later(-2.5), everyHours: 24 } }],
  ['Backup', 'warn', { backup: { lastAt: later(-1), everyHours: 24, failed: 'NO_ROOM' } }],
  ['Backup', 'bad', { backup: { lastAt: later(-8), everyHours: 24 } }],
  ['Backup', 'bad', { backup: { lastAt: undefined, everyHours: 24 } }],
  ['Backup', 'bad', { backup: { lastAt: undefined, since: later(-1.5), everyHours: 24 } }],
  ['Backup', 'warn', { backup: { lastAt: undefined, since: later(-0.5), everyHours: 24 } }],
  ['Virus check', 'ok', { virus: { ...running, signaturesAt: later(-7) } }],
  ['Virus check', 'warn', { virus: { ...running, signaturesAt: later(-10) } }],
  ['Virus check', 'bad', { virus: { ...running, signaturesAt: later(-40) } }],
  ['Virus check', 'bad', { virus: { scanner: 'down', signaturesAt: now } }],
  ['Scrub', 'ok', { scrub }],
  ['Scrub', 'warn', { scrub: { ...scrub, endedAt: later(-5) } }],
  ['Scrub', 'ok', { scrubTries: { since: later(-3) } }],
  ['Scrub', 'warn', { scrubTries: { since: later(-5) } }],
  ['Scrub', 'warn', { scrub, scrubTries: { since: now, failed: 'FAILED' } }],
  ['Scrub', 'warn', { scrubTries: { since: later(-3), failed: 'NO_ROOM' } }],
  ['Scrub', 'bad', { scrubTries: { since: later(-5), failed: 'NO_ROOM' } }],
  ['Scrub', 'bad', { scrub: found('VIEW_DIFFERS') }],
  ['Scrub', 'bad', { scrub: found('BLOB_MISSING') }],
  ['Scrub', 'bad', { scrub: found('JOURNAL_DAMAGED') }],
  ['Queues', 'ok', { queues: { uploads: 0, requests: 3, orders: 1 } }],
  ['Queues', 'warn', { queues: { uploads: 2, requests: 0, orders: 0 } }],
  ['Presence of units', 'ok', { presence: units }],
  ['Presence of units', 'warn', { presence: { ...units, silent: 2 } }],
  ['Presence of units', 'warn', { presence: { ...units, isAlone: true } }],
  ['Data partition', 'ok', { volume }],
  ['Data partition', 'ok', { volume: { ...volume, openedBy: 'passphrase', refusal: 'none' } }],
  [
    'Data partition',
    'warn',
    { volume: { ...volume, openedBy: 'passphrase', refusal: 'other-tpm' } },
  ],
  ['Data partition', 'warn', { volume: { ...volume, openedBy: 'recovery' } }],
  ['Data partition', 'warn', { volume: { ...volume, isRepaired: true } }],
  ['Parts that do not answer', 'bad', { silent: ['backup', 'scrub', 'scrubTries'] }],
  ['Syslog collector', 'ok', { reporting: { collector: { state: 'well' } } }],
  ['Syslog collector', 'warn', { reporting: { collector: { state: 'failing', since: now } } }],
  ['Mail relay', 'warn', { reporting: { mail: { state: 'failing', error: 'ETIMEDOUT' } } }],
]

for (const [at, [what, state, part]] of parts.entries()) {
  test(`${what} is ${state} (${String(at)}), in both languages`, (t) => {
    const health = { ...well, ...part }
    const check = checksOf(view, health).find((one) => one.what === what)
    t.is(check?.state, state)
    t.is(check?.advice === '', state === 'ok')
    const report = healthReport(health, { box: box0(), at: now, running: true })
    t.is(report.state, state)
    t.true(report.fit)
    for (const { zh, en } of report.checks) {
      t.notRegex(en.what + en.value + en.advice, /\p{Script=Han}/u)
      t.regex(zh.what, /\p{Script=Han}/u)
    }
  })
}

test('a box without any backup is told to make the first one, and a clock of the machine is called no trial', (t) => {
  const told = (backup: Health['backup']): string | undefined =>
    checksOf(view, { ...well, backup }).find(({ code }) => code === 'backup')?.advice
  t.regex(told({ lastAt: undefined, everyHours: 24 }) ?? '', /^Make the first one/)
  t.regex(told({ lastAt: undefined, everyHours: 24, failed: 'NO_ROOM' }) ?? '', /target/)
  t.regex(told({ lastAt: later(-8), everyHours: 24 }) ?? '', /target/)
  const clock = checksOf(view, well).find(({ code }) => code === 'clock')
  t.notRegex(clock?.value ?? 'trial', /trial/)
})

test('a version that cannot write, keep or find is not fit; a full disk is not its fault', (t) => {
  const of = { box: box0(), at: now, running: true }
  t.true(healthReport(well, of).fit)
  t.true(healthReport({ ...well, disk: { free: 1, total: 2 } }, of).fit)
  t.false(healthReport(well, { ...of, running: false }).fit)
  t.false(healthReport({ ...well, journal: { ...well.journal, state: 'stopped' } }, of).fit)
  t.false(healthReport({ ...well, blobs: { state: 'stopped' } }, of).fit)
  t.false(healthReport({ ...well, search: { ...well.search, state: 'stopped' } }, of).fit)
})

for (const [at, [what, state, fault]] of faults.entries()) {
  test(`${what} is ${state} and says what to do (${String(at)})`, (t) => {
    const [first, ...others] = checksOf(view, { ...well, ...fault })
    t.is(first?.what, what)
    t.is(first?.state, state)
    t.not(first?.advice, '')
    t.true(others.every((check) => check.state === 'ok'))
  })
}
