/** The request file: one spelling of a set of keys, whose hash both sides compute. */
import { createHash } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import { utf8 } from '../../../ca/path/index.ts'
import {
  maxRequestFileBytes,
  readRequestFile,
  requestedCertificates,
  requestId,
  writeRequestFile,
  type RequestedKey,
} from '../../../exchange/unit/index.ts'

const key = (profile: string, seat: string | null, octet: number): RequestedKey => ({
  profile,
  seat,
  publicKey: new Uint8Array([octet, octet]),
})
const unit = [
  key('unit-seal', null, 5),
  key('seat-signing', 'leader', 4),
  key('seat-client', 'leader', 3),
  key('seat-signing', 'clerk', 2),
  key('seat-client', 'clerk', 1),
]
const text = (keys: readonly RequestedKey[]): string =>
  new TextDecoder().decode(writeRequestFile(keys))

test('the file is canonical JSON in order of profile and seat, and its hash is the name', (t) => {
  t.is(
    text(unit.slice(-2)),
    '[{"profile":"seat-client","publicKey":"AQE=","seat":"clerk"},{"profile":"seat-signing","publicKey":"AgI=","seat":"clerk"}]',
  )
  const hash = createHash('sha256').update(writeRequestFile(unit)).digest('hex')
  t.is<string, string>(requestId(unit), hash)
  t.deepEqual(
    requestedCertificates(unit).map(({ profile, seat }) => `${profile} ${seat ?? '-'}`),
    [
      'seat-client clerk',
      'seat-client leader',
      'seat-signing clerk',
      'seat-signing leader',
      'unit-seal -',
    ],
  )
  t.is<string | undefined, string>(
    requestedCertificates(unit)[0]?.publicKey,
    createHash('sha256').update(Uint8Array.of(1, 1)).digest('hex'),
  )
})

test('the order in which keys are given does not matter, every key, profile and seat does', (t) => {
  fc.assert(
    fc.property(fc.shuffledSubarray(unit, { minLength: 5 }), (shuffled) => {
      t.is(requestId(shuffled), requestId(unit))
    }),
    { seed: 20261123, numRuns: 50 },
  )
  const [first, ...rest] = unit
  if (first === undefined) throw new TypeError('a key')
  const changed = [
    [...rest],
    [{ ...first, publicKey: Uint8Array.of(9, 9) }, ...rest],
    [{ ...first, profile: 'officer-client' }, ...rest],
    [{ ...first, seat: 'clerk' }, ...rest],
  ]
  const names = [unit, ...changed].map(requestId)
  t.is(new Set(names).size, names.length)
})

test('what was written is read again, and no other spelling of it', (t) => {
  t.deepEqual(readRequestFile(writeRequestFile(unit)), [...unit].reverse().toSorted(bySeat))
  const good = text(unit.slice(-2))
  const bad = [
    '',
    'null',
    '[]',
    '{}',
    ` ${good}`,
    `${good}\n`,
    `\ufeff${good}`,
    good.replace('AQE=', 'AQE'),
    good.replace('AQE=', 'AQF='),
    good.replace('"seat":"clerk"', '"seat":"clerk","more":1'),
    good.replace(',"seat":"clerk"', ''),
    good.replace('"seat":"clerk"', '"seat":1'),
    good.replace('"profile":"seat-client"', '"profile":""'),
    JSON.stringify((JSON.parse(good) as unknown[]).toReversed()),
    text(Array.from({ length: 21 }, (_, at) => key('seat-client', String(at), at))),
    `[${'"'.repeat(maxRequestFileBytes)}]`,
  ]
  for (const one of bad) {
    t.throws(() => readRequestFile(utf8(one)), { code: 'REQUEST_FILE_MALFORMED' }, one.slice(0, 80))
  }
  t.throws(() => readRequestFile(Uint8Array.of(0x5b, 0xff, 0x5d)), {
    code: 'REQUEST_FILE_MALFORMED',
  })
})

function bySeat(a: RequestedKey, b: RequestedKey): number {
  const place = ({ profile, seat }: RequestedKey): string => `${profile}/${seat ?? ''}`
  return place(a) < place(b) ? -1 : 1
}
