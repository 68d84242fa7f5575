/** The report as text that a clerk understands, in Chinese and in English. Words of findings stand in `findings.ts`. Pure. */
import { changeText } from './change_words.ts'
import { conformanceTable } from './conformance_words.ts'
import { bundleLines, headsLines, timeText } from '../bundle/bundle_text.ts'
import { findingTable } from '../findings.ts'
import type {
  ConformanceNote,
  Finding,
  Integrity,
  Report,
  SignatureReport,
  TimeStampFact,
  Verdict,
} from '../types.ts'

export type Language = 'zh' | 'en'

/** What a verdict is called. */
export const verdictWords: Readonly<Record<Verdict, Readonly<Record<Language, string>>>> = {
  'TOTAL-PASSED': { zh: '验证通过', en: 'PASSED' },
  'TOTAL-FAILED': { zh: '验证不通过', en: 'FAILED' },
  INDETERMINATE: { zh: '不能确定', en: 'NOT DETERMINED' },
}

/** What a clerk is told of a seal. */
export const integrityWords: Readonly<Record<Integrity, Readonly<Record<Language, string>>>> = {
  INTACT: { zh: '印章有效，内容未改动', en: 'The seal is authentic and the content unchanged' },
  CHANGED: { zh: '用印之后内容被改动', en: 'The content was changed after sealing' },
  BROKEN: { zh: '印章无效，文件已被改动或损坏', en: 'The seal is broken: altered or damaged' },
}

/** The same of a statement: it has no seal, but a signature. */
export const statementWords: Readonly<Record<Integrity, Readonly<Record<Language, string>>>> = {
  INTACT: {
    zh: '签名有效，内容未改动',
    en: 'The signature is authentic and the content unchanged',
  },
  CHANGED: { zh: '签署之后内容被改动', en: 'The content was changed after signing' },
  BROKEN: { zh: '签名无效，内容已被改动或损坏', en: 'The signature is broken: altered or damaged' },
}

const words = {
  statement: { zh: '声明', en: 'Statement' },
  seal: { zh: '印章', en: 'Seal' },
  signer: { zh: '签署', en: 'Signed by' },
  claimed: { zh: '自称时间', en: 'Claimed time' },
  time: { zh: '时间', en: 'Time' },
  stamp: { zh: '签名时间戳', en: 'Signature timestamp' },
  document: { zh: '文档时间戳', en: 'Document timestamp' },
  token: { zh: '时间戳', en: 'Timestamp' },
  chain: { zh: '证书链', en: 'Chain' },
  level: { zh: '级别', en: 'Level' },
  after: { zh: '之后的追加', en: 'Added afterwards' },
  proven: { zh: '经证明不晚于', en: 'Proven by' },
  profile: { zh: '规范符合性', en: 'Conformance' },
  record: { zh: '证据记录，文件存在于', en: 'Evidence record, file there by' },
  until: { zh: '证据有效期至', en: 'Evidence holds until' },
} as const

const stampWords = {
  signature: words.stamp,
  document: words.document,
  token: words.token,
} as const satisfies Record<TimeStampFact['kind'], unknown>

/** Whole report, one line a fact. */
export function reportText(report: Report, language: Language): string {
  const { verdict, subIndication, file } = report
  const colon = language === 'zh' ? '：' : ': '
  const sub = subIndication === undefined ? '' : ` (${subIndication})`
  const until = report.validUntil
  return [
    `${file}${colon}${verdictWords[verdict][language]} ${verdict}${sub}`,
    ...report.findings.map((item) => `  ${findingText(item, language)}`),
    ...bundleLines(report, language),
    ...headsLines(report, language),
    ...report.signatures.flatMap((item) => signatureLines(report, item, language)),
    ...report.conformance.map(
      (note) => `  ${words.profile[language]}${colon}${conformanceText(note, language)}`,
    ),
    ...(report.renewals ?? []).map(({ time }) => `  ${words.record[language]}${colon}${time}`),
    ...(until === undefined ? [] : [`  ${words.until[language]}${colon}${until}`]),
    '',
  ].join('\n')
}

/** What came after a signature, each once, in a language; empty for what is no PDF. */
export function changesAfter(
  { revisions = [] }: Report,
  { revision = -1 }: SignatureReport,
  language: Language,
): string[] {
  const later = revisions.filter(({ index, changes }) => index > revision && changes.length > 0)
  return [
    ...new Set(later.flatMap(({ changes }) => changes.map((one) => changeText(one, language)))),
  ]
}

function signatureLines(report: Report, item: SignatureReport, language: Language): string[] {
  const colon = language === 'zh' ? '：' : ': '
  const line = (label: { readonly zh: string; readonly en: string }, text: string) =>
    text === '' ? [] : [`    ${label[language]}${colon}${text}`]
  const verdict = `${verdictWords[item.verdict][language]} ${item.verdict}`
  const isStatement = item.field.startsWith('sealbox.') || item.field === 'ASiCManifest'
  const integrity = (isStatement ? statementWords : integrityWords)[item.integrity][language]
  const label = (isStatement ? words.statement : words.seal)[language]
  const of = item.file === undefined ? '' : ` ${item.file}`
  const heading = `  ${label} ${item.field}${of}${colon}${integrity}; ${verdict}`
  // Of the many receipts of a bundle one line each, unless something is wrong.
  const isBrief = isStatement && of !== '' && item.verdict === 'TOTAL-PASSED'
  if (isBrief) return [heading, ...line(words.time, timeText(item, language))]
  return [
    heading,
    ...line(words.signer, item.signer),
    ...line(words.level, item.level ?? ''),
    ...line(words.claimed, item.claimedTime ?? ''),
    ...line(words.proven, item.provenBy ?? ''),
    ...item.timestamps.flatMap(({ time, kind }) => line(stampWords[kind], time)),
    ...line(words.time, timeText(item, language)),
    ...line(words.after, changesAfter(report, item, language).join('; ')),
    ...line(words.chain, item.chain.join(' <- ')),
    ...item.findings.map((each) => `    ${findingText(each, language)}`),
  ]
}

/** One finding: its code, the words of the table, and in English what is special about the case. */
export function findingText(item: Finding, language: Language): string {
  const text = language === 'zh' ? findingTable[item.code].zh : item.message
  return `[${item.severity}] ${item.code} ${text}`
}

/** One note on conformance: its code, the words of the table, the field that it is about. */
export function conformanceText(note: ConformanceNote, language: Language): string {
  const text = language === 'zh' ? conformanceTable[note.code].zh : note.message
  return `${note.code} ${text}${note.field === undefined ? '' : ` [${note.field}]`}`
}
