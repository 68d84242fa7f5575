/** The page of a refusal or failure: what happened, what was kept, what to do, and the reference that stands in the log. Pure. */
import { html, type Content, type Html } from '../html.ts'
import { messages, type ErrorCode } from '../messages.ts'
import type { View } from '../view.ts'
import { findingWords } from './findings.ts'
import { pageHtml } from './shell.ts'

export function errorPage(of: {
  readonly view: View
  readonly code: ErrorCode
  readonly reference: string
  readonly details: object
}): Html {
  const { view, code, reference, details } = of
  const { w } = view
  const { status } = messages[code]
  const words = messages[code][view.language]
  const main = html`<div class="notice bad">
      <h1>${words}</h1>
      ${listed(view, details)}
    </div>
    <p>${advice(view, status)}</p>
    <p class="sub">${w('编号', 'Reference')} <code>${reference}</code> · ${code}</p>
    <p class="links"><a class="btn" href="/">${w('回到首页', 'To the first page')}</a></p>`
  return pageHtml({ view, title: words, main })
}

function advice({ w }: View, status: number): Content {
  if (status === 401)
    return w(
      '请在浏览器中选择本平台签发的证书；首次使用请先注册。若证书已到期或被吊销，请联系安全员。',
      'Choose a certificate of this box in your browser; if you have none yet, enrol first. If it expired or was revoked, ask the security officer.',
    )
  if (status === 404)
    return w(
      '地址可能有误，或文件不归本单位查看。',
      'The address may be mistyped, or the document is not for your unit.',
    )
  if (status === 409)
    return w(
      '请返回上一页并刷新，查看现在可以办理什么。',
      'Go back and reload to see what can be done now.',
    )
  if (status === 413)
    return w('请压缩或拆分后再上传。', 'Make the file smaller or split it, then upload again.')
  if (status === 429)
    return w(
      '请一分钟后再试，已填写的内容可用浏览器的“后退”找回。',
      'Try again in a minute; “back” brings what you typed.',
    )
  if (status >= 500)
    return w(
      '已办事项不会丢失。请稍后再试；若仍如此，请把编号告诉系统管理员。',
      'What was done is kept. Try again later; if it stays so, tell the administrator the reference.',
    )
  return w(
    '没有作任何改动。返回上一页，已填写的内容仍在。',
    'Nothing was changed. Go back; what you typed is still there.',
  )
}

function listed(view: View, details: object): Content {
  const { findings, fields } = details as { findings?: unknown; fields?: unknown }
  const lines = [
    ...(Array.isArray(findings) ? findings.map((one: unknown) => findingWords(view, one)) : []),
    ...(Array.isArray(fields) ? fields.map(fieldWords) : []),
  ].slice(0, 30)
  return (
    lines.length > 0 &&
    html`<ul>
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>`
  )
}

function fieldWords(one: unknown): string {
  const { field, message } = one as { field?: unknown; message?: unknown }
  return `${String(field)}: ${String(message)}`
}
