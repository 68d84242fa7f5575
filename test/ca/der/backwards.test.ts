/** What is written from its end is the same as what is written from its beginning. */
import test from 'ava'
import fc from 'fast-check'
import { writeBackwards } from '../../../ca/der/backwards.ts'
import * as der from '../../../ca/der/write.ts'

test('an element around others is the same, whichever end it is written from, 300 of them, seed 20261125', (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 70_000 }),
      fc.uint8Array({ maxLength: 300 }),
      (inside, beside) => {
        const out = writeBackwards(inside.length + beside.length + 20)
        out.put(beside)
        out.wrap(0x04, 0)
        const end = out.length
        out.put(inside)
        out.wrap(0x04, end)
        out.wrap(0x30, 0)
        const wanted = der.sequence(der.octetString(inside), der.octetString(beside))
        return Buffer.compare(out.bytes(), wanted) === 0
      },
    ),
    { numRuns: 300, seed: 20_261_125 },
  )
  t.pass()
})

test('what has no room is refused, and nothing is written beyond the beginning', (t) => {
  t.throws(
    () => {
      writeBackwards(2).put(new Uint8Array(3))
    },
    { instanceOf: RangeError },
  )
  const full = writeBackwards(1)
  full.put(new Uint8Array(1))
  t.throws(
    () => {
      full.wrap(0x04, 0)
    },
    { instanceOf: RangeError },
  )
})
