/** What reaches the questions of a console from its keyboard. */
import test from 'ava'
import fc from 'fast-check'
import { createKeyFilter, maxLineBytes } from '../../../appliance/console/keys.ts'

const through = (typed: string): string =>
  Buffer.from(createKeyFilter()(Buffer.from(typed, 'utf8'))).toString('utf8')

const cases: readonly (readonly [title: string, typed: string, letThrough: string])[] = [
  ['letters, Chinese ones too, and Enter', '示范 a1\r', '示范 a1\r'],
  [
    'Backspace in both forms, and clearing',
    'ab\u007f\u0008\u0015\u0017',
    'ab\u007f\u0008\u0015\u0017',
  ],
  ['Control-C, -D, -Z, -\\ and -L, dropped', '\u0003\u0004\u001a\u001c\u000ca', 'a'],
  ['arrows and function keys, dropped whole', '\u001b[A\u001b[1;5C\u001bOP\u001b[24~b', 'b'],
  ['an escape alone with the letter after it, dropped', '\u001bxy', 'y'],
  ['a pasted bracket, its marks dropped', '\u001b[200~c\u001b[201~', 'c'],
  ['zeros of a line break, dropped', '\u0000\u0000d', 'd'],
]

for (const [title, typed, letThrough] of cases) {
  test(`the console takes ${title}`, (t) => {
    t.is(through(typed), letThrough)
  })
}

test('a noisy line cannot fill the memory: a line ends at its bound, and the next one begins anew', (t) => {
  t.is(through(`${'x'.repeat(5000)}\ry`), `${'x'.repeat(maxLineBytes)}\ry`)
})

test('however it is cut into pieces, what is let through is the same, and holds no control but those four and Enter', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (typed, cut) => {
      const filter = createKeyFilter()
      const pieces = [filter(typed.slice(0, cut)), filter(typed.slice(cut))]
      const whole = createKeyFilter()(typed)
      t.deepEqual(Buffer.concat(pieces), Buffer.from(whole))
      t.true(whole.every((byte) => byte >= 0x20 || [0x0a, 0x0d, 0x08, 0x15, 0x17].includes(byte)))
    }),
    { seed: 20261123, numRuns: 300 },
  )
})
