/**
 * Certificates by month as bars: what was issued until now, what ends from now on. An SVG with a link for each month that has ends, and
 * the same numbers as a table behind it. Pure. Two pictures, one for a wide and one for a narrow window: scaled down, letters would be
 * too small to read.
 */
import type { MonthCount } from '../../../ca/index.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { View } from '../../view.ts'
import { hrefOf } from '../elements.ts'
import { monthAt, monthsAround, monthWords } from './months.ts'

interface Frame {
  readonly width: number
  readonly height: number
  /** Months before and after the present one. */
  readonly before: number
  readonly after: number
  /** Every so many months one has its name. */
  readonly step: number
}

const wide: Frame = { width: 760, height: 210, before: 11, after: 13, step: 3 }
const narrow: Frame = { width: 356, height: 190, before: 3, after: 9, step: 3 }

/** Room for the numbers on the left, and for the names of months below. */
const left = 34
const below = 24
const top = 12

export function monthChart(view: View, counts: readonly MonthCount[]): Html {
  const { w } = view
  return html`<figure class="chart">
    <figcaption class="legend">
      <span><span class="k issued"></span>${w('每月签发', 'issued in the month')}</span>
      <span
        ><span class="k ending"></span
        >${w('每月到期（已吊销的不算）', 'end in the month (revoked ones left out)')}</span
      >
    </figcaption>
    <div class="wide-only">${bars(view, counts, wide)}</div>
    <div class="only-narrow">${bars(view, counts, narrow)}</div>
    <details>
      <summary>${w('用表格看', 'As a table')}</summary>
      ${table(view, monthsAround(counts, { ...wide, now: view.now }))}
    </details>
  </figure>`
}

function bars(view: View, counts: readonly MonthCount[], frame: Frame): Html {
  const { w, now } = view
  const months = monthsAround(counts, { ...frame, now })
  const present = monthAt(now)
  const most = Math.max(1, ...months.flatMap((one) => shownOf(one, present)))
  const scale = roundScale(most)
  const slot = (frame.width - left) / months.length
  const floor = frame.height - below
  const heightOf = (count: number): number => (count / scale) * (floor - top)
  return html`<svg
    viewBox="0 0 ${frame.width} ${frame.height}"
    role="group"
    aria-label="${w('按月签发和到期的证书，数字见下面的表格', 'Certificates issued and ending by month; the numbers stand in the table below')}"
  >
    ${lines(frame, { scale, floor, heightOf })}
    ${months.map((month, at) => {
      const x = left + at * slot
      const isPresent = month.month === present
      return html`${isPresent && html`<rect class="now" x="${fixed(x)}" y="${top}" width="${fixed(slot)}" height="${floor - top}" />`}
      ${monthBars(view, month, { x, slot, floor, heightOf, present })}
      ${
        (at - frame.before) % frame.step === 0 &&
        html`<text
          x="${fixed(x + slot / 2)}"
          y="${frame.height - 7}"
          text-anchor="middle"
          ${isPresent && html` class="here"`}
        >
          ${monthWords(view, month.month, { withYear: month.month.endsWith('-01') || isPresent || (at - frame.before) % 12 === 0 })}
        </text>`
      }`
    })}
  </svg>`
}

/** What a month shows: issues until the present one, ends from it on. */
function shownOf(
  { month, issued, ending }: MonthCount,
  present: string,
): readonly [number, number] {
  return [month <= present ? issued : 0, month >= present ? ending : 0]
}

interface Place {
  readonly x: number
  readonly slot: number
  readonly floor: number
  readonly heightOf: (count: number) => number
  readonly present: string
}

function monthBars(view: View, month: MonthCount, place: Place): Content {
  const { x, slot, floor, heightOf, present } = place
  const [issued, ending] = shownOf(month, present)
  const isBoth = issued > 0 && ending > 0
  const width = isBoth ? slot * 0.38 : slot * 0.6
  const bar = (kind: string, count: number, from: number): Html => {
    // A single one must be seen beside a thousand.
    const height = Math.max(2, heightOf(count))
    return html`<rect
      class="${kind}"
      x="${fixed(from)}"
      y="${fixed(floor - height)}"
      width="${fixed(width)}"
      height="${fixed(height)}"
      rx="1.5"
    />`
  }
  const first = x + (slot - width * (isBoth ? 2.15 : 1)) / 2
  const second = isBoth ? first + width * 1.15 : first
  const name = monthWords(view, month.month, { withYear: true })
  const { w } = view
  const issuedWords = w(`${name}：签发 ${String(issued)} 张`, `${name}: ${String(issued)} issued`)
  const endingWords = w(`${name}：${String(ending)} 张到期`, `${name}: ${String(ending)} end`)
  return [
    issued > 0 && html`<g><title>${issuedWords}</title>${bar('issued', issued, first)}</g>`,
    ending > 0 &&
      html`<a href="${hrefOf('/certificates', { ends: month.month })}" aria-label="${endingWords}"
        ><title>${endingWords}</title>
        <rect
          class="touch"
          x="${fixed(x)}"
          y="${top}"
          width="${fixed(slot)}"
          height="${floor - top}"
        />
        ${bar('ending', ending, second)}</a
      >`,
  ]
}

function lines(
  { width }: Frame,
  of: {
    readonly scale: number
    readonly floor: number
    readonly heightOf: (count: number) => number
  },
): Content {
  const { scale, floor, heightOf } = of
  const marks = scale < 2 ? [0, scale] : [0, scale / 2, scale]
  return marks.map((count) => {
    const y = fixed(floor - heightOf(count))
    return html`<path class="rule" d="M${left} ${y}H${width}" />
      <text x="${left - 6}" y="${y}" dy="4" text-anchor="end">${count}</text>`
  })
}

/** The least of 1, 2, 4, 6, 10, 20, 40, 60, 100 … that is not below `most`: its half is a whole number. */
function roundScale(most: number): number {
  if (most <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  const found = [1, 2, 4, 6, 10].find((step) => step * power >= most && (step * power) % 2 === 0)
  return (found ?? 20) * power
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10)

function table(view: View, months: readonly MonthCount[]): Html {
  const { w } = view
  return html`<table class="dense">
    <thead>
      <tr>
        <th>${w('月份（协调世界时）', 'Month (UTC)')}</th>
        <th class="end">${w('签发', 'Issued')}</th>
        <th class="end">${w('到期', 'End')}</th>
        <th class="end">${w('吊销', 'Revoked')}</th>
      </tr>
    </thead>
    <tbody>
      ${months.map(
        ({ month, issued, ending, revoked }) =>
          html`<tr>
            <td>${monthWords(view, month, { withYear: true })}</td>
            <td class="end">${issued}</td>
            <td class="end">
              ${ending === 0 ? ending : html`<a class="link" href="${hrefOf('/certificates', { ends: month })}">${ending}</a>`}
            </td>
            <td class="end">${revoked}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}
