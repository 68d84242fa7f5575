import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import test from 'ava'
import { approvedForm, canonicalDraft, draftHash } from '../../../exchange/draft/canonical.ts'
import { dayIn, paintDate, parseDate } from '../../../exchange/draft/date.ts'
import { paintNumber, parseDocumentNumber } from '../../../exchange/draft/number.ts'
import { draftLimits, draftSchema } from '../../../exchange/draft/schema.ts'
import { example, exampleJson } from './examples.ts'

const notice = exampleJson('draft-notice.json')
const attachment = { name: '清单', fileName: '清单.xlsx', bytes: 1, sha256: 'a'.repeat(64) }

test('the examples fit the schema', (t) => {
  t.true(draftSchema.safeParse(notice).success)
  t.true(draftSchema.safeParse({ ...notice, attachments: [attachment] }).success)
})

const misfits: [string, Record<string, unknown>][] = [
  ['an unknown field', { colour: 'red' }],
  ['an unknown kind', { kind: '指示' }],
  ['no issuer', { issuers: [] }],
  ['an agency code with a digit', { issuers: [{ name: '局', agencyCode: '示1' }] }],
  [
    'a credit code with the letter O',
    { issuers: [{ name: '局', agencyCode: '示', unit: 'O1530902PDY00001XR' }] },
  ],
  ['a blank title', { title: '　 ' }],
  ['a title over the limit', { title: '通'.repeat(draftLimits.title + 1) }],
  ['a line break in a paragraph', { body: [{ type: 'paragraph', text: '上\n下' }] }],
  ['a right-to-left override', { title: '关于\u202E通知' }],
  ['a zero-width space', { title: '关于\u200B通知' }],
  ['a lone surrogate', { title: '关于\uD800通知' }],
  ['an empty body', { body: [] }],
  ['a heading of level 5', { body: [{ type: 'heading', level: 5, text: '一' }] }],
  ['a ragged table', { body: [{ type: 'table', rows: [['a'], ['b', 'c']] }] }],
  [
    'too much text',
    { body: Array.from({ length: 12 }, () => ({ type: 'paragraph', text: '字'.repeat(20_000) })) },
  ],
  ['an attachment of no bytes', { attachments: [{ ...attachment, bytes: 0 }] }],
  [
    'an attachment outside its folder',
    { attachments: [{ ...attachment, fileName: '../清单.xlsx' }] },
  ],
  ['a hash in capitals', { attachments: [{ ...attachment, sha256: 'A'.repeat(64) }] }],
  ['a day that does not exist', { date: '2026-02-30' }],
  ['number 0', { number: { series: '示', year: 2026, number: 0 } }],
  ['an urgency of telegrams', { urgency: '平急' }],
]

for (const [what, change] of misfits) {
  test(`the schema refuses ${what}`, (t) => {
    t.false(draftSchema.safeParse({ ...notice, ...change }).success)
  })
}

test('the approved form leaves out number and date, and nothing else', (t) => {
  const draft = example('notice')
  const { number, date, ...rest } = draft
  t.truthy(number)
  t.truthy(date)
  t.deepEqual(approvedForm(draft), rest)
  t.is(
    draftHash(draft),
    draftHash({ ...draft, date: '2027-01-01', number: { series: '示', year: 2027, number: 9 } }),
  )
  t.not(draftHash(draft), draftHash({ ...draft, title: `${draft.title}。` }))
})

test('the canonical bytes do not depend on the order of fields or the form of Unicode', (t) => {
  const turned = Object.fromEntries(Object.entries(notice).reverse())
  const decomposed = { ...notice, printedBy: 'Cafe\u0301' }
  const composed = { ...notice, printedBy: 'Caf\u00E9' }
  t.is(draftHash(draftSchema.parse(turned)), draftHash(example('notice')))
  t.is(draftHash(draftSchema.parse(decomposed)), draftHash(draftSchema.parse(composed)))
  const bytes = canonicalDraft(example('notice'))
  t.is(createHash('sha256').update(bytes).digest('hex'), draftHash(example('notice')))
})

test('the documented hash is the one that is made', (t) => {
  const page = readFileSync(new URL('../../../docs/formats/draft.md', import.meta.url), 'utf8')
  t.true(page.includes(draftHash(example('notice'))))
})

test('a document number is read however it is typed', (t) => {
  const number = { series: '国办发', year: 2018, number: 115 }
  for (const typed of [
    '国办发〔2018〕115号',
    '国办发[2018]115号',
    '国办发（2018）115号',
    '国办发【2018】第0115号',
    '国办发 2018 115号',
    '国办发2018115',
    '国办发〔２０１８〕１１５号',
    ' 国办发 〔 2018 〕 115 ',
    '国办发﹝2018﹞115号',
    '国办发〔2018年〕115号',
  ]) {
    t.deepEqual(parseDocumentNumber(typed), number, typed)
  }
  t.is(paintNumber(number), '国办发〔2018〕115号')
  t.is(paintNumber({ series: '示办', year: 2026 }), '示办〔2026〕\u3000号')
  for (const none of [
    '',
    '115号',
    '国办发',
    '国办发〔18〕115号',
    '国办发〔2018〕0号',
    '国办发〔2018〕115号文',
    'GB〔2018〕1号',
  ]) {
    t.is(parseDocumentNumber(none), undefined, none)
  }
})

test('dates are painted without leading zeros and read in both numerals', (t) => {
  t.is(paintDate('2026-01-05'), '2026年1月5日')
  for (const [text, day] of [
    ['2026年1月5日', '2026-01-05'],
    ['2026-1-05', '2026-01-05'],
    ['二○一○年八月二日', '2010-08-02'],
    ['二〇〇六年五月二十三日', '2006-05-23'],
    ['二零二六年十二月三十一日', '2026-12-31'],
    ['２０１８年１２月４日', '2018-12-04'],
  ]) {
    t.is(parseDate(text ?? ''), day)
  }
  for (const none of ['', '2026年2月30日', '2026年13月1日', '昨日', '二〇年一月一日'])
    t.is(parseDate(none), undefined)
  t.is(dayIn(new Date('2026-01-04T16:30:00Z')), '2026-01-05')
  t.is(dayIn(new Date('2026-01-04T16:30:00Z'), 'UTC'), '2026-01-04')
})
