/** The middle of the page: a welcome, the comparison of a root, or the report of the file that is looked at with its pages. */
import { fill, h, type Child } from '../one_file/dom.ts'
import { both } from '../one_file/language.ts'
import { button, note, paragraph } from '../one_file/parts.ts'
import type { Desk, DeskState, Item } from './desk.ts'
import { folderButton, manyFilesField } from './drop.ts'
import type { Outcome } from './judge/run.ts'
import type { Drawer } from './pages/drawer.ts'
import { stepsOf } from './pages/steps.ts'
import { createViewer, type Viewer } from './pages/viewer.ts'
import { markOf } from './place.ts'
import { commandLine, saveResults } from './results.ts'
import { lastPart, shown } from './shown.ts'
import { reportCards, verdictBanner, type ReportOf } from './report/view.ts'
import { compareCards } from './trust/compare.ts'
import { markOfOutcome, wordsOfOutcome } from './verdicts.ts'
import { files, root, welcome } from './words/common.ts'
import { report as words } from './words/report.ts'

export interface MainView {
  readonly element: HTMLElement
  readonly viewer: () => Viewer | undefined
}

export function createMainView(desk: Desk, drawer: Drawer): MainView {
  const top = h('div', { class: 'stack' })
  const body = h('div', {})
  let viewer: Viewer | undefined
  let seen: { readonly outcome: Outcome | undefined; readonly name: string | undefined } | undefined
  let roots: DeskState['trust'] | undefined
  const show = (): void => {
    const state = desk.state()
    if (roots !== state.trust) {
      roots = state.trust
      fill(top, ...compareCards(desk))
    }
    const item = state.items.find(({ group: [name] }) => name === state.selected)
    const now = { outcome: item?.outcome, name: item?.group[0] }
    if (seen !== undefined && seen.outcome === now.outcome && seen.name === now.name) return
    const hadReport = seen?.name === now.name && seen?.outcome?.state === 'judged'
    // Judged anew: the last report stays until the next one is there.
    if (hadReport && (now.outcome?.state === 'waiting' || now.outcome?.state === 'judging')) return
    seen = now
    viewer = undefined
    if (item === undefined) fill(body, ...welcomeParts(desk))
    else viewer = showItem(body, { desk, drawer, item })
  }
  const told = h('div', { 'aria-live': 'polite' })
  const tell = (): void => {
    const { notice } = desk.state()
    fill(told, notice && note('warn', paragraph(notice)))
  }
  desk.watch(show)
  desk.watch(tell)
  show()
  return { element: h('main', { id: 'main' }, told, top, body), viewer: () => viewer }
}

function welcomeParts(desk: Desk): Child[] {
  return [
    h(
      'div',
      { class: 'welcome stack' },
      h('h1', { tabindex: -1 }, welcome.title),
      h('p', { class: 'sub' }, welcome.lead),
      manyFilesField(
        { id: 'files-first', title: files.drop, how: files.which, kind: 'high' },
        (given) => void desk.add(given),
      ),
      folderButton('folder', (given) => void desk.add(given)),
      h('ol', { class: 'todo' }, ...welcome.steps.map((step) => h('li', {}, step))),
    ),
  ]
}

/** Fills the body with one file's report; gives its viewer if it has pages. */
function showItem(
  body: HTMLElement,
  { desk, drawer, item }: { readonly desk: Desk; readonly drawer: Drawer; readonly item: Item },
): Viewer | undefined {
  const { group, outcome } = item
  const [name] = group
  if (outcome.state !== 'judged') {
    fill(body, unjudged(name, outcome))
    return undefined
  }
  const state = desk.state()
  const { report, facts } = outcome
  const { pdf } = facts
  const viewer =
    pdf !== undefined
      ? createViewer({
          file: pdf,
          key: facts.sha256 ?? name,
          steps: stepsOf(report, pdf.size),
          passed: report.verdict === 'TOTAL-PASSED',
          drawer,
        })
      : undefined
  const of = reportOf(state, { name, outcome, viewer })
  const noRoot = of.roots.length === 0
  fill(
    body,
    verdictBanner(
      of,
      noRoot &&
        h(
          'p',
          { class: 'strong' },
          words.noRoot,
          ' ',
          state.trust.roots.length > 0 && h('a', { href: '#compare' }, root.goCompare),
        ),
      h(
        'div',
        { class: 'row no-print' },
        button(words.save, () => {
          saveResults(desk.state())
        }),
        button(words.print, () => {
          print()
        }),
        h('span', { class: 'small' }, words.saveHint),
      ),
    ),
    h(
      'div',
      { class: viewer === undefined ? 'columns one' : 'columns' },
      viewer?.element,
      h('div', { class: 'stack' }, ...reportCards(of)),
    ),
  )
  return viewer
}

function reportOf(
  state: DeskState,
  of: {
    readonly name: string
    readonly outcome: Extract<Outcome, { readonly state: 'judged' }>
    readonly viewer: Viewer | undefined
  },
): ReportOf {
  const { name, outcome, viewer } = of
  return {
    name,
    report: outcome.report,
    facts: outcome.facts,
    roots: state.trust.roots.filter(({ confirmed }) => confirmed),
    at: state.at,
    command: commandLine(state, name),
    ...(viewer && { look: viewer.look }),
  }
}

/** No report yet, or none at all; never looks like a verdict. */
function unjudged(name: string, outcome: Outcome): HTMLElement {
  return h(
    'section',
    { class: 'banner none' },
    markOf(markOfOutcome(outcome)),
    h(
      'div',
      {},
      h('p', { class: 'small' }, h('bdi', {}, shown(lastPart(name)))),
      h('h1', { tabindex: -1, id: 'verdict' }, wordsOfOutcome(outcome)),
      h('p', { class: 'small' }, both(name === lastPart(name) ? '' : shown(name))),
    ),
  )
}
