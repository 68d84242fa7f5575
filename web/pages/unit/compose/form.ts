/** The page on which a document is composed, or the head of an uploaded PDF is filled in. Pure. */
import {
  directions,
  documentKinds,
  urgencies,
  type DraftForm,
  type ScratchDraft,
  type Unit,
} from '../../../../exchange/index.ts'
import { html, type Content, type Html } from '../../../html.ts'
import type { View } from '../../../view.ts'
import { findingWords } from '../../findings.ts'
import { bytesWords } from '../../elements.ts'
import { filled, keptFile, type Filled } from './fields.ts'
import { scanTag, unscannedHint, waitingNotice, type Scanned } from './scanned.ts'

export interface ComposePage {
  readonly form: DraftForm
  readonly units: readonly Unit[]
  readonly unit: Unit
  /** The draft that is being changed; undefined for a new one. */
  readonly draft: Pick<ScratchDraft, 'id' | 'version' | 'at'> | undefined
  /** So that a form sent twice makes one document. */
  readonly once: string
  readonly findings: readonly ComposeFinding[]
  /** How its files stand with the virus check. */
  readonly scanned: Scanned
  /** What happened to what was sent. */
  readonly notice?: Html | undefined
  readonly preview?: Html | undefined
}

export interface ComposeFinding {
  readonly code: string
  readonly severity: 'refuse' | 'warn'
  readonly path?: string
  readonly message: unknown
  /** Name of the file that it is about. */
  readonly about?: string
}

export function composeForm(view: View, page: ComposePage): Html {
  const { w } = view
  const fields = filled(page.form)
  const isUpload = fields.text('mode') === 'upload'
  const { draft, once } = page
  return html`${page.notice}${waitingNotice(view, page.form, page.scanned)}${summary(view, page.findings)}
    <form method="post" action="/compose" enctype="multipart/form-data" data-keep>
      <input type="hidden" name="mode" value="${isUpload ? 'upload' : 'draft'}" /><input
        type="hidden"
        name="once"
        value="${once}"
      />
      ${draft !== undefined && html`<input type="hidden" name="draft" value="${draft.id}" /><input type="hidden" name="ifVersion" value="${draft.version}" />`}
      ${isUpload && uploadField(view, fields, page)}
      <div class="row">
        ${kindField(view, fields, page.findings)}${directionField(view, fields, page.findings)}${urgencyField(view, fields)}
      </div>
      ${textField(view, page, { name: 'title', label: w('标题', 'Title'), hint: w('发文机关名称＋事由＋文种，例如“青禾区财政局关于……的通知”。', 'Issuer, matter and kind of document.') })}
      ${recipientField(view, page, { name: 'main', ticks: 'mainUnits', label: w('主送机关', 'Main recipients') })}
      ${!isUpload && bodyField(view, page)} ${attachmentField(view, fields, page)}
      ${recipientField(view, page, { name: 'copies', ticks: 'copyUnits', label: w('抄送机关', 'Copies') })}
      <details class="field" ${moreOpen(fields) && html` open`}>
        <summary>${w('联合行文、签发人、附注', 'Joint issuers, signatory, note')}</summary>
        ${jointField(view, page)}${!isUpload && textField(view, page, { name: 'signatory', label: w('签发人（上行文必填）', 'Signatory (upward documents)') })}${!isUpload && textField(view, page, { name: 'note', label: w('附注', 'Note'), hint: w('例如联系人和电话。', 'A contact and telephone, for example.') })}
      </details>
      <div class="acts start">
        <button class="btn seal" name="action" value="hand-on">
          ${w('送签', 'Hand on to the leader')}</button
        ><button class="btn" name="action" value="preview">${w('预览', 'Preview')}</button
        ><button class="btn" name="action" value="save">${w('保存', 'Save')}</button
        >${draft !== undefined && html`<span class="sub">${w(`已保存 ${view.time(draft.at)}`, `Saved ${view.time(draft.at)}`)}</span>`}
      </div>
    </form>
    ${page.preview}`
}

function moreOpen(fields: Filled): boolean {
  return (
    fields.list('jointUnits').length > 0 ||
    fields.text('signatory') !== '' ||
    fields.text('note') !== '' ||
    fields.text('direction') === 'up'
  )
}

/** Everything that was found, refusals first; each leads to its field. */
function summary(view: View, findings: readonly ComposeFinding[]): Content {
  if (findings.length === 0) return undefined
  const { w } = view
  const refused = findings.filter(({ severity }) => severity === 'refuse')
  const ordered = [...refused, ...findings.filter(({ severity }) => severity === 'warn')]
  const title =
    refused.length > 0
      ? w(
          `有 ${String(refused.length)} 处须先修改，才能送签`,
          `${String(refused.length)} to be mended before it can be handed on`,
        )
      : w('可以送签；请留意：', 'It can be handed on; please look at:')
  return html`<div class="notice ${refused.length > 0 ? 'bad' : 'w'}" role="alert">
    <b>${title}</b>
    <ul class="prose">
      ${ordered.map((one) => html`<li><a href="#${fieldOf(one)}">${findingWords(view, one)}</a></li>`)}
    </ul>
  </div>`
}

const fieldNames: Readonly<Record<string, string>> = {
  mainRecipients: 'main',
  issuers: 'jointUnits',
  attachments: 'attachment',
  upload: 'file',
}

/** The field in which a finding stands. */
function fieldOf({ path = '' }: ComposeFinding): string {
  const [first = ''] = path.split('.')
  return fieldNames[first] ?? (first === '' ? 'title' : first)
}

function wrong(view: View, findings: readonly ComposeFinding[], field: string): Content {
  const here = findings.filter((one) => one.severity === 'refuse' && fieldOf(one) === field)
  return here.map(
    (one) => html`<p class="wrong" id="${field}-wrong">${findingWords(view, one)}</p>`,
  )
}

function invalid(findings: readonly ComposeFinding[], field: string): Content {
  const isWrong = findings.some((one) => one.severity === 'refuse' && fieldOf(one) === field)
  return isWrong && html` aria-invalid="true" aria-describedby="${field}-wrong"`
}

function textField(
  view: View,
  page: ComposePage,
  of: {
    readonly name: 'title' | 'signatory' | 'note'
    readonly label: string
    readonly hint?: string
  },
): Html {
  const { name, label, hint } = of
  const value = filled(page.form).text(name)
  return html`<div class="field">
    <label for="${name}">${label}</label
    ><input
      type="text"
      id="${name}"
      name="${name}"
      value="${value}"
      maxlength="200"
      ${invalid(page.findings, name)}
    />${hint !== undefined && html`<p class="hint">${hint}</p>`}${wrong(view, page.findings, name)}
  </div>`
}

function kindField(view: View, fields: Filled, findings: readonly ComposeFinding[]): Html {
  return html`<div class="field">
    <label for="kind">${view.w('文种', 'Kind')}</label
    ><select id="kind" name="kind" ${invalid(findings, 'kind')}>
      ${documentKinds.map((kind) => option(kind, kind, fields.text('kind')))}</select
    >${wrong(view, findings, 'kind')}
  </div>`
}

const directionWords: Readonly<Record<(typeof directions)[number], readonly [string, string]>> = {
  down: ['下行', 'To lower organs'],
  up: ['上行', 'To a superior'],
  parallel: ['平行', 'To others'],
  public: ['公布', 'To the public'],
}

function directionField(view: View, fields: Filled, findings: readonly ComposeFinding[]): Html {
  return html`<div class="field">
    <label for="direction">${view.w('行文方向', 'Direction')}</label
    ><select id="direction" name="direction" ${invalid(findings, 'direction')}>
      ${directions.map((one) => option(one, view.w(...directionWords[one]), fields.text('direction')))}</select
    >${wrong(view, findings, 'direction')}
  </div>`
}

function urgencyField({ w }: View, fields: Filled): Html {
  const english: Readonly<Record<string, string>> = { 特急: 'Most urgent', 加急: 'Urgent' }
  return html`<div class="field">
    <label for="urgency">${w('紧急程度', 'Urgency')}</label
    ><select id="urgency" name="urgency">
      ${option('', w('普通', 'Ordinary'), fields.text('urgency'))}${urgencies.map((one) => option(one, w(one, english[one] ?? one), fields.text('urgency')))}
    </select>
  </div>`
}

function option(value: string, words: string, chosen: string): Html {
  return html`<option value="${value}" ${value === chosen && html` selected`}>${words}</option>`
}

function recipientField(
  view: View,
  page: ComposePage,
  of: {
    readonly name: 'main' | 'copies'
    readonly ticks: 'mainUnits' | 'copyUnits'
    readonly label: string
  },
): Html {
  const { name, ticks, label } = of
  const { w } = view
  const fields = filled(page.form)
  const chosen = fields.list(ticks)
  return html`<div class="field"><label for="${name}">${label}</label><textarea id="${name}" name="${name}" rows="2" maxlength="20000"${invalid(page.findings, name)}>${fields.text(name)}</textarea>
<p class="hint">${w('用顿号分开；与名册中的单位名称或简称一致的，会自动送达该单位，其他名称只印在文上。', 'Parted by commas. Names of units on this box are sent to them; others stand on the page only.')}</p>${wrong(view, page.findings, name)}
<details${chosen.length > 0 && html` open`}><summary>${w('从单位名册选择', 'Choose from the units')}${chosen.length > 0 && html` · ${chosen.length}`}</summary>${unitTicks(page, ticks, chosen)}</details></div>`
}

function jointField(view: View, page: ComposePage): Html {
  const chosen = filled(page.form).list('jointUnits')
  return html`<fieldset id="jointUnits">
    <legend>${view.w('联合发文的其他单位', 'Further issuers')}</legend>
    ${unitTicks(page, 'jointUnits', chosen)}
    <p class="hint">
      ${view.w('本单位主办；每个单位的领导都要会签，并各自用印。', 'Yours is the lead; every leader countersigns and every unit seals.')}
    </p>
    ${wrong(view, page.findings, 'jointUnits')}
  </fieldset>`
}

function unitTicks({ units, unit }: ComposePage, name: string, chosen: readonly string[]): Html {
  const others = units.filter(({ uscc, active }) => active && uscc !== unit.uscc)
  return html`<div class="choices">
    ${others.map(({ uscc, shortName }) => html`<label><input type="checkbox" name="${name}" value="${uscc}" ${chosen.includes(uscc) && html` checked`} /> ${shortName}</label>`)}
  </div>`
}

function bodyField(view: View, page: ComposePage): Html {
  const { w } = view
  return html`<div class="field wide">
    <label for="body">${w('正文', 'Text')}</label
    ><textarea
      class="body"
      id="body"
      name="body"
      rows="16"
      maxlength="250000"
      ${invalid(page.findings, 'body')}
    >
${filled(page.form).text('body')}</textarea>
    <p class="hint">
      ${w('一行一段，首行缩进自动排。以“一、”“（一）”“1.”“（1）”开头的短行排成标题；用竖线分列的行排成表格，如 |单位|人数|。', 'A line is a paragraph. Short lines that begin with 一、（一）1.（1） become headings; lines parted by bars become a table.')}
    </p>
    ${wrong(view, page.findings, 'body')}
  </div>`
}

function attachmentField(
  view: View,
  fields: Filled,
  { findings, scanned }: Pick<ComposePage, 'findings' | 'scanned'>,
): Html {
  const { w } = view
  const names = fields.list('attachmentNames')
  const rows = fields.list('attachments').map((text, at) => {
    const file = keptFile(text)
    return html`<tr>
      <td>
        <input type="hidden" name="attachments" value="${text}" /><input
          type="text"
          name="attachmentNames"
          value="${names[at] ?? ''}"
          maxlength="200"
          aria-label="${w('附件名称', 'Name of the attachment')}"
        />
        <div class="m">
          ${file?.fileName} · ${bytesWords(file?.bytes ?? 0)}
          ${scanTag(view, scanned.looks.get(file?.sha256 ?? ''))}
        </div>
      </td>
      <td class="end">
        <label><input type="checkbox" name="remove" value="${at}" /> ${w('移除', 'Remove')}</label>
      </td>
    </tr>`
  })
  return html`<fieldset class="field" id="attachment">
    <legend>${w('附件', 'Attachments')}</legend>
    ${
      rows.length > 0 &&
      html`<table>
        <tbody>
          ${rows}
        </tbody>
      </table>`
    }
    <p>
      <input
        type="file"
        name="attachment"
        multiple
        aria-label="${w('添加附件', 'Add attachments')}"
      />
    </p>
    <p class="hint">
      ${w('每个不超过 100 MB；按“保存”或“预览”上传并检查。', 'At most 100 MB each; “Save” or “Preview” uploads and inspects them.')}
    </p>
    ${unscannedHint(view, scanned)}${wrong(view, findings, 'attachment')}
  </fieldset>`
}

function uploadField(
  view: View,
  fields: Filled,
  { findings, scanned }: Pick<ComposePage, 'findings' | 'scanned'>,
): Html {
  const { w } = view
  const file = keptFile(fields.text('upload'))
  const uploaded = html`<span class="tag ok">${w('已上传', 'uploaded')}</span>`
  return html`<div class="field">
    <label for="file">${w('PDF 文件', 'PDF file')}</label>${
      file !== undefined &&
      html`<p>
          ${scanTag(view, scanned.looks.get(file.sha256)) ?? uploaded}${file.fileName} ·
          ${bytesWords(file.bytes)}
        </p>
        <input type="hidden" name="upload" value="${fields.text('upload')}" />`
    }
    <input
      type="file"
      id="file"
      name="file"
      accept="application/pdf"
      ${invalid(findings, 'file')}
    />
    <p class="hint">
      ${w('不超过 100 MB；不得加密、带程序或内嵌文件，不得带密级。印章盖在最后一页。', 'At most 100 MB; not encrypted, without programs or embedded files, without a classified mark. The seal goes on the last page.')}
    </p>
    ${unscannedHint(view, scanned)}${wrong(view, findings, 'file')}
  </div>`
}
