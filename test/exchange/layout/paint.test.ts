/** What a reader sees of the painted PDF: the right ink in the right amount in two renderers, from bytes that are always the same. */
import { PDFDocument, PDFHexString, PDFName } from 'pdf-lib'
import test from 'ava'
import { draftHash } from '../../../exchange/draft/canonical.ts'
import type { Draft } from '../../../exchange/draft/schema.ts'
import {
  compose,
  type ComposedPage,
  type GlyphOutline,
  layoutDraft,
  loadFonts,
  markOutlines,
} from '../../../exchange/layout/index.ts'
import { createOutlines } from '../../../exchange/layout/outlines.ts'
import { infoKeys } from '../../../exchange/layout/pdf_info.ts'
import { sealMark } from '../../../exchange/seal/mark.ts'
import { checkDraft, isAcceptable } from '../../../exchange/draft/lint.ts'
import { example, exampleJson, exampleNames } from '../draft/examples.ts'
import { darkness, isRed, type Picture, picture, run, withPdf } from './render.ts'

const fonts = await loadFonts()
const accepted = exampleNames.filter((name) => isAcceptable(checkDraft(exampleJson(name)).findings))
const draftOf = (name: string) => example(name.replace(/^draft-|\.json$/g, ''))

test('every example is a clean PDF', async (t) => {
  for (const name of accepted) {
    const { pdf, pages, substitutions, findings } = await layoutDraft({
      draft: draftOf(name),
      fonts,
      trial: true,
    })
    const { stdout } = await withPdf(pdf, (file) => run('qpdf', ['--check', file]))
    t.true(stdout.includes('No syntax or stream encoding errors'), name)
    t.deepEqual([substitutions, findings], [[], []])
    t.is((await PDFDocument.load(pdf)).getPageCount(), pages)
  }
})

test('the same draft gives the same bytes, from fonts loaded anew too; another number, date or mode does not', async (t) => {
  const draft = example('table-attachments')
  const { pdf } = await layoutDraft({ draft, fonts, trial: false })
  const again = await layoutDraft({
    draft: structuredClone(draft),
    fonts: await loadFonts(),
    trial: false,
  })
  t.true(Buffer.from(pdf).equals(again.pdf))
  for (const change of [
    { trial: true },
    { date: '2026-04-10' },
    { number: { series: '示应急', year: 2026, number: 16 } },
  ]) {
    const other = await layoutDraft({ draft, fonts, trial: false, ...change })
    t.false(Buffer.from(pdf).equals(other.pdf))
  }
})

test('the PDF names the approved draft and every attachment before it is sealed', async (t) => {
  const draft = example('table-attachments')
  const { pdf, pages } = await layoutDraft({ draft, fonts, trial: false })
  const document = await PDFDocument.load(pdf, { updateMetadata: false })
  const info = document.context.lookup(document.context.trailerInfo.Info) as unknown as Map<
    unknown,
    unknown
  >
  const read = (key: string) => {
    const value = info.get(PDFName.of(key))
    return value instanceof PDFHexString ? value.decodeText() : undefined
  }
  t.is(read(infoKeys.draft), draftHash(draft))
  t.deepEqual(JSON.parse(read(infoKeys.attachments) ?? ''), draft.attachments)
  t.is(read('Title'), draft.title)
  const { stdout } = await withPdf(pdf, (file) =>
    run('pdftotext', ['-f', String(pages), file, '-']),
  )
  for (const { fileName, sha256, bytes } of draft.attachments) {
    t.true(
      stdout.includes(fileName) &&
        stdout.includes(sha256) &&
        stdout.includes(bytes.toLocaleString('en')),
    )
  }
  t.true(
    Buffer.from(pdf)
      .toString('utf8')
      .includes(`<sealbox:draftSha256>${draftHash(draft)}<`),
  )
})

test('trial pages say so, every one; others do not', async (t) => {
  const draft = example('table-attachments')
  for (const trial of [true, false]) {
    const { pdf, pages } = await layoutDraft({ draft, fonts, trial })
    for (let page = 1; page <= pages; page++) {
      const { stdout } = await withPdf(pdf, (file) =>
        run('pdftotext', ['-f', String(page), '-l', String(page), file, '-']),
      )
      t.is(stdout.includes('试用 TRIAL'), trial)
    }
  }
})

/** Area that outlines enclose, in square ems: the sum over their contours, curves cut into eight. */
function areaOf({ steps }: GlyphOutline): number {
  let [area, x, y] = [0, 0, 0]
  let start = [0, 0]
  const line = (toX: number, toY: number) => {
    area += (x * toY - toX * y) / 2
    ;[x, y] = [toX, toY]
  }
  for (const step of steps) {
    if (step.to === 'close') line(start[0] ?? 0, start[1] ?? 0)
    else if (step.to === 'move')
      [[x, y], start] = [
        [step.x, step.y],
        [step.x, step.y],
      ]
    else if (step.to === 'line') line(step.x, step.y)
    else {
      const from = [x, y] as const
      for (let part = 1; part <= 8; part++) {
        const u = part / 8
        const mix = (a: number, b: number, c: number, d: number) =>
          (1 - u) ** 3 * a + 3 * u * (1 - u) ** 2 * b + 3 * u ** 2 * (1 - u) * c + u ** 3 * d
        line(mix(from[0], step.x1, step.x2, step.x), mix(from[1], step.y1, step.y2, step.y))
      }
    }
  }
  return Math.abs(area)
}

const outlines = new Map(
  (['fangsong', 'hei', 'xiaobiaosong'] as const).map((role) => [
    fonts.face(role),
    createOutlines(fonts.face(role)),
  ]),
)

/** Ink that a page must show, square points: the outlines of all its characters and its rules. */
function expectedInk(page: ComposedPage): number {
  const text = page.runs.map(
    ({ font, text: characters, size, horizontalScale, colour }) =>
      (outlines.get(fonts.face(font))?.(characters) ?? []).reduce(
        (sum, glyph) => sum + areaOf(glyph),
        0,
      ) *
      size ** 2 *
      (horizontalScale / 100) *
      (colour === 'grey' ? 0.65 : 1),
  )
  const rules = page.rules.map(({ x1, y1, x2, y2, width }) => Math.hypot(x2 - x1, y2 - y1) * width)
  return [...text, ...rules].reduce((sum, ink) => sum + ink, 0)
}

/** Ink that a picture shows, square points; red counts in full. */
function inkOf(shot: Picture, dpi: number): number {
  let ink = 0
  for (let y = 0; y < shot.height; y++) {
    for (let x = 0; x < shot.width; x++)
      ink += darkness(shot, x, y) * (isRed(shot, x, y) ? 1.45 : 1)
  }
  return ink * (72 / dpi) ** 2
}

test('Poppler and MuPDF paint the same ink, and as much as the characters have', async (t) => {
  const dpi = 100
  for (const name of ['draft-notice.json', 'draft-table-attachments.json']) {
    const draft = draftOf(name)
    const { pages } = compose({
      draft,
      fonts,
      trial: false,
      ...(draft.date && { date: draft.date }),
      ...(draft.number && { number: draft.number }),
    })
    const { pdf } = await layoutDraft({ draft, fonts, trial: false })
    for (const [at, page] of pages.entries()) {
      const shots = await Promise.all(
        (['poppler', 'mupdf'] as const).map((by) => picture(pdf, { page: at + 1, dpi, by })),
      )
      const expected = expectedInk(page)
      for (const shot of shots) {
        const share = inkOf(shot, dpi) / expected
        t.true(
          share > 0.85 && share < 1.2,
          `${name} ${String(at + 1)}: ${String(share)} of the ink`,
        )
      }
      const worst = blockDifference(shots[0], shots[1])
      t.true(worst < 0.08, `${name} ${String(at + 1)}: ${String(worst)}`)
    }
  }
})

test('a page whose characters are not painted is noticed, though its text can be extracted', async (t) => {
  const draft = example('notice')
  const { pages } = compose({ draft, fonts, trial: false, date: '2026-01-05' })
  const { pdf } = await layoutDraft({ draft, fonts, trial: false })
  const invisible = await PDFDocument.load(pdf)
  for (const page of invisible.getPages()) {
    const hide = invisible.context.register(invisible.context.stream('3 Tr '))
    page.node.normalize()
    page.node.addContentStream(hide)
    const contents = page.node.Contents()
    if (contents !== undefined && 'asArray' in contents)
      contents.insert(0, contents.asArray().at(-1) ?? hide)
  }
  const hidden = await invisible.save()
  const { stdout } = await withPdf(hidden, (file) => run('pdftotext', [file, '-']))
  t.true(stdout.includes('公文无纸化交换'))
  const shot = await picture(hidden, { page: 1, dpi: 60, by: 'poppler' })
  t.true(inkOf(shot, 60) / expectedInk(pages[0] ?? { runs: [], rules: [] }) < 0.2)
})

/** The largest difference of mean darkness over blocks of 20 by 20 pixels, about one character of size 3 at 100 dpi. */
function blockDifference(a: Picture | undefined, b: Picture | undefined): number {
  if (a === undefined || b === undefined) return 1
  let worst = 0
  const side = 20
  for (let top = 0; top + side <= Math.min(a.height, b.height); top += side) {
    for (let left = 0; left + side <= Math.min(a.width, b.width); left += side) {
      let sum = 0
      for (let at = 0; at < side * side; at++) {
        const [x, y] = [left + (at % side), top + Math.floor(at / side)]
        sum += darkness(a, x, y) - darkness(b, x, y)
      }
      worst = Math.max(worst, Math.abs(sum) / side ** 2)
    }
  }
  return worst
}

test('a character that the face lacks is painted from another and recorded; one that no face has is a finding', async (t) => {
  const draft: Draft = {
    ...example('notice'),
    body: [{ type: 'heading', level: 1, text: '一、堃家与\uE5F9' }],
  }
  const { findings } = await layoutDraft({ draft, fonts, trial: false })
  t.deepEqual(
    findings.map(({ code, character }) => [code, character]),
    [['NO_GLYPH', '\uE5F9']],
  )
  const lacking = {
    ...fonts,
    glyph: (...[role, character]: Parameters<typeof fonts.glyph>) =>
      character === '堃' && role !== 'song'
        ? { ...fonts.glyph('song', character), font: 'fallback' as const }
        : fonts.glyph(role, character),
  }
  const named: Draft = { ...draft, body: [{ type: 'paragraph', text: '联系人：李堃。' }] }
  const { substitutions, pdf } = await layoutDraft({ draft: named, fonts: lacking, trial: false })
  t.deepEqual(substitutions, [{ character: '堃', font: 'fangsong', missing: false }])
  const { stdout } = await withPdf(pdf, (file) => run('pdftotext', [file, '-']))
  t.true(stdout.includes('李堃'))
})

test('a seal is a ring, a star and a name in red, in both renderers, from 2 characters to 40', async (t) => {
  for (const count of [2, 4, 12, 30, 40]) {
    const name = '示范区电子政务与政务公开工作领导小组办公室'.repeat(2).slice(0, count)
    const mark = sealMark({ name, trial: false, outlines: markOutlines(fonts) })
    const document = await PDFDocument.create()
    const page = document.addPage([mark.size, mark.size])
    const gs = document.context.obj({ ExtGState: { Multiply: { BM: 'Multiply' } } })
    page.node.set(PDFName.of('Resources'), gs)
    page.node.set(
      PDFName.of('Contents'),
      document.context.register(document.context.stream(mark.content)),
    )
    const pdf = await document.save()
    for (const by of ['poppler', 'mupdf'] as const) {
      const shot = await picture(pdf, { page: 1, dpi: 200, by })
      const centre = Math.floor(shot.width / 2)
      const mm = shot.width / 42
      t.true(isRed(shot, centre, centre), 'the star')
      t.true(isRed(shot, centre, Math.round(0.6 * mm)), 'the ring')
      t.false(isRed(shot, Math.round(2 * mm), Math.round(2 * mm)), 'nothing outside it')
      const arc = Array.from({ length: 720 }, (_, at) => (at / 720) * 2 * Math.PI).filter((angle) =>
        isRed(
          shot,
          Math.round(centre + 16 * mm * Math.sin(angle)),
          Math.round(centre - 16 * mm * Math.cos(angle)),
        ),
      )
      t.true(
        arc.length > 8 * Math.min(count, 12),
        `${String(count)} characters: ${String(arc.length)}`,
      )
      t.true(
        arc.every((angle) => Math.cos(angle) > -0.75),
        'the arc is open below',
      )
    }
  }
})
