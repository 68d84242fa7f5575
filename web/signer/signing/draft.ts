/** A draft as a page of Song type, so that the leader reads it as it will be read. Built from the very bytes that are signed. */
import * as z from 'zod'
import { canonicalJson, equal } from '../../../ca/path/index.ts'
import { h, type Child } from '../../one_file/dom.ts'
import type { Words } from '../../one_file/language.ts'
import { sign } from '../words/sign.ts'

const organ = z.strictObject({
  name: z.string(),
  unit: z.string().optional(),
  mark: z.string().optional(),
  agencyCode: z.string().optional(),
})
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('heading'), level: z.number(), text: z.string() }),
  z.strictObject({ type: z.literal('paragraph'), text: z.string() }),
  z.strictObject({
    type: z.literal('table'),
    rows: z.array(z.array(z.string())),
    header: z.boolean().optional(),
  }),
])
const attachment = z.strictObject({
  name: z.string(),
  fileName: z.string(),
  bytes: z.number(),
  sha256: z.string(),
})
/** Every field that a page shows; strict, so that nothing is approved which is not shown (`exchange/draft`). */
const shape = z.strictObject({
  kind: z.string(),
  direction: z.string(),
  issuers: z.array(organ),
  mainRecipients: z.array(organ),
  copies: z.array(organ),
  title: z.string(),
  body: z.array(block),
  attachments: z.array(attachment),
  signatory: z.string().optional(),
  urgency: z.string().optional(),
  note: z.string().optional(),
  printedBy: z.string(),
})
export type ShownDraft = z.infer<typeof shape>

/** What nobody sees, or what turns others round. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/**
 * Reads the approved form of a draft; undefined for what holds anything that would not be shown, a member that stands there twice
 * included.
 */
export function readDraft(bytes: Uint8Array): ShownDraft | undefined {
  try {
    const draft: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      (_, value: unknown) => {
        if (typeof value === 'string' && invisible.test(value)) throw new TypeError('invisible')
        return value
      },
    )
    return equal(canonicalJson(draft), bytes) ? shape.parse(draft) : undefined
  } catch {
    return undefined
  }
}

export function draftPaper(draft: ShownDraft): HTMLElement {
  const names = (organs: readonly { readonly name: string }[]): string =>
    organs.map(({ name }) => name).join('，')
  const [lead] = draft.issuers
  return h(
    'article',
    { class: 'paper', lang: 'zh-CN', 'aria-label': sign.draftOf, tabindex: 0 },
    h(
      'p',
      { class: 'flush small' },
      draft.kind,
      ' · ',
      directionNames[draft.direction] ?? draft.direction,
    ),
    draft.urgency !== undefined && h('p', { class: 'flush' }, draft.urgency),
    h('p', { class: 'organ' }, draft.issuers.map(({ mark, name }) => mark ?? name).join('　')),
    draft.signatory !== undefined && h('p', { class: 'close' }, '签发人：', draft.signatory),
    h('h2', {}, draft.title),
    draft.mainRecipients.length > 0 &&
      h('p', { class: 'flush' }, `${names(draft.mainRecipients)}：`),
    ...draft.body.map(blockOf),
    ...draft.attachments.map(({ name }, at) =>
      h('p', { class: 'flush' }, `附件 ${String(at + 1)}：${name}`),
    ),
    h('p', { class: 'close' }, lead === undefined ? '' : names(draft.issuers)),
    draft.note !== undefined && h('p', {}, `（${draft.note}）`),
    draft.copies.length > 0 && h('p', { class: 'flush' }, `抄送：${names(draft.copies)}。`),
    h('p', { class: 'flush' }, `${draft.printedBy}印发`),
  )
}

const directionNames: Readonly<Record<string, Words>> = {
  down: { zh: '下行文', en: 'to lower organs' },
  up: { zh: '上行文', en: 'to a superior' },
  parallel: { zh: '平行文', en: 'to organs of neither sort' },
  public: { zh: '公开发布', en: 'to everybody' },
}

function blockOf(one: ShownDraft['body'][number]): Child {
  if (one.type === 'paragraph') return h('p', {}, one.text)
  if (one.type === 'heading') return h('h3', {}, one.text)
  const cell = (text: string, isHeader: boolean): HTMLElement => h(isHeader ? 'th' : 'td', {}, text)
  return h(
    'table',
    {},
    ...one.rows.map((row, at) =>
      h('tr', {}, ...row.map((text) => cell(text, at === 0 && one.header === true))),
    ),
  )
}
