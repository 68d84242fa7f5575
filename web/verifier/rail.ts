/** The left side: files with their verdicts, the root, the moment, attachments. */
import { h, type Child } from '../one_file/dom.ts'
import { both } from '../one_file/language.ts'
import { button } from '../one_file/parts.ts'
import type { Desk, DeskState, Item } from './desk.ts'
import { manyFilesField } from './drop.ts'
import { markOf, refill, type MarkKind } from './place.ts'
import { lastPart, shown } from './shown.ts'
import { momentCard } from './moment_card.ts'
import { trustCard } from './trust/card.ts'
import { markOfOutcome, wordsOfOutcome } from './verdicts.ts'
import { common, files as words } from './words/common.ts'

/** More rows are shown when asked for: thousands at once would stop the page. */
const rowsAtOnce = 200

type Filter = MarkKind | 'all'

export function createRail(desk: Desk): HTMLElement {
  let filter: Filter = 'all'
  let rows = rowsAtOnce
  const list = h('div', { class: 'stack' })
  const progress = createProgress(desk)
  const take = (given: Parameters<Desk['add']>[0]): void => void desk.add(given)
  const drop = manyFilesField(
    {
      id: 'files',
      title: words.dropMore,
      how: h('span', { class: 'small' }, words.drop),
      kind: 'low',
    },
    take,
  )
  const show = (): void => {
    const state = desk.state()
    if (state.items.length === 0) [filter, rows] = ['all', rowsAtOnce]
    // The welcome has a larger field for the first ones.
    drop.hidden = state.items.length === 0
    progress.show(state)
    refill(
      list,
      ...fileRows(desk, { state, filter, rows }, (to) => {
        filter = to.filter ?? filter
        rows = to.rows ?? rows
        show()
      }),
    )
  }
  const attachments = h('div', { class: 'stack' })
  const showAttachments = (): void => {
    const { size } = desk.state().attachments
    refill(
      attachments,
      attachmentsField(desk),
      size > 0 && h('p', { class: 'small', role: 'status' }, words.attachmentsTaken(size)),
    )
  }
  desk.watch(show)
  desk.watch(showAttachments)
  show()
  showAttachments()
  return h(
    'aside',
    { class: 'rail', 'aria-label': common.setUp },
    h(
      'section',
      { class: 'panel stack own' },
      h('h2', {}, words.title),
      drop,
      progress.element,
      list,
    ),
    trustCard(desk),
    momentCard(desk),
    h('details', { class: 'panel' }, h('summary', {}, words.attachments), attachments),
  )
}

function attachmentsField(desk: Desk): HTMLElement {
  return manyFilesField(
    {
      id: 'attachments',
      title: words.attachments,
      how: h('span', { class: 'small' }, words.attachmentsHow),
      kind: 'low',
    },
    (given) => {
      desk.addAttachments(given)
    },
  )
}

interface Shown {
  readonly state: DeskState
  readonly filter: Filter
  readonly rows: number
}

function fileRows(
  desk: Desk,
  { state, filter, rows }: Shown,
  change: (to: { readonly filter?: Filter; readonly rows?: number }) => void,
): Child[] {
  const { items, selected, running } = state
  if (items.length === 0) return [h('p', { class: 'small' }, words.none)]
  const fit = items.filter(({ outcome }) => filter === 'all' || markOfOutcome(outcome) === filter)
  const hidden = fit.length - rows
  return [
    items.length > 1 && filterChips(items, filter, change),
    h(
      'ul',
      { class: 'files', 'aria-label': words.title },
      ...fit
        .slice(0, rows)
        .map((item, at) => fileRow(desk, item, { at, isSelected: item.group[0] === selected })),
    ),
    hidden > 0 &&
      button(words.more(Math.min(hidden, rowsAtOnce)), () => {
        change({ rows: rows + rowsAtOnce })
      }),
    h(
      'div',
      { class: 'row' },
      !running && button(words.again, desk.again),
      button(words.clear, desk.clear),
    ),
  ]
}

function fileRow(
  desk: Desk,
  { group, outcome }: Item,
  { at, isSelected }: { readonly at: number; readonly isSelected: boolean },
): HTMLElement {
  const [name, ...beside] = group
  const open = h(
    'button',
    {
      type: 'button',
      id: `file-${String(at)}`,
      class: 'file',
      ...(isSelected && { 'aria-current': 'true' }),
      on: {
        click: () => {
          desk.select(name)
        },
      },
    },
    markOf(markOfOutcome(outcome)),
    h('bdi', { class: 'name' }, shown(lastPart(name))),
    h('span', { class: 'small' }, wordsOfOutcome(outcome)),
    beside.length > 0 &&
      h(
        'span',
        { class: 'small beside' },
        words.beside,
        ' ',
        // Their names begin with its own.
        h('bdi', {}, shown(beside.map((one) => one.slice(name.length)).join(' '))),
      ),
  )
  return h('li', {}, open)
}

/** How far a run is, and the button that stops it: made once, so that no verdict takes it from under the pointer. */
function createProgress(desk: Desk): {
  readonly element: HTMLElement
  readonly show: (state: DeskState) => void
} {
  const text = h('p', { class: 'small', id: 'progress-words' })
  const bar = h('progress', { 'aria-labelledby': 'progress-words' })
  const element = h('div', { class: 'progress' }, text, bar, button(words.stop, desk.stop))
  const show = ({ items, running }: DeskState): void => {
    element.hidden = !running
    const isDone = ({ outcome }: Item): boolean =>
      outcome.state !== 'waiting' && outcome.state !== 'judging'
    const done = items.filter(isDone).length
    refill(text, words.judging(done, items.length))
    bar.max = Math.max(1, items.length)
    bar.value = done
  }
  return { element, show }
}

const kinds = ['all', 'ok', 'bad', 'open'] as const
const chipWords = {
  all: words.all,
  ok: { zh: '通过', en: 'passed' },
  bad: { zh: '不通过', en: 'failed' },
  open: { zh: '不能确定', en: 'not determined' },
} as const

function filterChips(
  items: readonly Item[],
  filter: Filter,
  change: (to: { readonly filter: Filter; readonly rows: number }) => void,
): HTMLElement {
  const count = (kind: Filter): number =>
    items.filter(({ outcome }) => kind === 'all' || markOfOutcome(outcome) === kind).length
  return h(
    'div',
    { class: 'chips', role: 'group', 'aria-label': words.title },
    ...kinds
      .filter((kind) => kind === 'all' || kind === filter || count(kind) > 0)
      .map((kind) => {
        const pressed = kind === filter
        return h(
          'button',
          {
            type: 'button',
            id: `chip-${kind}`,
            class: `chip ${kind}`,
            'aria-pressed': String(pressed),
            on: {
              click: () => {
                change({ filter: kind, rows: rowsAtOnce })
              },
            },
          },
          chipWords[kind],
          ' ',
          h('b', {}, both(String(count(kind)))),
        )
      }),
  )
}
