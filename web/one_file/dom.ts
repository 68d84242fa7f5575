/**
 * Elements, built by calls: never from HTML text, so that nothing a box or a file says becomes markup. A text given as a pair of
 * words follows the language.
 */
import { onLanguage, pick, type Words } from './language.ts'

export type Child = Node | string | Words | false | undefined | readonly Child[]

type Handlers = {
  readonly [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void
}

/** Attributes by name; `true` is an empty one, `undefined` and `false` none. Handlers stand under `on`. */
export interface Props {
  readonly on?: Handlers
  readonly [attribute: string]: string | number | boolean | Words | Handlers | undefined
}

const texts = new WeakMap<Text, Words>()
const attributes = new WeakMap<Element, Map<string, Words>>()

/** An element with attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  setAttributes(element, props)
  for (const [event, handler] of Object.entries(props.on ?? {})) {
    element.addEventListener(event, handler as (event: Event) => void)
  }
  element.append(...nodes(children))
  return element
}

const svgNamespace = 'http://www.w3.org/2000/svg'

/** An element of a drawing. */
export function svg(tag: string, props: Props = {}, ...children: readonly Child[]): SVGElement {
  const element = document.createElementNS(svgNamespace, tag)
  setAttributes(element, props)
  element.append(...nodes(children))
  return element
}

/** A text that follows the language. */
export function say(words: Words): Text {
  const text = document.createTextNode(pick(words))
  texts.set(text, words)
  return text
}

/** Puts other children in place of what is there. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...nodes(children))
}

/** Sets an attribute that follows the language. */
export function setAttribute(element: Element, name: string, words: Words): void {
  const known = attributes.get(element) ?? new Map<string, Words>()
  known.set(name, words)
  attributes.set(element, known)
  element.setAttribute(name, pick(words))
}

/** Says everything on the page again after the language was changed. */
export function followLanguage(root: Element): void {
  onLanguage(() => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
    for (let node: Node | null = root; node !== null; node = walker.nextNode()) sayAgain(node)
  })
}

function sayAgain(node: Node): void {
  const words = node instanceof Text ? texts.get(node) : undefined
  if (words !== undefined) node.textContent = pick(words)
  if (!(node instanceof Element)) return
  for (const [name, pair] of attributes.get(node) ?? []) node.setAttribute(name, pick(pair))
}

function setAttributes(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (name === 'on' || value === undefined || value === false) continue
    if (typeof value === 'object') setAttribute(element, name, value as Words)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
}

function nodes(children: readonly Child[]): Node[] {
  return children.flatMap((child) => {
    if (child === undefined || child === false) return []
    if (typeof child === 'string') return [document.createTextNode(child)]
    if (child instanceof Node) return [child]
    return 'zh' in child ? [say(child)] : nodes(child)
  })
}
