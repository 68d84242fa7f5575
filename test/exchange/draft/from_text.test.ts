import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import test from 'ava'
import { ExchangeError } from '../../../exchange/errors.ts'
import {
  bodyOf,
  draftFromText,
  type OfficialText,
  readAddressees,
} from '../../../exchange/draft/from_text.ts'
import { lintDraft } from '../../../exchange/draft/lint.ts'

const source: OfficialText = {
  title: '某市人民政府办公室关于开展水利设施检查的通知',
  docno: '某政办发〔2019〕7号',
  text: [
    '某市人民政府办公室关于开展',
    '水利设施检查的通知',
    '某政办发〔2019〕7号',
    '各县、区人民政府，市直各部门：',
    '为做好汛前准备，现将有关事项通知如下：',
    '一、检查范围',
    '（一）水库和堤防',
    '（二）检查以县、区自查为主，市级抽查为辅。',
    '1. 自查',
    '\u3000\u3000保密\u200B事项\uE5F9另行通知。',
    '附件：检查表',
    '某市人民政府办公室',
    '二〇一九年三月五日',
    '（此件公开发布）',
  ].join('\n'),
}
const frame = {
  issuers: [{ name: '示范区水务局', agencyCode: '示水' }],
  mainRecipients: [{ name: '示范区教育局' }],
}

test('head and foot of a text are dropped, headings told by their form', (t) => {
  t.deepEqual(bodyOf(source), [
    { type: 'paragraph', text: '为做好汛前准备，现将有关事项通知如下：' },
    { type: 'heading', level: 1, text: '一、检查范围' },
    { type: 'heading', level: 2, text: '（一）水库和堤防' },
    { type: 'paragraph', text: '（二）检查以县、区自查为主，市级抽查为辅。' },
    { type: 'heading', level: 3, text: '1. 自查' },
    { type: 'paragraph', text: '保密事项〓另行通知。' },
  ])
})

test('a unit forwards the text by a notice that the lint has nothing against', (t) => {
  const draft = draftFromText({ source, ...frame })
  t.is(draft.title, '示范区水务局关于转发《某市人民政府办公室关于开展水利设施检查的通知》的通知')
  t.deepEqual(lintDraft(draft), [])
})

test('a text with a classified mark is refused', (t) => {
  const marked = { ...source, text: `秘密★5年\n${source.text}` }
  const error = t.throws(() => draftFromText({ source: marked, ...frame }), {
    instanceOf: ExchangeError,
  })
  t.is(error.code, 'DRAFT_REFUSED')
})

test('addressees are names of organs before a colon, not a sentence', (t) => {
  t.deepEqual(readAddressees('各县、区人民政府，市直各部门：'), [
    '各县',
    '区人民政府',
    '市直各部门',
  ])
  for (const line of [
    '现将有关事项通知如下：',
    '主任：',
    '一、检查范围',
    '为了做好工作，特通知：',
  ]) {
    t.is(readAddressees(line), undefined, line)
  }
})

test('real texts become drafts that may be sent (200 of the shared corpus, all in the full count)', (t) => {
  const file = new URL('../../../../shared/data/corpus/shared-1.jsonl.gz', import.meta.url)
  if (!existsSync(file)) {
    t.log('no shared corpus here: skipped')
    t.pass()
    return
  }
  const texts = gunzipSync(readFileSync(file))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as OfficialText)
    .filter(({ text }) => text.length <= 20_000)
  const count = process.env['SEALBOX_TEST_FULL'] === '1' ? texts.length : 200
  for (const text of texts.slice(0, count)) {
    t.true(draftFromText({ source: text, ...frame }).body.length > 1, text.title)
  }
})
