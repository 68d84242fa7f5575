/** What a console says of its box. */
import { join } from 'node:path'
import test from 'ava'
import { createSystemClock, systemRandom } from '../../../ca/index.ts'
import { readFacts, type ConsoleFacts } from '../../../appliance/console/facts.ts'
import { statusKey, statusLines } from '../../../appliance/console/status.ts'
import {
  addressesIn,
  clockIn,
  districtFault,
  hostNameFault,
  momentIn,
  networkAddressFault,
  zoneFault,
} from '../../../appliance/console/answers.ts'
import {
  before,
  nextStep,
  setUpFormat,
  writeSetUp,
  type SetUp,
} from '../../../appliance/console/set_up.ts'
import { temporaryFolder } from '../places.ts'

const facts: ConsoleFacts = {
  ...{ version: '1.2.3', language: 'zh', addresses: ['10.1.2.3'], port: 8443, service: 'serving' },
  ...{ now: new Date('2026-11-26T00:30:00Z'), freePercent: 84, isSetUp: true, alarms: [] },
  box: {
    facts: {
      ...{ mode: 'production', districtName: '示范区', host: 'sealbox.qu.lan' },
      ...{ zone: 'Asia/Shanghai', root: 'ab'.repeat(32) },
    },
    ...{ locked: false, restored: false },
    firstCode: undefined,
  },
}
const { box } = facts
if (box === undefined) throw new TypeError('a box')

const words = (language: 'zh' | 'en') => ({
  language,
  w: (zh: string, en: string) => (language === 'zh' ? zh : en),
})
const shown = (of: Partial<ConsoleFacts>, language: 'zh' | 'en' = 'en'): string =>
  statusLines(words(language), { ...facts, ...of }).join('\n')

test('the status names district, address, state, clock and what Enter does', (t) => {
  const text = shown({}, 'zh')
  for (const part of [
    '示范区',
    'https://sealbox.qu.lan:8443  运行中',
    '2026-11-26 08:30 (Asia/Shanghai)',
    '84%',
    '按回车看菜单',
  ])
    t.true(text.includes(part), part)
  t.true(shown({ service: 'silent' }).includes('no answer'))
  t.true(shown({ box: { ...box, locked: true } }).includes('Press Enter to type the passphrase'))
  t.true(shown({ box: { ...box, restored: true } }).includes('waits for the order of two officers'))
  t.false(shown({}).includes('order of two officers'))
  t.true(shown({ box: undefined, isSetUp: false }).includes('Press Enter to set it up'))
})

test('a box that was made is never offered for set-up again while it starts', (t) => {
  t.false(shown({ box: undefined }).includes('set it up'))
})

test('a screen that draws no Chinese is shown none of ours, not in alarms either', (t) => {
  const alarms = [
    {
      ...{ code: 'disk', state: 'bad' },
      ...{
        zh: { what: '磁盘', value: '满', advice: '' },
        en: { what: 'disk', value: 'full', advice: '' },
      },
    },
  ] as unknown as ConsoleFacts['alarms']
  const named = { ...box.facts, districtName: 'Demo' }
  const text = shown({ alarms, box: { ...box, firstCode: 'ABC', facts: named } })
  t.true(text.includes('disk: full'))
  t.notRegex(text, /\p{Script=Han}/u)
  t.true(shown({ alarms }, 'zh').includes('磁盘: 满'))
})

test('the first officer’s code is shown while nobody used it and it is good, and gone afterwards', async (t) => {
  const folder = await temporaryFolder(t)
  const setUp = join(folder, 'console', 'setup.json')
  const asAt = async (awaitsFirstOfficer: boolean, expires: string) => {
    await writeSetUp(setUp, {
      ...{ format: setUpFormat, language: 'zh' },
      firstCode: { code: 'ABCDEF-GHJKMN-PQRSTV', expires },
    })
    const { box: seen } = await readFacts({
      ...{ setUp, data: join(folder, 'data'), papers: folder, making: folder, unlock: [] },
      ...{ port: 9, pkiPort: 9, machine: undefined, random: systemRandom },
      clock: createSystemClock(),
      state: () =>
        Promise.resolve({
          ...{ version: 1, box: box.facts, phase: 'serving', restored: false, refused: null },
          awaitsFirstOfficer,
        }),
    })
    return seen?.firstCode
  }
  t.is(await asAt(true, '2999-01-01T00:00:00Z'), 'ABCDEF-GHJKMN-PQRSTV')
  t.is(await asAt(true, '2020-01-01T00:00:00Z'), undefined)
  t.is(await asAt(false, '2999-01-01T00:00:00Z'), undefined)
})

test('it is shown again when something changed, not because time passed', (t) => {
  t.is(statusKey(facts), statusKey({ ...facts, now: new Date(), freePercent: 80 }))
  t.not(statusKey(facts), statusKey({ ...facts, service: 'silent' }))
  t.not(statusKey(facts), statusKey({ ...facts, freePercent: 5 }))
})

const asked = words('en')
const answers: readonly (readonly [
  string,
  (typed: string) => string | undefined,
  string[],
  string[],
])[] = [
  [
    'host names',
    (one) => hostNameFault(asked, one),
    ['sealbox', 'box-1.qu.lan', 'localhost'],
    ['Box', 'a b', '-a', 'a..b', '10.1.2.3', 'x'.repeat(64), '中文.cn', ''],
  ],
  [
    'names of districts',
    (one) => districtFault(asked, one),
    ['示范区', '区'.repeat(40)],
    ['区'.repeat(41)],
  ],
  [
    'addresses with a prefix',
    (one) => networkAddressFault(asked, one),
    ['10.1.2.3/24', 'fd00::1/64'],
    ['10.1.2.3', '10.1.2.3/0', '10.1.2.3/33', '10.1.2/24', 'fd00::1/129', '10.1.2.3/24/24', '/24'],
  ],
  [
    'zones',
    (one) => zoneFault(asked, one),
    ['Asia/Shanghai', 'UTC'],
    ['Asia/Peking', '+08:00', 'asia shanghai'],
  ],
]

for (const [title, fault, good, bad] of answers) {
  test(`${title} are taken or refused`, (t) => {
    for (const one of good) t.is(fault(one), undefined, one)
    for (const one of bad) t.is(typeof fault(one), 'string', one)
  })
}

test('a time is read in the zone of the box, summer time and all, and days that are none are refused', (t) => {
  t.is(momentIn('Asia/Shanghai', '2026-11-26 08:30')?.toISOString(), '2026-11-26T00:30:00.000Z')
  t.is(momentIn('Europe/Berlin', '2026-07-01 12:00:05')?.toISOString(), '2026-07-01T10:00:05.000Z')
  t.is(momentIn('Europe/Berlin', '2026-03-29 03:30')?.toISOString(), '2026-03-29T01:30:00.000Z')
  for (const typed of [
    '2026-02-30 08:00',
    '2026-13-01 08:00',
    '2026-11-26 24:00',
    '26.11.2026',
    '2026-11-26',
  ])
    t.is(momentIn('Asia/Shanghai', typed), undefined, typed)
  t.is(clockIn('Asia/Shanghai', new Date('2026-11-26T00:30:05Z'), 19), '2026-11-26 08:30:05')
  t.deepEqual(addressesIn(' 10.0.0.1，10.0.0.2; fd00::1 '), ['10.0.0.1', '10.0.0.2', 'fd00::1'])
})

test('the next step is the first without an answer, back is the last with one; a trial box asks for no people, a backup for no names', (t) => {
  let setUp: SetUp = { format: setUpFormat }
  t.is(nextStep(setUp), 'language')
  setUp = { ...setUp, language: 'zh', network: 'as-is' }
  t.is(nextStep(setUp), 'time')
  t.is(nextStep(before(setUp, 'time')), 'network')
  setUp = { ...setUp, time: { zone: 'UTC', servers: [], confirmedAt: '2026-11-26T00:00:00Z' } }
  setUp = { ...setUp, names: { host: 'a', district: 'b' }, mode: 'trial' }
  t.is(nextStep(setUp), 'ceremony')
  t.is(nextStep({ ...setUp, mode: 'production' }), 'people')
  t.is(nextStep(before(setUp, 'ceremony')), 'names')
  const { names, ...unnamed } = setUp
  t.deepEqual(names, { host: 'a', district: 'b' })
  t.is(nextStep(unnamed), 'names')
  t.is(nextStep({ ...unnamed, mode: 'backup' }), 'ceremony')
  t.is(nextStep(before({ ...unnamed, mode: 'backup' }, 'ceremony')), 'mode')
  t.is(nextStep({ ...setUp, finishedAt: '2026-11-26T00:00:00Z' }), undefined)
})
