/** An order is shown in plain words of both languages, from what is signed: where it is proposed, and where it is countersigned. */
import test from 'ava'
import { canonicalJson, sha256Hex } from '../../../ca/index.ts'
import {
  checkSignRequest,
  readOrderStatement,
  type Order,
  type SignRequest,
} from '../../../exchange/unit/index.ts'
import { describe, type Fact } from '../../../web/signer/signing/describe.ts'
import { isReadable } from '../../../web/signer/signing/looked_at.ts'
import { countersignedFacts } from '../../../web/signer/signing/order_facts.ts'

const certificate = sha256Hex(new Uint8Array([1]))
const moment = '2026-11-25T08:00:00.000Z'
const expires = '2026-12-02T07:00:00.000Z'
const journal = { checkpoint: 'c', from: null, proof: [] }
const base = {
  type: 'sealbox-signreq',
  v: 1,
  box: 'b',
  holder: 'person:officer-2',
  body: {},
  words: {},
  journal,
}

const orders: readonly (readonly [Order, readonly string[]])[] = [
  [
    { act: 'revoke-service', certificate, reason: 'keyCompromise', invalidityDate: moment },
    [
      '吊销本机自己的证书',
      'Revoke a certificate of the box itself',
      '密钥可能泄露',
      certificate,
      moment,
    ],
  ],
  [
    { act: 'confirm-time', offsetMs: 0, machine: moment, box: moment },
    ['确认本机时间', 'none: the time is right'],
  ],
  [
    { act: 'confirm-time', offsetMs: -90_061_001, machine: moment, box: moment },
    ['拨慢 1 d 01:01:01.001', '1 d 01:01:01.001 earlier'],
  ],
  [
    { act: 'roll-over-service', role: 'timestamping' },
    ['更换本机的服务密钥', '时间戳', 'time-stamping'],
  ],
  [
    { act: 'state-compromise', certificate, from: moment, to: null, serials: [] },
    ['声明密钥已泄露', 'State that a key is compromised', '仍在使用', certificate, moment],
  ],
  [
    { act: 'install-upgrade', version: '1.4.0', manifest: certificate },
    ['安装新版本', 'Install a new version', '1.4.0', 'Manifest of the bundle', certificate],
  ],
]

const said = (facts: readonly Fact[]): string => JSON.stringify(facts)

for (const [order, words] of orders) {
  test(`in words: ${order.act} ${words[0] ?? ''}`, (t) => {
    const proposed = checkSignRequest({
      ...{ ...base, act: 'propose-order', path: '/api/v1/orders/acts/propose', files: [] },
      statement: { type: 'sealbox.order', order, reason: '服务器失窃', expires },
    })
    const shown = said(describe(proposed).facts)
    const statement = statementOf(order)
    const other = said(countersignedFacts(readOrderStatement(statement)))
    for (const word of [...words, '服务器失窃', expires]) {
      t.true(shown.includes(word), word)
      t.true(other.includes(word), `countersigned: ${word}`)
    }
    t.true(other.includes('officer-1'), 'who proposed it')
  })
}

test('an order that cannot be read whole is not to be countersigned', (t) => {
  const [[order] = []] = orders
  if (order === undefined) throw new TypeError('an order')
  const right = statementOf(order)
  const files = (bytes: Uint8Array) => new Map([[sha256Hex(bytes), bytes]])
  t.true(isReadable(countersigning(right), files(right)))
  const spaced = new TextEncoder().encode(JSON.stringify(JSON.parse(textOf(right)), null, 1))
  const more = canonicalJson({ ...(JSON.parse(textOf(right)) as object), extra: 1 })
  for (const bytes of [spaced, more, new Uint8Array()]) {
    t.false(isReadable(countersigning(bytes), files(bytes)))
  }
})

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

function statementOf(order: Order): Uint8Array {
  return canonicalJson({
    ...{ type: 'sealbox.order', v: 1, box: 'b', signer: 'person:officer-1', at: moment },
    ...{ keyUse: 1, head: null, order, reason: '服务器失窃', expires },
  })
}

function countersigning(bytes: Uint8Array): SignRequest {
  const sha256 = sha256Hex(bytes)
  return checkSignRequest({
    ...{ ...base, act: 'countersign', path: `/api/v1/orders/${sha256}/acts/countersign` },
    files: [
      { as: 'order', name: 'order.json', sha256, href: `/api/v1/orders/${sha256}/statement` },
    ],
  })
}
