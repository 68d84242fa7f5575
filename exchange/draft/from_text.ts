/**
 * Makes a draft out of a real official text, for the demo: a unit of the district forwards it by a notice (转发通知). The text's own head and foot (title, number,
 * addressees, signature, date) are dropped, its headings are told by their form. A guess by form, not a parser of law. Pure.
 */
import { ExchangeError } from '../errors.ts'
import { parseDate } from './date.ts'
import { checkDraft, isAcceptable } from './lint.ts'
import { parseDocumentNumber } from './number.ts'
import { type Block, type Draft, draftLimits, type Issuer, type Recipient } from './schema.ts'

/** A text as collections of official documents have it. */
export interface OfficialText {
  title: string
  text: string
  issuer?: string | null
  docno?: string | null
  date?: string | null
}

export interface FromTextOptions {
  source: OfficialText
  issuers: readonly Issuer[]
  mainRecipients: readonly Recipient[]
  copies?: readonly Recipient[]
  printedBy?: string
}

/** The draft of a notice that forwards the text; `DRAFT_REFUSED`, with the findings in its details, if that is none that may be sent. */
export function draftFromText(options: FromTextOptions): Draft {
  const { source, issuers, mainRecipients, copies = [] } = options
  const lead = issuers[0]?.name ?? ''
  const forwarded = clean(source.title).replaceAll('《', '〈').replaceAll('》', '〉')
  const { draft, findings } = checkDraft({
    kind: '通知',
    direction: 'down',
    issuers,
    mainRecipients,
    copies,
    title: `${lead}关于转发《${shorten(forwarded, lead)}》的通知`,
    body: [opening(source, forwarded), ...bodyOf(source)],
    attachments: [],
    printedBy: options.printedBy ?? lead,
  })
  if (draft === undefined || !isAcceptable(findings)) {
    throw new ExchangeError('DRAFT_REFUSED', 'the text makes no draft that may be sent', {
      details: { findings: findings.map(({ code, path }) => ({ code, path })) },
    })
  }
  return draft
}

/** The text's blocks without its head and foot. */
export function bodyOf(source: OfficialText): Block[] {
  const lines = source.text
    .split('\n')
    .map(clean)
    .filter((line) => line !== '')
  const body = dropFoot(lines.slice(headLength(lines, source)))
  return body.flatMap(toBlocks)
}

/** Names of organs on an addressee line (`各省人民政府，国务院各部委：`), or `undefined` if it is none. */
export function readAddressees(line: string): string[] | undefined {
  const names = /^([^。；！？《》\d]{2,160})[：:]$/u.exec(line)?.[1]
  if (
    names === undefined ||
    !/(?:府|局|厅|委|部|部门|院|会|办|处|室|社|行|构|团|席|位|关|署|总局|单位|公司|代表)$/.test(
      names,
    )
  ) {
    return undefined
  }
  return names.split(/[、，,]/).filter((name) => name !== '')
}

function opening(source: OfficialText, title: string): Block {
  const number = source.docno == null ? '' : `（${clean(source.docno)}）`
  const text = `现将《${title}》${number}转发给你们，请结合实际，认真贯彻执行。`
  return { type: 'paragraph', text }
}

function shorten(title: string, lead: string): string {
  const room = draftLimits.title - Array.from(lead).length - 12
  const characters = Array.from(title)
  return characters.length <= room ? title : `${characters.slice(0, room - 1).join('')}…`
}

/** One line of readable characters: no control or format characters; 〓 for what only a private font could show. */
function clean(line: string): string {
  return line
    .normalize('NFC')
    .replace(/[\t\u00A0]/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .replace(/\p{Co}/gu, '〓')
    .replace(/^[\s\u3000]+|[\s\u3000]+$/g, '')
}

/** How many lines at the start only repeat title, number and addressees. */
function headLength(lines: readonly string[], source: OfficialText): number {
  const title = squeeze(clean(source.title))
  let at = 0
  let seen = ''
  while (at < Math.min(lines.length, 6)) {
    const line = lines[at] ?? ''
    const squeezed = squeeze(line)
    if (seen.length < title.length && title.startsWith(seen + squeezed)) seen += squeezed
    else if (!isHeadLine(line, source)) break
    at++
  }
  return at < lines.length && readAddressees(lines[at] ?? '') !== undefined ? at + 1 : at
}

function isHeadLine(line: string, { docno, title }: OfficialText): boolean {
  const isTitle = squeeze(line) === squeeze(title)
  return isTitle || line === docno || parseDocumentNumber(line) !== undefined
}

function squeeze(text: string): string {
  return text.replace(/\s/g, '')
}

/** Drops signature and date wherever they stand together, lists of attachments and release notes. */
function dropFoot(lines: readonly string[]): string[] {
  return lines.filter((line, at) => {
    if (isDate(line)) return false
    const next = lines[at + 1]
    const signs = next !== undefined && isDate(next) && /^[^。，；：、]{2,40}$/.test(line)
    return !signs && !/^附件[：:\d]?/.test(line) && !/^（此件.{0,10}）$/.test(line)
  })
}

function isDate(line: string): boolean {
  return line.length < 24 && parseDate(line) !== undefined
}

/** A heading by its form if it is short and ends without a mark, else a paragraph; one that is too long is cut. */
function toBlocks(line: string): Block[] {
  const heading = headingOf(line)
  if (heading !== undefined) return [heading]
  const size = draftLimits.text
  return Array.from({ length: Math.ceil(line.length / size) }, (_, part) => ({
    type: 'paragraph' as const,
    text: line.slice(part * size, (part + 1) * size),
  }))
}

const numeral = '[一二三四五六七八九十百]{1,4}'
const headingForms = [
  [new RegExp(`^(?:${numeral}、|第${numeral}[编章部]|第${numeral}部分)`), 1],
  [new RegExp(`^(?:[（(]${numeral}[）)]|第${numeral}节)`), 2],
  [/^\d{1,2}[.．、](?!\d)/, 3],
  [/^[（(]\d{1,2}[）)]/, 4],
] as const

/** A longer line that begins as a heading is a paragraph that begins with its number. */
const maxHeadingCharacters = 32

/** The heading that a line is by the form of its number (GB/T 9704-2012 7.3.3), if it is short and ends without a mark. */
export function headingOf(line: string): Block | undefined {
  const level = headingForms.find(([form]) => form.test(line))?.[1]
  const isShort = Array.from(line).length <= maxHeadingCharacters
  if (level === undefined || !isShort || /[。；：，、！？;:,.]$/.test(line)) return undefined
  return { type: 'heading', level, text: line }
}
