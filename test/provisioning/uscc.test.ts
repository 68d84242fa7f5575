/** Credit codes: GB 32100-2015, held against a published example and against every single typing error. */
import test from 'ava'
import {
  isUscc,
  makeUscc,
  modelDistrict,
  usccAlphabet,
  usccFault,
} from '../../provisioning/roster/index.ts'

test('a published example has the check character that the standard gives', (t) => {
  t.true(isUscc('91350100M000100Y43'))
})

test('what is made is well formed, in the range kept for private use', (t) => {
  const code = makeUscc({ prefix: '11', division: '530902', organisation: 'PDY00001' })
  t.is(code, '11530902PDY00001XR')
  t.is(usccFault(code), undefined)
})

test('parts that give no code are refused', (t) => {
  t.throws(() => makeUscc({ prefix: '11', division: '530902', organisation: 'PDY0001' }), {
    instanceOf: RangeError,
  })
  t.throws(() => makeUscc({ prefix: '11', division: '53090O', organisation: 'PDY00001' }), {
    instanceOf: RangeError,
  })
})

const broken = [
  { what: 'one character short', text: '11530902PDY00001X', fault: 'length' },
  { what: 'one character long', text: '11530902PDY00001XRR', fault: 'length' },
  { what: 'empty', text: '', fault: 'length' },
  { what: 'the letter O', text: '11530902PDYO0001XR', fault: 'character' },
  { what: 'a small letter', text: '11530902pDY00001XR', fault: 'character' },
  { what: 'a full-width digit', text: '１1530902PDY00001XR', fault: 'character' },
  { what: 'a letter in the division', text: '1153090APDY00001XR', fault: 'character' },
  { what: 'another check character', text: '11530902PDY00001XT', fault: 'check' },
] as const

for (const { what, text, fault } of broken) {
  test(`a code is refused for its ${fault}: ${what}`, (t) => {
    t.is(usccFault(text), fault)
  })
}

test('any one character typed wrong is found', (t) => {
  const code = '11530902PDY00001XR'
  for (let at = 0; at < code.length; at++) {
    for (const wrong of usccAlphabet) {
      if (wrong === code[at]) continue
      t.false(isUscc(code.slice(0, at) + wrong + code.slice(at + 1)))
    }
  }
})

test('the model district has twelve units whose codes, names and 代字 differ', (t) => {
  t.is(modelDistrict.length, 12)
  t.true(modelDistrict.every((unit) => isUscc(unit.uscc)))
  for (const key of ['uscc', 'unitCode', 'name', 'shortName', 'agencyCode'] as const) {
    t.is(new Set(modelDistrict.map((unit) => unit[key])).size, 12)
  }
})
