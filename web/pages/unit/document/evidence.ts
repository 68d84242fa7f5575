/** Attachments, the hash and the journal's entry, for who wants them. Pure. */
import type { Attachment, DocumentView } from '../../../../exchange/index.ts'
import { html, type Html } from '../../../html.ts'
import type { View } from '../../../view.ts'
import { bytesWords } from '../../elements.ts'

export function attachmentsCard({ w }: View, { id, record }: DocumentView): Html | undefined {
  const attachments: readonly Attachment[] = record?.attachments ?? []
  if (attachments.length === 0) return undefined
  return html`<section class="card">
    <h2>${w('附件', 'Attachments')} ${attachments.length}</h2>
    <ol class="prose">
      ${attachments.map(
        ({ name, fileName, bytes, sha256 }) =>
          html`<li>
            <a href="/documents/${id}/files/${sha256}">${name}</a>
            <span class="hint">${fileName} · ${bytesWords(bytes)}</span>
          </li>`,
      )}
    </ol>
  </section>`
}

export function evidenceCard(
  { w }: View,
  { id, record, dispatched, version, copy }: DocumentView,
): Html {
  const file = record !== undefined && 'file' in record ? record.file : dispatched?.file
  const draft = record?.approvedHash
  const receipt = copy?.answer
  return html`<section class="card">
    <h2>${w('凭据', 'Evidence')}</h2>
    <p class="hint">${w(`日志第 ${String(version)} 条`, `Journal entry ${String(version)}`)}</p>
    ${
      file !== undefined && html`<p class="hash">SHA-256 ${file}</p>`
    }${file === undefined && draft !== undefined && html`<p class="hash">${w('稿件', 'Draft')} SHA-256 ${draft}</p>`}${
      receipt &&
      html`<p class="prose hint">
        <a href="/documents/${id}/files/${receipt.statement}"
          >${w('本单位的回执', 'Your unit’s receipt')}</a
        >
        · <a href="/documents/${id}/files/${receipt.signature}">.p7s</a>
      </p>`
    }
    ${file !== undefined && record !== undefined && html`<p class="hint">${w('不连网络、不用本平台也能验证：证据包里有验证器和说明。', 'It can be verified without a network and without this box: the evidence bundle holds the verifier and says how.')}</p>`}
    ${dispatched !== undefined && record !== undefined && renewedForm(w, id)}
  </section>`
}

/** A copy for readers that know document timestamps alone; it costs a timestamp, so nobody gets it by following a link. */
function renewedForm(w: View['w'], id: string): Html {
  return html`<form method="post" action="/documents/${id}/renewed">
    <p class="hint">
      ${w('有的软件不认识证据记录：续期副本把新的时间戳放进 PDF。', 'For software that knows no evidence records: a copy with a new timestamp inside.')}
    </p>
    <button class="btn">${w('下载续期副本（PDF）', 'Renewed copy (PDF)')}</button>
  </form>`
}
