/**
 * The lint's words: each code with its severity, what a clerk reads in both languages, and the clause it rests on. Data only.
 *
 * 条例 = 党政机关公文处理工作条例 (2012); GB/T 9704-2012 where a clause of the layout standard asks.
 */

/** `refuse` stops the draft, `warn` is shown and may be right all the same. */
export type Severity = 'refuse' | 'warn'

interface Rule {
  severity: Severity
  zh: string
  en: string
  clause: string
}

/** Every finding of a draft, by code. */
export const draftRules = {
  SCHEMA: {
    severity: 'refuse',
    zh: '稿件格式不符合规定',
    en: 'the draft does not fit the schema',
    clause: 'docs/formats/draft.md',
  },
  CLASSIFIED_MARK: {
    severity: 'refuse',
    zh: '稿件标有密级，本系统不得存储、传输涉密公文',
    en: 'the draft bears a classified mark; nothing classified may be stored or sent here',
    clause: '条例 Art. 9 (2), Art. 10',
  },
  CLASSIFIED_WORDS: {
    severity: 'warn',
    zh: '正文出现“绝密”“机密”或“秘密”字样，请确认不涉密',
    en: 'the text speaks of secrets; make sure that it holds none',
    clause: '条例 Art. 9 (2)',
  },
  KIND_DIRECTION: {
    severity: 'refuse',
    zh: '该文种不用于此行文方向',
    en: 'this kind of document does not go in this direction',
    clause: '条例 Art. 8',
  },
  UPWARD_ONE_MAIN_RECIPIENT: {
    severity: 'refuse',
    zh: '上行文原则上主送一个上级机关，其他机关用抄送形式',
    en: 'an upward document has exactly one main recipient; others are copied',
    clause: '条例 Art. 15 (1)',
  },
  UPWARD_SIGNATORY_MISSING: {
    severity: 'refuse',
    zh: '上行文应当标注签发人姓名',
    en: 'an upward document names its signatory',
    clause: '条例 Art. 9 (6)',
  },
  REPORT_ASKS: {
    severity: 'refuse',
    zh: '不得在报告等非请示性公文中夹带请示事项',
    en: 'a report must not carry a request',
    clause: '条例 Art. 15 (4)',
  },
  REQUEST_ASKS_NOTHING: {
    severity: 'warn',
    zh: '请示未见请求批示、批准的用语',
    en: 'the request asks for nothing',
    clause: '条例 Art. 8 (11)',
  },
  REQUEST_CONTACT_MISSING: {
    severity: 'warn',
    zh: '请示宜在附注处注明联系人姓名和电话',
    en: 'a request names a contact and telephone in its note',
    clause: 'GB/T 9704-2012 7.3.7',
  },
  MAIN_RECIPIENT_MISSING: {
    severity: 'refuse',
    zh: '该文种应当有主送机关',
    en: 'this kind of document needs a main recipient',
    clause: '条例 Art. 9 (8)',
  },
  PUBLIC_WITH_MAIN_RECIPIENT: {
    severity: 'warn',
    zh: '公布性公文一般不标注主送机关',
    en: 'a document for the public has no main recipient',
    clause: '条例 Art. 9 (8)',
  },
  RECIPIENT_IS_PERSON: {
    severity: 'warn',
    zh: '除上级机关负责人直接交办事项外，不得以机关名义向负责人报送公文',
    en: 'an upward document goes to an organ, not to a leader in person',
    clause: '条例 Art. 15 (5)',
  },
  RECIPIENT_TWICE: {
    severity: 'refuse',
    zh: '同一机关重复列入主送或抄送',
    en: 'an organ stands twice among the recipients',
    clause: '条例 Art. 13',
  },
  ISSUER_IS_RECIPIENT: {
    severity: 'refuse',
    zh: '发文机关不得同时为主送或抄送机关',
    en: 'an issuing organ is among the recipients',
    clause: '条例 Art. 13',
  },
  ISSUER_TWICE: {
    severity: 'refuse',
    zh: '联合行文的机关重复',
    en: 'an organ stands twice among the issuers',
    clause: '条例 Art. 17',
  },
  NUMBER_NOT_OF_LEAD: {
    severity: 'refuse',
    zh: '联合行文使用主办机关的发文字号',
    en: 'a joint document bears the number of its lead organ',
    clause: 'GB/T 9704-2012 7.2.5',
  },
  NUMBER_OTHER_SERIES: {
    severity: 'warn',
    zh: '发文字号与主办机关代字不一致',
    en: 'the number does not begin with the agency code of the lead organ',
    clause: 'GB/T 9704-2012 7.2.5',
  },
  NUMBER_OTHER_YEAR: {
    severity: 'warn',
    zh: '发文字号年份与成文日期年份不一致',
    en: 'the number is of another year than the date',
    clause: 'GB/T 9704-2012 7.2.5',
  },
  TITLE_WITHOUT_KIND: {
    severity: 'warn',
    zh: '标题应当以文种结尾',
    en: 'the title does not end with its kind',
    clause: '条例 Art. 9 (7)',
  },
  REPLY_WITHOUT_REQUEST: {
    severity: 'warn',
    zh: '批复应当引述所答复的请示',
    en: 'a reply does not name the request that it answers',
    clause: '条例 Art. 8 (12)',
  },
  ATTACHMENT_TWICE: {
    severity: 'refuse',
    zh: '附件文件名重复',
    en: 'two attachments have the same file name',
    clause: '条例 Art. 9 (15)',
  },
  ATTACHMENT_NOT_LISTED: {
    severity: 'warn',
    zh: '正文提到附件，但未附附件',
    en: 'the text speaks of an attachment, but none is attached',
    clause: '条例 Art. 9 (10)',
  },
  HEADING_LEVEL_SKIPPED: {
    severity: 'warn',
    zh: '结构层次序数跳级',
    en: 'the headings skip a level',
    clause: 'GB/T 9704-2012 7.3.3',
  },
} as const satisfies Record<string, Rule>

export type DraftFindingCode = keyof typeof draftRules

/** One finding: what is wrong, how bad it is, where (`title`, `body.3`), and by which clause. */
export interface DraftFinding {
  code: DraftFindingCode
  severity: Severity
  message: { zh: string; en: string }
  clause: string
  /** The field that it stands in, dotted; absent where it concerns the whole draft. */
  path?: string
}

/** Makes a finding from its code; `detail` is added to the message in both languages. */
export function draftFinding(code: DraftFindingCode, path?: string, detail?: string): DraftFinding {
  const { severity, zh, en, clause } = draftRules[code]
  const message = {
    zh: detail === undefined ? zh : `${zh}（${detail}）`,
    en: detail === undefined ? en : `${en} (${detail})`,
  }
  return { code, severity, message, clause, ...(path === undefined ? {} : { path }) }
}
