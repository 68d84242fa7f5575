/** Verifies files that somebody has, against the root of this box, as `sealbox verify` does offline. Nothing is kept. */
import { nodeCrypto } from '../../ca/index.ts'
import { statedFiles } from '../../exchange/index.ts'
import {
  judgeStatements,
  verifyFile,
  type Companions,
  type JudgedStatements,
  type Report,
} from '../../exchange/verify/index.ts'
import type { FormFile } from '../form.ts'
import { html, type Html } from '../html.ts'
import { route, type Parts, type Route } from '../types.ts'
import type { View } from '../view.ts'
import { show } from './frame.ts'
import { reportDetails, verdictCard } from './report.ts'

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
      const files = form.files.get('files') ?? []
      const judged = files.filter(({ fileName }) => !isSignature(fileName))
      if (judged.length === 0 || judged.length > maxFiles) {
        const wrong =
          judged.length === 0
            ? w('请选择要验证的文件。', 'Choose the files to be verified.')
            : w(`一次最多 ${String(maxFiles)} 个文件。`, `At most ${String(maxFiles)} at once.`)
        const title = w('验证', 'Verify')
        return show(request, { title, status: 422, main: emptyForm(view, wrong) })
      }
      const attachments = form.files.get('attachments') ?? []
      const statements = await statedHere(parts)
      const reports: Report[] = []
      // One after the other: whoever verifies many leaves the box to the others in between.
      for (const file of judged) {
        reports.push(await judge(parts, file, { beside: files, attachments, statements }))
      }
      return show(request, { title: w('验证结果', 'Verified'), main: results(view, reports) })
    },
  }),
]

/** What two officers of this box stated of its keys. */
async function statedHere({ journal, blobs, authority, clock }: Parts): Promise<JudgedStatements> {
  const given = await statedFiles({ views: journal.views, blobs })
  return judgeStatements(given, { trust: authority.roots, at: clock.now(), ports: nodeCrypto })
}

const isSignature = (fileName: string): boolean => fileName.endsWith('.p7s')

function judge(
  { authority, clock }: Parts,
  { fileName, bytes }: FormFile,
  given: {
    readonly beside: readonly FormFile[]
    readonly attachments: readonly FormFile[]
    readonly statements: JudgedStatements
  },
): Promise<Report> {
  const signature = given.beside.find((one) => one.fileName === `${fileName}.p7s`)
  const isPdf = /\.pdf$/i.test(fileName)
  const companions: Companions = {
    ...(signature && { signature: signature.bytes }),
    ...(isPdf && given.attachments.length > 0 && { attachments: given.attachments }),
  }
  return verifyFile({
    statements: given.statements,
    name: fileName,
    bytes,
    trust: authority.roots,
    at: clock.now(),
    companions,
    ports: nodeCrypto,
  })
}

function emptyForm(view: View, wrong?: string): Html {
  const { w } = view
  return html`<h1>${w('验证', 'Verify')}</h1>
    <p class="sub">
      ${w('印章是否真实、内容是否被改动、何时用印：凭文件自身所带的证据判断，上传的文件不保存。', 'Whether a seal is genuine, the content unchanged, and when it was sealed: judged by the evidence in the file itself. What you upload is not kept.')}
    </p>
    ${form(view, wrong)}${offline(view)}`
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
    <button class="btn" data-next>${w('验证', 'Verify')}</button>
  </form>`
}

function offline({ w }: View): Html {
  return html`<section class="section prose">
    <h2>${w('不相信本平台也能验证', 'Verified without trusting this box')}</h2>
    <p>
      ${w('在任何一台电脑上，不联网，只需根证书：', 'On any computer, without a network, with the root certificate alone:')}
    </p>
    <pre>sealbox verify ${w('文件', 'FILE')}.pdf --trust root.pem</pre>
  </section>`
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
