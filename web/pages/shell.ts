/**
 * The frame of every page: head, navigation, who one is, search, the page itself. A navigation entry stands here only once its page
 * works.
 */
import type { Principal } from '../../exchange/index.ts'
import { assetUrl } from '../assets.ts'
import { html, htmlText, type Content, type Html } from '../html.ts'
import type { Answer } from '../types.ts'
import type { View } from '../view.ts'

/** An entry of the navigation. */
interface Entry {
  readonly path: string
  /** Another path whose pages belong to it. */
  readonly also?: string
  readonly zh: string
  readonly en: string
  /** What stands behind it, by the name of its count. */
  readonly count?: keyof NavigationCounts
  /** Vermilion: it waits for this person. */
  readonly hot?: boolean
  /** A line above it. */
  readonly apart?: boolean
}

/** Numbers beside the entries; absent ones are not shown. */
export interface NavigationCounts {
  readonly tasks?: number
  readonly inbox?: number
  readonly outbox?: number
  readonly requests?: number
  readonly orders?: number
  readonly alarms?: number
}

const settings: readonly Entry[] = [
  { path: '/preferences', zh: '语言与外观', en: 'Language and look' },
  { path: '/help', zh: '帮助', en: 'Help' },
]

const common: readonly Entry[] = [
  { path: '/verify', zh: '验证', en: 'Verify', apart: true },
  ...settings,
]

const entries: Readonly<
  Record<'seat' | 'officer' | 'auditor' | 'administrator', readonly Entry[]>
> = {
  seat: [
    { path: '/', zh: '今日', en: 'Today', count: 'tasks', hot: true },
    { path: '/inbox', zh: '收文', en: 'Received', count: 'inbox' },
    { path: '/outbox', zh: '发文', en: 'Issued', count: 'outbox' },
    { path: '/compose', zh: '拟文', en: 'Compose' },
    { path: '/search', zh: '查找', en: 'Find' },
    { path: '/certificates', zh: '印章与证书', en: 'Seal and certificates', apart: true },
    { path: '/verify', zh: '验证', en: 'Verify' },
    ...settings,
  ],
  officer: [
    { path: '/', zh: '今日', en: 'Today', count: 'tasks', hot: true },
    { path: '/requests', zh: '注册申请', en: 'Enrolment', count: 'requests' },
    { path: '/units', zh: '单位', en: 'Units' },
    { path: '/people', zh: '管理人员', en: 'Administrators' },
    { path: '/certificates', zh: '证书', en: 'Certificates' },
    { path: '/trust', also: '/ceremonies', zh: '信任服务', en: 'Trust services' },
    { path: '/orders', zh: '双人令', en: 'Orders of two', count: 'orders' },
    ...common,
  ],
  auditor: [
    { path: '/', zh: '今日', en: 'Today' },
    { path: '/journal', zh: '日志', en: 'Journal' },
    { path: '/journal/heads', zh: '树头与证明', en: 'Heads and proofs' },
    { path: '/journal/ceremonies', zh: '密钥仪式', en: 'Ceremonies' },
    { path: '/statements', zh: '每日状况声明', en: 'Statements of state' },
    { path: '/certificates', zh: '我的证书', en: 'My certificates' },
    ...common,
  ],
  administrator: [
    { path: '/', zh: '系统状态', en: 'State of the box' },
    { path: '/alarms', zh: '告警', en: 'Alarms', count: 'alarms', hot: true },
    { path: '/presence', zh: '各单位在线', en: 'Presence' },
    { path: '/statements', zh: '每日声明', en: 'Statements' },
    { path: '/backups', zh: '备份', en: 'Backups' },
    { path: '/upgrade', zh: '版本与升级', en: 'Version and upgrade' },
    { path: '/virus', zh: '病毒检查', en: 'Virus check' },
    { path: '/certificates', zh: '我的证书', en: 'My certificates' },
    ...common,
  ],
}

export interface PageOptions {
  readonly view: View
  /** Title of the window, before the product's name. */
  readonly title: string
  readonly main: Html
  readonly counts?: NavigationCounts
  /** Name of the actor's unit, or of the person. */
  readonly who?: string
  readonly status?: number
  /** What stands right of the search field: the page's own acts. */
  readonly acts?: Content
  readonly query?: string
}

/** The page as an answer of the table's. */
export function page(options: PageOptions): Answer {
  const { status } = options
  return {
    ...(status !== undefined && { status }),
    type: 'text/html; charset=utf-8',
    bytes: htmlText(pageHtml(options)),
  }
}

/** The whole document. */
export function pageHtml(options: PageOptions): Html {
  const { view, title, main } = options
  const { w } = view
  const shown = view.actor === undefined ? bare(view, main) : framed(options, view.actor)
  return html`<!doctype html>
    <html lang="${view.language === 'zh' ? 'zh-CN' : 'en'}" data-theme="${view.theme}">
      <head>
        <meta charset="utf-8" />
        <title>${title} · ${w('印匣', 'Sealbox')}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href="${assetUrl('desk.css')}" />
        <link rel="icon" href="${assetUrl('icon.svg')}" />
        <script src="${assetUrl('desk.js')}" defer></script>
      </head>
      ${shown}
    </html> `
}

function bare(view: View, main: Html): Html {
  return html`<body class="bare">
    <main id="page">${brand(view)}${main}</main>
  </body>`
}

function framed(options: PageOptions, actor: Principal): Html {
  const { view, main, counts = {}, acts, query = '' } = options
  const { w } = view
  const role = actor.kind === 'seat' ? 'seat' : actor.role
  const search =
    role === 'seat'
      ? html`<form class="search" action="/search" role="search">
          <input
            type="search"
            name="q"
            value="${query}"
            maxlength="400"
            aria-label="${w('在档案中查找', 'Find in the archive')}"
            placeholder="${w('查找：词句、“原文”、发文字号、发文机关', 'Find: words, "phrase", number, issuer')}"
          /><kbd aria-hidden="true">/</kbd>
        </form>`
      : undefined
  const top =
    search === undefined && acts === undefined
      ? undefined
      : html`<div class="top">
          ${search}
          <div class="acts">${acts}</div>
        </div>`
  const marks = [
    options.counts !== undefined && html` data-live`,
    view.isPosted && html` data-posted`,
  ]
  return html`<body${marks}>
    <a class="skip" href="#page">${w('跳到正文', 'Skip to the page')}</a>
    <nav class="rail" aria-label="${w('主导航', 'Main')}">
      ${brand(view)}
      <ul>
        ${entries[role].map((entry) => navigation(entry, view, counts))}
      </ul>
      ${whoami(options, actor)}
    </nav>
    <main id="page" tabindex="-1">${top}${holdBanner(view, actor)}${main}</main>
  </body>`
}

/** Who keeps the box is told on every page that its time is not certain, until two officers have said it. */
function holdBanner(view: View, actor: Principal): Html | undefined {
  if (!view.isTimeHeld || actor.kind === 'seat' || actor.role === 'auditor') return undefined
  const { w } = view
  const officer = actor.role === 'officer'
  return html`<div class="notice bad" role="status">
    <b
      >${w('本机时间未确认，时间戳已停。', 'The time of the box is not confirmed: nothing is stamped.')}</b
    >
    ${
      officer
        ? html`<a href="/trust/time">${w('对表并确认…', 'Compare and confirm it…')}</a>`
        : w(
            '请检查机器的时钟，并告知两名安全员确认时间。',
            'Look after the machine’s clock, and ask two officers to confirm the time.',
          )
    }
  </div>`
}

function navigation(entry: Entry, view: View, counts: NavigationCounts): Html {
  const { path, also = path, zh, en, count, hot, apart } = entry
  const number = count === undefined ? undefined : counts[count]
  const isHere = isCurrent(path, view.path) || isCurrent(also, view.path)
  const current = isHere ? html` aria-current="page"` : undefined
  const shown =
    number === undefined || number === 0 ? undefined : html`<b data-count="${count}">${number}</b>`
  const kinds = [
    hot === true && number !== undefined && number > 0 && 'hot',
    apart === true && 'apart',
  ]
  return html`<li class="${kinds.filter(Boolean).join(' ')}">
    <a href="${path}" ${current}><span>${view.w(zh, en)}</span>${shown}</a>
  </li>`
}

function isCurrent(entry: string, path: string): boolean {
  if (entry === '/' || entry === '/journal') return path === entry
  return path === entry || path.startsWith(`${entry}/`)
}

const posts: Readonly<Record<string, readonly [string, string]>> = {
  clerk: ['文书', 'clerk'],
  leader: ['领导', 'leader'],
  officer: ['安全员', 'security officer'],
  auditor: ['审计员', 'auditor'],
  administrator: ['系统管理员', 'system administrator'],
}

/** What a seat or role is called. */
export function postName(view: Pick<View, 'w'>, post: string): string {
  const known = posts[post]
  return known === undefined ? post : view.w(...known)
}

function whoami({ view, who }: PageOptions, actor: Principal): Html {
  const { w, box } = view
  const post = actor.kind === 'seat' ? actor.seat : actor.role
  const name = who ?? (actor.kind === 'seat' ? actor.unit : actor.id)
  const trial =
    box.mode === 'trial' &&
    html` <br /><span class="trial"
        >${w('试用，不具效力', 'Trial: nothing here is in force')}</span
      >`
  return html`<div class="who">
    <strong>${name}</strong> ·
    ${postName(view, post)}${
      view.notAfter !== undefined &&
      html` <br /><span class="until"
          >${w('证书至', 'Certificate until')}
          <span class="num">${view.day(view.notAfter)}</span></span
        >`
    } <br /><span class="live" data-live-state>${box.districtName}</span>${trial}
  </div>`
}

/** The mark: 印 cut in a seal. */
function brand(view: View): Html {
  const name = view.w('印匣', 'Sealbox')
  return html`<a class="brand" href="/"
    ><svg viewBox="0 0 32 32" aria-hidden="true">
      <rect x="2" y="2" width="28" height="28" rx="5" />
      <path d="M9 8v16M9 13h6M9 19h6M19 8h5v9a3 3 0 0 1-3 3M19 8v17" /></svg
    >${name}</a
  >`
}
