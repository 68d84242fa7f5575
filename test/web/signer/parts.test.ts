/** The signer's parts that need no browser: what is remembered, what is judged, what is said. */
import test from 'ava'
import { toBase64 } from '../../../ca/index.ts'
import {
  argon2Costs,
  makeUnitKey,
  exportPkcs8,
  newEnrolmentCode,
  wrapKeys,
} from '../../../provisioning/index.ts'
import { argon2id as nodeArgon2id } from '../../../appliance/unit/argon2id.ts'
import { systemRandom } from '../../../ca/random.ts'
import { createApi } from '../../../web/signer/api.ts'
import { argon2id } from '../../../web/signer/argon2id.ts'
import { codeState, groupedCode } from '../../../web/signer/enrolment/step_code.ts'
import { strengthOf } from '../../../web/signer/enrolment/strength.ts'
import { readPending } from '../../../web/signer/enrolment/pending.ts'
import { fileName } from '../../../web/one_file/files.ts'
import { knownBox } from '../../../web/signer/identity.ts'
import { countdown, createKeyring, type OpenKeys } from '../../../web/signer/keyring.ts'
import { preferredLanguage } from '../../../web/one_file/language.ts'
import { readMemory, rememberSigning } from '../../../web/signer/memory.ts'
import { forgetSecret, rememberedSecret, rememberSecret } from '../../../web/signer/remembered.ts'
import { isFinal, keep, pauseSeconds, send, unsent } from '../../../web/signer/signing/outbox.ts'
import { createStore } from '../../../web/signer/store.ts'
import { readUnitFile, writeUnitFile } from '../../../web/signer/unit_file.ts'
import * as z from 'zod'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

for (const [passphrase, wanted] of [
  ['', 'short'],
  ['八个字不够长吧', 'short'],
  ['13800138000', 'weak'],
  ['1990-01-01 1990', 'weak'],
  ['aaaaaaaaaaaa', 'weak'],
  ['abababababab', 'weak'],
  ['qwertyuiop12', 'weak'],
  ['abcdefghijkl', 'weak'],
  ['kx7 vq2 mz', 'fair'],
  ['青石桥下的第三盏灯笼', 'good'],
  ['seven paper lanterns below', 'good'],
] as const) {
  test(`the passphrase "${passphrase}" is ${wanted}`, (t) => {
    t.is(strengthOf(passphrase), wanted)
  })
}

test('a code is grouped as it is typed, and judged by its check at each stroke', (t) => {
  const code = newEnrolmentCode(systemRandom)
  t.is(groupedCode(code.toLowerCase().replaceAll('-', ' ')), code)
  t.is(groupedCode(`${code}extra`), code)
  t.deepEqual(codeState(code.slice(0, 8)), { short: 11 })
  t.is(codeState(code), 'right')
  const other = code.startsWith('A') ? 'B' : 'A'
  t.is(codeState(other + code.slice(1)), 'wrong')
})

test('the language is the desk’s, then the one chosen here, then the browser’s', (t) => {
  const from = { stored: 'en', cookie: 'a=b; language=zh', asked: ['en-GB'] }
  t.is(preferredLanguage(from), 'zh')
  t.is(preferredLanguage({ ...from, cookie: '' }), 'en')
  t.is(preferredLanguage({ stored: undefined, cookie: '', asked: ['en-GB', 'zh-CN'] }), 'en')
  t.is(preferredLanguage({ stored: 'xx', cookie: 'language=xx', asked: ['fr'] }), 'zh')
})

test('argon2id in the page is that of the command line', async (t) => {
  const parameters = {
    message: utf8('青石桥'),
    salt: new Uint8Array(16).fill(7),
    memoryKiB: 1024,
    passes: 2,
    parallelism: 2,
    tagBytes: 32,
  }
  t.deepEqual(await argon2id(parameters), await nodeArgon2id(parameters))
})

test('a store keeps JSON by name, and reads nothing out of what is none', (t) => {
  const kept = new Map([['broken', '{']])
  const area = {
    get length() {
      return kept.size
    },
    key: (at: number) => [...kept.keys()][at] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  const store = createStore(area)
  store.write('a/1', { x: 1 })
  t.deepEqual(store.read('a/1'), { x: 1 })
  t.deepEqual(store.keys('a/'), ['a/1'])
  t.is(store.read('broken'), undefined)
  store.remove('a/1')
  t.is(store.read('a/1'), undefined)
  t.true(store.lasts)
  t.false(createStore(undefined).lasts)
})

test('the unit secret is remembered until it is forgotten', (t) => {
  const store = createStore(undefined)
  const secret = systemRandom(16)
  rememberSecret(store, { box: 'b', owner: 'o', secret })
  t.deepEqual(rememberedSecret(store, 'b', 'o'), secret)
  t.is(rememberedSecret(store, 'b', 'other'), undefined)
  forgetSecret(store, 'b', 'o')
  t.is(rememberedSecret(store, 'b', 'o'), undefined)
})

test('another journal key for a known box is no known box', (t) => {
  const store = createStore(undefined)
  const box = { id: 'b', journalCertificate: utf8('one') }
  t.deepEqual(knownBox(store, box), box)
  t.deepEqual(knownBox(store, box), box)
  t.is(knownBox(store, { ...box, journalCertificate: utf8('two') }), undefined)
})

test('a signature is remembered before it is given on, and one at a time', async (t) => {
  const store = createStore(undefined)
  const sign = (size: number) =>
    rememberSigning(store, 'b', (memory) =>
      Promise.resolve({ memory: { ...memory, uses: { k: (memory.uses['k'] ?? 0) + size } } }),
    )
  await Promise.all([sign(1), sign(1), sign(1)])
  t.is(readMemory(store, 'b').uses['k'], 3)
  await t.throwsAsync(rememberSigning(store, 'b', () => Promise.reject(new Error('refused'))))
  t.is(readMemory(store, 'b').uses['k'], 3)
  store.write('sealbox/b/memory', { heads: 'nonsense' })
  t.deepEqual(readMemory(store, 'b'), { heads: {}, uses: {} })
})

test('a keyring locks after its minutes without a signature, by the clock', (t) => {
  let now = 0
  let tick = (): void => undefined
  let told = 0
  const ring = createKeyring({
    minutes: 10,
    now: () => now,
    tick: (each) => {
      tick = each
    },
  })
  const end = ring.watch(() => told++)
  const keys: OpenKeys = { box: 'b', owner: 'o', name: 'n', signers: [] }
  ring.open(keys)
  now = 9 * 60_000
  t.deepEqual(ring.state(), { state: 'open', opened: keys, secondsLeft: 60 })
  ring.used()
  now = 18 * 60_000
  tick()
  t.is(ring.state().state, 'open')
  now = 19 * 60_000
  tick()
  t.is(ring.state().state, 'locked')
  t.true(told >= 4)
  end()
  const before = told
  ring.open(keys)
  t.is(told, before)
  ring.lock()
  t.is(ring.state().state, 'locked')
  for (const [wanted, got] of [
    [0, 1],
    [500, 60],
    [2.4, 2],
    [Number.NaN, 10],
  ] as const) {
    ring.setMinutes(wanted)
    t.is(ring.minutes(), got)
  }
  t.is(countdown(545), '9:05')
})

test('a unit file is read as it was written, and nothing else is one', async (t) => {
  const key = await makeUnitKey()
  const keyFile = await wrapKeys({
    owner: { id: 'u', name: '某局' },
    keys: [{ use: 'unit-seal', pkcs8: await exportPkcs8(key) }],
    passphrase: 'a passphrase',
    unitSecret: systemRandom(16),
    argon2id: nodeArgon2id,
    cost: argon2Costs.fast,
    random: systemRandom,
  })
  const box = { id: 'b', url: 'https://box', journalCertificate: toBase64(utf8('j')) }
  const bytes = writeUnitFile({ box, keyFile, certificates: [utf8('c')], chain: [utf8('r')] })
  const read = readUnitFile(bytes)
  t.deepEqual(read?.box, box)
  t.deepEqual(read?.keyFile, keyFile)
  t.is(readUnitFile(utf8('{}')), undefined)
  t.is(readUnitFile(bytes.subarray(1)), undefined)
  const whole = JSON.parse(new TextDecoder().decode(bytes)) as object
  t.is(readUnitFile(utf8(JSON.stringify({ ...whole, extra: 1 }))), undefined)
  t.is(readUnitFile(utf8(JSON.stringify({ ...whole, keyFile: {} }))), undefined)
})

test('half of an enrolment in storage is none', (t) => {
  const store = createStore(undefined)
  t.is(readPending(store), undefined)
  store.write('sealbox/enrolment', { v: 1, code: 'x' })
  t.is(readPending(store), undefined)
})

test('a file name keeps Chinese and loses what no disk takes', (t) => {
  t.is(fileName('青禾区/财政局:"a"\n.p12'), '青禾区_财政局__a__.p12')
})

test('a signed answer is kept until the box has answered for good', async (t) => {
  const store = createStore(undefined)
  const signed = {
    type: 'sealbox-signed',
    v: 1,
    act: 'sign-for',
    path: `/api/v1/documents/${'a'.repeat(26)}/acts/sign-for`,
    once: 'once-0001',
    body: {},
  } as const
  const outbox = { store, box: 'b', holder: 'seat:X/clerk' }
  keep(outbox, signed)
  store.write('sealbox/b/unsent/seat:X/clerk/broken', { type: 'nonsense' })
  t.deepEqual(unsent(outbox), [signed])
  t.deepEqual(unsent({ ...outbox, holder: 'seat:X/leader' }), [], 'another seat sends it not')
  const keys: (string | null)[] = []
  let answer: () => Response = () => {
    throw new TypeError('no line')
  }
  const api = createApi((_, init) => {
    keys.push(new Headers(init?.headers).get('Idempotency-Key'))
    return Promise.resolve().then(() => answer())
  })
  const place = { ...outbox, api }
  t.is((await send(place, signed)).state, 'lost')
  for (const status of [503, 429, 500]) {
    answer = () => Response.json({ code: 'X' }, { status })
    t.is((await send(place, signed)).state, 'refused')
    t.is(unsent(outbox).length, 1)
  }
  answer = () => Response.json({ code: 'ALREADY_DONE' }, { status: 409 })
  t.true(isFinal(await send(place, signed)))
  t.is(unsent(outbox).length, 0)
  t.deepEqual([...new Set(keys)], ['once-0001'])
  t.deepEqual([1, 2, 3, 9].map(pauseSeconds), [2, 4, 8, 30])
})

test('an answer of another shape is refused, not believed', async (t) => {
  const api = createApi(() => Promise.resolve(Response.json({ other: 1 })))
  const found = await api.get('/x', z.object({ wanted: z.string() }))
  t.is(found.state === 'refused' && found.problem.code, 'ANSWER_MALFORMED')
  const page = createApi(() => Promise.resolve(new Response('<p>', { status: 502 })))
  const broken = await page.get('/x', z.unknown())
  t.is(broken.state === 'refused' && broken.problem.status, 502)
})
