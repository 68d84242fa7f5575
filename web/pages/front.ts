/**
 * The front page. Without a certificate it explains how to enrol; with one it says whose it is and what works today (the
 * desk's pages come with the next issue; until then units work by the command line and the API).
 */
import type { Answer, Request } from '../types.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as HTML text. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => escapes[char] ?? char)
}

const style = `
:root { color-scheme: light dark; --paper: #faf7f0; --ink: #22201c; --line: #d9d2c3; --red: #b3261e }
@media (prefers-color-scheme: dark) { :root { --paper: #1d1b18; --ink: #ece7dc; --line: #45403a; --red: #e5776d } }
body { background: var(--paper); color: var(--ink); font: 15px/1.7 "Noto Sans SC", "Microsoft YaHei", sans-serif; margin: 0 auto; max-width: 44rem; padding: 3rem 1.25rem }
h1 { font-family: "Noto Serif SC", SimSun, serif; font-size: 1.7rem; margin: 0 0 .25rem }
h1 small { color: var(--red); font-size: .9rem; font-weight: normal; margin-left: .5rem }
section { border-top: 1px solid var(--line); margin-top: 1.75rem; padding-top: 1rem }
h2 { font-family: "Noto Serif SC", SimSun, serif; font-size: 1.05rem; margin: 0 }
code { background: color-mix(in srgb, var(--ink) 8%, transparent); border-radius: 3px; font-size: .85em; overflow-wrap: anywhere; padding: .1em .3em }
ol { padding-left: 1.4rem }`

/** The page in both languages, Chinese first; no script, nothing loaded. */
export function frontPage({ parts, actor }: Request): Answer {
  const { districtName, mode, version } = parts.box
  const trial = mode === 'trial' ? '<small>试用 TRIAL</small>' : ''
  const body = actor === undefined ? enrolWords : knownWords(actor.holder)
  return {
    type: 'text/html; charset=utf-8',
    bytes: `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>印匣 Sealbox</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head>
<body><h1>印匣 Sealbox${trial}</h1><p>${escapeHtml(districtName)} · ${escapeHtml(version)}</p>${body}</body></html>
`,
  }
}

const enrolWords = `
<section><h2>您的浏览器没有出示本机签发的证书</h2>
<p>公文交换须持本单位证书办理。首次使用请按以下步骤注册：</p>
<ol><li>向安全员领取注册单（含一次性注册码和根证书指纹）。</li>
<li>在本单位电脑上运行 <code>sealbox enrol --box 本页地址 --code 注册码 --root-fingerprint 指纹 --out 文件夹</code>。密钥在本单位生成，不会离开本单位。</li>
<li>把生成的 <code>.p12</code> 证书导入浏览器，重新打开本页。</li></ol>
<p>若证书已导入仍见此页，说明证书已到期或被吊销，请联系安全员。</p></section>
<section lang="en"><h2>Your browser showed no certificate of this box</h2>
<p>Official documents are exchanged with your unit’s certificate. To enrol:</p>
<ol><li>Get the enrolment sheet (one-time code, fingerprint of the root certificate) from the security officer.</li>
<li>On your unit’s computer run <code>sealbox enrol --box THIS-ADDRESS --code CODE --root-fingerprint FINGERPRINT --out FOLDER</code>. The keys are made there and do not leave it.</li>
<li>Import the <code>.p12</code> file into the browser and open this page again.</li></ol>
<p>If it is imported and you still see this page, it has expired or was revoked: ask the security officer.</p></section>`

function knownWords(holder: string): string {
  const who = escapeHtml(holder)
  return `
<section><h2>证书有效</h2><p>当前身份：<code>${who}</code></p>
<p>公文办理目前使用命令行（<code>sealbox seal</code>、<code>sealbox sign-for</code>）和接口 <code>/api/v1/</code>，说明见 <a href="/api/v1/openapi.json">openapi.json</a>。</p></section>
<section lang="en"><h2>Your certificate is live</h2><p>You are <code>${who}</code>.</p>
<p>For now documents are handled by the command line (<code>sealbox seal</code>, <code>sealbox sign-for</code>) and the interface <code>/api/v1/</code>, described in <a href="/api/v1/openapi.json">openapi.json</a>.</p></section>`
}
