/** Words of the evidence sheet in both languages. */
import type { Language, TimeStampFact, Verdict } from '../verify/index.ts'
import type { Colour } from '../layout/page.ts'

interface Words {
  readonly zh: string
  readonly en: string
}

const table = {
  title: { zh: '电子公文验证单', en: 'Evidence sheet of an electronic document' },
  file: { zh: '文件', en: 'File' },
  size: { zh: '大小', en: 'Size' },
  bytes: { zh: '字节', en: 'bytes' },
  hash: { zh: 'SHA-256', en: 'SHA-256' },
  at: { zh: '验证时间', en: 'Verified at' },
  until: { zh: '证据有效期至', en: 'Evidence holds until' },
  roots: { zh: '所信任的根证书', en: 'Trusted root' },
  fingerprint: { zh: '根证书指纹', en: 'Root fingerprint' },
  seal: { zh: '印章', en: 'Seal' },
  statement: { zh: '声明', en: 'Statement' },
  signer: { zh: '签署者', en: 'Signed by' },
  content: { zh: '内容', en: 'Content' },
  verdict: { zh: '结论', en: 'Verdict' },
  level: { zh: '级别', en: 'Level' },
  claimed: { zh: '自称时间', en: 'Claimed time' },
  proven: { zh: '可证明不晚于', en: 'Proven to exist by' },
  chain: { zh: '证书链', en: 'Chain' },
  after: { zh: '之后的追加', en: 'Added afterwards' },
  found: { zh: '发现', en: 'Found' },
  conformance: {
    zh: '格式规范（不影响结论）',
    en: 'Conformance to the profile (does not touch the verdict)',
  },
  check: { zh: '如何核对', en: 'How to check' },
  checkText: {
    zh: '本单只是验证结果的打印件，能作为证据的是文件本身。扫描右上方二维码得到文件的 SHA-256，与 sha256sum 命令对手中文件的输出逐字比较；再用 verifier.html 或下面的命令，以自己核对过指纹的根证书重新验证。',
    en: 'This sheet is a printout of a result; the evidence is the file itself. The QR code gives the SHA-256 of the file: compare it with what sha256sum prints of the file at hand, then verify again with verifier.html or the command below, under a root certificate whose fingerprint you have compared yourself.',
  },
  verifiedBy: { zh: '验证人（签名）', en: 'Verified by (signature)' },
  on: { zh: '日期', en: 'Date' },
} as const satisfies Readonly<Record<string, Words>>

export type SheetWord = keyof typeof table

/** A word of the sheet. */
export const word = (language: Language, key: SheetWord): string => table[key][language]

const stamps: Readonly<Record<TimeStampFact['kind'], Words>> = {
  signature: { zh: '签名时间戳', en: 'Signature timestamp' },
  document: { zh: '文档时间戳', en: 'Document timestamp' },
  token: { zh: '时间戳', en: 'Timestamp' },
}

/** What a timestamp is called. */
export const stampWord = (language: Language, kind: TimeStampFact['kind']): string =>
  stamps[kind][language]

/** `第 1 页，共 2 页`. */
export function pageOf(language: Language, at: number, count: number): string {
  const [page, pages] = [String(at), String(count)]
  return language === 'zh' ? `第 ${page} 页，共 ${pages} 页` : `Page ${page} of ${pages}`
}

/** The colour of a verdict's band. */
export const verdictColour: Readonly<Record<Verdict, Colour>> = {
  'TOTAL-PASSED': 'green',
  'TOTAL-FAILED': 'red',
  INDETERMINATE: 'amber',
}

/** A moment to the second in the reader's zone, the zone said. */
export function momentText(language: Language, rfc3339: string, timeZone: string): string {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  const at = new Date(rfc3339)
  const said = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'long', timeStyle: 'medium' })
  const zone = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')
  return `${said.format(at)} (${zone?.value ?? timeZone})`
}
