/** The records of ceremonies: a list, each with what was made and who was there, and the files that an auditor takes along. */
import { readCeremonies, type Ceremony } from '../../../ca/index.ts'
import { readMinutes, type Minutes } from '../../../provisioning/index.ts'
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import { route, type Answer, type Request, type Route, type Who } from '../../types.ts'
import type { View } from '../../view.ts'
import { factList } from '../elements.ts'
import { show } from '../frame.ts'
import { trustChips } from '../trust/frame.ts'
import { emptyList } from '../unit/rows.ts'
import { ceremonyWords, minutesPage } from './minutes.ts'

/** The same pages for two roles, each below its own path. */
export function ceremonyRoutes(base: string, who: Who): readonly Route[] {
  const row = (path: string, summary: string, handle: Handler): Route =>
    route({
      ...{ method: 'GET', path: `${base}${path}`, who, summary },
      handle: (request) => handle(request, base),
    })
  return [
    row('', 'Page: ceremonies that were held', listPage),
    row('/:index', 'Page: one ceremony, what it made and who was there', onePage),
    row('/:index/minutes.html', 'The minutes to be printed', printedFile),
    row('/:index/minutes.json', 'The minutes as they are signed', minutesFile),
    row('/:index/minutes.json.sig', 'The root key’s signature over the minutes', signatureFile),
  ]
}

type Handler = (request: Request, base: string) => Promise<Answer>

const kindWords = ({ w }: Pick<View, 'w'>, kind: Minutes['kind']): string => {
  const { zh, en } = ceremonyWords(kind)
  return w(zh, en)
}

async function listPage(request: Request, base: string): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const held = await readCeremonies(parts.journal.views)
  return show(request, {
    title: w('密钥仪式', 'Ceremonies'),
    main: html`<h1>${w('密钥仪式', 'Ceremonies')}</h1>
      <p class="sub">
        ${w('动用根密钥的每一次，都有多人在场、有记录、有根密钥的签名。', 'Each use of the root key: with several people there, minutes, and the root key’s signature over them.')}
      </p>
      ${base === '/ceremonies' && trustChips(view)}
      ${held.length === 0 ? empty(view) : table(view, held.toReversed(), base)}`,
  })
}

function empty({ w, box }: View): Html {
  return emptyList(
    w('还没有举行过仪式', 'No ceremony was held'),
    box.mode === 'trial'
      ? w(
          '试用机无人值守地生成根密钥，没有仪式；正式机由 sealbox init 建立。',
          'A trial box makes its root key unattended; a production box is made by sealbox init.',
        )
      : w('更换根或签发机构时举行。', 'They are held to roll over root or issuing authority.'),
  )
}

function table(view: View, held: readonly Ceremony[], base: string): Html {
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('仪式', 'Ceremony')}</th>
        <th>${w('时间', 'When')}</th>
        <th>${w('记录 SHA-256', 'Minutes, SHA-256')}</th>
        <th><span class="sr">${w('记录', 'Minutes')}</span></th>
      </tr>
    </thead>
    <tbody>
      ${held.map(
        ({ kind, heldAt, minutes, entry }) =>
          html`<tr data-row>
            <td>
              <span class="t"><a href="${base}/${entry}">${kindWords(view, kind)}</a></span>
            </td>
            <td class="num">${view.exact(heldAt)}</td>
            <td><span class="hash">${minutes.slice(0, 32)}…</span></td>
            <td class="end">
              <a class="btn" href="${base}/${entry}/minutes.html">${w('打印件', 'To print')}</a>
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

interface Record {
  readonly ceremony: Ceremony
  readonly bytes: Uint8Array
  readonly minutes: Minutes
}

/** The ceremony that the path names, with its minutes. */
async function recordOf({ parts, params }: Request): Promise<Record> {
  const { index = '' } = params
  const all = await readCeremonies(parts.journal.views)
  const ceremony = all.find(({ entry }) => String(entry) === index)
  if (ceremony === undefined) throw new WebError('ROUTE_UNKNOWN', 'there was no such ceremony')
  const bytes = await parts.blobs.get(ceremony.minutes)
  const minutes = readMinutes(bytes)
  if (minutes === undefined) throw new TypeError('the minutes cannot be read')
  return { ceremony, bytes, minutes }
}

async function onePage(request: Request, base: string): Promise<Answer> {
  const { view } = request
  const { w } = view
  const record = await recordOf(request)
  const { ceremony, minutes } = record
  const path = `${base}/${String(ceremony.entry)}`
  const name = kindWords(view, ceremony.kind)
  return show(request, {
    title: name,
    acts: html`<a class="btn" href="${path}/minutes.html">${w('打印件', 'To print')}</a
      ><a class="btn" href="${path}/minutes.json">minutes.json</a
      ><a class="btn" href="${path}/minutes.json.sig">.sig</a>`,
    main: html`<p class="crumb links">
        <a href="${base}">${w('密钥仪式', 'Ceremonies')}</a> › ${name}
      </p>
      <h1>${name}</h1>
      <p class="sub">
        ${view.exact(minutes.heldAt)}${minutes.place !== '' && html` · ${minutes.place}`}
      </p>
      ${minutes.kind === 'break-glass' && alarm(view, minutes)} ${facts(view, record)}
      ${made(view, minutes)} ${present(view, minutes)}`,
  })
}

function alarm({ w }: View, { dismissed, reason }: Minutes): Html {
  return html`<div class="notice bad" role="alert">
    <b>${w('安全员被重新任命', 'Officers were appointed anew')}</b>
    ${w(`原安全员 ${dismissed.join('、')} 停用。理由：${reason}`, `${dismissed.join(', ')} were put out of office. Reason: ${reason}`)}
  </div>`
}

function facts({ w }: View, { ceremony, minutes }: Record): Html {
  const { shares, opened, officers, rehearsal, software } = minutes
  return factList([
    [w('根证书', 'Root'), html`<code>${minutes.root}</code>`],
    [
      w('根密钥', 'Root key'),
      shares !== null &&
        w(
          `分成 ${String(shares.custodians.length)} 份，${String(shares.needed)} 份可开：${shares.custodians.join('、')}`,
          `in ${String(shares.custodians.length)} shares, ${String(shares.needed)} of which open it: ${shares.custodians.join(', ')}`,
        ),
    ],
    [w('开启者', 'Opened by'), opened.map(({ custodian }) => custodian).join(w('、', ', '))],
    [w('任命的安全员', 'Officers appointed'), officers.join(w('、', ', '))],
    [
      w('预演', 'Rehearsed'),
      w(
        `${String(rehearsal.certificates)} 张证书、${String(rehearsal.lists)} 份列表，全部检查通过`,
        `${String(rehearsal.certificates)} certificates and ${String(rehearsal.lists)} lists, all linted`,
      ),
    ],
    [
      w('软件', 'Software'),
      html`${software.version} · signer.html
        <code>${software.signer}</code
        >${software.verifier !== undefined && html` · verifier.html <code>${software.verifier}</code>`}`,
    ],
    [w('记录 SHA-256', 'Minutes, SHA-256'), html`<code>${ceremony.minutes}</code>`],
    [w('日志', 'Journal'), w(`第 ${String(ceremony.entry)} 条`, `entry ${String(ceremony.entry)}`)],
  ])
}

function made(view: View, { certificates }: Minutes): Html | undefined {
  if (certificates.length === 0) return undefined
  const { w } = view
  return html`<section class="section">
    <h2>${w('生成的证书', 'Certificates that were made')}</h2>
    <table class="stack">
      <thead>
        <tr>
          <th>${w('密钥', 'Key')}</th>
          <th>SHA-256</th>
          <th>${w('有效期', 'Valid')}</th>
        </tr>
      </thead>
      <tbody>
        ${certificates.map(
          ({ key, subject, sha256, notBefore, notAfter }) =>
            html`<tr data-row>
              <td>
                <span class="t">${key}</span>
                <div class="m">${subject}</div>
              </td>
              <td><code>${sha256}</code></td>
              <td class="num">${view.day(notBefore)} — ${view.day(notAfter)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

function present({ w }: View, { present: people }: Minutes): Html | undefined {
  if (people.length === 0) return undefined
  return html`<section class="section">
    <h2>${w('在场的人', 'Who was there')}</h2>
    ${factList(people.map(({ name, part }) => [name, part === '' ? '—' : part] as const))}
  </section>`
}

async function printedFile(request: Request): Promise<Answer> {
  const { ceremony, minutes } = await recordOf(request)
  return {
    type: 'text/html; charset=utf-8',
    bytes: minutesPage({ minutes, sha256: ceremony.minutes }),
    fileName: `${fileName(ceremony)}.html`,
  }
}

async function minutesFile(request: Request): Promise<Answer> {
  const { ceremony, bytes } = await recordOf(request)
  return { type: 'application/json', bytes, fileName: `${fileName(ceremony)}.json` }
}

async function signatureFile(request: Request): Promise<Answer> {
  const { ceremony } = await recordOf(request)
  const bytes = ceremony.signature
  return { type: 'application/octet-stream', bytes, fileName: `${fileName(ceremony)}.json.sig` }
}

const fileName = ({ entry }: Ceremony): string => `minutes-${String(entry)}`
