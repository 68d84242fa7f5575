/**
 * Composing: a draft becomes pages of positioned text and rules, by GB/T 9704-2012. Decides where everything stands; `paint.ts` makes a PDF of it without
 * deciding anything. Knows the ordinary document, down, up, parallel and public, of one or several organs; not yet the letter form (信函格式), orders (命令) and
 * minutes (纪要), which are set in the ordinary form. Pure: same draft, number, date and metrics, same pages.
 */
import { paintDate, yearOf } from '../draft/date.ts'
import { paintNumber } from '../draft/number.ts'
import type { DocumentNumber, Draft } from '../draft/schema.ts'
import { checkPages } from './elements/check_page.ts'
import { type Closing, composeClosing } from './elements/closing.ts'
import { attachmentPieces, bodyPieces, type Piece, recipientPieces } from './elements/flow.ts'
import { pageNumberRuns, trialRuns } from './elements/furniture.ts'
import { composeImprint, type Imprint } from './elements/imprint.ts'
import { composeHead, type Head } from './elements/red_head.ts'
import { createShaper, type FontMetrics, type Shaper } from './metrics.ts'
import {
  type ComposedDocument,
  type ComposedPage,
  rowsPerPage,
  rowTop,
  type SealPlace,
} from './page.ts'

export interface ComposeOptions {
  draft: Draft
  /** 发文字号; without it a blank is left in it. */
  number?: DocumentNumber
  /** 成文日期, ISO day; without it blanks are left. */
  date?: string
  fonts: FontMetrics
  /** Whether 试用 TRIAL stands on every page. */
  trial: boolean
}

const blankDate = '\u3000\u3000年\u3000月\u3000日'
const blankNumber = '〔\u3000\u3000〕\u3000号'
/** Rows of body text that page 1 must show, 7.3.3; longer lists of recipients move to the imprint for it. */
const textRowsOnFirstPage = 2

export function compose(options: ComposeOptions): ComposedDocument {
  const { draft, fonts, trial } = options
  const shaper = createShaper(fonts)
  const date = options.date === undefined ? blankDate : paintDate(options.date)
  const head = composeHead({ draft, number: numberText(options), shaper })
  const recipients = recipientPieces(draft.mainRecipients, shaper)
  const moved = head.nextRow + recipients.length + textRowsOnFirstPage > rowsPerPage
  const flow = [
    ...(moved ? [] : recipients),
    ...bodyPieces(draft.body, shaper),
    ...attachmentPieces(draft.attachments, shaper),
  ]
  const closing = composeClosing({ draft, date, shaper })
  const imprint = composeImprint({
    draft,
    date,
    withMainRecipients: moved && recipients.length > 0,
    shaper,
  })
  const sheets = paginate({ pieces: flow, firstRow: head.nextRow, closingRows: closing.rows })
  const { pages, seals } = inkPages({ sheets, head, closing, imprint, shaper })
  const all = [...pages, ...checkPages(draft.attachments, shaper)]
  if (trial) for (const page of all) page.runs.push(...trialRuns(shaper))
  return { pages: all, seals, substitutions: shaper.substitutions() }
}

/** The number as painted; its series stands for itself until one is drawn, with the year of the date. */
function numberText({ draft, number, date }: ComposeOptions): string {
  if (number !== undefined) return paintNumber(number)
  const series = draft.issuers[0]?.agencyCode ?? ''
  return date === undefined
    ? `${series}${blankNumber}`
    : paintNumber({ series, year: yearOf(date) })
}

interface Sheet {
  firstRow: number
  pieces: Piece[]
}

/**
 * Fills pages of 22 rows. No heading is left at a page's foot; where the closing does not fit below the text, the last lines of the text move on with it, so
 * that a seal never stands on a page without text.
 */
function paginate(options: {
  pieces: readonly Piece[]
  firstRow: number
  closingRows: number
}): Sheet[] {
  const sheets: Sheet[] = [{ firstRow: Math.min(options.firstRow, rowsPerPage), pieces: [] }]
  for (const piece of options.pieces) {
    const sheet = sheets.at(-1)
    if (sheet === undefined || rowsLeft(sheet) < piece.rows) {
      sheets.push({ firstRow: 0, pieces: [...headOf(sheet, piece), piece] })
    } else {
      sheet.pieces.push(piece)
    }
  }
  const last = sheets.at(-1)
  if (last !== undefined && rowsLeft(last) < options.closingRows) {
    sheets.push({ firstRow: 0, pieces: takeForClosing(last, options.closingRows) })
  }
  return sheets
}

function rowsLeft({ firstRow, pieces }: Sheet): number {
  return rowsPerPage - firstRow - pieces.reduce((sum, { rows }) => sum + rows, 0)
}

/** What a new sheet begins with before its first piece: headings from the foot of the sheet before, or of a table that goes on its first row again. */
function headOf(before: Sheet | undefined, first: Piece | undefined): readonly Piece[] {
  const headings = takeHeadings(before)
  if (headings.length > 0 || first?.repeats === undefined) return headings
  return [first.repeats]
}

/** Headings at the foot of a full sheet go on to the next, unless they are all that stands on it. */
function takeHeadings(sheet: Sheet | undefined): Piece[] {
  if (sheet === undefined) return []
  const kept = sheet.pieces.findLastIndex((piece) => !piece.keepWithNext)
  return kept < 0 ? [] : sheet.pieces.splice(kept + 1)
}

/** The last two lines of text and all that follows them; less, where that and the closing are more than a page. */
function takeForClosing(sheet: Sheet, closingRows: number): Piece[] {
  const texts = sheet.pieces.flatMap((piece, at) => (piece.isText ? [at] : []))
  const fits = (first: number) =>
    sheet.pieces.slice(first).reduce((sum, { rows }) => sum + rows, 0) + closingRows <= rowsPerPage
  const candidates = [texts.at(-2), texts.at(-1)].filter((first) => first !== undefined)
  const taken = sheet.pieces.splice(candidates.find(fits) ?? -1)
  return [...headOf(sheet, taken[0]), ...taken]
}

function inkPages(options: {
  sheets: readonly Sheet[]
  head: Head
  closing: Closing
  imprint: Imprint
  shaper: Shaper
}): { pages: ComposedPage[]; seals: SealPlace[] } {
  const { sheets, head, closing, imprint, shaper } = options
  const pages: ComposedPage[] = sheets.map(inkSheet)
  pages[0]?.runs.unshift(...head.ink.runs)
  pages[0]?.rules.unshift(...head.ink.rules)
  const last = sheets.length - 1
  const sheet = sheets[last] ?? { firstRow: 0, pieces: [] }
  const placed = closing.place(rowsPerPage - rowsLeft(sheet) - 1)
  add(pages[last], placed.ink)
  if (rowsLeft(sheet) < closing.rows + imprint.rows) pages.push({ runs: [], rules: [] })
  add(pages.at(-1), imprint.ink)
  for (const [at, page] of pages.entries()) page.runs.push(...pageNumberRuns(at + 1, shaper))
  return { pages, seals: placed.seals.map((seal) => ({ ...seal, page: last })) }
}

function inkSheet({ firstRow, pieces }: Sheet): ComposedPage {
  const page: ComposedPage = { runs: [], rules: [] }
  let row = firstRow
  for (const piece of pieces) {
    add(page, piece.ink(rowTop(row)))
    row += piece.rows
  }
  return page
}

function add(page: ComposedPage | undefined, ink: ComposedPage): void {
  for (const run of ink.runs) page?.runs.push(run)
  for (const rule of ink.rules) page?.rules.push(rule)
}
