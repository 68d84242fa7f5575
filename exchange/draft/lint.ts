/**
 * The gate of a draft: the schema, then what the regulation forbids or advises. Says everything it finds, not only the first thing. What only a
 * roster knows (who is whose superior, which series exist) is judged where the roster is. Pure.
 *
 * 党政机关公文处理工作条例 (2012) Art. 8-17; GB/T 9704-2012 7.
 */
import { isClassifiedMark, mentionsSecrets } from './classified.ts'
import { draftFinding, type DraftFinding } from './findings.ts'
import { bodyTexts, draftSchema, type Direction, type DocumentKind, type Draft } from './schema.ts'

/** Directions a kind may go, Art. 8. */
const lawfulDirections: Readonly<Record<DocumentKind, readonly Direction[]>> = {
  决议: ['down', 'public'],
  决定: ['down', 'public'],
  命令: ['down', 'public'],
  公报: ['public'],
  公告: ['public'],
  通告: ['public'],
  意见: ['up', 'parallel', 'down'],
  通知: ['down', 'parallel'],
  通报: ['down'],
  报告: ['up'],
  请示: ['up'],
  批复: ['down'],
  议案: ['up', 'parallel'],
  函: ['parallel'],
  纪要: ['down', 'up', 'parallel', 'public'],
}

const alwaysAddressed: readonly DocumentKind[] = ['报告', '请示', '批复', '议案', '函']
const asking =
  /请(?:予以?|您|贵.{1,4})?(?:批示|审批|批准|审定|批复|指示|核准)|妥否|当否|是否妥当|可否[,。]|特此请示|恳请.{0,12}(?:支持解决|批准)/

/** What reading a draft gives: the draft if it fits the schema, and all findings. */
export interface DraftCheck {
  draft?: Draft
  findings: DraftFinding[]
}

/** Reads a draft from any JSON value and lints it. A draft is acceptable if `isAcceptable(findings)`. */
export function checkDraft(value: unknown): DraftCheck {
  const parsed = draftSchema.safeParse(value)
  if (parsed.success) return { draft: parsed.data, findings: lintDraft(parsed.data) }
  const findings = parsed.error.issues
    .slice(0, 20)
    .map((issue) => draftFinding('SCHEMA', issue.path.join('.'), issue.message))
  return { findings: hasClassification(value) ? [classification, ...findings] : findings }
}

/** Whether no finding refuses the draft. */
export function isAcceptable(findings: readonly DraftFinding[]): boolean {
  return findings.every(({ severity }) => severity !== 'refuse')
}

/** Everything the regulation has to say about a draft that fits the schema, in reading order. */
export function lintDraft(draft: Draft): DraftFinding[] {
  return rules.flatMap((rule) => [...rule(draft)])
}

const classification = draftFinding('CLASSIFIED_MARK', 'classification')

function hasClassification(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'classification' in value
}

type Rule = (draft: Draft) => Iterable<DraftFinding>

const rules: readonly Rule[] = [
  classified,
  direction,
  upward,
  request,
  addressed,
  recipients,
  issuers,
  number,
  title,
  reply,
  attachments,
  headings,
]

/** A mark in any short field, or as the whole of a paragraph; the words in running text only warn. */
function* classified(draft: Draft): Generator<DraftFinding> {
  const fields = [
    ['title', draft.title],
    ['note', draft.note],
    ['signatory', draft.signatory],
    ['printedBy', draft.printedBy],
    ...draft.issuers.flatMap(({ name, mark }, at) => [
      [`issuers.${String(at)}`, name],
      [`issuers.${String(at)}.mark`, mark],
    ]),
    ...draft.body.map((block, at) => [
      `body.${String(at)}`,
      block.type === 'table' ? undefined : block.text,
    ]),
  ] as const
  for (const [path, text] of fields) {
    if (text !== undefined && isClassifiedMark(text)) yield draftFinding('CLASSIFIED_MARK', path)
  }
  if (bodyTexts(draft.body).some(mentionsSecrets)) yield draftFinding('CLASSIFIED_WORDS', 'body')
}

function* direction(draft: Draft): Generator<DraftFinding> {
  if (!lawfulDirections[draft.kind].includes(draft.direction)) {
    yield draftFinding('KIND_DIRECTION', 'direction', `${draft.kind}, ${draft.direction}`)
  }
}

function* upward(draft: Draft): Generator<DraftFinding> {
  if (draft.direction !== 'up') return
  if (draft.mainRecipients.length !== 1) {
    yield draftFinding('UPWARD_ONE_MAIN_RECIPIENT', 'mainRecipients')
  }
  if (draft.signatory === undefined) yield draftFinding('UPWARD_SIGNATORY_MISSING', 'signatory')
  for (const { name } of draft.mainRecipients) {
    if (/(?:同志|书记|主席|[省市区县州盟]长|局长|主任)$/.test(name)) {
      yield draftFinding('RECIPIENT_IS_PERSON', 'mainRecipients', name)
    }
  }
}

function* request(draft: Draft): Generator<DraftFinding> {
  const asks = bodyTexts(draft.body).some((text) =>
    asking.test(text.normalize('NFKC').replace(/\s/g, '')),
  )
  if (draft.kind === '报告' && asks) yield draftFinding('REPORT_ASKS', 'body')
  if (draft.kind !== '请示') return
  if (!asks) yield draftFinding('REQUEST_ASKS_NOTHING', 'body')
  if (!/\d{5,}/.test(draft.note ?? '')) yield draftFinding('REQUEST_CONTACT_MISSING', 'note')
}

function* addressed(draft: Draft): Generator<DraftFinding> {
  if (draft.direction === 'public') {
    if (draft.mainRecipients.length > 0) {
      yield draftFinding('PUBLIC_WITH_MAIN_RECIPIENT', 'mainRecipients')
    }
  } else if (
    draft.direction !== 'up' &&
    draft.mainRecipients.length === 0 &&
    alwaysAddressed.includes(draft.kind)
  ) {
    yield draftFinding('MAIN_RECIPIENT_MISSING', 'mainRecipients')
  }
}

function* recipients(draft: Draft): Generator<DraftFinding> {
  const all = [...draft.mainRecipients, ...draft.copies]
  for (const name of repeated(all.flatMap(identities))) {
    yield draftFinding('RECIPIENT_TWICE', 'mainRecipients', name)
  }
  const issuing = new Set(draft.issuers.flatMap(identities))
  for (const recipient of all) {
    if (identities(recipient).some((id) => issuing.has(id))) {
      yield draftFinding('ISSUER_IS_RECIPIENT', 'mainRecipients', recipient.name)
    }
  }
}

function* issuers(draft: Draft): Generator<DraftFinding> {
  for (const name of repeated(draft.issuers.flatMap(identities))) {
    yield draftFinding('ISSUER_TWICE', 'issuers', name)
  }
}

/** An organ goes by its name and, where given, by its credit code. */
function identities(organ: { name: string; unit?: string }): string[] {
  return organ.unit === undefined ? [organ.name] : [organ.name, organ.unit]
}

function repeated(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, at) => names.indexOf(name) !== at))
}

function* number(draft: Draft): Generator<DraftFinding> {
  const { number: drawn, date, issuers: organs } = draft
  if (drawn === undefined) return
  const [lead, ...others] = organs
  if (!drawn.series.startsWith(lead?.agencyCode ?? '')) {
    const ofAnother = others.some(({ agencyCode }) => drawn.series.startsWith(agencyCode))
    yield draftFinding(ofAnother ? 'NUMBER_NOT_OF_LEAD' : 'NUMBER_OTHER_SERIES', 'number.series')
  }
  if (date !== undefined && Number(date.slice(0, 4)) !== drawn.year) {
    yield draftFinding('NUMBER_OTHER_YEAR', 'number.year')
  }
}

function* title(draft: Draft): Generator<DraftFinding> {
  const bare = draft.title.replace(/[（(〔].*[）)〕]$/, '').trim()
  const kinds = draft.kind === '命令' ? ['命令', '令'] : [draft.kind]
  if (!kinds.some((kind) => bare.endsWith(kind))) yield draftFinding('TITLE_WITHOUT_KIND', 'title')
}

function* reply(draft: Draft): Generator<DraftFinding> {
  if (draft.kind !== '批复') return
  if (!bodyTexts(draft.body).some((text) => text.includes('请示'))) {
    yield draftFinding('REPLY_WITHOUT_REQUEST', 'body')
  }
}

function* attachments(draft: Draft): Generator<DraftFinding> {
  for (const name of repeated(draft.attachments.map(({ fileName }) => fileName))) {
    yield draftFinding('ATTACHMENT_TWICE', 'attachments', name)
  }
  const speaks = bodyTexts(draft.body).some((text) => /[见详]附件|^附件[：:]/.test(text))
  if (draft.attachments.length === 0 && speaks) yield draftFinding('ATTACHMENT_NOT_LISTED', 'body')
}

function* headings(draft: Draft): Generator<DraftFinding> {
  let above = 0
  for (const [at, block] of draft.body.entries()) {
    if (block.type !== 'heading') continue
    if (block.level > above + 1) {
      yield draftFinding('HEADING_LEVEL_SKIPPED', `body.${String(at)}`)
      return
    }
    above = block.level
  }
}
