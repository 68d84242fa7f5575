/**
 * HTML by tagged templates: whatever is put in is escaped, unless it came from this tag itself. Pure. There is no way to mark a
 * string as safe; what is fixed markup is written in the template.
 */

const made: unique symbol = Symbol('html')

/** Markup that was made by `html`. */
export interface Html {
  readonly [made]: string
}

/** What may stand in a template: text and numbers (escaped), markup, lists of these, or nothing. */
export type Content = Html | string | number | null | undefined | false | readonly Content[]

/** Markup with everything put in escaped, fit for text and for quoted attributes. */
export function html(fixed: TemplateStringsArray, ...values: readonly Content[]): Html {
  const parts = withoutIndent(fixed)
  let text = parts[0] ?? ''
  for (let at = 0; at < values.length; at++) text += write(values[at]) + (parts[at + 1] ?? '')
  return { [made]: text }
}

const indentless = new WeakMap<TemplateStringsArray, readonly string[]>()

/** The fixed parts without the indent of the source: it means nothing in HTML and would travel over slow lines. */
function withoutIndent(fixed: TemplateStringsArray): readonly string[] {
  let parts = indentless.get(fixed)
  if (parts === undefined) {
    parts = fixed.map((part) => part.replace(/\n\s*/g, '\n'))
    indentless.set(fixed, parts)
  }
  return parts
}

/** The markup as text, to be sent. */
export function htmlText(content: Html): string {
  return content[made]
}

function write(value: Content): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  if (isList(value)) {
    let text = ''
    for (const one of value) text += write(one)
    return text
  }
  return value[made]
}

function isList(value: Html | readonly Content[]): value is readonly Content[] {
  return Array.isArray(value)
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const special = /[&<>"']/

function escapeText(text: string): string {
  return special.test(text) ? text.replace(/[&<>"']/g, (char) => escapes[char] ?? char) : text
}
