/** Lines and pages: nothing is lost, nothing begins or ends a line that must not, whatever the text. */
import fc from 'fast-check'
import test from 'ava'
import type { Block, Draft } from '../../../exchange/draft/schema.ts'
import { compose, type ComposedPage, loadFonts } from '../../../exchange/layout/index.ts'
import { breakLines } from '../../../exchange/layout/line_break.ts'
import { createShaper } from '../../../exchange/layout/metrics.ts'
import { titleLines } from '../../../exchange/layout/title_lines.ts'
import { example } from '../draft/examples.ts'

const fonts = await loadFonts()
const seed = 20_260_105
/** 60 texts in CI, 2,000 in the full count. */
const numRuns = process.env['SEALBOX_TEST_FULL'] === '1' ? 2_000 : 60

const shaper = createShaper(fonts)
const width = 28 * 15.79
const textOf = (glyphs: readonly { character: string }[]) =>
  glyphs.map(({ character }) => character).join('')

function lines(text: string, firstIndent = 0): string[] {
  const glyphs = shaper.shape(text, 'fangsong', 15.75)
  return breakLines(glyphs, { width, firstIndent, hangingIndent: 0, spacing: 0.04 }).map((line) =>
    textOf(line.glyphs),
  )
}

/** A text, the end of its first line, and the start of its second. */
const breaks: [text: string, first: string, second: string][] = [
  ['字'.repeat(28) + '，后', '字', '字，后'],
  ['字'.repeat(20) + '，' + '字'.repeat(7) + '。后文', '。', '后'],
  ['字'.repeat(28) + '）后', '字', '字'],
  ['字'.repeat(27) + '（后', '字', '（'],
  ['字'.repeat(26) + 'Sealbox后', '字', 'Sealbox'],
  ['字'.repeat(26) + '12345.67后', '字', '12345.67'],
  ['字'.repeat(25) + '〔2010〕106号后', '字', '〔2010〕106号'],
  ['字'.repeat(27) + '——后', '字', '——'],
  ['字'.repeat(27) + '2026年后', '字', '2026年'],
]

for (const [text, first, second] of breaks) {
  test(`a line breaks where it may: ${text.replace(/字{3,}/g, '字…')}`, (t) => {
    const [one = '', two = ''] = lines(text)
    t.true(one.endsWith(first) && two.startsWith(second), `${one} / ${two}`)
    t.is(lines(text).join(''), text)
  })
}

test('a word longer than a line falls apart, and an empty text is one empty line', (t) => {
  const long = 'a'.repeat(200)
  t.is(lines(long).join(''), long)
  t.true(lines(long).length > 1)
  t.deepEqual(lines(''), [''])
})

test('titles of several lines keep words whole and taper', (t) => {
  const title = '示范区人民政府办公室关于进一步加强全区农村道路交通安全管理工作的实施意见'
  const cut = titleLines(title, ['示范区人民政府办公室'], shaper).map(textOf)
  t.is(cut.join(''), title)
  t.is(cut.length, 2)
  t.true(cut.every((line) => line.length <= 19))
  t.not(cut[0]?.length, cut[1]?.length)
  t.regex(cut[0] ?? '', /^示范区人民政府办公室/)
})

const piece = fc.constantFrom(
  '公',
  '文',
  '交',
  '换',
  '，',
  '。',
  '（',
  '）',
  '《',
  '》',
  '“',
  '”',
  '、',
  '——',
  '……',
  '2026',
  '年',
  '12.5%',
  'PDF',
  ' ',
  '〔2010〕106号',
  '：',
  '·',
  'é',
  '㎡',
  '〇',
)
const textArbitrary = fc
  .array(piece, { minLength: 1, maxLength: 120 })
  .map((all) => all.join('') + '文')
const blockArbitrary: fc.Arbitrary<Block> = fc.oneof(
  { weight: 6, arbitrary: textArbitrary.map((text) => ({ type: 'paragraph' as const, text })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const), textArbitrary)
      .map(([level, text]) => ({ type: 'heading' as const, level, text: text.slice(0, 60) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.array(fc.tuple(textArbitrary, textArbitrary), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
      )
      .map(([rows, header]) => ({
        type: 'table' as const,
        rows: rows.map((row) => [...row]),
        header,
      })),
  },
)

/** Everything painted, in painting order. */
function painted(pages: readonly ComposedPage[]): string {
  return pages.flatMap(({ runs }) => runs.map(({ text }) => text)).join('')
}

function countOf(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return counts
}

test('no character of any body is lost: paragraphs stand in order, tables in full', (t) => {
  fc.assert(
    fc.property(fc.array(blockArbitrary, { minLength: 1, maxLength: 25 }), (body) => {
      const draft: Draft = { ...example('notice'), body }
      const { pages } = compose({ draft, fonts, trial: false, date: '2026-01-05' })
      const all = countOf(painted(pages))
      for (const block of body) {
        if (block.type === 'table') {
          for (const [character, count] of countOf(block.rows.flat().join(''))) {
            if ((all.get(character) ?? 0) < count) return false
          }
        } else if (
          !painted(pages)
            .replace(/— \d+ —/g, '')
            .includes(block.text)
        ) {
          return tornApart(painted(pages), block.text)
        }
      }
      return true
    }),
    { seed, numRuns },
  )
  t.pass()
})

/** Whether a text is there but parted by the head of the next page (a repeated table header cannot part it, a page number was taken out). */
function tornApart(all: string, text: string): boolean {
  const plain = all.replace(/— \d+ —/g, '')
  return Array.from(text, (_, at) => at).some(
    (at) => plain.includes(text.slice(0, at)) && plain.includes(text.slice(at)),
  )
}

test('everything on the page stays inside the type area, and no heading is left alone at its foot', (t) => {
  fc.assert(
    fc.property(fc.array(blockArbitrary, { minLength: 5, maxLength: 40 }), (body) => {
      const { pages, seals } = compose({
        draft: { ...example('notice'), body },
        fonts,
        trial: false,
        date: '2026-01-05',
      })
      const mm = 72 / 25.4
      const inside = pages.every(({ runs }) =>
        runs.every(
          ({ x, y, text }) =>
            text.startsWith('—') ||
            (x >= 27.9 * mm && y >= (297 - 263) * mm && y <= (297 - 37) * mm),
        ),
      )
      const page = pages[seals[0]?.page ?? -1]
      return inside && page !== undefined && page.runs.length > 3
    }),
    { seed, numRuns },
  )
  t.pass()
})

test('the seal stands on a page with text, however long the text is', (t) => {
  for (let length = 1; length <= 45; length++) {
    const body = Array.from({ length }, (_, at): Block => ({
      type: 'paragraph',
      text: `第${String(at)}段`,
    }))
    const { pages, seals } = compose({
      draft: { ...example('notice'), body },
      fonts,
      trial: false,
      date: '2026-01-05',
    })
    const page = pages[seals[0]?.page ?? -1]
    t.true(
      page?.runs.some(({ text }) => /^第\d+段/.test(text)),
      `${String(length)} paragraphs`,
    )
    t.true(pages.every(({ runs }) => runs.length > 0))
  }
})

test('the first row of a table never stands on a page twice, wherever a page or the closing parts the table', (t) => {
  const table = {
    type: 'table' as const,
    rows: [
      ['项目', '期限'],
      ['甲', '一月'],
      ['乙', '二月'],
    ],
    header: true,
  }
  for (let count = 1; count <= 44; count++) {
    const text = { type: 'paragraph' as const, text: '请照办。' }
    const body = [...Array.from({ length: count }, () => text), table]
    const draft = { ...example('notice'), body }
    const { pages } = compose({ draft, fonts, trial: false, date: '2026-01-05' })
    for (const { runs } of pages) {
      t.true(runs.filter((run) => run.text === '项目').length <= 1, String(count))
    }
  }
})

test('a table repeats its header on each page', (t) => {
  const rows = [
    ['项目', '数量'],
    ...Array.from({ length: 60 }, (_, at) => [`项目${String(at)}`, '1']),
  ]
  const { pages } = compose({
    draft: { ...example('notice'), body: [{ type: 'table', rows, header: true }] },
    fonts,
    trial: false,
    date: '2026-01-05',
  })
  const heads = pages.map(({ runs }) => runs.filter(({ text }) => text === '数量').length)
  t.true(heads.length >= 3)
  t.true(heads.slice(0, -1).every((count) => count === 1))
})

test('without number and date blanks are painted', (t) => {
  const { number, date, ...draft } = example('notice')
  t.truthy(number ?? date)
  t.true(
    painted(compose({ draft, fonts, trial: false }).pages).includes(
      '示政办〔\u3000\u3000〕\u3000号',
    ),
  )
  t.true(
    painted(compose({ draft, fonts, trial: false, date: '2026-01-05' }).pages).includes(
      '示政办〔2026〕\u3000号',
    ),
  )
})
