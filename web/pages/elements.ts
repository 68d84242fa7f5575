/** The few parts that lists and sheets of the administrators share. Pure. */
import { html, type Content, type Html } from '../html.ts'
import type { View } from '../view.ts'

/** An address with those fields of the query that say something. */
export function hrefOf(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const said = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said).toString()}`
}

export interface Chip {
  readonly words: string
  readonly href: string
  readonly isCurrent: boolean
  readonly count?: number
}

/** A row of choices that narrow a list. */
export function chipRow(label: string, chips: readonly Chip[]): Html {
  return html`<nav class="chips" aria-label="${label}">
    ${chips.map(
      ({ words, href, isCurrent, count }) =>
        html`<a href="${href}" ${isCurrent && html` aria-current="true"`}
          >${words}${count !== undefined && html` ${count}`}</a
        >`,
    )}
  </nav>`
}

/** Terms and what they are; rows without a value are left out. */
export function factList(rows: readonly (readonly [term: Content, value: Content])[]): Html {
  const said = rows.filter(([, value]) => value !== undefined && value !== '' && value !== false)
  return html`<dl class="facts">
    ${said.map(
      ([term, value]) =>
        html`<dt>${term}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`
}

/** Ways to the first and the next page of a list; nothing where there is one page. */
export function pageLinks(
  { w }: Pick<View, 'w'>,
  of: { readonly first?: string | undefined; readonly next?: string | undefined },
): Html | undefined {
  const { first, next } = of
  if (first === undefined && next === undefined) return undefined
  return html`<nav class="pages" aria-label="${w('翻页', 'Pages')}">
    ${first !== undefined && html`<a class="btn" href="${first}">${w('从头', 'From the start')}</a>`}
    ${next !== undefined && html`<a class="btn" href="${next}" rel="next">${w('下一页', 'Next')}</a>`}
  </nav>`
}

export interface Figure {
  readonly value: Content
  readonly words: string
  readonly kind?: 'bad' | 'ok' | undefined
}

/** Numbers that are read at a glance. */
export function figureRow(figures: readonly Figure[]): Html {
  return html`<div class="figures">
    ${figures.map(
      ({ value, words, kind }) =>
        html`<div class="figure ${kind}"><b>${value}</b><span>${words}</span></div>`,
    )}
  </div>`
}

/** 32 words of a fingerprint in 8 rows of 4, as they are read over the telephone. */
export function wordGrid(rows: readonly (readonly string[])[], language: 'zh-CN' | 'en'): Html {
  return html`<div class="words" lang="${language}">
    ${rows.flat().map((word) => html`<span>${word}</span>`)}
  </div>`
}

/** The signer with a request, in its own tab. */
export function signerHref(request: Readonly<Record<string, string>>): string {
  return `/signer.html#${new URLSearchParams(request).toString()}`
}

/** Bytes as people read them. */
export function bytesWords(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const at = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** at
  return `${at === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[at] ?? ''}`
}
