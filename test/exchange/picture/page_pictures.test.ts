/** Pictures of pages: the seal shows, limits hold, hostile files end as a failure and take nothing else with them. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { sha256Hex, type Sha256 } from '../../../ca/index.ts'
import { createPagePictures } from '../../../exchange/picture/index.ts'
import { encryptedPdf, inflatesWithoutEnd, paintsItself, pdf, stream } from '../pdf/raw_pdf.ts'
import { readPng } from './read_png.ts'

const sealed = new Uint8Array(readFileSync('docs/formats/example/notice.pdf'))
const corpus = fileURLToPath(new URL('../../../../shared/data/pdf', import.meta.url))

/** A page of one size with some content. */
function sheet(size: string, content: Buffer = stream(Buffer.from('1 0 0 rg 0 0 9 9 re f'))) {
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${size}] /Contents 4 0 R >>`,
    content,
  ])
}
const small = sheet('90 90')

test('a sealed page is drawn with its seal, in a small file', async (t) => {
  const pictures = createPagePictures()
  t.teardown(() => pictures.close())
  const picture = await pictures.page(sealed, 1, 1000)
  if ('failure' in picture) return t.fail(picture.failure)
  t.true(picture.png.length < 150_000, String(picture.png.length))
  t.deepEqual([picture.widthPx, picture.heightPx], [1000, 1414])
  const read = readPng(picture.png)
  t.deepEqual([read.width, read.height], [1000, 1414])
  // Below the body, all that is red is the seal.
  let red = 0
  for (let y = 960; y < 1230; y++) {
    for (let x = 0; x < 1000; x++) {
      const [r, g, b] = read.at(x, y)
      if (r > 150 && g < 80 && b < 80) red += 1
    }
  }
  t.true(red > 4000, `${String(red)} red pixels`)
})

test('the same page again is the same picture, and its file is not read', async (t) => {
  const pictures = createPagePictures()
  t.teardown(() => pictures.close())
  let reads = 0
  const source = {
    name: sha256Hex(small),
    read: () => {
      reads += 1
      return Promise.resolve(small)
    },
  }
  const [first, beside] = await Promise.all([
    pictures.page(source, 1, 100),
    pictures.page(source, 1, 100),
  ])
  t.true('png' in first && first === beside)
  t.is(await pictures.page(source, 1, 100), first)
  t.true('png' in (await pictures.page(source, 1, 120)))
  t.is(reads, 1, 'the thread has the file open')
  await t.throwsAsync(
    pictures.page(
      { name: 'f'.repeat(64) as Sha256, read: () => Promise.reject(new Error()) },
      1,
      9,
    ),
  )
  t.true('png' in (await pictures.page(small, 1, 130)), 'and goes on')
})

test('what is kept in memory is bounded', async (t) => {
  const pictures = createPagePictures({ limits: { maxKeptBytes: 500 } })
  t.teardown(() => pictures.close())
  const first = await pictures.page(small, 1, 100)
  t.is(await pictures.page(small, 1, 100), first)
  await pictures.page(small, 1, 110)
  t.not(await pictures.page(small, 1, 100), first)
})

test('widths, pages and sizes out of bounds', async (t) => {
  const pictures = createPagePictures({ limits: { maxPixels: 40_000 } })
  t.teardown(() => pictures.close())
  const width = async (bytes: Uint8Array, wanted: number): Promise<unknown> => {
    const picture = await pictures.page(bytes, 1, wanted)
    return 'png' in picture ? [picture.widthPx, picture.heightPx] : picture.failure
  }
  t.deepEqual(await width(small, 1), [50, 50], 'at least')
  t.deepEqual(await width(small, 100_000), [200, 200], 'at most as many pixels')
  t.deepEqual(await width(sheet('10 1000'), 100), [20, 2000], 'a long page')
  const none = { failure: 'PICTURE_NO_SUCH_PAGE' }
  for (const page of [0, 2, -1, 1.5, NaN]) t.deepEqual(await pictures.page(small, page, 100), none)
  t.deepEqual(await pictures.page(small, 1, NaN), none)
})

const refused: [string, Uint8Array, string][] = [
  ['nothing', new Uint8Array(0), 'PICTURE_MALFORMED'],
  ['garbage', new Uint8Array(5000).fill(0x25), 'PICTURE_MALFORMED'],
  ['the first half of a file', small.subarray(0, 120), 'PICTURE_MALFORMED'],
  ['an encrypted file', encryptedPdf(), 'PICTURE_ENCRYPTED'],
]
for (const [what, bytes, failure] of refused) {
  test(`${what} is a failure, twice the same, and the next file is drawn`, async (t) => {
    const pictures = createPagePictures()
    t.teardown(() => pictures.close())
    t.deepEqual(await pictures.page(bytes, 1, 100), { failure })
    t.deepEqual(await pictures.page(bytes, 1, 110), { failure })
    t.true('png' in (await pictures.page(small, 1, 100)))
  })
}

test('too many bytes, too many pages, too little time, too long a queue, and the end', async (t) => {
  const failureOf = async (limits: object): Promise<unknown> => {
    const pictures = createPagePictures({ limits })
    t.teardown(() => pictures.close())
    return pictures.page(small, 1, 100)
  }
  t.deepEqual(await failureOf({ maxBytes: 100 }), { failure: 'PICTURE_FILE_TOO_LARGE' })
  t.deepEqual(await failureOf({ maxPages: 0 }), { failure: 'PICTURE_TOO_MANY_PAGES' })
  t.deepEqual(await failureOf({ timeoutMs: 1 }), { failure: 'PICTURE_TIMED_OUT' })
  t.deepEqual(await failureOf({ maxWaiting: 0 }), { failure: 'PICTURE_BUSY' })
  const pictures = createPagePictures()
  const [, waiting] = [pictures.page(small, 1, 100), pictures.page(small, 1, 110)]
  await pictures.close()
  t.deepEqual(await waiting, { failure: 'PICTURE_STOPPED' })
  t.deepEqual(await pictures.page(small, 1, 120), { failure: 'PICTURE_STOPPED' })
})

test('a page that failed is not tried again at once, but later', async (t) => {
  let reads = 0
  const source = {
    name: '0'.repeat(64) as Sha256,
    read: () => Promise.resolve((reads += 1) === 1 ? new Uint8Array(9) : small),
  }
  const pictures = createPagePictures({ limits: { retryFailedAfterMs: 3000 } })
  t.teardown(() => pictures.close())
  t.true('failure' in (await pictures.page(source, 1, 100)))
  t.true('failure' in (await pictures.page(source, 1, 100)))
  await new Promise((resolve) => setTimeout(resolve, 3020))
  t.true('png' in (await pictures.page(source, 1, 100)))
})

test('a thread without work ends, and another is started', async (t) => {
  const pictures = createPagePictures({ limits: { idleMs: 1 } })
  t.teardown(() => pictures.close())
  await pictures.page(small, 1, 100)
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.true('png' in (await pictures.page(small, 1, 110)))
})

test('bombs and loops end in time, and the next page is drawn', async (t) => {
  const pictures = createPagePictures({ limits: { timeoutMs: 10_000, maxMemoryMb: 128 } })
  t.teardown(() => pictures.close())
  const started = performance.now()
  const bomb = await pictures.page(sheet('90 90', inflatesWithoutEnd()), 1, 100)
  t.true('failure' in bomb, JSON.stringify(bomb).slice(0, 80))
  await pictures.page(paintsItself(), 1, 100)
  t.true(performance.now() - started < 60_000)
  t.true('png' in (await pictures.page(small, 1, 100)))
})

test('every file of the corpora of attacks ends as a picture or a failure', async (t) => {
  if (!existsSync(corpus)) {
    t.pass('skipped: ../shared/data/pdf is not here')
    return
  }
  const pictures = createPagePictures({ limits: { timeoutMs: 60_000 } })
  t.teardown(() => pictures.close())
  const files = globSync(`${corpus}/{rub-pdf101,rub-shadow-2020,pdf-insecurity-2019}/**/*.pdf`)
  t.true(files.length > 50)
  for (const file of files) {
    const picture = await pictures.page(new Uint8Array(readFileSync(file)), 1, 300)
    t.true('png' in picture || picture.failure !== 'PICTURE_TIMED_OUT', file)
  }
  t.true('png' in (await pictures.page(small, 1, 100)))
})
