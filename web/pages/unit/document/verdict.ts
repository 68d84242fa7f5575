/** The verdict as a sentence: what the offline verifier says of the sealed file, in its words. */
import { findingTable, type Report } from '../../../../exchange/verify/index.ts'
import { actorOf } from '../../../api/common.ts'
import { html, type Html } from '../../../html.ts'
import type { Request } from '../../../types.ts'
import type { View } from '../../../view.ts'

/** Nothing before the file is sealed. */
export async function verdictCard(request: Request, id: string): Promise<Html | undefined> {
  const report = await request.parts.reading.verdict(actorOf(request), id)
  return report === undefined ? undefined : reportCard(request.view, report)
}

/** A report of the verifier as a card. */
export function reportCard(view: View, report: Report): Html {
  const { w } = view
  const { kind, sign, words } = headline(view, report)
  const [seal] = report.signatures
  const stamp = seal?.timestamps[0]
  const signers = report.signatures
    .map(({ signer }) => commonName(signer))
    .filter((name) => name !== '')
  const who = [...new Set(signers)].join(w('、', ', '))
  const lines = [
    who !== '' &&
      stamp !== undefined &&
      w(
        `由${who}用印，时间戳 ${view.exact(stamp.time)}。`,
        `Sealed by ${who}, time-stamped ${view.exact(stamp.time)}. `,
      ),
    who !== '' &&
      stamp === undefined &&
      w(`由${who}用印，时间戳稍后补加。`, `Sealed by ${who}; the time-stamp comes later. `),
    report.validUntil !== undefined &&
      w(
        `离线验证可保持到 ${view.day(report.validUntil)}。`,
        `It can be proved offline until ${view.day(report.validUntil)}.`,
      ),
  ]
  const troubles = report.findings
    .concat(report.signatures.flatMap(({ findings }) => findings))
    .filter(({ severity }) => severity === 'error')
  const found = [...new Set(troubles.map(({ code }) => findingTable[code][view.language]))]
  return html`<div class="card verdict ${kind}">
    <div class="sign" aria-hidden="true">${sign}</div>
    <div>
      <b>${words}</b>
      <p>${lines}</p>
      ${
        found.length > 0 &&
        html`<ul class="hint">
          ${found.map((one) => html`<li>${one}</li>`)}
        </ul>`
      }
    </div>
  </div>`
}

function headline(
  { w }: View,
  report: Report,
): { readonly kind: string; readonly sign: string; readonly words: string } {
  const seals = report.signatures.map(({ integrity }) => integrity)
  if (report.verdict === 'TOTAL-PASSED')
    return {
      kind: 'ok',
      sign: '✓',
      words: w('印章有效，内容未改动', 'The seal is valid, the content unchanged'),
    }
  if (seals.includes('BROKEN'))
    return {
      kind: 'bad',
      sign: '✕',
      words: w('印章无效，文件已被改动或损坏', 'The seal is broken: altered or damaged'),
    }
  if (seals.includes('CHANGED'))
    return {
      kind: 'bad',
      sign: '✕',
      words: w('用印之后内容被改动', 'The content was changed after sealing'),
    }
  if (report.verdict === 'TOTAL-FAILED')
    return { kind: 'bad', sign: '✕', words: w('验证不通过', 'It does not verify') }
  return {
    kind: 'open',
    sign: '?',
    words: w('内容未改动，但凭据还不足以下结论', 'Unchanged, but the evidence does not suffice'),
  }
}

function commonName(subject: string): string {
  return /(?:^|,)CN=((?:\\.|[^,\\])*)/.exec(subject)?.[1]?.replace(/\\(.)/g, '$1') ?? subject
}
