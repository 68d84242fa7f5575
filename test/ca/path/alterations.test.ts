/** No altered octet of a path or a list leaves it valid, and no bytes whatever make validation throw. */
import test from 'ava'
import fc from 'fast-check'
import { nodeCrypto } from '../../../ca/index.ts'
import { validatePath } from '../../../ca/path/index.ts'
import {
  altNames,
  at,
  authority,
  constraints,
  crl,
  crlIssuer,
  crlNumber,
  entry,
  fullName,
  general,
  leaf,
  points,
  policies,
  purposes,
  reason,
  root,
} from './forge.ts'
import * as der from '../../../ca/der/write.ts'
import { hasPkits, pkitsCases, pkitsQuestion } from './pkits_cases.ts'

const { verifySignature } = nodeCrypto
const question = {
  target: leaf(
    'ca',
    altNames([general.dns('a.example.org')]),
    policies('2.999.1'),
    purposes('2.999.2'),
  ),
  intermediates: [
    authority('ca', 'root', {
      extensions: [policies('2.999.1'), constraints({ permitted: [general.dns('example.org')] })],
    }),
  ],
  anchors: [root('root')],
  crls: [
    crl({ issuer: 'root', extensions: [crlNumber(1)] }),
    crl({ issuer: 'ca', entries: [entry(9, reason(1))], extensions: [crlNumber(1)] }),
  ],
  at,
  verifySignature,
}

/** The bytes with one octet changed. */
const altered = (bytes: Uint8Array, place: number, by: number): Uint8Array =>
  Uint8Array.from(bytes, (octet, index) => (index === place ? octet ^ by : octet))

test('no single octet of target, authority or lists can be altered', async (t) => {
  t.true((await validatePath(question)).valid)
  const { target, intermediates, crls } = question
  const alterations = (pieces: readonly Uint8Array[]) =>
    pieces.flatMap((piece, which) =>
      Array.from({ length: piece.length }, (_, place) =>
        pieces.map((other, index) =>
          index === which ? altered(other, place, 1 << (place % 8)) : other,
        ),
      ),
    )
  const asked = [
    ...alterations([target]).map((pieces) => ({ ...question, target: pieces[0] ?? target })),
    ...alterations(intermediates).map((pieces) => ({ ...question, intermediates: pieces })),
    ...alterations(crls).map((pieces) => ({ ...question, crls: pieces })),
  ]
  for (const changed of asked) {
    const report = await validatePath(changed)
    if (report.valid) t.fail('an altered octet was accepted')
  }
  t.log(`${String(asked.length)} alterations`)
  t.pass()
})

const deep = Array.from({ length: 200 }).reduce<Uint8Array>(
  (inner) => der.sequence(inner),
  new Uint8Array(),
)
const wellFormed = [
  question.target,
  ...question.intermediates,
  ...question.crls,
  deep,
  points(der.sequence(fullName(general.uri('http://h')), crlIssuer('x'))),
]
/** Bytes of no sense, of some sense, and cut off. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(
      fc.constantFrom(...wellFormed),
      fc.array(fc.tuple(fc.nat(1000), fc.nat(255)), { maxLength: 4 }),
      fc.nat(1000),
    )
    .map(([piece, changes, cut]) =>
      changes
        .reduce((changed, [place, by]) => altered(changed, place % changed.length, by), piece)
        .subarray(0, cut > 500 ? piece.length : cut),
    ),
)

test('whatever bytes are given, there is a report, and it is not valid (seed 7, 500 questions)', async (t) => {
  const lists = fc.array(bytes, { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(bytes, lists, lists, async (target, intermediates, crls) => {
      const report = await validatePath({
        target,
        intermediates,
        anchors: [...intermediates, question.anchors[0] ?? target],
        crls,
        at,
        verifySignature,
      })
      t.is(report.valid, report.findings.length === 0)
    }),
    { seed: 7, numRuns: 500 },
  )
})

/** Cases that hold without one of their pieces: 4.4.7 brings a second list of no use, the others a delta that says nothing new. */
const spare = ['4.15.2', '4.15.7', '4.15.8', '4.4.7']

const withPkits = hasPkits ? test : test.skip
withPkits(
  'no valid path of PKITS holds without one of its certificates or lists, but for four',
  async (t) => {
    const held = new Set<string>()
    for (const item of pkitsCases().filter(({ expected }) => expected === 'valid')) {
      const asked = { ...pkitsQuestion(item), verifySignature }
      const without = (pieces: readonly Uint8Array[]) =>
        pieces.map((_, left) => pieces.filter((__, index) => index !== left))
      for (const changed of [
        ...without(asked.intermediates).map((intermediates) => ({ ...asked, intermediates })),
        ...without(asked.crls).map((crls) => ({ ...asked, crls })),
      ]) {
        if ((await validatePath(changed)).valid) held.add(item.test)
      }
    }
    t.deepEqual([...held].toSorted(), spare)
  },
)
