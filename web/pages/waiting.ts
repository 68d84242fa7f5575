/**
 * The one page of a box that is no box yet, or whose keys are locked: that it waits for somebody at its console. It loads nothing and names
 * nothing of the district: whoever meets it has proved nothing. Pure.
 */
import { createHash } from 'node:crypto'
import { html, htmlText } from '../html.ts'

/** Why the box serves nothing else: header `Sealbox-State`. */
export type WaitingState = 'not-set-up' | 'locked'

const style = [
  'body { font: 1.1rem/1.7 system-ui, sans-serif; max-width: 40rem; margin: 12vh auto; padding: 0 1.2rem;',
  '  color: #1c1b19; background: #faf9f6 }',
  'h1 { font-size: 1.5rem; border-left: 0.3rem solid #b3261e; padding-left: 0.8rem }',
  '@media (prefers-color-scheme: dark) { body { color: #e8e6e1; background: #1a1917 } }',
].join('\n')

/** For `Content-Security-Policy`: this style and nothing else. */
export const waitingPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256')
  .update(`\n${style}\n`)
  .digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const words: Readonly<Record<WaitingState, readonly [zh: string, en: string]>> = {
  'not-set-up': [
    '本机还没有建立。请到机器的屏幕或串口前，按提示完成设置和密钥仪式。在此之前本机不提供任何服务。',
    'This box is not set up yet. Go to its screen or serial console and follow the set-up and the key ceremony. Until then it serves nothing else.',
  ],
  locked: [
    '本机已开机，密钥尚未打开。请到机器的屏幕或串口前输入本机口令。',
    'This box is turned on, but its keys are locked. Type its passphrase at its screen or serial console.',
  ],
}

/** The whole page, HTML text. */
export function waitingPage(state: WaitingState): string {
  const [zh, en] = words[state]
  return htmlText(
    html`<!doctype html>
      <html lang="zh-CN">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>印匣 Sealbox</title>
          <style>
            ${style}
          </style>
        </head>
        <body>
          <h1>印匣 <span lang="en">Sealbox</span></h1>
          <p>${zh}</p>
          <p lang="en">${en}</p>
        </body>
      </html>`,
  )
}
