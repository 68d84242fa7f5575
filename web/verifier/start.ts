/** The page itself: wires desk, views and keys. Runs in the window only. */
import { carriedBytes } from '../one_file/carried.ts'
import { followLanguage, h } from '../one_file/dom.ts'
import { startLanguage } from '../one_file/language.ts'
import { note, paragraph } from '../one_file/parts.ts'
import { createBar } from './bar.ts'
import { createDesk, type Desk } from './desk.ts'
import { takesDrops } from './drop.ts'
import { createMainView, type MainView } from './main_view.ts'
import { createDrawer } from './pages/drawer.ts'
import { createRail } from './rail.ts'
import { saveResults } from './results.ts'
import { rememberScript, startThread } from './threads.ts'
import { common } from './words/common.ts'

export function startPage(): void {
  rememberScript()
  startLanguage(undefined)
  const desk = createDesk({ start: () => startThread('judge'), now: wholeSecond })
  const drawer = createDrawer({
    start: () => startThread('draw'),
    wasm: () => carriedBytes('pdfium'),
  })
  const view = createMainView(desk, drawer)
  const skip = h('a', { class: 'skip', href: '#main' }, common.skip)
  document.body.append(
    skip,
    createBar(),
    h('div', { class: 'room' }, createRail(desk), view.element),
  )
  document.title = '验证器 · 印匣 Sealbox verifier'
  followLanguage(document.documentElement)
  takesDrops(document.body, (given) => void desk.add(given))
  takesKeys(desk, view)
  // What nobody foresaw is said, never passed over.
  for (const kind of ['error', 'unhandledrejection'] as const) {
    addEventListener(kind, () => {
      view.element.prepend(note('bad', paragraph(common.unexpected)))
    })
  }
}

/** As `--at` takes it: people write no fractions of seconds. */
const wholeSecond = (): Date => new Date(Math.floor(Date.now() / 1000) * 1000)

function takesKeys(desk: Desk, view: MainView): void {
  addEventListener('keydown', (event) => {
    const { key, target } = event
    const isTyping = target instanceof Element && target.matches('input, textarea, select')
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    const pressed = key.toLowerCase()
    if (view.viewer()?.press(pressed === '=' ? '+' : pressed) === true) event.preventDefault()
    else if (pressed === 'j' || pressed === 'k') selectNext(desk, pressed === 'j' ? 1 : -1)
    else if (pressed === 'o') document.getElementById('files')?.click()
    else if (pressed === 's' && desk.state().items.length > 0) saveResults(desk.state())
  })
}

function selectNext(desk: Desk, by: 1 | -1): void {
  const { items, selected } = desk.state()
  const at = items.findIndex(({ group: [name] }) => name === selected)
  const next = items[at + by]
  if (next !== undefined) desk.select(next.group[0])
}
