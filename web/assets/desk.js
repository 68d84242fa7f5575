// What the desk's pages do with a script; without it they all work but for signing. Keys, live news, and leaving with unsaved words.
// @ts-check
'use strict'

const page = document.body
const chinese = document.documentElement.lang !== 'en'
/** @type {(zh: string, en: string) => string} */
const w = (zh, en) => (chinese ? zh : en)

// ---- Keys: / to search, j and k through a list, Enter opens, n the page's next step, ? help

/** @returns {HTMLElement[]} */
const rows = () =>
  [...document.querySelectorAll('[data-row]')].filter((one) => one instanceof HTMLElement)

/** @param {number} by */
function move(by) {
  const all = rows()
  if (all.length === 0) return
  const at = all.findIndex((row) => row.classList.contains('here'))
  const next = all[Math.min(all.length - 1, Math.max(0, at === -1 ? 0 : at + by))]
  for (const row of all) row.classList.toggle('here', row === next)
  const link = next?.querySelector('a[href]')
  if (link instanceof HTMLElement) link.focus()
}

/** @type {Record<string, () => void>} */
const keys = {
  '/': () => {
    const field = document.querySelector('.search input')
    if (field instanceof HTMLInputElement) {
      field.focus()
      field.select()
    }
  },
  j: () => move(1),
  k: () => move(-1),
  n: () => {
    const here =
      document.querySelector('[data-row].here [data-next]') ?? document.querySelector('[data-next]')
    if (here instanceof HTMLElement) here.click()
  },
  '?': () => location.assign('/help'),
}

document.addEventListener('keydown', (event) => {
  const { target } = event
  const typing =
    target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
  if (event.key === 'Escape' && typing && target instanceof HTMLElement) target.blur()
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined
  if (act === undefined) return
  event.preventDefault()
  act()
})

// ---- Words that were typed and not saved

for (const form of document.querySelectorAll('form[data-keep]')) {
  let touched = false
  form.addEventListener('input', () => (touched = true))
  form.addEventListener('submit', () => (touched = false))
  addEventListener('beforeunload', (event) => {
    if (touched) event.preventDefault()
  })
}

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener('submit', (event) => {
    if (form.hasAttribute('data-sent')) event.preventDefault()
    form.setAttribute('data-sent', '')
  })
}
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) form.removeAttribute('data-sent')
})

// ---- Loading anew: never over words that are being typed, what was sent by a form, or where the person is just going

// A link that turns out to be a file to save leaves the page where it is.
const leavingMs = 5000
let leftAt = -Infinity
addEventListener('beforeunload', () => (leftAt = performance.now()))
addEventListener('pageshow', () => (leftAt = -Infinity))

const isLeaving = () => performance.now() - leftAt < leavingMs

function loadAnew() {
  const isTyping = document.querySelector('form[data-keep]') !== null
  if (isTyping || isLeaving() || page.hasAttribute('data-posted')) {
    offer()
    return
  }
  page.setAttribute('aria-busy', 'true')
  location.reload()
}

function offer() {
  if (document.querySelector('.toast')) return
  const toast = document.createElement('div')
  toast.className = 'toast'
  toast.setAttribute('role', 'status')
  toast.append(w('有新的进展。', 'There is news.'))
  const link = document.createElement('a')
  link.href = location.pathname + location.search
  link.textContent = w('刷新', 'Show it')
  link.addEventListener('click', (event) => {
    if (page.hasAttribute('data-posted')) return
    // Where the page was scrolled to stays.
    event.preventDefault()
    location.reload()
  })
  toast.append(link)
  page.append(toast)
}

// ---- Work that goes on: the page looks again by itself
const again = document.querySelector('[data-again]')
if (again !== null) {
  setTimeout(loadAnew, 1000 * Number(again.getAttribute('data-again')))
}

// ---- What asks first
for (const button of document.querySelectorAll('[data-confirm]')) {
  button.addEventListener('click', (event) => {
    if (!confirm(button.getAttribute('data-confirm') ?? '')) event.preventDefault()
  })
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.addEventListener('click', () => print())
}

// ---- Live: one stream of events for all tabs of a browser, whoever holds the lock; the others hear it from there

const channel = new BroadcastChannel('sealbox')
const state = document.querySelector('[data-live-state]')

// How much was to be done when the page was made, or was told of last.
let shownTasks = Number(document.querySelector('[data-count="tasks"]')?.textContent ?? '0')

/** @param {{ kind: string, tasks?: number, new?: boolean }} news */
function hear(news) {
  if (news.kind === 'on' || news.kind === 'off') {
    state?.setAttribute('data-live-state', news.kind)
    return
  }
  if (news.kind === 'ended') {
    if (!isLeaving()) location.reload()
    return
  }
  if (news.kind !== 'news' || news.tasks === undefined) return
  const isChanged = news.tasks !== shownTasks
  shownTasks = news.tasks
  showCount(news.tasks)
  if (!news.new && !isChanged) return
  const isTyping = document.querySelector('form[data-keep]') !== null
  if (page.hasAttribute('data-live') && !isTyping) showNews()
}

/** @param {number} tasks */
function showCount(tasks) {
  const bare = document.title.replace(/^\(\d+\) /, '')
  document.title = tasks > 0 ? `(${tasks}) ${bare}` : bare
  for (const one of document.querySelectorAll('[data-count="tasks"]'))
    one.textContent = String(tasks)
  if ('setAppBadge' in navigator) void navigator.setAppBadge(tasks).catch(() => undefined)
}

/** Behind other windows a list shows what is new by itself. */
function showNews() {
  const isBehind = document.visibilityState === 'hidden'
  if (isBehind && document.querySelector('[data-refresh]') !== null) loadAnew()
  else offer()
}

/** @param {string} title @param {string} path */
function notify(title, path) {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  if (localStorage.getItem('notify') !== 'on') return
  const note = new Notification(title, { tag: path })
  note.addEventListener('click', () => {
    window.focus()
    location.assign(path)
  })
}

channel.addEventListener('message', ({ data }) => {
  // The signer has done something: what is shown here is of before.
  if (data?.done !== undefined) loadAnew()
  else hear(data)
})

/** @param {unknown} news */
function tell(news) {
  channel.postMessage(news)
  hear(/** @type {any} */ (news))
}

if (page.hasAttribute('data-live') && 'locks' in navigator) {
  void navigator.locks.request('sealbox-events', () => new Promise(() => listen()))
}

const againMs = 1000

/** @param {boolean} [isAgain] */
function listen(isAgain = false) {
  const source = new EventSource('/events')
  let wasOpen = false
  let isBroken = isAgain
  source.addEventListener('open', () => {
    wasOpen = true
    isBroken = false
    tell({ kind: 'on' })
  })
  source.addEventListener('error', () => {
    tell({ kind: 'off' })
    if (source.readyState !== EventSource.CLOSED) isBroken = wasOpen || isAgain
    // A stream that is refused when it comes again was ended for good: the pages, loaded anew, say why.
    else if (isBroken) tell({ kind: 'ended' })
    // Closed while it was open: this page is being left, or its loading was stopped by hand. Only then it is there later.
    else if (wasOpen) setTimeout(() => listen(true), againMs)
  })
  // So the box knows how long the line to here takes; nothing else is in it.
  source.addEventListener('ping', ({ data }) => {
    const body = new URLSearchParams({ word: data })
    void fetch('/events/pong', { method: 'POST', body }).catch(() => undefined)
  })
  source.addEventListener('state', ({ data }) => tell({ kind: 'news', ...JSON.parse(data) }))
  source.addEventListener('news', ({ data }) => {
    const news = JSON.parse(data)
    tell({ kind: 'news', ...news })
    if (news.new)
      notify(w(`有新的进展，待办 ${news.tasks} 件`, `There is news; ${news.tasks} to do`), '/')
  })
}

// ---- Notifications, if the person allows them
for (const button of document.querySelectorAll('[data-notify]')) {
  const show = () => {
    const on =
      'Notification' in window &&
      Notification.permission === 'granted' &&
      localStorage.getItem('notify') === 'on'
    button.textContent = on
      ? w('关闭桌面通知', 'Turn notifications off')
      : w('开启桌面通知', 'Turn notifications on')
    button.setAttribute('aria-pressed', String(on))
  }
  show()
  button.addEventListener('click', async () => {
    if (!('Notification' in window)) return
    const on = localStorage.getItem('notify') === 'on' && Notification.permission === 'granted'
    if (on) localStorage.removeItem('notify')
    else if ((await Notification.requestPermission()) === 'granted')
      localStorage.setItem('notify', 'on')
    show()
  })
}
