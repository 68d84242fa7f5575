/** The virus check, for the administrator: how the scanner is, what signatures it has, what waits, and new signatures for it. */
import { actorOf } from '../../api/common.ts'
import { WebError } from '../../errors.ts'
import { html, type Content, type Html } from '../../html.ts'
import { streamedFiles } from '../../streamed_files.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import type { View } from '../../view.ts'
import type { Installed, RefusedSignatures, SignatureSet, VirusReport } from '../../virus.ts'
import { bytesWords, factList } from '../elements.ts'
import { show } from '../frame.ts'
import { ageWords, conditionWords, contentWords, refusalWords } from './words.ts'

export const virusRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/virus',
    who: 'administrator',
    summary: 'Page: the virus check, its signatures, and uploads that wait for it',
    handle: (request) => virusPage(request, {}),
  }),
  route({
    method: 'POST',
    path: '/virus',
    who: 'administrator',
    summary: 'Takes new virus signatures in: all of the files, or none',
    handle: installSignatures,
  }),
  route({
    method: 'POST',
    path: '/virus/stick',
    who: 'administrator',
    summary: 'Takes new virus signatures from the stick in the machine: all of the files, or none',
    form: 'fields',
    handle: installFromStick,
  }),
]

interface Shown {
  readonly refused?: readonly RefusedSignatures[]
  readonly installed?: readonly SignatureSet[]
  readonly isEmpty?: boolean
}

async function installSignatures(request: Request): Promise<Answer> {
  const { parts, koa } = request
  const { install } = parts.virus
  if (install === undefined) throw new WebError('ROUTE_UNKNOWN', 'no signatures are kept here')
  return told(request, await install(streamedFiles(koa.req), actorOf(request)))
}

async function installFromStick(request: Request): Promise<Answer> {
  const { installFromStick: install } = request.parts.virus
  if (install === undefined) throw new WebError('ROUTE_UNKNOWN', 'there is no machine to ask')
  return told(request, await install(actorOf(request)))
}

function told(request: Request, done: Installed): Promise<Answer> {
  const isEmpty = 'refused' in done && done.refused.length === 0
  return virusPage(request, isEmpty ? { isEmpty } : done)
}

async function virusPage(request: Request, shown: Shown): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const report = await parts.virus.report()
  const title = w('病毒检查', 'Virus check')
  const isRefused = shown.refused !== undefined || shown.isEmpty === true
  return show(request, {
    title,
    ...(isRefused && { status: 422 }),
    acts: html`<a class="btn" href="/virus" data-next>${w('再看一次', 'Look again')}</a>`,
    main: html`<h1>${title}</h1>
      <p class="sub">
        ${w('上传的文件先交扫描程序检查，再保存；不能确定的一律等待。', 'Each upload is shown to the scanner before it is kept; while it cannot tell, files wait.')}
      </p>
      ${condition(view, report)} ${outcome(view, shown)} ${facts(view, report)}
      ${sets(view, report)}
      ${parts.virus.install !== undefined && form(view, parts.virus.installFromStick !== undefined)}`,
  })
}

function condition(view: View, report: VirusReport): Html {
  const { kind, title, advice } = conditionWords(view, report)
  return html`<div class="notice ${kind}" role="${kind === 'ok' ? 'status' : 'alert'}">
    <b>${title}</b>${advice !== '' && html`<p class="prose">${advice}</p>`}
  </div>`
}

function outcome(view: View, { refused, installed, isEmpty }: Shown): Content {
  const { w } = view
  if (installed !== undefined)
    return html`<div class="notice ok" role="status">
      <b
        >${w('新病毒库已经放好，扫描程序正在换用', 'The new signatures are in place; the scanner is loading them')}</b
      >
      <p class="prose">${installed.map(({ name }) => name).join(w('、', ', '))}</p>
    </div>`
  if (isEmpty === true)
    return html`<div class="notice bad" role="alert">
      <b>${w('没有找到病毒库文件', 'There were no files of signatures')}</b>
    </div>`
  if (refused === undefined) return undefined
  return html`<div class="notice bad" role="alert">
    <b
      >${w('没有安装：下列文件不能接受，原有病毒库未变', 'Nothing was installed; these files cannot be taken, and the signatures are as before')}</b
    >
    <ul class="prose">
      ${refused.map(({ name, reason }) => html`<li>${name}${w('：', ': ')}${refusalWords(view, reason)}</li>`)}
    </ul>
  </div>`
}

function facts(view: View, report: VirusReport): Html {
  const { w } = view
  const { waiting, said, condition: now } = report
  const since = waiting.since === undefined ? undefined : new Date(waiting.since)
  return factList([
    [w('扫描程序', 'Scanner'), now === 'ready' || now === 'no-signatures' ? said : undefined],
    [w('没有应答的原因', 'Why it does not answer'), now === 'down' ? said : undefined],
    [w('病毒库', 'Signatures'), now === 'none' ? undefined : ageWords(view, report)],
    [
      w('等待检查的上传', 'Uploads that wait'),
      waiting.files === 0 || since === undefined
        ? w('没有', 'none')
        : w(
            `${String(waiting.files)} 个，${bytesWords(waiting.bytes)}，最早 ${view.time(since)}`,
            `${String(waiting.files)}, ${bytesWords(waiting.bytes)}, since ${view.time(since)}`,
          ),
    ],
  ])
}

function sets(view: View, { sets: found }: VirusReport): Content {
  const { w } = view
  if (found.length === 0) return undefined
  return html`<section class="section">
    <table class="stack">
      <caption>
        ${w('已安装的病毒库', 'Installed signatures')}
      </caption>
      <thead>
        <tr>
          <th>${w('文件', 'File')}</th>
          <th>${w('制作时间', 'Made')}</th>
          <th>${w('内容', 'Contents')}</th>
          <th class="end">${w('大小', 'Size')}</th>
        </tr>
      </thead>
      <tbody>
        ${found.map(
          (set) =>
            html`<tr>
              <td data-label="${w('文件', 'File')}">${set.name}</td>
              <td data-label="${w('制作时间', 'Made')}">${view.time(set.builtAt)}</td>
              <td>${contentWords(view, set)}</td>
              <td class="end" data-label="${w('大小', 'Size')}">${bytesWords(set.bytes)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

function form({ w }: View, hasStick: boolean): Html {
  return html`<section class="section">
    <h2>${w('更新病毒库', 'New signatures')}</h2>
    <form method="post" action="/virus" enctype="multipart/form-data">
      <div class="field">
        <label for="file">${w('病毒库文件', 'Files of signatures')}</label>
        <input type="file" id="file" name="file" multiple />
        <p class="hint">
          ${w('在能上网的电脑上取得 main.cvd、daily.cvd、bytecode.cvd，用 U 盘带来；本区自己的清单（.hdb、.ndb 等）要连同它的 .p7s 签名一起上传。先核对、后启用；比现有的旧，就不接受。', 'Fetch main.cvd, daily.cvd and bytecode.cvd on a machine with a network and bring them on a stick; a list made by the district (.hdb, .ndb and the like) comes with its signature, .p7s. They are checked before they are used, and never replace newer ones.')}
        </p>
      </div>
      <div class="acts start">
        <button class="btn primary">${w('核对并安装', 'Check and install')}</button>
      </div>
    </form>
    ${
      hasStick &&
      html`<form method="post" action="/virus/stick" class="section">
        <p class="hint">
          ${w('也可以把 U 盘插在印匣上，由本机直接读取。', 'Or put the stick into the box itself, which reads it.')}
        </p>
        <div class="acts start">
          <button class="btn">${w('从 U 盘读取', 'Read the stick')}</button>
        </div>
      </form>`
    }
  </section>`
}
