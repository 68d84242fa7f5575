/** What stands behind the pages, asked of a whole box as each seat: it gets its own, and of another unit's document nothing. */
import test from 'ava'
import type { DocumentView, Principal } from '../../exchange/index.ts'
import { openTestBox, type TestBox, type TestUnit } from './box_fixture.ts'
import { dispatched, drafted } from './trip.ts'

let box: TestBox
/** From the first unit to the second; the third has nothing to do with it. */
let sent: DocumentView
let inMaking: DocumentView

test.before(async () => {
  box = await openTestBox()
  const [one, two] = box.units
  sent = await dispatched({ issuers: [one], main: [two] })
  inMaking = await drafted({ issuers: [one], main: [two] })
})
test.after.always(() => box.close())

async function seat(of: TestUnit, name: 'clerk' | 'leader' = 'clerk'): Promise<Principal> {
  const holder = `seat:${of.unit.uscc}/${name}`
  const principal = await box.parts.directory.principal(holder, of.keys[name].name)
  if (principal === undefined) throw new TypeError('no such seat')
  return principal
}

test.serial(
  'issuer and recipient see the verdict of what was sealed; a stranger nothing',
  async (t) => {
    const { reading } = box.parts
    const [one, two, three] = box.units
    for (const side of [one, two]) {
      const report = await reading.verdict(await seat(side), sent.id)
      t.is(report?.verdict, 'TOTAL-PASSED')
      t.is(report?.signatures[0]?.level, 'B-LTA')
    }
    t.is(await reading.verdict(await seat(one), inMaking.id), undefined)
    for (const id of [sent.id, inMaking.id, 'a'.repeat(26)]) {
      await t.throwsAsync(reading.verdict(await seat(three), id), { code: 'NOT_FOUND' })
    }
  },
)
