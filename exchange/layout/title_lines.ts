/**
 * Cuts a title into centred lines: whole words, a trapezoid or a diamond, no rectangle and no hourglass. Pure; the words come from the runtime's own
 * segmenter (Unicode data of the pinned Node).
 *
 * GB/T 9704-2012 7.3.1: 分一行或多行居中排布；回行时，要做到词意完整，排列对称，长短适宜，间距恰当，标题排列应当使用梯形或菱形。
 */
import { type Glyph, type Shaper, widthOf } from './metrics.ts'
import { size2 } from './page.ts'

/** Made when first asked: its dictionary takes longer to load than most modules. */
let made: Intl.Segmenter | undefined
const segmenter = (): Intl.Segmenter =>
  (made ??= new Intl.Segmenter('zh-Hans', { granularity: 'word' }))
const mayNotStart = /^[，。、；：？！）〕】》」』〉”’·—…的和与及]/u
const mayNotEnd = /[（〔【《「『〈“‘]$/u
/** Nineteen characters at most: the type area holds twenty, and a full line touches both margins. */
const maxCharacters = 19

/** The title's lines, each as glyphs of size 2; `names` (of the issuers) are kept whole where a line can hold them. */
export function titleLines(title: string, names: readonly string[], shaper: Shaper): Glyph[][] {
  const words = splitWords(title, names)
    .map((word) => shaper.shape(word, 'xiaobiaosong', size2))
    .flatMap((word) => (word.length > maxCharacters ? word.map((glyph) => [glyph]) : [word]))
  const total = widthOf(words.flat())
  const room = maxCharacters * size2
  for (let count = Math.max(1, Math.ceil(total / room)); count < words.length; count++) {
    const cuts = bestCuts(words, count, room)
    if (cuts !== undefined) return cuts.map(([from, to]) => words.slice(from, to).flat())
  }
  return words
}

/** Issuers' names, short quotations and book titles, figures with their unit, and else the segmenter's words. */
function splitWords(title: string, names: readonly string[]): string[] {
  const escaped = names
    .filter((name) => Array.from(name).length <= maxCharacters - 1)
    .map((name) => RegExp.escape(name))
  const whole = new RegExp(
    [...escaped, '“[^”]{1,8}”', '《[^》]{1,10}》', '[0-9０-９]+[年月日号]?'].join('|'),
    'gu',
  )
  const words: string[] = []
  let at = 0
  for (const match of [...title.matchAll(whole), undefined]) {
    const before = title.slice(at, match?.index)
    words.push(...Array.from(segmenter().segment(before), ({ segment }) => segment))
    if (match !== undefined) words.push(match[0])
    at = (match?.index ?? 0) + (match?.[0].length ?? 0)
  }
  return words
}

type Cut = readonly [from: number, to: number]

/** The cheapest cut into `count` lines over the lawful shapes; `undefined` if a line cannot be kept within the room. */
function bestCuts(words: readonly Glyph[][], count: number, room: number): Cut[] | undefined {
  const solutions = shapes(count).map((shape) => cutByShape(words, shape, room))
  const found = solutions.filter((solution) => solution !== undefined)
  return found.sort((a, b) => a.cost - b.cost)[0]?.cuts
}

/** Shares of the mean width that the lines should have: long to short, short to long, a diamond. */
function shapes(count: number): number[][] {
  if (count === 1) return [[1]]
  const lean = 0.3
  const slope = Array.from({ length: count }, (_, at) => 1 + lean * (0.5 - at / (count - 1)))
  if (count === 2) return [slope, slope.toReversed()]
  const middle = (count - 1) / 2
  const bulge = Array.from({ length: count }, (_, at) => 1 - Math.abs(at - middle) / middle)
  const mean = bulge.reduce((sum, share) => sum + share, 0) / count
  return [slope, slope.toReversed(), bulge.map((share) => 1 + lean * (share - mean))]
}

/** Dynamic programme over (line, word): squared distance from the shape, plus a price for a bad break. */
function cutByShape(
  words: readonly Glyph[][],
  shape: readonly number[],
  room: number,
): { cuts: Cut[]; cost: number } | undefined {
  const ends = words.map((_, at) => widthOf(words.slice(0, at + 1).flat()))
  const width = (from: number, to: number) => (ends[to - 1] ?? 0) - (ends[from - 1] ?? 0)
  const mean = width(0, words.length) / shape.length
  let states = new Map<number, { cuts: Cut[]; cost: number }>([[0, { cuts: [], cost: 0 }]])
  for (const share of shape) {
    const next = new Map<number, { cuts: Cut[]; cost: number }>()
    for (const [from, state] of states) {
      for (let to = from + 1; to <= words.length && width(from, to) <= room; to++) {
        const off = (width(from, to) - share * mean) / size2
        const cost = state.cost + off * off + breakPrice(words, to)
        const known = next.get(to)
        if (known === undefined || cost < known.cost) {
          next.set(to, { cuts: [...state.cuts, [from, to]], cost })
        }
      }
    }
    states = next
  }
  return states.get(words.length)
}

function breakPrice(words: readonly Glyph[][], to: number): number {
  if (to === words.length) return 0
  const before = words[to - 1]?.map(({ character }) => character).join('') ?? ''
  const after = words[to]?.map(({ character }) => character).join('') ?? ''
  if (mayNotStart.test(after) || mayNotEnd.test(before)) return 60
  if (before === '关于') return 30
  if (/^\s$/u.test(after)) return 20
  if (/^\s$/u.test(before)) return -20
  return after === '关于' ? -6 : 0
}
