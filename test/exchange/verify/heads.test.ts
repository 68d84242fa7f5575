/** Numbers that dispatches among the evidence name: only a unit speaks for its own register, and only with numbers that a register has. */
import test from 'ava'
import { canonicalJson } from '../../../ca/index.ts'
import { compareHeads, type GivenFile } from '../../../exchange/verify/index.ts'
import { createDistrict } from './openssl_district.ts'
import { addOfficers, signOrder } from './stating.ts'

const district = createDistrict()
test.before(() => {
  addOfficers(district)
  district.issue('unit-clerk', 'seat', `clerk/organizationIdentifier=${unit}`)
})
test.after.always(() => {
  district.remove()
})
const unit = '11330100MB1234567X'
const usual = { series: '示办发', year: 2026, number: 7 }

/** A dispatch with its signature beside it. */
async function dispatch(by: string, number: typeof usual): Promise<GivenFile[]> {
  const bytes = canonicalJson({
    ...{ type: 'sealbox.dispatch', v: 1, box: 'sealbox-test', signer: 'x', keyUse: 1 },
    ...{ at: new Date().toISOString(), document: 'a'.repeat(26), documentHash: 'ab'.repeat(32) },
    head: { size: 4, root: Buffer.alloc(32).toString('base64') },
    ...{ unit, number, main: [unit], copies: [], deadline: null },
  })
  const name = `${by}.dispatch.json`
  const signature = await signOrder(district, bytes, { by, tsa: 'tsa2' })
  return [
    { name, bytes },
    { name: `${name}.p7s`, bytes: signature },
  ]
}

async function compared(files: readonly GivenFile[]) {
  const at = new Date(Date.now() + 86_400_000)
  return compareHeads(files, [], { trust: [district.root], at, box: 'sealbox-test' })
}

test('a unit’s own dispatch gives the number that it drew', async (t) => {
  const { report, known } = await compared(await dispatch('unit-clerk', usual))
  t.is(report.heads?.heads, 1)
  t.deepEqual(known.numbers, [{ unit, ...usual }])
  t.false(report.findings.some(({ code }) => code === 'NUMBER_NOT_USED'))
})

const refused: readonly (readonly [string, string, typeof usual])[] = [
  ['that an officer signed for the unit', 'officer-1', usual],
  ['with a number that no register has', 'unit-clerk', { ...usual, number: 100_000 }],
  ['with a series of 101 letters', 'unit-clerk', { ...usual, series: 'x'.repeat(101) }],
]
for (const [what, by, number] of refused) {
  test(`a dispatch ${what} gives no number, and is named`, async (t) => {
    const { report, known } = await compared(await dispatch(by, number))
    t.is(report.heads?.heads, 1)
    t.deepEqual(known.numbers, [])
    const found = report.findings.find(({ code }) => code === 'NUMBER_NOT_USED')
    t.regex(found?.message ?? '', new RegExp(`${by}.dispatch.json`))
  })
}
