/** The forms: who is told of alarms, and a word of trial. Pure. */
import type { Tried } from '../../health/alarm_desk.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { View } from '../../view.ts'
import type { TypedReporting, WrongField } from './reporting_form.ts'

const wrongWords: Readonly<Record<WrongField, readonly [zh: string, en: string]>> = {
  silent: ['静默时间要在 2 到 400 小时之间。', 'The hours of silence are between 2 and 400.'],
  collector: [
    '收集器：请核对地址、端口，并粘贴签发其证书的机构的证书（PEM）。',
    'Collector: check address and port, and paste the certificate of whoever issued its certificate (PEM).',
  ],
  mail: [
    '邮件：请核对地址、端口和邮箱；加密的连接要有签发机构的证书（PEM）。',
    'Mail: check address, port and mailboxes; an encrypted line needs the certificate of the issuer (PEM).',
  ],
}

/** What a word of trial came to. */
export function triedWords(
  { w }: View,
  tried: { readonly collector: Tried; readonly mail: Tried },
): Html {
  const rows = [
    [w('日志收集器', 'Syslog collector'), tried.collector],
    [w('邮件中继', 'Mail relay'), tried.mail],
  ] as const
  const failed = rows.some(([, one]) => typeof one === 'object')
  return html`<div class="notice ${failed ? 'bad' : 'ok'}" role="status">
    ${rows.map(
      ([name, one]) =>
        html`<div>
          ${name}：${one === 'none' ? w('没有设置', 'not configured') : one === 'sent' ? w('已发出，请到对方核对', 'sent; see there whether it came') : w(`没有发出（${one.error}）`, `not sent (${one.error})`)}
        </div>`,
    )}
  </div>`
}

export function reportingForms(view: View, typed: TypedReporting, addressesOnly: boolean): Html {
  const { w } = view
  const value = valuesOf(typed)
  const hostHint = addressesOnly
    ? w('只能填 IP 地址；留空表示不用。', 'An IP address; empty for none.')
    : w('名称或 IP 地址；留空表示不用。', 'A name or an IP address; empty for none.')
  return html`<section class="section">
    <h2>${w('告诉谁', 'Who is told')}</h2>
    ${
      typed.wrong.length > 0 &&
      html`<div class="notice bad" role="alert">
        <b>${w('没有保存。', 'Not kept.')}</b>
        ${typed.wrong.map((one) => html`<div>${w(...wrongWords[one])}</div>`)}
      </div>`
    }
    <form method="post" action="/alarms/reporting" class="card reporting" data-keep>
      <fieldset>
        <legend>${w('单位静默', 'Silent units')}</legend>
        ${field({
          ...{ name: 'silentAfterHours', value, type: 'number' },
          label: w(
            '多少个工作小时没有消息算静默',
            'Working hours without a word until a unit is silent',
          ),
        })}
      </fieldset>
      <fieldset>
        <legend>${w('日志收集器（syslog，TLS）', 'Collector (syslog over TLS)')}</legend>
        ${field({ name: 'collectorHost', value, label: w('地址', 'Address'), hint: hostHint })}
        ${field({ name: 'collectorPort', value, type: 'number', label: w('端口', 'Port') })}
        ${field({ name: 'collectorName', value, label: w('证书里的名称（与地址不同时）', 'Name in its certificate, if not the address') })}
        ${area({ name: 'collectorCa', value, label: w('签发其证书的机构的证书（PEM）', 'Certificate of its issuer (PEM)') })}
      </fieldset>
      <fieldset>
        <legend>${w('邮件中继', 'Mail relay')}</legend>
        ${field({ name: 'mailHost', value, label: w('地址', 'Address'), hint: hostHint })}
        ${field({ name: 'mailPort', value, type: 'number', label: w('端口', 'Port') })}
        ${choices(view, value)}
        ${field({ name: 'mailName', value, label: w('证书里的名称（与地址不同时）', 'Name in its certificate, if not the address') })}
        ${area({ name: 'mailCa', value, label: w('签发其证书的机构的证书（PEM）', 'Certificate of its issuer (PEM)') })}
        ${field({ name: 'mailFrom', value, label: w('发件人', 'From') })}
        ${field({ name: 'mailTo', value, label: w('收件人', 'To'), hint: w('用空格或逗号分开，最多 10 个。', 'Up to 10, with spaces or commas between.') })}
      </fieldset>
      <p class="acts start"><button class="btn">${w('保存', 'Keep')}</button></p>
      <p class="hint">
        ${w('改动记入日志，立即生效。邮件和收集器里只有系统自身的情况、证书与管理操作，没有公文，也没有单位之间的往来。', 'A change is journalled and holds at once. Mail and collector are told of the box itself, of certificates and of what its keepers do: no document, and no traffic of units.')}
      </p>
    </form>
    <form method="post" action="/alarms/trial" class="acts start">
      <button class="btn">${w('试发一次', 'Send a word of trial')}</button>
    </form>
  </section>`
}

type Values = (name: string) => string

/** What was typed before what is kept. */
function valuesOf({ fields, reporting }: TypedReporting): Values {
  const { collector, mail } = reporting ?? {}
  const kept: Readonly<Record<string, string | number | null | undefined>> = {
    silentAfterHours: reporting?.silentAfterHours ?? 16,
    collectorHost: collector?.host,
    collectorPort: collector?.port ?? 6514,
    collectorName: collector?.name,
    collectorCa: collector?.ca,
    mailHost: mail?.host,
    mailPort: mail?.port ?? 25,
    mailSecurity: mail?.security ?? 'starttls',
    mailName: mail?.name,
    mailCa: mail?.ca,
    mailFrom: mail?.from,
    mailTo: mail?.to.join(' '),
    mailLanguage: mail?.language ?? 'zh',
  }
  return (name) => fields[name] ?? String(kept[name] ?? '')
}

interface FieldOptions {
  readonly name: string
  readonly value: Values
  readonly label: string
  readonly hint?: Content
  readonly type?: 'text' | 'number'
}

function field({ name, value, label, hint, type = 'text' }: FieldOptions): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" type="${type}" value="${value(name)}" autocomplete="off" />
    ${hint !== undefined && html`<p class="hint">${hint}</p>`}
  </div>`
}

function area({ name, value, label }: FieldOptions): Html {
  return html`<div class="field wide">
    <label for="${name}">${label}</label>
    <textarea id="${name}" name="${name}" rows="3" wrap="off" spellcheck="false">
${value(name)}</textarea>
  </div>`
}

function choices({ w }: View, value: Values): Html {
  const options = (name: string, rows: readonly (readonly [string, string])[]): Html =>
    html`<select id="${name}" name="${name}">
      ${rows.map(
        ([key, words]) =>
          html`<option value="${key}" ${value(name) === key && html` selected`}>${words}</option>`,
      )}
    </select>`
  return html`<div class="field">
      <label for="mailSecurity">${w('加密', 'Encryption')}</label>
      ${options('mailSecurity', [
        ['starttls', w('STARTTLS（必须）', 'STARTTLS, required')],
        ['tls', w('TLS', 'TLS')],
        ['none', w('不加密（只在自己的线路上）', 'none (on a line of your own)')],
      ])}
    </div>
    <div class="field">
      <label for="mailLanguage">${w('语言', 'Language')}</label>
      ${options('mailLanguage', [
        ['zh', '中文'],
        ['en', 'English'],
      ])}
    </div>`
}
