/** Who has signed for a document, and who vouches for a time: counted and weighed without any file. */
import test from 'ava'
import type { Sha256 } from '../../../ca/path/index.ts'
import { bundleLines } from '../../../exchange/verify/bundle/bundle_text.ts'
import { answerObjections, completenessOf } from '../../../exchange/verify/statement/receipts.ts'
import type { Report } from '../../../exchange/verify/index.ts'
import { attestationOf, type Witness } from '../../../exchange/verify/statement/witness.ts'

const hash = 'ab'.repeat(32) as Sha256
const unit = (at: number): string => `11999901PDY9${String(at).padStart(6, '0')}`
const units = Array.from({ length: 91 }, (_, at) => unit(at + 1))
const issuer = unit(0)
const common = { v: 1, box: 'b', signer: 's', at: '2026-11-25T00:00:00.000Z', keyUse: 1 } as const
const about = { ...common, head: null, document: 'a'.repeat(26), documentHash: hash }
const statement = {
  ...({ ...about, type: 'sealbox.dispatch', unit: issuer, deadline: null } as const),
  number: { series: '青政发', year: 2026, number: 1 },
  main: units.slice(0, 60),
  copies: units.slice(60),
}
const dispatch = { hash, statement }

test('87 of 91 signed for, one returned it, and the missing are named in the order of the dispatch', (t) => {
  const signedFor = new Set(units.filter((_, at) => ![3, 40, 70, 90].includes(at)))
  const count = completenessOf(dispatch, { signedFor, returned: new Set([units[40] ?? '']) })
  t.deepEqual(count, {
    recipients: 91,
    signedFor: 87,
    returned: [units[40]],
    missing: [units[3], units[70], units[90]],
  })
  const bundle = {
    completeness: { ...count, proven: true },
    units: { [units[3] ?? '']: '青禾区财政局' },
  }
  const report = { bundle } as unknown as Report
  t.regex(
    bundleLines(report, 'zh').join('\n'),
    /91 个收文单位中 87 个已签收；退文 1 个.*缺 3 个：青禾区财政局/,
  )
  t.regex(
    bundleLines(report, 'en').join('\n'),
    /87 of 91 signed for; returned by .*; missing: 青禾区财政局, /,
  )
})

test('issuers are never counted, nor a recipient twice, nor who is none', (t) => {
  const own = { ...statement, copies: [...statement.copies, issuer, units[0] ?? ''] }
  const signedFor = new Set([issuer, units[0] ?? '', '11999901PDY9999999'])
  const count = completenessOf({ hash, statement: own }, { signedFor, returned: new Set() })
  t.like(count, { recipients: 91, signedFor: 1 })
})

test('an answer to another dispatch, of another document, or by no recipient is objected to', (t) => {
  const receipt = {
    ...about,
    type: 'sealbox.receipt',
    unit: units[0] ?? '',
    dispatch: hash,
    count: 1,
  } as const
  t.deepEqual(answerObjections(receipt, dispatch), [])
  const other = 'cd'.repeat(32) as Sha256
  t.deepEqual(answerObjections({ ...receipt, dispatch: other }, dispatch), [
    'RECEIPT_OTHER_DISPATCH',
  ])
  t.deepEqual(answerObjections({ ...receipt, documentHash: other }, dispatch), [
    'RECEIPT_OTHER_DOCUMENT',
  ])
  t.deepEqual(answerObjections({ ...receipt, unit: issuer }, dispatch), ['RECEIPT_NOT_RECIPIENT'])
})

const seen = (by: string, size: number, more: Partial<Witness> = {}): Witness => ({
  signer: `seat:${by}/clerk`,
  unit: by,
  at: `2026-11-25T00:00:${String(size)}.000Z`,
  head: { size, root: `root ${String(size)}` },
  index: undefined,
  ...more,
})
const act = { index: 20, signer: 'seat:A/clerk', unit: 'A', head: { size: 15, root: 'root 15' } }

test('a head of another unit that covers the entry makes a time witnessed, the first one counts', (t) => {
  const time = attestationOf(act, [seen('C', 40), seen('B', 30), seen('B', 20)])
  t.like(time, { attestation: 'WITNESSED', by: 'seat:B/clerk' })
  t.is(time.notAfter?.size, 30)
  t.deepEqual(time.notBefore, act.head)
})

test('a head of the same unit, or one that ends before the entry, witnesses nothing', (t) => {
  for (const witness of [
    seen('A', 30),
    seen('A', 30, { signer: 'seat:A/leader' }),
    seen('B', 20),
  ]) {
    t.is(attestationOf(act, [witness]).attestation, 'BOX-ATTESTED')
  }
})

test('the head that it came after has the time of the last statement of others below it', (t) => {
  const early = seen('B', 10, { index: 12 })
  const late = seen('C', 11, { index: 14 })
  const later = seen('C', 12, { index: 15 })
  t.like(attestationOf(act, [early, late, later]).notBefore, {
    size: 15,
    by: 'seat:C/clerk',
    time: late.at,
  })
})
