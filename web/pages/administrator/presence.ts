/** The board: which units are heard of, how long their lines take, when their certificates end; and the box's own figures as plots. */
import type { BoardUnit, Bucket, UnitPresence } from '../../health/watch.ts'
import { html, type Html } from '../../html.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import type { View } from '../../view.ts'
import { chipRow, figureRow } from '../elements.ts'
import { show } from '../frame.ts'
import { gathered, strip } from '../plot.ts'
import { boxPlots, timesOf } from './plots.ts'

const dayMs = 86_400_000
/** Spans that one mark of a strip stands for: half an hour, or six hours. */
const markSpans = { days: 3, weeks: 6 } as const
const noticeDays = 30
/** A line between an office and its district takes less. */
const slowMs = 400

export const presenceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/presence',
    who: 'administrator',
    summary: 'Page: which units are heard of, and the box’s own figures over time (`?span=weeks`)',
    handle: presencePage,
  }),
]

const rank: Readonly<Record<UnitPresence, number>> = {
  silent: 0,
  never: 1,
  seen: 2,
  today: 3,
  here: 4,
}

async function presencePage(request: Request): Promise<Answer> {
  const { view, parts, hub, query } = request
  const { w } = view
  const span = query.get('span') === 'weeks' ? 'weeks' : 'days'
  const [board, history] = await Promise.all([parts.watch.board(), parts.watch.history(span)])
  const here = hub.unitsHere
  const units = board
    .map((unit) => (here.has(unit.uscc) ? { ...unit, presence: 'here' as const } : unit))
    .toSorted((a, b) => rank[a.presence] - rank[b.presence] || a.uscc.localeCompare(b.uscc))
  return show(request, {
    title: w('各单位在线', 'Presence'),
    acts: html`<button class="btn" type="button" data-print>${w('打印', 'Print')}</button
      ><a class="btn" href="${span === 'weeks' ? '/presence?span=weeks' : '/presence'}" data-next
        >${w('再看一次', 'Look again')}</a
      >`,
    main: html`<h1>${headline(view, units)}</h1>
      <p class="sub">${view.exact(view.now)}</p>
      ${figures(view, units)}
      ${chipRow(w('时间跨度', 'Span'), [
        { words: w('最近两天', 'Two days'), href: '/presence', isCurrent: span === 'days' },
        {
          words: w('最近五周', 'Five weeks'),
          href: '/presence?span=weeks',
          isCurrent: span === 'weeks',
        },
      ])}
      ${boxPlots(view, history, span)} ${boardTable(view, units, { history, span })}
      <p class="hint">
        ${w(
          '这里只看得到单位有没有连上本机，看不到它们在办什么。',
          'Only whether a unit reached the box is seen here, never what it did.',
        )}
      </p>`,
  })
}

function headline({ w }: View, units: readonly BoardUnit[]): string {
  const silent = units.filter(({ presence }) => presence === 'silent').length
  if (units.length === 0) return w('还没有登记单位', 'No unit is registered yet')
  return silent === 0
    ? w('各单位都有消息', 'All units are heard of')
    : w(
        `${String(silent)} 个单位长时间没有消息`,
        `${String(silent)} units were not heard of for long`,
      )
}

function figures({ w }: View, units: readonly BoardUnit[]): Html {
  const count = (...of: readonly UnitPresence[]): number =>
    units.filter(({ presence }) => of.includes(presence)).length
  const times = units.flatMap(({ roundTripMs }) => roundTripMs ?? [])
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]
  const silent = count('silent')
  return figureRow([
    { value: count('here'), words: w('现在在线', 'here now'), kind: 'ok' },
    { value: count('here', 'today'), words: w('今天来过', 'seen today') },
    { value: silent, words: w('长时间没有消息', 'silent'), kind: silent > 0 ? 'bad' : undefined },
    { value: count('never'), words: w('从未连上', 'never seen') },
    {
      value: middle === undefined ? '—' : `${middle.toFixed(0)} ms`,
      words: w('往返时间（中位）', 'round trip (median)'),
    },
  ])
}

const presenceWords: Readonly<
  Record<UnitPresence, readonly [kind: string, zh: string, en: string]>
> = {
  here: ['ok', '在线', 'here'],
  today: ['n', '今天来过', 'today'],
  seen: ['n', '来过', 'seen'],
  silent: ['u', '没有消息', 'silent'],
  never: ['w', '从未', 'never'],
}

function boardTable(
  view: View,
  units: readonly BoardUnit[],
  of: { readonly history: readonly Bucket[]; readonly span: 'days' | 'weeks' },
): Html | undefined {
  if (units.length === 0) return undefined
  const { w } = view
  const times = timesOf(view.now, of.span)
  const seen = new Map(of.history.map((bucket) => [Date.parse(bucket.at), bucket.units]))
  return html`<table class="stack board">
    <thead>
      <tr>
        <th>${w('单位', 'Unit')}</th>
        <th>${w('最近一次', 'Last seen')}</th>
        <th class="picture">
          ${of.span === 'days' ? w('最近两天', 'Two days') : w('最近五周', 'Five weeks')}
        </th>
        <th class="end">${w('往返', 'Round trip')}</th>
        <th class="end">${w('登录证书至', 'Certificate until')}</th>
      </tr>
    </thead>
    <tbody>
      ${units.map((unit) =>
        boardRow(
          view,
          unit,
          gathered(
            times.map((at) => seen.get(at)?.[unit.uscc] !== undefined),
            markSpans[of.span],
          ),
        ),
      )}
    </tbody>
  </table>`
}

function boardRow(view: View, unit: BoardUnit, spans: readonly boolean[]): Html {
  const { w, now } = view
  const { shortName, presence, lastSeen, roundTripMs, certificateUntil: until } = unit
  const [kind, zh, en] = presenceWords[presence]
  const isEnding = until === undefined || until.getTime() - now.getTime() < noticeDays * dayMs
  const isSlow = roundTripMs !== undefined && roundTripMs > slowMs
  return html`<tr data-row>
    <td><span class="tag ${kind}">${w(zh, en)}</span>${shortName}</td>
    <td>${lastSeen ? view.time(lastSeen) : '—'}</td>
    <td class="picture">${strip(spans, w('连上的时段', 'when it was heard of'))}</td>
    <td class="end ${isSlow && 'late'}">
      ${roundTripMs === undefined ? '—' : `${roundTripMs.toFixed(roundTripMs < 10 ? 1 : 0)} ms`}
    </td>
    <td class="end ${isEnding && 'late'}">${until ? view.day(until) : w('没有', 'none')}</td>
  </tr>`
}
