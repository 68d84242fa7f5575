/** Small pieces of pages that several screens share. */
import { fill, h, type Child } from './dom.ts'
import type { Words } from './language.ts'

export type NoteKind = 'info' | 'good' | 'warn' | 'bad'

/** Something said where it matters; `bad` ones are announced at once. */
export function note(kind: NoteKind, ...children: readonly Child[]): HTMLElement {
  const role = kind === 'bad' ? 'alert' : 'status'
  return h('div', { class: `note ${kind}`, role }, ...children)
}

export const paragraph = (...children: readonly Child[]): HTMLElement => h('p', {}, ...children)

/** A button; `kind` as the style sheet has them. */
export function button(
  words: Child,
  does: () => void,
  kind: '' | 'main' | 'seal' | 'seal act' | 'main act' = '',
): HTMLButtonElement {
  return h('button', { type: 'button', class: `btn ${kind}`.trim(), on: { click: does } }, words)
}

/** A form that asks for something and does it here: nothing of it is sent. */
export function askingForm(submit: () => void, ...children: readonly Child[]): HTMLElement {
  return h(
    'form',
    {
      class: 'stack',
      on: {
        submit: (event) => {
          event.preventDefault()
          submit()
        },
      },
    },
    ...children,
  )
}

/** The heading of a screen: gets the focus when the screen is shown, so that a reader begins there. */
export const heading = (...children: readonly Child[]): HTMLElement =>
  h('h1', { tabindex: -1 }, ...children)

export function card(title: Words | undefined, ...children: readonly Child[]): HTMLElement {
  return h('section', { class: 'card stack' }, title && h('h2', {}, title), ...children)
}

/** Pairs of a name and what it is. */
export function facts(rows: readonly (readonly [Words, Child] | undefined)[]): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    ...rows.flatMap((row) => row && [h('dt', {}, row[0]), h('dd', {}, row[1])]),
  )
}

/** A place for one message at a time. */
export function slot(): HTMLElement & { readonly say: (...children: readonly Child[]) => void } {
  const element = h('div', { 'aria-live': 'polite' })
  return Object.assign(element, {
    say: (...children: readonly Child[]) => {
      fill(element, ...children)
    },
  })
}

/** Lets the browser paint what was just said before it computes. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve, 0))
  })
}

/** A moment as an office writes it, in the reader's zone: 2026-11-22 09:14. */
export function moment(at: Date, withSeconds = false): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`
  return `${day} ${time}${withSeconds ? `:${two(at.getSeconds())}` : ''}`
}

/** The mark of an urgent document; 特急 alone is vermilion through and through. */
export function urgencyTag(urgency: string | null | undefined): HTMLElement | undefined {
  if (urgency === null || urgency === undefined) return undefined
  return h('span', { class: urgency === '特急' ? 'tag hot' : 'tag urgent' }, urgency)
}

/** 1,234 bytes as people say it. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${String(bytes)} B`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
