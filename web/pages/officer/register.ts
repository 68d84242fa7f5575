/** Registering units: a roster is handed in, shown row by row, and only then signed for. What is refused can be put right here. */
import {
  maxRosterBytes,
  modelDistrict,
  readRoster,
  writeRoster,
  type RosterUnit,
} from '../../../provisioning/index.ts'
import { utf8 } from '../../../ca/index.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Parts, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { signerHref } from '../elements.ts'
import { show } from '../frame.ts'

/** A roster that is longer is put right in its file, not in a field of the page. */
const maxShownText = 200_000
/** Rows that are shown of a roster. */
const maxShownRows = 500

export function registerPage(request: Request): Promise<Answer> {
  return page(request, {})
}

/** Reads what was handed in; keeps it for the signer if nothing is wrong with it. Registers nothing. */
export async function checkRoster(request: Request): Promise<Answer> {
  const { view, form, parts } = request
  const { w } = view
  const [file] = form.files.get('file') ?? []
  const typed = form.fields.get('text') ?? ''
  const bytes = file?.bytes ?? utf8(typed)
  if (bytes.length === 0) {
    const wrong = w(
      '请选择名册文件，或粘贴名册内容。',
      'Choose the file of the roster, or paste it.',
    )
    return page(request, { wrong, text: typed })
  }
  const { units, refused, unknownColumns } = readRoster(bytes)
  const rows: Refused[] = [
    ...refused.map(({ row, faults }) => ({
      row,
      reason: faults.map(({ reason }) => reason[view.language]).join(w('；', '; ')),
    })),
    ...(await registeredBefore(parts, view, units)),
  ].toSorted((a, b) => a.row - b.row)
  const text = file === undefined ? typed : textOf(bytes)
  if (rows.length > 0 || units.length === 0) {
    return page(request, { refused: rows, units, unknownColumns, text })
  }
  const roster = await parts.rosters.put(actorOf(request).holder, bytes)
  return ready(request, { units, unknownColumns, roster })
}

/** A roster of our own model district, to begin with. */
export function exampleRoster(): Promise<Answer> {
  const bytes = writeRoster(modelDistrict)
  return Promise.resolve({ type: 'text/csv; charset=utf-8', bytes, fileName: 'roster.csv' })
}

interface Refused {
  readonly row: number
  readonly reason: string
}

async function registeredBefore(
  { directory }: Parts,
  { w }: View,
  units: readonly RosterUnit[],
): Promise<Refused[]> {
  const known = await Promise.all(units.map(({ uscc }) => directory.unit(uscc)))
  return units.flatMap(({ row }, at) =>
    known[at] === undefined
      ? []
      : [{ row, reason: w('这个单位已经登记过', 'this unit is registered already') }],
  )
}

/** The text of a file as it can be put right in a field: UTF-8, else GB18030; empty if it is too long or neither. */
function textOf(bytes: Uint8Array): string {
  if (bytes.length > maxShownText) return ''
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      // The other one.
    }
  }
  return ''
}

interface Shown {
  readonly wrong?: string
  readonly refused?: readonly Refused[]
  readonly units?: readonly RosterUnit[]
  readonly unknownColumns?: readonly string[]
  readonly text?: string
}

function page(request: Request, shown: Shown): Promise<Answer> {
  const { view } = request
  const { w } = view
  const { wrong, refused, units = [], unknownColumns = [] } = shown
  const isRefused = wrong !== undefined || refused !== undefined
  const title = w('登记单位', 'Register units')
  return show(request, {
    title,
    ...(isRefused && { status: 422 }),
    main: html`<p class="crumb links"><a href="/units">${w('单位', 'Units')}</a> › ${title}</p>
      <h1>${title}</h1>
      <p class="sub">
        ${w('上传名册，先看清每一行，再签署登记。有一行不对，就一行也不录。', 'Upload the roster, look at every row, then sign for it. If one row is refused, none is taken.')}
      </p>
      ${refused !== undefined && refusal(view, refused, units.length)}
      ${columnsNote(view, unknownColumns)} ${rosterForm(view, shown)}`,
  })
}

function refusal({ w }: View, refused: readonly Refused[], taken: number): Html {
  const count = String(refused.length)
  return html`<div class="notice bad" role="alert">
      <b
        >${refused.length === 0 ? w('名册里没有单位', 'The roster holds no unit') : w(`${count} 行有误，一行未录`, `${count} rows are refused; none was taken`)}</b
      >
      ${w(`另有 ${String(taken)} 行没有问题。请改正后再提交；名册内容仍在下面。`, `${String(taken)} other rows are fine. Put it right and hand it in again; what you handed in is still below.`)}
    </div>
    ${
      refused.length > 0 &&
      html`<table class="dense">
        <thead>
          <tr>
            <th>${w('行', 'Row')}</th>
            <th>${w('原因', 'Reason')}</th>
          </tr>
        </thead>
        <tbody>
          ${refused.slice(0, maxShownRows).map(
            ({ row, reason }) =>
              html`<tr data-row>
                <td class="num">${row}</td>
                <td>${reason}</td>
              </tr>`,
          )}
        </tbody>
      </table>`
    }`
}

function columnsNote({ w }: View, unknown: readonly string[]): Html | undefined {
  if (unknown.length === 0) return undefined
  return html`<p class="hint">
    ${w('不认识、未读取的列：', 'Columns that are not known and were not read: ')}${unknown.join('、')}
  </p>`
}

function rosterForm({ w }: View, { wrong, text = '' }: Shown): Html {
  const bad = wrong !== undefined
  const limit = String(maxRosterBytes / 1024 / 1024)
  return html`<form
    method="post"
    action="/units/register"
    enctype="multipart/form-data"
    class="section"
  >
    <div class="field">
      <label for="file">${w('名册文件（CSV）', 'The roster (CSV)')}</label>
      <input
        type="file"
        id="file"
        name="file"
        accept=".csv,text/csv"
        aria-describedby="file-hint${bad && ' file-wrong'}"
        ${bad && html` aria-invalid="true"`}
      />
      ${bad && html`<p class="wrong" id="file-wrong" role="alert">${wrong}</p>`}
      <p class="hint links" id="file-hint">
        ${w(`UTF-8 或 GB18030，最大 ${limit} MB。`, `UTF-8 or GB18030, ${limit} MB at most.`)}
        <a href="/units/register/file">${w('下载样例', 'Download an example')}</a>
      </p>
    </div>
    <div class="field wide">
      <label for="text">${w('或在此粘贴、改正', 'Or paste and put it right here')}</label>
      <textarea id="text" name="text" rows="8" wrap="off" spellcheck="false">${text}</textarea>
      <p class="hint">${w('选了文件时以文件为准。', 'A file that is chosen comes first.')}</p>
    </div>
    <button class="btn" data-next>${w('检查名册', 'Check the roster')}</button>
  </form>`
}

function ready(
  request: Request,
  of: {
    readonly units: readonly RosterUnit[]
    readonly unknownColumns: readonly string[]
    readonly roster: string
  },
): Promise<Answer> {
  const { view } = request
  const { w } = view
  const { units, unknownColumns, roster } = of
  const count = String(units.length)
  const href = signerHref({ act: 'register', roster })
  return show(request, {
    title: w('登记单位', 'Register units'),
    acts: html`<a class="btn" href="/units/register">${w('换一份名册', 'Another roster')}</a
      ><a class="btn seal" href="${href}" target="sealbox-signer" data-next
        >${w(`签署登记 ${count} 个单位`, `Sign for ${count} units`)}</a
      >`,
    main: html`<p class="crumb links">
        <a href="/units">${w('单位', 'Units')}</a> › ${w('登记单位', 'Register units')}
      </p>
      <h1>${w(`名册没有问题，共 ${count} 个单位`, `The roster is fine: ${count} units`)}</h1>
      <p class="sub">
        ${w('还没有登记。签署之后各单位得到一个注册码，只显示一次，请当场打印。', 'Nothing is registered yet. Once you sign, each unit gets a code, which is shown once: print it then.')}
      </p>
      ${columnsNote(view, unknownColumns)} ${preview(view, units)}
      <p class="hint">SHA-256 <span class="hash">${roster}</span></p>`,
  })
}

function preview({ w }: View, units: readonly RosterUnit[]): Html {
  const rest = units.length - maxShownRows
  return html`<div class="scroll">
      <table class="dense">
        <thead>
          <tr>
            <th>${w('行', 'Row')}</th>
            <th>${w('单位', 'Unit')}</th>
            <th>${w('统一社会信用代码', 'Credit code')}</th>
            <th>${w('发文代字', 'Series')}</th>
          </tr>
        </thead>
        <tbody>
          ${units.slice(0, maxShownRows).map(
            ({ row, name, shortName, uscc, series }) =>
              html`<tr data-row>
                <td class="num">${row}</td>
                <td>${name} <span class="m">${shortName}</span></td>
                <td class="num"><code>${uscc}</code></td>
                <td>${series.join('、')}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${rest > 0 && html`<p class="hint">${w(`另有 ${String(rest)} 行未显示。`, `${String(rest)} more rows are not shown.`)}</p>`}`
}
