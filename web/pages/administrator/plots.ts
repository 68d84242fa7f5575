/** The box's own figures over time. Pure. */
import type { Bucket } from '../../health/watch.ts'
import { html, type Html } from '../../html.ts'
import type { View } from '../../view.ts'
import { bytesWords } from '../elements.ts'
import { niceBytes, plot, type Point } from '../plot.ts'

const minuteMs = 60_000
const spans = {
  days: { minutes: 10, count: 288 },
  weeks: { minutes: 60, count: 35 * 24 },
} as const

/** Begins of the spans that a page shows, the oldest first: milliseconds since 1970. */
export function timesOf(now: Date, span: 'days' | 'weeks'): number[] {
  const { minutes, count } = spans[span]
  const length = minutes * minuteMs
  const last = Math.floor(now.getTime() / length) * length
  return Array.from({ length: count }, (_, at) => last - (count - 1 - at) * length)
}

/** Four plots; one of which little is known says why. */
export function boxPlots(view: View, history: readonly Bucket[], span: 'days' | 'weeks'): Html {
  const { w } = view
  const times = timesOf(view.now, span)
  const known = new Map(history.map(({ at, box }) => [Date.parse(at), box]))
  const from = times[0] ?? 0
  const to = times.at(-1) ?? 1
  const ends = [view.time(new Date(from)), w('现在', 'now')] as const
  const newest = history.at(-1)?.box
  const line = (of: (box: Bucket['box']) => number | null): Point[] =>
    times.map((at) => {
      const box = known.get(at)
      return { at, value: box === undefined ? undefined : (of(box) ?? undefined) }
    })
  const count = (value: number): string => value.toFixed(0)
  const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`
  const empty =
    span === 'days'
      ? w(
          '每十分钟记一次，满两次后画出曲线。',
          'Written down every ten minutes, drawn from the second time on.',
        )
      : w('按小时汇总，满两天后画出曲线。', 'Summed up by the hour, drawn from the third day on.')
  const common = { from, to, ends, empty }
  const now = (words: (value: number) => string, value: number | null | undefined): string =>
    value === undefined || value === null ? '—' : words(value)
  return html`<div class="plots">
    ${plot({
      ...common,
      title:
        span === 'days'
          ? w('每十分钟应答', 'Answers in ten minutes')
          : w('每小时应答', 'Answers in an hour'),
      points: line((box) => box.answers),
      now: now(count, newest?.answers),
      words: count,
    })}
    ${plot({
      ...common,
      title: w('应答时间（95%）', 'Time of an answer (95 %)'),
      points: line((box) => box.slowMs),
      now: now(ms, newest?.slowMs),
      words: ms,
    })}
    ${plot({
      ...common,
      title: w('本程序内存', 'Memory of the process'),
      points: line((box) => box.resident),
      now: now(bytesWords, newest?.resident),
      words: bytesWords,
      topOf: niceBytes,
    })}
    ${plot({
      ...common,
      title: w('磁盘剩余', 'Disk left'),
      points: line((box) => box.free),
      now: now(bytesWords, newest?.free),
      words: bytesWords,
      topOf: niceBytes,
    })}
  </div>`
}
