/**
 * Enrolment sheets as the desk shows them after an order came back as a file: each code once, with what a unit needs to trust the right
 * box. The same words as on the signer's sheets. Pure.
 */
import { sha256Hex } from '../../../ca/index.ts'
import { fingerprintWords, type CodeFor } from '../../../provisioning/index.ts'
import { html, type Html } from '../../html.ts'
import { officer as words } from '../../signer/words/officer.ts'
import type { View } from '../../view.ts'
import { factList, wordGrid } from '../elements.ts'
import { postName } from '../shell.ts'

/** A code as an act answers it. */
export interface GivenCode {
  readonly codeFor: CodeFor
  readonly code: string
  /** RFC 3339. */
  readonly expires: string
}

/** The codes in an answer: of many units, or a single one; empty if it gives none. */
export function codesIn(answer: unknown): readonly GivenCode[] {
  const { codes, code } = (answer ?? {}) as { codes?: readonly GivenCode[]; code?: string }
  if (codes !== undefined) return codes
  return code === undefined ? [] : [answer as GivenCode]
}

export function codeSheets(
  view: View,
  codes: readonly GivenCode[],
  of: {
    /** Names of the units, by code. */
    readonly names: ReadonlyMap<string, string>
    /** DER of the root. */
    readonly root: Uint8Array
  },
): Html {
  const { w } = view
  return html`<h1 class="screen-only">${said(view, words.sheets)}</h1>
    <p class="sub screen-only">${said(view, words.sheetsLead)}</p>
    <p>
      <button class="btn seal" type="button" data-print data-next>
        ${said(view, words.printAll(codes.length))}
      </button>
      <a class="btn" href="/requests">${w('注册申请', 'Enrolment')}</a>
    </p>
    ${codes.map((one) => codeSheet(view, one, of))}`
}

const said = ({ w }: View, { zh, en }: { readonly zh: string; readonly en: string }): string =>
  w(zh, en)

function codeSheet(
  view: View,
  { codeFor, code, expires }: GivenCode,
  of: { readonly names: ReadonlyMap<string, string>; readonly root: Uint8Array },
): Html {
  const name = codeFor.kind === 'unit' ? (of.names.get(codeFor.uscc) ?? codeFor.uscc) : codeFor.id
  const post = codeFor.kind === 'person' && ` · ${postName(view, codeFor.role)}`
  const fingerprint = fingerprintWords(sha256Hex(of.root))
  const rows = view.language === 'zh' ? fingerprint.chinese : fingerprint.english
  const steps = [words.step1, words.step2, words.step3, words.step4, words.step5]
  return html`<section class="section enrolment-sheet">
    <h2>${name}${post}</h2>
    <p class="code">${code}</p>
    ${factList([
      [said(view, words.until), view.day(expires)],
      [said(view, words.address), `${view.box.url}/`],
      [said(view, words.uscc), codeFor.kind === 'unit' && codeFor.uscc],
    ])}
    <ol class="prose steps">
      ${steps.map((step) => html`<li>${said(view, step)}</li>`)}
    </ol>
    <h3>${said(view, words.root)}</h3>
    ${wordGrid(rows, view.language === 'zh' ? 'zh-CN' : 'en')}
    <p class="hash">${fingerprint.hex}</p>
    <p>${said(view, words.secret)}</p>
    <p class="sub">${said(view, words.handed)} ____________________</p>
  </section>`
}
