/**
 * The minutes of a ceremony as they are printed and signed: one file that loads nothing, Chinese and English side by side. Used by the
 * command line and by the officers' and auditor's page of ceremonies. Pure.
 */
import { fingerprintWords, type Minutes } from '../../../provisioning/index.ts'
import { html, htmlText, type Content, type Html } from '../../html.ts'
import { inZone } from '../../view.ts'

const kinds: Readonly<Record<Minutes['kind'], readonly [string, string]>> = {
  init: ['建立正式机', 'A production box is made'],
  'root-roll-over': ['更换根密钥', 'The root key is rolled over'],
  'issuing-roll-over': ['更换签发机构', 'The issuing authority is rolled over'],
  'break-glass': ['重新任命安全员（应急）', 'Officers are appointed anew (break-glass)'],
  crl: ['签发根的吊销列表', 'The root’s revocation list is signed'],
}

const stores: Readonly<
  Record<Minutes['certificates'][number]['store'], readonly [string, string]>
> = {
  shares: ['分份保管', 'in shares'],
  file: ['密封文件', 'sealed file'],
  token: ['密码设备', 'token'],
  none: ['（无）', 'none'],
}

/** What a ceremony was, in both languages. */
export function ceremonyWords(kind: Minutes['kind']): { readonly zh: string; readonly en: string } {
  const [zh, en] = kinds[kind]
  return { zh, en }
}

/** Nothing in it needs a quotation mark, which would be escaped. */
const style = [
  'body { font: 11pt/1.5 Noto Serif CJK SC, Songti SC, SimSun, serif; margin: 2rem auto;',
  '  max-width: 48rem; padding: 0 1rem; color: #111; background: #fff }',
  'h1 { font-size: 18pt } h2 { font-size: 13pt; margin-top: 1.6em; border-bottom: 1px solid #999 }',
  'table { border-collapse: collapse; width: 100% }',
  'th, td { text-align: left; vertical-align: top; padding: 0.25em 0.6em 0.25em 0;',
  '  border-bottom: 1px solid #ddd }',
  'code, .hex { font-family: DejaVu Sans Mono, monospace; font-size: 9pt; overflow-wrap: anywhere }',
  '.sign td { height: 3.2em } .en { color: #333 }',
  '.alarm { border: 2px solid #a00; padding: 0.6em 1em }',
  '.words { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0 1em; font-size: 10pt }',
  '@page { size: A4; margin: 18mm }',
  '@media print { body { margin: 0; max-width: none; padding: 0 } h2 { break-after: avoid }',
  '  tr, .block { break-inside: avoid } }',
].join('\n')

export interface PrintedMinutes {
  readonly minutes: Minutes
  /** SHA-256 of `minutes.json`, hexadecimal. */
  readonly sha256: string
}

/** The whole page, HTML text. */
export function minutesPage({ minutes, sha256 }: PrintedMinutes): string {
  const { zh, en } = ceremonyWords(minutes.kind)
  return htmlText(
    html`<!doctype html>
      <html lang="zh">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${`密钥仪式记录 Minutes of a key ceremony · ${minutes.box.districtName}`}</title>
          <style>
            ${style}
          </style>
        </head>
        <body>
          ${minutesBody({ minutes, sha256 }, { zh, en })}
        </body>
      </html>`,
  )
}

function minutesBody(
  { minutes, sha256 }: PrintedMinutes,
  { zh, en }: { readonly zh: string; readonly en: string },
): Html {
  const { box, shares, opened, officers, dismissed, rehearsal, software } = minutes
  return html`<h1>
      密钥仪式记录：${zh}<br /><span class="en">Minutes of a key ceremony: ${en}</span>
    </h1>
    ${minutes.reason !== '' && html`<p class="alarm">缘由 Reason: ${minutes.reason}</p>`}
    <table>
      ${fact('区 District', box.districtName)}
      ${fact('机器 Box', `${box.id}（${box.mode === 'trial' ? '试用 TRIAL' : '正式 production'}）`)}
      ${fact('地址 Addresses', `${box.hostNames.join(', ')} · ${box.pkiUrl} · ${box.zone}`)}
      ${fact('时间 Held at', `${inZone(box.zone, minutes.heldAt)}（${box.zone}）`)}
      ${fact('地点 Place', minutes.place)}
      ${fact('仪式编号 Ceremony', html`<code>${minutes.ceremony}</code>`)}
      ${fact('软件 Software', html`Sealbox ${software.version}; signer.html SHA-256 <code>${software.signer}</code>${software.verifier !== undefined && html`; verifier.html SHA-256 <code>${software.verifier}</code>`}`)}
      ${fact(
        '预演 Rehearsal',
        `${String(rehearsal.certificates)} 张证书、${String(rehearsal.lists)} 份吊销列表检查无误 certificates and lists linted without a finding`,
      )}
    </table>
    <h2>根证书指纹 Fingerprint of the root</h2>
    ${fingerprint(minutes.root)}
    <h2>签发的证书 Certificates made</h2>
    ${certificates(minutes)}
    <h2>根签发的吊销列表 Lists signed by the root</h2>
    ${lists(minutes)}
    ${
      shares !== null &&
      html`<h2>根密钥的份额 Shares of the root key</h2>
        <p>
          ${String(shares.custodians.length)} 份，任意 ${String(shares.needed)} 份可以打开。
          <span class="en"
            >${String(shares.custodians.length)} shares, any ${String(shares.needed)} of which open
            it.</span
          >
        </p>
        <ol>
          ${shares.custodians.map((custodian) => html`<li>${custodian}</li>`)}
        </ol>`
    }
    ${
      opened.length > 0 &&
      html`<h2>打开根密钥的人 Who opened the root key</h2>
        <ul>
          ${opened.map(({ number, custodian }) => html`<li>第 ${number} 份 share ${number}: ${custodian}</li>`)}
        </ul>`
    }
    ${
      officers.length > 0 &&
      html`<h2>任命的安全员 Officers appointed</h2>
        <p>${officers.join(', ')}</p>`
    }
    ${
      dismissed.length > 0 &&
      html`<h2>免去的安全员 Officers dismissed</h2>
        <p>${dismissed.join(', ')}</p>`
    }
    <h2>记录文件 minutes.json</h2>
    <p class="hex">SHA-256 ${sha256}</p>
    <h2>在场者签名 Signatures of those present</h2>
    ${signatures(minutes)}`
}

function fact(term: string, value: Content): Html {
  return html`<tr>
    <th scope="row">${term}</th>
    <td>${value}</td>
  </tr>`
}

function fingerprint(sha256: string): Html {
  const { hex, chinese, english } = fingerprintWords(sha256)
  const grid = (rows: readonly (readonly string[])[]): Html =>
    html`<div class="words">
      ${rows.map((row) => row.map((word) => html`<span>${word}</span>`))}
    </div>`
  return html`<div class="block">
    <p class="hex">${hex}</p>
    ${grid(chinese)} ${grid(english)}
  </div>`
}

function certificates({ certificates: made, box: { zone } }: Minutes): Html {
  if (made.length === 0) return html`<p>无 None</p>`
  return html`<table>
    <tr>
      <th>密钥 Key</th>
      <th>主体 Subject</th>
      <th>有效期 Validity</th>
      <th>保管 Kept</th>
    </tr>
    ${made.map(
      (one) =>
        html`<tr>
          <td>${one.key}<br />${one.algorithm}</td>
          <td>${one.subject}<br /><span class="hex">SHA-256 ${one.sha256}</span></td>
          <td>${day(zone, one.notBefore)}<br />${day(zone, one.notAfter)}</td>
          <td>${stores[one.store].join(' ')}</td>
        </tr>`,
    )}
  </table>`
}

/** Days in the district's zone are what is read aloud; the moments stand in the JSON. */
const day = (zone: string, at: string): string => inZone(zone, at).slice(0, 10)

function lists({ lists: made, box: { zone } }: Minutes): Html {
  if (made.length === 0) return html`<p>无 None</p>`
  return html`<table>
    ${made.map(
      ({ key, number, nextUpdate, sha256 }) =>
        html`<tr>
          <td>${key}</td>
          <td>
            ${`编号 number ${String(number)}，有效至 until ${day(zone, nextUpdate)}`}<br /><span
              class="hex"
              >SHA-256 ${sha256}</span
            >
          </td>
        </tr>`,
    )}
  </table>`
}

function signatures({ present }: Minutes): Html {
  return html`<table class="sign">
    <tr>
      <th>姓名 Name</th>
      <th>职责 Part</th>
      <th>签名 Signature</th>
      <th>日期 Date</th>
    </tr>
    ${present.map(
      ({ name, part }) =>
        html`<tr>
          <td>${name}</td>
          <td>${part}</td>
          <td></td>
          <td></td>
        </tr>`,
    )}
  </table>`
}
