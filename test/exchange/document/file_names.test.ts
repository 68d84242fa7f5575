/** Names in a zip: kept as they are where any system takes them, never out of their folder, never twice. */
import test from 'ava'
import fc from 'fast-check'
import { createUniquePaths, safeName } from '../../../exchange/document/file_names.ts'

const cases: [string, string][] = [
  ['附表.xlsx', '附表.xlsx'],
  ['青政办发〔2026〕1号 关于植树的通知.pdf', '青政办发〔2026〕1号 关于植树的通知.pdf'],
  ['a/b\\c.txt', 'a_b_c.txt'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['.profile', 'profile'],
  ['a: b?.doc', 'a_ b_.doc'],
  ['$(touch x) `id`.pdf', '_(touch x) _id_.pdf'],
  ['--trust x.pdf', 'trust x.pdf'],
  ['con.txt', '_con.txt'],
  ['COM1', '_COM1'],
  ['console.txt', 'console.txt'],
  ['end. ', 'end'],
  ['...', 'fallback'],
  ['', 'fallback'],
  ['a\u202eb.txt', 'a_b.txt'],
  [`${'长'.repeat(100)}.pdf`, `${'长'.repeat(70)}.pdf`],
]
for (const [given, expected] of cases) {
  test(`${JSON.stringify(given.slice(0, 30))} becomes ${JSON.stringify(expected.slice(0, 30))}`, (t) => {
    t.is(safeName(given, 'fallback'), expected)
  })
}

test('any text makes a name that every system takes', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
      const name = safeName(given, 'fallback')
      t.notRegex(name, /[/\\:*?"<>|$`\p{Cc}\p{Cf}]|^[\s.-]|[\s.]$|^$/u)
      t.true(Buffer.byteLength(name) <= 240 + 60, name)
    }),
    { seed: 1 },
  )
})

test('the same path twice, also in other letters, is told apart before its extension', (t) => {
  const unique = createUniquePaths()
  t.deepEqual(['a/x.txt', 'a/X.TXT', 'a/x.txt', 'b/x.txt', 'x'].map(unique), [
    'a/x.txt',
    'a/X (2).TXT',
    'a/x (3).txt',
    'b/x.txt',
    'x',
  ])
})
