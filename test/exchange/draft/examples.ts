/** The example drafts of `docs/formats`, and small changes to them. Test support. */
import { readdirSync, readFileSync } from 'node:fs'
import { checkDraft } from '../../../exchange/draft/lint.ts'
import type { Draft } from '../../../exchange/draft/schema.ts'

const folder = new URL('../../../docs/formats/', import.meta.url)

/** File names of all examples. */
export const exampleNames = readdirSync(folder).filter((file) => /^draft-.*\.json$/.test(file))

/** An example as parsed JSON. */
export function exampleJson(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>
}

/** An example as a draft; it must be one that fits the schema. */
export function example(name: string): Draft {
  const { draft } = checkDraft(exampleJson(`draft-${name}.json`))
  if (draft === undefined) throw new TypeError(`docs/formats/draft-${name}.json does not fit`)
  return draft
}

/** Codes of the findings of the ordinary notice (or another example) with some fields replaced. */
export function codesOf(change: Record<string, unknown>, base = 'draft-notice.json'): string[] {
  const value = { ...exampleJson(base), ...change }
  for (const [key, field] of Object.entries(change)) {
    if (field === undefined) Reflect.deleteProperty(value, key)
  }
  return checkDraft(value).findings.map(({ code }) => code)
}
