/**
 * What it means to match: a word stands in a field of a document, whole at its ends where those are letters or digits. Pure.
 * The index only proposes; where a proposal may be wrong this file decides, so precision does not depend on the index.
 */
import { classes, classOf } from './normalise.ts'
import type { Ast, SearchField } from './types.ts'

/** The fields of a document in normal form, as far as the asking unit sees them. */
export interface MatchFields {
  readonly title: string
  readonly issuer: string
  readonly number: string
  readonly body?: string
  /** Day as a number, 0 if unknown. */
  readonly day: number
}

/** Whether the document is what the query asks for. */
export function matches(ast: Ast, fields: MatchFields): boolean {
  switch (ast.kind) {
    case 'and':
      return ast.of.every((part) => matches(part, fields))
    case 'or':
      return ast.of.some((part) => matches(part, fields))
    case 'not':
      return !matches(ast.of, fields)
    case 'date':
      return fields.day >= ast.from && fields.day <= ast.to
    default:
      return texts(fields, ast.field).some((text) => occurrences(ast, text, 1).length > 0)
  }
}

/** Where a word or document number stands in a text in normal form, `limit` places at most. */
export function occurrences(
  leaf: Extract<Ast, { kind: 'word' | 'number' }>,
  text: string,
  limit: number,
): [start: number, end: number][] {
  const needle = leaf.kind === 'word' ? leaf.text : leaf.number.head
  const found: [number, number][] = []
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    const end = leaf.kind === 'word' ? at + needle.length : endOfNumber(text, at, leaf.number)
    if (end < 0 || (leaf.kind === 'word' && !isWhole(text, at, end))) continue
    found.push([at, end])
    if (found.length >= limit) break
  }
  return found
}

/** All words and numbers that a hit is asked to have. */
export function wantedLeaves(ast: Ast): Extract<Ast, { kind: 'word' | 'number' }>[] {
  if (ast.kind === 'and' || ast.kind === 'or') return ast.of.flatMap(wantedLeaves)
  return ast.kind === 'word' || ast.kind === 'number' ? [ast] : []
}

function texts(fields: MatchFields, field: SearchField | undefined): string[] {
  if (field) return [fields[field]]
  return [
    fields.title,
    fields.issuer,
    fields.number,
    ...(fields.body === undefined ? [] : [fields.body]),
  ]
}

/** A run of letters or digits is not cut: `10` does not stand in `2010`. */
function isWhole(text: string, start: number, end: number): boolean {
  return !joins(text, start) && !joins(text, end)
}

function joins(text: string, at: number): boolean {
  return (
    at > 0 &&
    at < text.length &&
    classOf(text.charCodeAt(at - 1)) === classes.word &&
    classOf(text.charCodeAt(at)) === classes.word
  )
}

function endOfNumber(
  text: string,
  at: number,
  { head, sequence }: Extract<Ast, { kind: 'number' }>['number'],
): number {
  const rest = /^第?0*(\d+)号/.exec(text.slice(at + head.length, at + head.length + 16))
  return rest?.[1] === sequence ? at + head.length + rest[0].length : -1
}
