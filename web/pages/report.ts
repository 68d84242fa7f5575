/**
 * A report of verification as a clerk reads it: one sentence, who and when, until when that can be proved; behind it the chain,
 * the timestamps and what was found. The same words as `sealbox verify` and the offline verifier. Pure.
 */
import {
  changesAfter,
  commonName,
  findingTable,
  integrityWords,
  isStatement,
  statementWords,
  verdictSentence,
  verdictWords,
  type Finding,
  type Report,
  type SignatureReport,
} from '../../exchange/verify/index.ts'
import { html, type Content, type Html } from '../html.ts'
import type { View } from '../view.ts'

/** The verdict in a sentence, coloured by what it says; `more` stands under it. */
export function verdictCard(view: View, report: Report, more?: Content): Html {
  const { kind, sign } = marks[report.verdict]
  return html`<div class="card verdict ${kind}">
    <span class="sign" aria-hidden="true">${sign}</span>
    <div>
      <b>${verdictSentence(report, view.language)}</b>
      ${evidenceLines(view, report).map((line) => html`<p>${line}</p>`)}${more}
    </div>
  </div>`
}

const marks = {
  'TOTAL-PASSED': { kind: 'ok', sign: '✓' },
  'TOTAL-FAILED': { kind: 'bad', sign: '✕' },
  INDETERMINATE: { kind: 'open', sign: '?' },
} as const satisfies Record<Report['verdict'], { kind: string; sign: string }>

function evidenceLines(view: View, report: Report): string[] {
  const { w } = view
  const until = report.validUntil
  return [
    ...errorsOf(report)
      .slice(0, 3)
      .map((one) => findingSentence(view, one)),
    ...whoAndWhen(view, report),
    ...(until === undefined
      ? []
      : [
          w(
            `凭所附证据可证明至 ${view.day(until)}，届时须续时间戳。`,
            `The evidence holds until ${view.day(until)}; it must be renewed by then.`,
          ),
        ]),
  ]
}

function errorsOf({ findings, signatures }: Report): Finding[] {
  const all = [...findings, ...signatures.flatMap((one) => one.findings)]
  const errors = all.filter(({ severity }) => severity === 'error')
  return [...new Map(errors.map((one) => [one.code, one])).values()]
}

/** All who sealed or signed, and the time that is proved of the first. */
function whoAndWhen(view: View, { signatures }: Report): string[] {
  const { w } = view
  const [first] = signatures
  const signers = signatures.map(({ signer }) => commonName(signer)).filter((name) => name !== '')
  if (first === undefined || signers.length === 0) return []
  const names = [...new Set(signers)].join(w('、', ', '))
  const done = isStatement(first) ? w('签署', 'signed') : w('用印', 'sealed')
  const by = w(`由${names}${done}`, `${capital(done)} by ${names}`)
  const [stamp] = first.timestamps
  return [
    stamp === undefined
      ? w(`${by}，没有可信的时间戳。`, `${by}, without a timestamp that holds.`)
      : w(`${by}，时间戳 ${view.exact(stamp.time)}。`, `${by}, stamped ${view.exact(stamp.time)}.`),
  ]
}

const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`

/** A finding in the reader's language. */
export function findingSentence({ language }: Pick<View, 'language'>, one: Finding): string {
  return language === 'zh' ? findingTable[one.code].zh : one.message
}

/** What stands behind the verdict: each signature with times, chain and findings, for who wants it. */
export function reportDetails(view: View, report: Report): Html {
  const told = new Set(report.signatures.flatMap((one) => one.findings.map(({ code }) => code)))
  const ofFile = report.findings.filter(({ code }) => !told.has(code))
  return html`${findingList(view, ofFile)}${report.signatures.map((one) =>
    signatureFacts(view, report, one),
  )}`
}

function findingList(view: View, findings: readonly Finding[]): Html | undefined {
  if (findings.length === 0) return undefined
  return html`<ul class="findings">
    ${findings.map(
      (one) =>
        html`<li>
          ${severityTag(view, one)}${findingSentence(view, one)} <code>${one.code}</code>
        </li>`,
    )}
  </ul>`
}

function severityTag({ w }: View, { severity }: Finding): Html {
  const words = {
    error: ['u2', w('错误', 'error')],
    warning: ['w', w('提醒', 'note')],
    info: ['n', w('说明', 'info')],
  } as const
  const [kind, word] = words[severity]
  return html`<span class="tag ${kind}">${word}</span>`
}

function signatureFacts(view: View, report: Report, signature: SignatureReport): Html {
  const { w } = view
  const { field, signer, level, verdict, claimedTime, timestamps, chain } = signature
  const words = isStatement(signature) ? statementWords : integrityWords
  const kinds = {
    signature: w('签名时间戳', 'Signature timestamp'),
    document: w('文档时间戳', 'Document timestamp'),
    token: w('时间戳', 'Timestamp'),
  }
  const rows: (readonly [string, Content])[] = [
    [
      isStatement(signature) ? w('声明', 'Statement') : w('印章', 'Seal'),
      html`<code>${field}</code>`,
    ],
    [w('内容', 'Content'), words[signature.integrity][view.language]],
    [w('结论', 'Verdict'), `${verdictWords[verdict][view.language]} ${verdict}`],
    [w('签署', 'Signed by'), signer],
    [w('级别', 'Level'), level ?? ''],
    [w('自称时间', 'Claimed time'), claimedTime === null ? '' : view.exact(claimedTime)],
    ...timestamps.map(({ kind, time }) => [kinds[kind], view.exact(time)] as const),
    [w('证书链', 'Chain'), chain.length === 0 ? '' : html`${lines(chain)}`],
    [
      w('之后的追加', 'Added afterwards'),
      changesAfter(report, signature, view.language).join('; '),
    ],
  ]
  return html`<dl class="facts">
      ${rows.map(
        ([term, value]) =>
          value !== '' &&
          html`<dt>${term}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${findingList(view, signature.findings)}`
}

const lines = (chain: readonly string[]): Html[] =>
  chain.map((one, at) => (at === 0 ? html`${one}` : html`<br />← ${one}`))
