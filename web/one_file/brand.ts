/** The brand at the head of a page of one file. */
import { h, svg, type Child } from './dom.ts'

/** The mark, what the page is, and the product's name. */
export function brand(page: Child, product: Child): HTMLElement {
  const mark = svg(
    'svg',
    { viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    svg('rect', { x: 2, y: 2, width: 28, height: 28, rx: 5, fill: 'var(--seal)' }),
    svg('path', {
      d: 'M9 8v16M9 13h6M9 19h6M19 8h5v9a3 3 0 0 1-3 3M19 8v17',
      stroke: 'var(--paper)',
      'stroke-width': '2.4',
      fill: 'none',
      'stroke-linecap': 'round',
    }),
  )
  return h('a', { class: 'brand', href: '#' }, mark, h('span', {}, page), h('small', {}, product))
}
