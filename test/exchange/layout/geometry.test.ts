/** GB/T 9704-2012 measured on the painted page, in millimetres: characters as MuPDF finds them, ink as Poppler paints it. */
import test from 'ava'
import type { Draft } from '../../../exchange/draft/schema.ts'
import { layoutDraft, loadFonts } from '../../../exchange/layout/index.ts'
import { example } from '../draft/examples.ts'
import {
  characters,
  countRows,
  darkness,
  isRed,
  type PlacedCharacter,
  type Picture,
  picture,
} from './render.ts'

const fonts = await loadFonts()
/** Five pixels a millimetre. */
const dpi = 127
const pixels = 5

async function lay(draft: Draft) {
  return layoutDraft({ draft, fonts, trial: false })
}

/** A notice whose body is one long paragraph of plain characters. */
function longNotice(): Draft {
  const text = '在坚持统筹规划的基础上稳步推进各项重点工作'.repeat(60)
  return { ...example('notice'), body: [{ type: 'paragraph', text }] }
}

function linesOf(placed: readonly PlacedCharacter[]): PlacedCharacter[][] {
  const lines = new Map<number, PlacedCharacter[]>()
  for (const one of placed) {
    const key = Math.round(one.y * 10)
    lines.set(key, [...(lines.get(key) ?? []), one])
  }
  return [...lines.values()]
}

function rowsWith(shot: Picture, isInk: Parameters<typeof countRows>[1], least: number): number[] {
  return countRows(shot, isInk).flatMap((count, y) => (count >= least ? [y / pixels] : []))
}

const isBlack: Parameters<typeof countRows>[1] = (shot, x, y) =>
  darkness(shot, x, y) > 0.5 && !isRed(shot, x, y)

test('a full page has 22 lines of 28 characters that fill the type area, 6.2 and 6.3', async (t) => {
  const { pdf } = await lay(longNotice())
  const body = (await characters(pdf, 2)).filter(({ y, size }) => size > 15 && y < 263)
  const lines = linesOf(body)
  t.is(lines.length, 22)
  const baselines = lines.map(([first]) => first?.y ?? 0).sort((a, b) => a - b)
  for (const [at, y] of baselines.slice(1).entries()) {
    const step = y - (baselines[at] ?? 0)
    t.true(step >= 10.2 && step <= 10.5, `step ${String(step)}`)
  }
  for (const line of lines) t.is(line.length, 28)
  t.true(Math.min(...body.map(({ x }) => x)) >= 27.9)
  t.true(Math.max(...body.map(({ right }) => right)) <= 184.1)
  const shot = await picture(pdf, { page: 2, dpi, by: 'poppler' })
  const inked = rowsWith(shot, isBlack, 1).filter((y) => y < 265)
  t.true(Math.abs((inked[0] ?? 0) - 37) < 1, `first ink at ${String(inked[0])}`)
  t.true(Math.abs((inked.at(-1) ?? 0) - 262) < 1, `last ink at ${String(inked.at(-1))}`)
})

test('the head stands where 7.2 puts it: mark at 72 mm, number two lines below, red line 4 mm under it', async (t) => {
  const { pdf } = await lay(example('notice'))
  const shot = await picture(pdf, { page: 1, dpi, by: 'poppler' })
  const red = rowsWith(shot, isRed, 1)
  t.true(Math.abs((red[0] ?? 0) - 72) <= 0.8, `mark begins at ${String(red[0])}`)
  const lineAt = rowsWith(shot, isRed, 150 * pixels)[0] ?? 0
  const markEnd = red.filter((y) => y < lineAt - 5).at(-1) ?? 0
  const number = (await characters(pdf, 1)).filter(({ y }) => y > markEnd + 5 && y < lineAt)
  const [top, bottom] = [(number[0]?.y ?? 0) - 0.88 * 5.556, (number[0]?.y ?? 0) + 0.12 * 5.556]
  t.is(number.map(({ character }) => character).join(''), '示政办发〔2026〕12号')
  t.true(Math.abs((top - markEnd) / 10.45 - 2) < 0.4, `${String((top - markEnd) / 10.45)} lines`)
  t.true(Math.abs(lineAt - bottom - 4) < 0.4, `${String(lineAt - bottom)} mm`)
  const middle = ((number[0]?.x ?? 0) + (number.at(-1)?.right ?? 0)) / 2
  t.true(Math.abs(middle - 106) < 0.2)
  const widest = Math.max(...countRows(shot, isRed)) / pixels
  t.true(Math.abs(widest - 156) < 0.5, `${String(widest)} mm`)
})

test('the title is of size 2, two empty lines under the red line, and centred, 7.3.1', async (t) => {
  const { pdf } = await lay(example('notice'))
  const shot = await picture(pdf, { page: 1, dpi, by: 'poppler' })
  const lineAt = rowsWith(shot, isRed, 150 * pixels)[0] ?? 0
  const title = linesOf((await characters(pdf, 1)).filter(({ size }) => Math.abs(size - 22) < 0.1))
  t.is(
    title
      .flat()
      .map(({ character }) => character)
      .join(''),
    example('notice').title,
  )
  const first = (title[0]?.[0]?.y ?? 0) - 0.88 * 7.76
  t.true(Math.abs((first - lineAt) / 10.45 - 2) < 0.25, `${String((first - lineAt) / 10.45)} lines`)
  for (const line of title) {
    t.true(Math.abs(((line[0]?.x ?? 0) + (line.at(-1)?.right ?? 0)) / 2 - 106) < 0.3)
  }
})

test('an upward document has its number one 字 from the left and 签发人 one 字 from the right, 7.2.6', async (t) => {
  const { pdf } = await lay(example('request'))
  const line = linesOf(await characters(pdf, 1)).find((all) =>
    all
      .map(({ character }) => character)
      .join('')
      .includes('签发人：'),
  )
  const text = line?.map(({ character }) => character).join('')
  t.is(text, '示教〔2026〕21号签发人：林之远')
  t.true(Math.abs((line?.[0]?.x ?? 0) - 28 - 5.57) < 0.2)
  t.true(Math.abs(184 - (line?.at(-1)?.right ?? 0) - 5.57) < 0.3)
})

test('the imprint ends at 262 mm with lines of 156 mm, and page numbers stand 7 mm below, 7.4 and 7.5', async (t) => {
  const { pdf, pages } = await lay(example('notice'))
  const shot = await picture(pdf, { page: pages, dpi, by: 'poppler' })
  const lines = rowsWith(shot, isBlack, 150 * pixels)
  t.true(Math.abs((lines.at(-1) ?? 0) - 262) < 0.3, `last line at ${String(lines.at(-1))}`)
  const dash = rowsWith(shot, isBlack, 1).filter((y) => y > 264)
  t.true(Math.abs(((dash[0] ?? 0) + (dash.at(-1) ?? 0)) / 2 - 269) < 1)
  const numberOf = async (page: number) => (await characters(pdf, page)).slice(-5)
  const [odd, even] = [await numberOf(1), await numberOf(2)]
  t.deepEqual(
    [odd, even].map((all) => all.map(({ character }) => character).join('')),
    ['— 1 —', '— 2 —'],
  )
  t.true(Math.abs(184 - (odd.at(-1)?.right ?? 0) - 4.94) < 0.2)
  t.true(Math.abs((even[0]?.x ?? 0) - 28 - 4.94) < 0.2)
})

test('the date stands four 字 from the right, the name centred above it, 7.3.5', async (t) => {
  const { pdf } = await lay(example('request'))
  const lines = linesOf(await characters(pdf, 2))
  const find = (text: string) =>
    lines.find((line) => line.map(({ character }) => character).join('') === text) ?? []
  const [name, date] = [find('示范区教育局'), find('2026年3月18日')]
  const middle = (line: PlacedCharacter[]) => ((line[0]?.x ?? 0) + (line.at(-1)?.right ?? 0)) / 2
  t.true(Math.abs(184 - (date.at(-1)?.right ?? 0) - 4 * 5.57) < 0.3)
  t.true(Math.abs(middle(name) - middle(date)) < 0.3)
  t.true((date[0]?.y ?? 0) > (name[0]?.y ?? 0))
})

test('a seal presses name and date, which stand a little below its centre; its top is within one line of the text', async (t) => {
  for (const kind of ['request', 'notice', 'public-notice', 'reply-letter']) {
    const { pdf, seals } = await lay(example(kind))
    const [seal] = seals
    if (seal === undefined) return t.fail()
    const placed = await characters(pdf, seal.page + 1)
    const toMm = 25.4 / 72
    const centre = { x: seal.centre.x * toMm, y: 297 - seal.centre.y * toMm }
    const radius = (seal.diameter / 2) * toMm
    t.true(Math.abs(radius - 21) < 0.01)
    const inside = linesOf(placed).filter(([one]) => Math.abs((one?.y ?? 0) - centre.y) < radius)
    const pressed = inside.filter((line) => (line[0]?.x ?? 0) > 90)
    const middle =
      pressed.map(([one]) => (one?.y ?? 0) - 2.1).reduce((a, b) => a + b, 0) / pressed.length
    t.is(pressed.length, 2, kind)
    t.true(middle > centre.y && middle - centre.y < 6, `${kind}: ${String(middle - centre.y)}`)
    const above = placed.map(({ y }) => y + 0.7).filter((y) => y < centre.y - radius)
    const gap = centre.y - radius - Math.max(...above)
    t.true(gap > 0 && gap <= 10.45, `${kind}: ${String(gap)}`)
  }
})

test('the seals of many organs neither touch nor leave the type area, in order', async (t) => {
  const base = example('joint-notice')
  for (let count = 1; count <= 12; count++) {
    const issuers = Array.from({ length: count }, (_, at) => ({
      name: `示范区第${'一二三四五六七八九十甲乙'.charAt(at)}局`,
      agencyCode: '示发改',
    }))
    const { seals, pages } = await lay({ ...base, issuers })
    t.is(seals.length, count)
    for (const [at, a] of seals.entries()) {
      t.true(a.centre.x - a.diameter / 2 >= (28 * 72) / 25.4 - 1)
      t.true(a.centre.x + a.diameter / 2 <= (184 * 72) / 25.4 + 1)
      t.true(a.centre.y - a.diameter / 2 >= (35 * 72) / 25.4 - 1, `${String(count)} organs`)
      for (const b of seals.slice(at + 1)) {
        t.true(Math.hypot(a.centre.x - b.centre.x, a.centre.y - b.centre.y) > a.diameter + 1)
        t.true(b.centre.y < a.centre.y - 1 || b.centre.x > a.centre.x)
      }
    }
    t.true(seals.every(({ page }) => page < pages))
  }
})

test('long lists of recipients go to the imprint, so that page 1 shows the text, 7.3.2', async (t) => {
  const draft = example('long-title-and-recipients')
  const { pdf, pages } = await lay(draft)
  const read = async (page: number) =>
    (await characters(pdf, page)).map(({ character }) => character).join('')
  t.true((await read(1)).includes('为深入推进政务服务'))
  t.false((await read(1)).includes('区委组织部'))
  t.true((await read(pages)).includes('主送：区委办公室'))
  t.false((await read(2)).includes('主送：区委办公室') && pages > 2)
})
