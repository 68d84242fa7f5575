/**
 * Pages laid out per second of CPU time, of a notice of some ten pages, against pdf-lib alone: a subset made beforehand is embedded whole, and the same lines are drawn at
 * given places, without any layout or subsetting.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fontkit from '@pdf-lib/fontkit'
import { PDFDocument } from 'pdf-lib'
import subsetFont from 'subset-font'
import type { Draft } from '../../exchange/draft/schema.ts'
import { compose, layoutDraft, type Run, loadFonts } from '../../exchange/layout/index.ts'
import { figure, perCpuSecond, turnAbout, type Figure } from './figure.ts'

/** Turns, and notices of one; a short one counts as a page each. */
const rounds = 5
const aTurn = 4
const shortOnes = 20

/** Pages per second, whole and without painting. */
export async function layout(): Promise<Figure[]> {
  const fonts = await loadFonts()
  const long = { draft: notice(36), fonts, trial: true, date: '2026-01-05' }
  const short = { ...long, draft: notice(1) }
  return [
    await measure('pages laid out and painted', long, {
      times: aTurn,
      act: () => layoutDraft(long),
    }),
    await measure('pages composed only', long, {
      times: aTurn,
      act: () => Promise.resolve(compose(long)),
    }),
    await measure('documents of one page laid out and painted', short, {
      times: shortOnes,
      act: () => layoutDraft(short),
    }),
  ]
}

async function measure(
  name: string,
  options: Parameters<typeof layoutDraft>[0],
  { times, act }: { readonly times: number; readonly act: () => Promise<unknown> },
): Promise<Figure> {
  const { pages } = compose(options)
  const runs = pages.flatMap(({ runs: all }, page) => all.map((run) => ({ ...run, page })))
  const subset = await subsetOf(runs)
  const { value, reached } = await turnAbout({
    rounds,
    ours: () => perCpuSecond(times, act),
    theirs: () => perCpuSecond(times, () => drawBare(subset, runs, pages.length)),
  })
  return figure(name, value * pages.length, 'pages/s CPU', reached * pages.length)
}

/** A notice of so many paragraphs, whose characters are as mixed as a real one's. */
function notice(paragraphs: number): Draft {
  const common =
    '为提高公文运转效率减少纸质文件印制和人工递送经区人民政府同意现将有关事项通知如下请认真贯彻执行各单位应当明确负责人完成登记申领培训维护'
  const text = (at: number) =>
    Array.from({ length: 160 }, (_, index) =>
      index % 17 === 16
        ? '，'
        : index % 5 === 0
          ? String.fromCodePoint(0x4e00 + (((at * 160 + index) * 37) % 3000))
          : common.charAt((at * 7 + index * 3) % common.length),
    ).join('')
  return {
    kind: '通知',
    direction: 'down',
    issuers: [{ name: '示范区人民政府办公室', agencyCode: '示政办' }],
    mainRecipients: [{ name: '各乡镇人民政府' }],
    copies: [],
    title: '示范区人民政府办公室关于做好全区公文无纸化交换工作的通知',
    body: Array.from({ length: paragraphs }, (_, at) => ({
      type: 'paragraph',
      text: `${text(at)}。`,
    })),
    attachments: [],
    printedBy: '示范区人民政府办公室',
  }
}

async function subsetOf(runs: readonly Run[]): Promise<Uint8Array> {
  const file = import.meta
    .resolve('@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf')
  const text = runs.map((run) => run.text).join('')
  return subsetFont(await readFile(fileURLToPath(file)), text, { targetFormat: 'truetype' })
}

/** What pdf-lib alone needs to draw the same runs. */
async function drawBare(
  subset: Uint8Array,
  runs: readonly (Run & { page: number })[],
  count: number,
): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.registerFontkit(fontkit)
  const font = await document.embedFont(subset, { subset: false })
  const pages = Array.from({ length: count }, () => document.addPage())
  for (const { page, text, x, y, size } of runs) pages[page]?.drawText(text, { x, y, size, font })
  return document.save({ useObjectStreams: false })
}
