/** Verifies files that somebody has, against the root of this box, as `sealbox verify` does offline. Nothing is kept. */
import { nodeCrypto } from '../../ca/index.ts'
import { statedFiles } from '../../exchange/index.ts'
import {
  judgeStatements,
  requestsOf,
  verifyFile,
  type GivenFile,
  type JudgedStatements,
  type Report,
  type VerifyRequest,
} from '../../exchange/verify/index.ts'
import type { Form, FormFile } from '../form.ts'
import { html, type Html } from '../html.ts'
import { route, type Answer, type Parts, type Request, type Route } from '../types.ts'
import type { View } from '../view.ts'
import { show } from './frame.ts'
import { reportDetails, verdictCard } from './report.ts'
import { verifierOffer } from './verifier.ts'

/** Each may take seconds of the box's time. */
const maxFiles = 10

export const verifyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/verify',
    who: 'certified',
    summary: 'Page: verifies files against the root of this box',
    handle: (request) => {
      const { view } = request
      return show(request, { title: view.w('验证', 'Verify'), main: emptyForm(view) })
    },
  }),
  route({
    method: 'POST',
    path: '/verify',
    who: 'certified',
    summary: 'Verifies the files of the form; keeps nothing',
    form: 'files',
    handle: async (request) => {
      const { view, form, parts } = request
      const { w } = view
      const title = w('验证', 'Verify')
      const asked = await requestsFor(parts, form)
      const objection = objectionTo(view, asked.length, isSheetWanted(form))
      if (objection !== undefined) {
        return show(request, { title, status: 422, main: emptyForm(view, objection) })
      }
      const reports: Report[] = []
      // One after the other: whoever verifies many leaves the box to the others in between.
      for (const one of asked) reports.push(await verifyFile(one))
      const [only, report] = [asked[0], reports[0]]
      if (isSheetWanted(form) && only && report) return sheet(request, only.bytes, report)
      return show(request, { title: w('验证结果', 'Verified'), main: results(view, reports) })
    },
  }),
]

/** What the form asks: each file with what was chosen beside it, as the command line takes them. */
async function requestsFor(parts: Parts, form: Form): Promise<VerifyRequest[]> {
  const { authority, clock } = parts
  const attachments = form.files.get('attachments') ?? []
  return requestsOf(namedApart(form.files.get('files') ?? []), {
    trust: authority.roots,
    at: clock.now(),
    statements: await statedHere(parts),
    companions: { ...(attachments.length > 0 && { attachments }) },
    ports: nodeCrypto,
  })
}

/** Files out of several folders may have one name; each is judged. */
function namedApart(files: readonly FormFile[]): GivenFile[] {
  const seen = new Map<string, number>()
  return files.map(({ fileName, bytes }) => {
    const count = (seen.get(fileName) ?? 0) + 1
    seen.set(fileName, count)
    return { name: count === 1 ? fileName : `${fileName} (${String(count)})`, bytes }
  })
}

const isSheetWanted = (form: Form): boolean => form.fields.get('as') === 'sheet'

/** Why so many files are not judged. */
function objectionTo({ w }: View, count: number, isSheet: boolean): string | undefined {
  if (count === 0) return w('请选择要验证的文件。', 'Choose the files to be verified.')
  if (count > maxFiles) {
    return w(`一次最多 ${String(maxFiles)} 个文件。`, `At most ${String(maxFiles)} at once.`)
  }
  if (isSheet && count > 1) {
    return w('验证单一次只能打印一个文件的。', 'An evidence sheet is of one file at a time.')
  }
  return undefined
}

async function sheet({ parts, view }: Request, file: Uint8Array, report: Report): Promise<Answer> {
  const bytes = await parts.sheets.print(report, file, view.language)
  const fileName = `${report.file} ${view.w('验证单', 'evidence sheet')}.pdf`
  return { type: 'application/pdf', bytes, fileName }
}

/** What two officers of this box stated of its keys. */
async function statedHere({ journal, blobs, authority, clock }: Parts): Promise<JudgedStatements> {
  const given = await statedFiles({ views: journal.views, blobs })
  return judgeStatements(given, { trust: authority.roots, at: clock.now(), ports: nodeCrypto })
}

function emptyForm(view: View, wrong?: string): Html {
  const { w } = view
  return html`<h1>${w('验证', 'Verify')}</h1>
    <p class="sub">
      ${w('印章是否真实、内容是否被改动、何时用印：凭文件自身所带的证据判断，上传的文件不保存。', 'Whether a seal is genuine, the content unchanged, and when it was sealed: judged by the evidence in the file itself. What you upload is not kept.')}
    </p>
    ${form(view, wrong)}${verifierOffer(view)}`
}

function form({ w }: View, wrong?: string): Html {
  const bad = wrong !== undefined
  return html`<form method="post" action="/verify" enctype="multipart/form-data">
    <div class="field">
      <label for="files">${w('要验证的文件', 'Files to be verified')}</label>
      <input
        type="file"
        id="files"
        name="files"
        multiple
        required
        aria-describedby="files-hint${bad && ' files-wrong'}"
        ${bad && html` aria-invalid="true"`}
      />
      ${bad && html`<p class="wrong" id="files-wrong" role="alert">${wrong}</p>`}
      <p class="hint" id="files-hint">
        ${w('盖章的 PDF；回执等声明的 .json，连同旁边的 .json.p7s 一起选；时间戳；证书。', 'Sealed PDFs; receipts and other statements (.json) together with the .json.p7s beside them; time-stamp tokens; certificates.')}
      </p>
    </div>
    <div class="field">
      <label for="attachments">${w('附件（可不选）', 'Attachments (if any)')}</label>
      <input
        type="file"
        id="attachments"
        name="attachments"
        multiple
        aria-describedby="attachments-hint"
      />
      <p class="hint" id="attachments-hint">
        ${w('选了附件，就与盖章 PDF 载明的附件逐个核对。', 'Compared one by one with those that the sealed PDF names.')}
      </p>
    </div>
    <p class="acts">
      <button class="btn" data-next>${w('验证', 'Verify')}</button>
      <button class="btn" name="as" value="sheet">
        ${w('打印验证单（PDF）', 'Evidence sheet to print (PDF)')}
      </button>
    </p>
  </form>`
}

function results(view: View, reports: readonly Report[]): Html {
  const { w } = view
  const passed = reports.filter(({ verdict }) => verdict === 'TOTAL-PASSED').length
  const count = `${String(passed)} / ${String(reports.length)}`
  return html`<h1>${w(`验证通过 ${count}`, `${count} passed`)}</h1>
    <p class="sub">
      ${w(`验证时间 ${view.exact(view.now)}。文件没有保存。`, `At ${view.exact(view.now)}. The files were not kept.`)}
    </p>
    ${reports.map((report) => oneResult(view, report))}
    <p class="links">
      <a href="/verify" data-next>${w('再验证别的文件', 'Verify other files')}</a>
    </p>`
}

function oneResult(view: View, report: Report): Html {
  const { w } = view
  return html`<section class="section" data-row>
    <h2>${report.file}</h2>
    ${verdictCard(view, report)}
    <details>
      <summary>${w('证据细节', 'The evidence in detail')}</summary>
      ${reportDetails(view, report)}
    </details>
  </section>`
}
