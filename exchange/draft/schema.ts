/**
 * The draft: what a unit writes before it becomes a page. The schema bounds every string and list and refuses what it
 * does not know; what is lawful to send is judged by `lint.ts`, how it looks by `../layout/`. Pure.
 *
 * 党政机关公文处理工作条例 (2012) Art. 8 (kinds), Art. 9 (elements); `docs/formats/draft.md`.
 */
import * as z from 'zod'

/** The fifteen kinds of official document, Art. 8, in the order of the regulation. */
export const documentKinds = [
  '决议',
  '决定',
  '命令',
  '公报',
  '公告',
  '通告',
  '意见',
  '通知',
  '通报',
  '报告',
  '请示',
  '批复',
  '议案',
  '函',
  '纪要',
] as const

/** Who stands where to whom: to lower organs, to a superior, to organs of neither sort, to everybody. */
export const directions = ['down', 'up', 'parallel', 'public'] as const

/** Urgency of a document that is no telegram, Art. 9 (3). */
export const urgencies = ['特急', '加急'] as const

/** Upper bounds; a list of all 91 units of a district and a text of 20,000 characters fit with room to spare. */
export const draftLimits = {
  name: 120,
  title: 200,
  text: 20_000,
  note: 100,
  issuers: 12,
  recipients: 500,
  blocks: 3_000,
  attachments: 100,
  tableRows: 500,
  tableColumns: 12,
  cell: 500,
  totalCharacters: 200_000,
  attachmentBytes: 100 * 1024 * 1024,
} as const

/** Control, format and surrogate characters: a reader does not see them, so no field holds them. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

function line(maxCharacters: number, minCharacters = 1) {
  return z
    .string()
    .normalize('NFC')
    .min(minCharacters)
    .max(maxCharacters)
    .refine((text) => !invisible.test(text), { error: 'holds an invisible or control character' })
    .refine((text) => minCharacters === 0 || text.trim() !== '', { error: 'is blank' })
}

const name = line(draftLimits.name)
/** A unified social credit code in form only (GB 32100-2015); its check digit is the roster's matter. */
const creditCode = z.string().regex(/^[0-9A-HJ-NPQRTUWXY]{18}$/)
/** 代字: one to ten Chinese characters; letters and digits are no part of it. */
const agencyCode = z
  .string()
  .normalize('NFC')
  .regex(/^[\p{Script=Han}〇]{1,10}$/u)

const issuer = z.strictObject({
  name,
  /** 发文机关标志 where the red head shows something else than the name. */
  mark: z.exactOptional(name),
  agencyCode,
  unit: z.exactOptional(creditCode),
})

const recipient = z.strictObject({ name, unit: z.exactOptional(creditCode) })

const heading = z.strictObject({
  type: z.literal('heading'),
  level: z.literal([1, 2, 3, 4]),
  text: line(draftLimits.title),
})
const paragraph = z.strictObject({ type: z.literal('paragraph'), text: line(draftLimits.text) })
const table = z.strictObject({
  type: z.literal('table'),
  rows: z
    .array(z.array(line(draftLimits.cell, 0)).min(1).max(draftLimits.tableColumns))
    .min(1)
    .max(draftLimits.tableRows)
    .refine((rows) => rows.every((row) => row.length === rows[0]?.length), {
      error: 'has rows of different length',
    }),
  header: z.exactOptional(z.boolean()),
})

const block = z.discriminatedUnion('type', [heading, paragraph, table])
export type Block = z.infer<typeof block>

const attachment = z.strictObject({
  name: line(draftLimits.title),
  fileName: line(200).refine((text) => !/[/\\]/.test(text) && !text.startsWith('.'), {
    error: 'is no plain file name',
  }),
  bytes: z.int().min(1).max(draftLimits.attachmentBytes),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

const isoDate = z.iso.date().refine((text) => text >= '1949-10-01' && text < '2200', {
  error: 'is outside 1949-10-01 to 2199-12-31',
})

const documentNumber = z.strictObject({
  /** The series it was drawn from, as painted before the year: 代字, with a suffix where there are several series. */
  series: agencyCode,
  year: z.int().min(1949).max(2199),
  number: z.int().min(1).max(99_999),
})

/** The draft, strict: an unknown key is refused, `classification` by a code of its own (`lint.ts`). */
export const draftSchema = z
  .strictObject({
    kind: z.enum(documentKinds),
    direction: z.enum(directions),
    issuers: z.array(issuer).min(1).max(draftLimits.issuers),
    mainRecipients: z.array(recipient).max(draftLimits.recipients),
    copies: z.array(recipient).max(draftLimits.recipients),
    title: line(draftLimits.title),
    body: z.array(block).min(1).max(draftLimits.blocks),
    attachments: z.array(attachment).max(draftLimits.attachments),
    /** 签发人; several names are joined by 、. */
    signatory: z.exactOptional(name),
    urgency: z.exactOptional(z.enum(urgencies)),
    /** 附注, painted in round brackets; they may be left out here. */
    note: z.exactOptional(line(draftLimits.note)),
    /** 印发机关. */
    printedBy: name,
    /** 成文日期, a day of the box's calendar, `YYYY-MM-DD`. */
    date: z.exactOptional(isoDate),
    number: z.exactOptional(documentNumber),
  })
  .refine((draft) => countCharacters(draft.body) <= draftLimits.totalCharacters, {
    error: `holds more than ${String(draftLimits.totalCharacters)} characters`,
    path: ['body'],
  })

/** A draft that fits the schema; its strings are in NFC. */
export type Draft = z.infer<typeof draftSchema>
export type DocumentKind = Draft['kind']
export type Direction = Draft['direction']
export type Issuer = z.infer<typeof issuer>
export type Recipient = z.infer<typeof recipient>
export type Attachment = z.infer<typeof attachment>
/** 发文字号, drawn at registration: `{ series, year, number }`. */
export type DocumentNumber = z.infer<typeof documentNumber>

/** The strings of the body, in reading order: a heading's or paragraph's text, a table's cells row by row. */
export function bodyTexts(body: readonly Block[]): string[] {
  return body.flatMap((block) => (block.type === 'table' ? block.rows.flat() : [block.text]))
}

function countCharacters(body: readonly Block[]): number {
  return bodyTexts(body).reduce((sum, text) => sum + text.length, 0)
}
