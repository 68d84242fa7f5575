/** A place that is filled anew as things change, without the keyboard losing where it is. */
import { fill, h, type Child } from '../one_file/dom.ts'

/** Puts other children in place of what is there; what had the focus and comes again under its `id` keeps it. */
export function refill(place: Element, ...children: readonly Child[]): void {
  const held = document.activeElement
  const id = held !== null && place.contains(held) ? held.id : ''
  fill(place, ...children)
  if (id !== '') document.getElementById(id)?.focus({ preventScroll: true })
}

/** A marked verdict: colour, sign and, for those who see neither, words beside it. */
export function markOf(kind: MarkKind): HTMLElement {
  return h('span', { class: `mark ${kind}`, 'aria-hidden': 'true' }, signs[kind])
}

export type MarkKind = 'ok' | 'bad' | 'open' | 'none'

const signs = { ok: '✓', bad: '✕', open: '?', none: '…' } as const satisfies Record<
  MarkKind,
  string
>
