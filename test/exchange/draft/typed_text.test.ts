/** What is typed becomes blocks and comes back; recipients are matched by their registered names. */
import test from 'ava'
import fc from 'fast-check'
import { blocksFromText, recipientsFromText, textFromBlocks } from '../../../exchange/index.ts'
import { modelDistrict } from '../../../provisioning/index.ts'
import { seed } from '../../appliance/places.ts'

const units = modelDistrict.map((unit) => ({ ...unit, active: true }))

test('lines become headings, paragraphs and tables', (t) => {
  const typed =
    '　　各单位：\n\n一、压实责任\n（一）分工\n各单位主要负责人是第一责任人。\n|单位|人数|\n|区财政局|3|\n|区教育局|\n1.这是一个句子。'
  t.deepEqual(blocksFromText(typed), [
    { type: 'paragraph', text: '各单位：' },
    { type: 'heading', level: 1, text: '一、压实责任' },
    { type: 'heading', level: 2, text: '（一）分工' },
    { type: 'paragraph', text: '各单位主要负责人是第一责任人。' },
    {
      type: 'table',
      header: true,
      rows: [
        ['单位', '人数'],
        ['区财政局', '3'],
        ['区教育局', ''],
      ],
    },
    { type: 'paragraph', text: '1.这是一个句子。' },
  ])
})

const words = fc.stringMatching(/^[一-三a-c（）、|\\ ]{1,12}$/)

test(`blocks survive being written as text and read again (300 texts; seed ${String(seed)})`, (t) => {
  const text = fc.array(words, { maxLength: 12 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, (typed) => {
      const blocks = blocksFromText(typed)
      t.deepEqual(blocksFromText(textFromBlocks(blocks)), blocks, typed)
    }),
    { numRuns: 300, seed },
  )
})

test('bars and backslashes in cells come back', (t) => {
  const rows = [['a\\', '|b', 'c\\|d', '\\|', '']]
  const blocks = [{ type: 'table' as const, header: true, rows }]
  t.deepEqual(blocksFromText(textFromBlocks(blocks)), blocks)
})

test('recipients are units by full or short name, others stand by their name alone', (t) => {
  const [one, two] = units
  const typed = `${one?.name ?? ''}、${two?.shortName ?? ''}，各乡镇；\n省财政厅：`
  t.deepEqual(recipientsFromText(typed, units), [
    { name: one?.name, unit: one?.uscc },
    { name: two?.shortName, unit: two?.uscc },
    { name: '各乡镇' },
    { name: '省财政厅' },
  ])
  const inactive = units.map((unit) => ({ ...unit, active: false }))
  t.deepEqual(recipientsFromText(one?.name ?? '', inactive), [{ name: one?.name ?? '' }])
})
