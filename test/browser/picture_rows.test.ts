/** The pictures of the documents: every page has one, and `docs/pages.md` shows them all. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { format, resolveConfig } from 'prettier'
import { routes } from '../../web/routes.ts'
import { readPng } from '../exchange/picture/read_png.ts'
import { pagesDocument, pictureGroups, shotsOf, type PictureRow } from './picture_rows.ts'
import { smallerPng } from './smaller_png.ts'
import { rgbPng } from './rgb_png.ts'

const docs = (path: string): string => fileURLToPath(new URL(`../../docs/${path}`, import.meta.url))
const rows = pictureGroups.flatMap((group) => group.rows)

/** Files, pictures and streams. */
const noPage =
  /^\/(api|assets|\.well-known)\/|\/(pages|files|statements)\/:|\/(file|pem|proof|evidence-record|minutes\.\w+(\.sig)?)$|\.(zip|crt|cer|pdf|asice)$|^\/verifier\.html$|^\/(events|metrics|journal\/(export|checkpoint|certificate))/

/** The auditor's, which is the officer's over again. */
const shownTwice = /^\/journal\/ceremonies\/:index$/

/** Whether a row shows a page of this path. */
function isShown(path: string, all: readonly PictureRow[]): boolean {
  const pattern = new RegExp(`^${path.replace(/:\w+/g, '[^/]+').replaceAll('.', '\\.')}$`)
  return all.some((row) => pattern.test(row.path.replace(/[?#].*$/, '')))
}

test('every page of the table of routes has its pictures', (t) => {
  const pages = routes.filter(
    ({ method, path }) => method === 'GET' && !noPage.test(path) && !shownTwice.test(path),
  )
  t.true(pages.length > 15)
  const missing = pages.filter(({ path }) => !isShown(path, rows)).map(({ path }) => path)
  t.deepEqual(missing, [])
  t.false(isShown('/no/:page', rows))
})

test('names are used once, and every picture is there and light', (t) => {
  const files = rows.flatMap(shotsOf).map(({ file }) => file)
  t.is(new Set(files).size, files.length)
  for (const file of files) {
    const path = docs(`pictures/${file}`)
    t.true(existsSync(path), `${file}: npm run pictures`)
    if (existsSync(path)) t.true(statSync(path).size < 150 * 1024, file)
  }
})

test('docs/pages.md is what the table makes; refresh: npm run pictures', async (t) => {
  const page = docs('pages.md')
  const options = { ...(await resolveConfig(page)), filepath: page }
  t.is(readFileSync(page, 'utf8'), await format(pagesDocument(pictureGroups), options))
})

test('a smaller picture has the same pixels while 256 colours are enough, by every filter', (t) => {
  const [width, height] = [17, 10]
  const colour = (x: number, y: number): [number, number, number] => [x * 9, y * 20, (x * y) % 7]
  const small = readPng(smallerPng(rgbPng({ width, height, colour })))
  t.is(small.width, width)
  t.is(small.height, height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) t.deepEqual([...small.at(x, y)], colour(x, y))
  }
})

test('of more colours the frequent ones stay, the others go to a near one', (t) => {
  const [width, height] = [100, 100]
  const colour = (x: number, y: number): [number, number, number] =>
    y < 50 ? [247, 245, 240] : [x, (y - 50) * 2, 128]
  const small = readPng(smallerPng(rgbPng({ width, height, colour })))
  t.true(small.colours <= 256)
  t.deepEqual([...small.at(3, 3)], [247, 245, 240])
  let worst = 0
  for (let y = 50; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const wanted = colour(x, y)
      for (const [at, value] of small.at(x, y).entries()) {
        worst = Math.max(worst, Math.abs(value - (wanted[at] ?? 0)))
      }
    }
  }
  t.true(worst <= 16, String(worst))
})
