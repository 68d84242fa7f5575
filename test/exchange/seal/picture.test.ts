/** The seal as a page shows it: the very points that are drawn into PDFs, turned the right way up for SVG. */
import test from 'ava'
import { loadFonts, markOutlines } from '../../../exchange/index.ts'
import { createSealPictures, sealMark, sealPicture } from '../../../exchange/seal/index.ts'

const outlines = markOutlines(await loadFonts())
const options = { name: '青禾区财政局', trial: true, outlines }

test('every path of the mark is in the picture, and nothing but paths', (t) => {
  const { fills, strokes, size } = sealPicture(options)
  const drawn = new TextDecoder().decode(sealMark(options).content)
  const count = (operator: string): number =>
    drawn.split(/\s+/).filter((token) => token === operator).length
  t.is(fills.length, count('f'))
  t.is(strokes.length, count('s'))
  const all = [...fills, ...strokes.map(({ path }) => path)].join('')
  t.regex(all, /^[MLCZ0-9. -]+$/)
  for (const letter of ['M', 'L', 'C'] as const) {
    t.is(all.split(letter).length - 1, count(letter.toLowerCase()))
  }
  const numbers = all.match(/-?\d+(\.\d+)?/g)?.map(Number) ?? []
  t.true(numbers.every((value) => value >= 0 && value <= size))
})

test('the star points upwards', (t) => {
  const { fills, size } = sealPicture({ ...options, name: '' })
  const [star = ''] = fills
  const [x = 0, y = 0] = /^M(\S+) (\S+?)L/.exec(star)?.slice(1).map(Number) ?? []
  t.true(Math.abs(x - size / 2) < 0.1)
  t.true(y < size / 2)
})

test('a picture is drawn once for an organ', (t) => {
  const pictures = createSealPictures({ outlines, trial: false })
  t.is(pictures('甲'), pictures('甲'))
  t.notDeepEqual(pictures('甲'), pictures('乙'))
})
