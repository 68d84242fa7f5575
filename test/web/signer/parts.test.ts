/** The signer's parts that need no browser: what is remembered, what is judged, what is said. */
import test from 'ava'
import { sha256Hex, toBase64 } from '../../../ca/index.ts'
import { checkSignRequest, type SignRequest } from '../../../exchange/unit/index.ts'
import {
  argon2Costs,
  makeUnitKey,
  exportPkcs8,
  modelDistrict,
  newEnrolmentCode,
  wrapKeys,
  writeRoster,
} from '../../../provisioning/index.ts'
import { argon2id as nodeArgon2id } from '../../../appliance/unit/argon2id.ts'
import { systemRandom } from '../../../ca/random.ts'
import { createApi } from '../../../web/signer/api.ts'
import { argon2id } from '../../../web/signer/argon2id.ts'
import { codeState, groupedCode } from '../../../web/signer/enrolment/step_code.ts'
import { strengthOf } from '../../../web/signer/enrolment/strength.ts'
import { readPending } from '../../../web/signer/enrolment/pending.ts'
import { fileName } from '../../../web/signer/files.ts'
import { knownBox } from '../../../web/signer/identity.ts'
import { countdown, createKeyring, type OpenKeys } from '../../../web/signer/keyring.ts'
import { preferredLanguage } from '../../../web/signer/language.ts'
import { readMemory, rememberSigning } from '../../../web/signer/memory.ts'
import { forgetSecret, rememberedSecret, rememberSecret } from '../../../web/signer/remembered.ts'
import { isSame } from '../../../web/signer/signing/ask.ts'
import { describe } from '../../../web/signer/signing/describe.ts'
import { readDraft } from '../../../web/signer/signing/draft.ts'
import { firstQuery } from '../../../web/signer/signing/edits.ts'
import { isReadable } from '../../../web/signer/signing/looked_at.ts'
import { isFinal, keep, pauseSeconds, send, unsent } from '../../../web/signer/signing/outbox.ts'
import { rosterRows } from '../../../web/signer/signing/roster.ts'
import { createStore } from '../../../web/signer/store.ts'
import { readUnitFile, writeUnitFile } from '../../../web/signer/unit_file.ts'
import { z } from 'zod'

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

const id = 'a'.repeat(26)
const unit = '11999901PDY9000425'
const hash = sha256Hex(utf8('file'))
const journal = { checkpoint: 'c', from: null, proof: [] }
const base = {
  type: 'sealbox-signreq',
  v: 1,
  box: 'b',
  holder: `seat:${unit}/clerk`,
  body: { ifVersion: 1 },
  files: [],
  words: { title: '关于某事的通知', issuers: ['某局'], names: { [unit]: '财政局' } },
  journal,
}

function request(act: string, statement: object, more: object = {}): SignRequest {
  const path = `/api/v1/documents/${id}/acts/${act}`
  return checkSignRequest({ ...base, act, path, statement, ...more })
}

const approval = (more: object = {}): SignRequest =>
  request('approve', {
    type: 'sealbox.approval',
    document: id,
    unit,
    approved: hash,
    attachments: [],
    opinion: '同意',
    ...more,
  })

test('what is signed is described from the statement, what the box says apart from it', (t) => {
  const shown = describe(
    request('dispatch', {
      type: 'sealbox.dispatch',
      document: id,
      unit,
      documentHash: hash,
      number: { series: '青财发', year: 2026, number: 7 },
      main: [unit, '11999901PDY900018L'],
      copies: [],
      deadline: null,
    }),
  )
  t.is(shown.act.zh, '发出')
  t.is(shown.subject, '关于某事的通知')
  const values = shown.facts.map(({ value }) => value)
  t.deepEqual(values[0], {
    kind: 'strong',
    text: { zh: '青财发〔2026〕7号', en: '青财发〔2026〕7号' },
  })
  t.deepEqual(values[1], {
    kind: 'names',
    names: [
      { name: '财政局', code: unit },
      { name: '11999901PDY900018L', code: '11999901PDY900018L' },
    ],
  })
  t.is(values.length, 4)
  t.deepEqual(
    shown.boxSays.map(({ name }) => name.zh),
    ['发文单位'],
  )
})

test('an issuer that does not lead countersigns', (t) => {
  t.is(describe(approval()).act.zh, '会签')
  const own = { words: { ...base.words, issuers: ['财政局', '某局'] } }
  t.is(describe({ ...approval(), ...own }).act.zh, '签发')
})

test('a second answer is the same if only head, version and what was edited differ', (t) => {
  const shown = approval()
  const later = { ...shown, body: { ifVersion: 9 }, journal: { ...journal, checkpoint: 'd' } }
  t.true(isSame(shown, later))
  t.false(isSame(shown, approval({ opinion: '另一种意见' })))
  t.true(isSame(shown, approval({ opinion: '另一种意见' }), 'opinion'))
  t.false(isSame(shown, approval({ approved: sha256Hex(utf8('other')) }), 'opinion'))
  t.false(isSame(shown, { ...shown, holder: `seat:${unit}/leader` }))
  t.false(isSame(shown, { ...shown, files: [{ as: 'draft', name: 'x', sha256: hash }] }))
})

test('a reason that is not written yet does not keep its request from being shown', (t) => {
  const asked = firstQuery(new URLSearchParams({ act: 'return', document: id }))
  t.true((asked.get('reason') ?? '').length > 0)
  t.is(firstQuery(new URLSearchParams({ act: 'return', reason: '有误' })).get('reason'), '有误')
  t.is(firstQuery(new URLSearchParams({ act: 'approve' })).get('reason'), null)
})

const draft = {
  kind: '通知',
  direction: 'down',
  issuers: [{ name: '某局', agencyCode: '某' }],
  mainRecipients: [],
  copies: [],
  title: '题目',
  body: [{ type: 'paragraph', text: '正文' }],
  attachments: [],
  printedBy: '某局',
}

test('a draft with a field that would not be shown is not for signing', (t) => {
  const bytes = (value: object): Uint8Array => utf8(JSON.stringify(value))
  t.is(readDraft(bytes(draft))?.title, '题目')
  t.is(readDraft(bytes({ ...draft, hidden: '另有' })), undefined)
  t.is(readDraft(bytes({ ...draft, body: [{ type: 'aside', text: 'x' }] })), undefined)
  const [block] = draft.body
  t.is(readDraft(bytes({ ...draft, body: [{ ...block, hidden: '另有' }] })), undefined)
  t.is(readDraft(utf8('x')), undefined)
  const asked = {
    ...approval(),
    files: [{ as: 'draft', name: 'draft.json', sha256: hash }] as const,
  }
  t.true(isReadable({ ...asked, files: [...asked.files] }, new Map([[hash, bytes(draft)]])))
  t.false(isReadable({ ...asked, files: [...asked.files] }, new Map([[hash, utf8('x')]])))
})

test('a roster is read for the officer, in either encoding, and must be the statement’s', (t) => {
  const bytes = writeRoster(modelDistrict)
  t.deepEqual(
    rosterRows(bytes),
    modelDistrict.map(({ uscc, name }) => ({ uscc, name })),
  )
  t.deepEqual(rosterRows(utf8('name,uscc\r\n"某局, ""甲""",X1\r\n\r\n')), [
    { uscc: 'X1', name: '某局, "甲"' },
  ])
  // 某局 in GB18030.
  const gb = new Uint8Array([...utf8('uscc,name\nX1,'), 0xc4, 0xb3, 0xbe, 0xd6])
  t.deepEqual(rosterRows(gb), [{ uscc: 'X1', name: '某局' }])
  t.is(rosterRows(utf8('a,b\n1,2')), undefined)
})

test('a signed answer is kept until the box has answered for good', async (t) => {
  const store = createStore(undefined)
  const signed = {
    type: 'sealbox-signed',
    v: 1,
    act: 'sign-for',
    path: `/api/v1/documents/${id}/acts/sign-for`,
    once: 'once-0001',
    body: {},
  } as const
  keep(store, 'b', signed)
  store.write('sealbox/b/unsent/broken', { type: 'nonsense' })
  t.deepEqual(unsent(store, 'b'), [signed])
  const keys: (string | null)[] = []
  let answer: () => Response = () => {
    throw new TypeError('no line')
  }
  const api = createApi((_, init) => {
    keys.push(new Headers(init?.headers).get('Idempotency-Key'))
    return Promise.resolve().then(() => answer())
  })
  const place = { store, api, box: 'b' }
  t.is((await send(place, signed)).state, 'lost')
  for (const status of [503, 429, 500]) {
    answer = () => Response.json({ code: 'X' }, { status })
    t.is((await send(place, signed)).state, 'refused')
    t.is(unsent(store, 'b').length, 1)
  }
  answer = () => Response.json({ code: 'ALREADY_DONE' }, { status: 409 })
  t.true(isFinal(await send(place, signed)))
  t.is(unsent(store, 'b').length, 0)
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
