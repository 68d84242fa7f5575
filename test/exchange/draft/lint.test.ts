import { readFileSync } from 'node:fs'
import test from 'ava'
import { isClassifiedMark } from '../../../exchange/draft/classified.ts'
import { draftRules } from '../../../exchange/draft/findings.ts'
import { checkDraft, isAcceptable } from '../../../exchange/draft/lint.ts'
import { codesOf, exampleJson, exampleNames } from './examples.ts'

test('every example file is accepted or refused as its name says', (t) => {
  t.true(exampleNames.length >= 12)
  for (const name of exampleNames) {
    const { findings } = checkDraft(exampleJson(name))
    t.is(isAcceptable(findings), !name.includes('refused'), name)
  }
})

test('the format page lists every finding with its severity and clause', (t) => {
  const page = readFileSync(new URL('../../../docs/formats/draft.md', import.meta.url), 'utf8')
  const rows = page.split('\n').map((row) => row.split('|').map((cell) => cell.trim()))
  for (const [code, { severity, en, clause }] of Object.entries(draftRules)) {
    t.true(
      rows.some((row) => row.join('|') === `|\`${code}\`|${severity}|${en}|${clause}|`),
      code,
    )
  }
})

test('the plain examples have no finding but warnings that they earn', (t) => {
  t.deepEqual(codesOf({}, 'draft-request.json'), [])
  t.deepEqual(codesOf({}, 'draft-joint-notice.json'), [])
  t.deepEqual(codesOf({}), ['CLASSIFIED_WORDS'])
})

const paragraph = (text: string) => [{ type: 'paragraph', text }]
const notice = exampleJson('draft-notice.json')
const [organ] = notice['mainRecipients'] as { name: string }[]
const [issuer] = notice['issuers'] as { name: string; agencyCode: string }[]

/** What is changed in which example, and the code that must appear; without the change it does not. */
const cases: [change: Record<string, unknown>, code: string, base?: string][] = [
  [{ classification: '' }, 'CLASSIFIED_MARK'],
  [{ classification: null }, 'CLASSIFIED_MARK'],
  [{ title: '秘密★5年' }, 'CLASSIFIED_MARK'],
  [{ note: '机密★' }, 'CLASSIFIED_MARK'],
  [{ body: paragraph('绝 密 ★ 长期') }, 'CLASSIFIED_MARK'],
  [{ body: paragraph('请保守国家秘密。') }, 'CLASSIFIED_WORDS', 'draft-request.json'],
  [{ direction: 'up' }, 'KIND_DIRECTION'],
  [{ kind: '公告' }, 'KIND_DIRECTION'],
  [{ mainRecipients: [] }, 'UPWARD_ONE_MAIN_RECIPIENT', 'draft-request.json'],
  [{ signatory: undefined }, 'UPWARD_SIGNATORY_MISSING', 'draft-request.json'],
  [{ mainRecipients: [{ name: '赵区长' }] }, 'RECIPIENT_IS_PERSON', 'draft-request.json'],
  [{ kind: '报告' }, 'REPORT_ASKS', 'draft-request.json'],
  [{ body: paragraph('情况如下。') }, 'REQUEST_ASKS_NOTHING', 'draft-request.json'],
  [{ note: undefined }, 'REQUEST_CONTACT_MISSING', 'draft-request.json'],
  [{ mainRecipients: [] }, 'MAIN_RECIPIENT_MISSING', 'draft-reply-letter.json'],
  [{ mainRecipients: [organ] }, 'PUBLIC_WITH_MAIN_RECIPIENT', 'draft-public-notice.json'],
  [{ copies: [organ] }, 'RECIPIENT_TWICE'],
  [{ copies: [{ name: issuer?.name }] }, 'ISSUER_IS_RECIPIENT'],
  [{ issuers: [issuer, issuer] }, 'ISSUER_TWICE'],
  [
    { number: { series: '示财', year: 2026, number: 1 } },
    'NUMBER_NOT_OF_LEAD',
    'draft-joint-notice.json',
  ],
  [{ number: { series: '示水利', year: 2026, number: 1 } }, 'NUMBER_OTHER_SERIES'],
  [{ number: { series: '示政办', year: 2025, number: 1 } }, 'NUMBER_OTHER_YEAR'],
  [{ title: '关于无纸化交换' }, 'TITLE_WITHOUT_KIND'],
  [{ kind: '批复' }, 'REPLY_WITHOUT_REQUEST', 'draft-joint-notice.json'],
  [{ body: paragraph('清单见附件。') }, 'ATTACHMENT_NOT_LISTED'],
  [{ body: [{ type: 'heading', level: 2, text: '（一）范围' }] }, 'HEADING_LEVEL_SKIPPED'],
]

for (const [change, code, base] of cases) {
  test(`${code} is found where it is so, and not before: ${JSON.stringify(change).slice(0, 60)}`, (t) => {
    t.false(codesOf({}, base).includes(code))
    t.true(codesOf(change, base).includes(code))
  })
}

test('two attachments of one file name are refused', (t) => {
  const base = exampleJson('draft-table-attachments.json')
  const [first] = base['attachments'] as unknown[]
  t.true(
    codesOf({ attachments: [first, first] }, 'draft-table-attachments.json').includes(
      'ATTACHMENT_TWICE',
    ),
  )
})

test('a mark is a line of its own; the same words in a sentence are none', (t) => {
  for (const line of [
    '秘密★5年',
    '机密★10年',
    '绝密',
    '  机 密 ★ ',
    '密级：秘密',
    '【机密★长期】',
    '秘密☆3年',
    '秘密 10 年',
    '机密★6个月',
  ]) {
    t.true(isClassifiedMark(line), line)
  }
  for (const line of [
    '',
    '秘密级以上的事项',
    '国家秘密',
    '机密文件管理办法',
    '保守秘密',
    '商业秘密',
    '绝密级国家秘密载体',
    '第三章 保密',
  ]) {
    t.false(isClassifiedMark(line), line)
  }
})
