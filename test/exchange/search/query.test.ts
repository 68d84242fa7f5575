/** The query language by itself: what is read, and what is said of what cannot be read. */
import test from 'ava'
import fc from 'fast-check'
import { parseQuery } from '../../../exchange/search/query.ts'

const word = (text: string) => ({ kind: 'word', text })

const readable: [string, unknown][] = [
  ['森林', word('森林')],
  ['森林 防火', { kind: 'and', of: [word('森林'), word('防火')] }],
  ['a OR b', { kind: 'or', of: [word('a'), word('b')] }],
  ['a|b c', { kind: 'or', of: [word('a'), { kind: 'and', of: [word('b'), word('c')] }] }],
  ['-a', { kind: 'not', of: word('a') }],
  ['(a OR b) c', { kind: 'and', of: [{ kind: 'or', of: [word('a'), word('b')] }, word('c')] }],
  ['"春季 森林"', word('春季森林')],
  ['issuer:林业局', { kind: 'word', text: '林业局', field: 'issuer' }],
  ['发文机关："林业局"', { kind: 'word', text: '林业局', field: 'issuer' }],
  ['2010..2012-06', { kind: 'date', from: 20100000, to: 20120699 }],
  ['..2012-06-05', { kind: 'date', from: 1, to: 20120605 }],
  ['、 森林', word('森林')],
  ['covid-19', word('covid-19')],
]

for (const [typed, ast] of readable) {
  test(`${typed} is read`, (t) => {
    const parsed = parseQuery(typed)
    t.deepEqual(parsed.ok && parsed.ast, ast)
  })
}

const unreadable: [string, string, number][] = [
  ['', 'QUERY_EMPTY', 0],
  ['，。', 'QUERY_EMPTY', 0],
  ['"森林', 'QUERY_QUOTE_OPEN', 0],
  ['a (b', 'QUERY_PARENTHESIS_OPEN', 4],
  ['a b) ) c', 'QUERY_PARENTHESIS_UNEXPECTED', 5],
  ['a OR', 'QUERY_OPERATOR_MISPLACED', 2],
  ['OR a', 'QUERY_OPERATOR_MISPLACED', 0],
  ['a -', 'QUERY_OPERATOR_MISPLACED', 2],
  ['issuer:', 'QUERY_OPERATOR_MISPLACED', 0],
  ['2010-13..2011', 'QUERY_DATE_MALFORMED', 0],
  ['x'.repeat(401), 'QUERY_TOO_LONG', 400],
  ['a '.repeat(33), 'QUERY_TOO_MANY_TERMS', 64],
  [`${'('.repeat(9)}a${')'.repeat(9)}`, 'QUERY_TOO_DEEP', 8],
]

for (const [typed, problem, at] of unreadable) {
  test(`${typed.slice(0, 20)} is not read: ${problem}`, (t) => {
    t.deepEqual(parseQuery(typed), { ok: false, problem, at } as never)
  })
}

test('any string gets an answer and no exception', (t) => {
  const pieces = fc.constantFrom(
    '(',
    ')',
    '-',
    '"',
    '“',
    '”',
    ' OR ',
    ' ',
    '..',
    'issuer:',
    '文号：',
    '森林',
    '2010',
    '〔',
    '号',
    '\ud800',
  )
  const strings = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(strings, (typed) => typeof parseQuery(typed).ok === 'boolean'),
    { seed: 7, numRuns: process.env['SEALBOX_TEST_FULL'] === '1' ? 100_000 : 2000 },
  )
  t.pass()
})
