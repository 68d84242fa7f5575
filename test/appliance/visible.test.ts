/** What commands say: words of others give a terminal no orders and hide nothing. */
import test from 'ava'
import { visible } from '../../appliance/visible.ts'

const cases: readonly (readonly [string, string])[] = [
  ['关于植树的通知\n\t2 份', '关于植树的通知\n\t2 份'],
  ['a\u001b[2K\rb', 'a\\u001b[2K\\u000db'],
  ['\u009b1A', '\\u009b1A'],
  ['a\u202eb\u200b', 'a\\u202eb\\u200b'],
  ['a\u2028b\ud800', 'a\\u2028b\\ud800'],
  ['𠮷😀', '𠮷😀'],
]
for (const [given, shown] of cases) {
  test(`${JSON.stringify(given)} is said as ${JSON.stringify(shown)}`, (t) => {
    t.is(visible(given), shown)
  })
}

test('a line of JSON means the same', (t) => {
  const value = { name: 'a\u202e\u009b\u{e0001}b\n' }
  t.deepEqual(JSON.parse(visible(JSON.stringify(value))), value)
})
