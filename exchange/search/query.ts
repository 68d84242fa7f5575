/**
 * The language of the search field: words (all must be there), "phrases", `OR`, `-not`, `( )`, `issuer:`/`发文机关:`,
 * `number:`/`文号:`, `title:`/`标题:`, years and days as `2010..2012-06`. Pure; never throws: what cannot be read is a value.
 * Where the whole field reads as a document number (`国函 2006 38号`), it is one.
 */
import { readDocumentNumber } from './document_number.ts'
import { normalise } from './normalise.ts'
import { lookUp } from './terms.ts'
import type { Ast, SearchField } from './types.ts'

/** Longer is no question but a paste. */
export const maxQueryLength = 400
/** Each word is a walk over its postings. */
export const maxQueryTerms = 32
/** Parentheses within parentheses. */
export const maxQueryDepth = 8

export type QueryProblem =
  | 'QUERY_EMPTY'
  | 'QUERY_TOO_LONG'
  | 'QUERY_TOO_MANY_TERMS'
  | 'QUERY_TOO_DEEP'
  | 'QUERY_QUOTE_OPEN'
  | 'QUERY_PARENTHESIS_OPEN'
  | 'QUERY_PARENTHESIS_UNEXPECTED'
  | 'QUERY_OPERATOR_MISPLACED'
  | 'QUERY_DATE_MALFORMED'

export type ParsedQuery =
  | { readonly ok: true; readonly ast: Ast }
  /** `at`: where, in UTF-16 units of what was typed. */
  | { readonly ok: false; readonly problem: QueryProblem; readonly at: number }

type Token =
  | { readonly kind: 'open' | 'close' | 'or' | 'not'; readonly at: number }
  | { readonly kind: 'text'; readonly at: number; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'field'; readonly at: number; readonly field: SearchField }

interface Reader {
  readonly tokens: readonly Token[]
  at: number
  terms: number
}

/** How parsing stops early, inside this file only. */
class Refusal extends Error {
  readonly problem: QueryProblem
  readonly at: number
  constructor(problem: QueryProblem, at: number) {
    super(problem)
    this.problem = problem
    this.at = at
  }
}

const fieldNames: Readonly<Record<string, SearchField>> = {
  issuer: 'issuer',
  发文机关: 'issuer',
  number: 'number',
  文号: 'number',
  title: 'title',
  标题: 'title',
}
const fieldPattern = /(issuer|number|title|发文机关|文号|标题)[:：]/iy
const closers: Readonly<Record<string, string>> = { '"': '"', '＂': '＂', '“': '”' }

/** Reads what was typed; any string gets an answer. */
export function parseQuery(typed: string): ParsedQuery {
  if (typed.length > maxQueryLength)
    return { ok: false, problem: 'QUERY_TOO_LONG', at: maxQueryLength }
  const whole = wholeNumber(typed)
  if (whole) return { ok: true, ast: whole }
  try {
    const reader: Reader = { tokens: tokenise(typed), at: 0, terms: 0 }
    const ast = readAny(reader, 0)
    const left = reader.tokens[reader.at]
    if (left) throw new Refusal('QUERY_PARENTHESIS_UNEXPECTED', left.at)
    if (!ast) throw new Refusal('QUERY_EMPTY', 0)
    return { ok: true, ast }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem, at: error.at }
    throw error
  }
}

/** The whole field as a document number where nothing else can be meant. */
function wholeNumber(typed: string): Ast | undefined {
  const number = readDocumentNumber(typed)
  return number && (/号\s*$/.test(typed) || /[〔[([（【]/.test(typed))
    ? { kind: 'number', number }
    : undefined
}

function tokenise(typed: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let depth = 0
  while (at < typed.length) {
    const char = typed.charAt(at)
    const closer = closers[char]
    fieldPattern.lastIndex = at
    const field = fieldPattern.exec(typed)
    if (/\s/.test(char)) at++
    else if (char === '(') {
      if (++depth > maxQueryDepth) throw new Refusal('QUERY_TOO_DEEP', at)
      tokens.push({ kind: 'open', at: at++ })
    } else if (char === ')') {
      if (--depth < 0) throw new Refusal('QUERY_PARENTHESIS_UNEXPECTED', at)
      tokens.push({ kind: 'close', at: at++ })
    } else if (closer) {
      const end = typed.indexOf(closer, at + 1)
      if (end < 0) throw new Refusal('QUERY_QUOTE_OPEN', at)
      tokens.push({ kind: 'text', at, text: typed.slice(at + 1, end), quoted: true })
      at = end + 1
    } else if (char === '-' || char === '－') tokens.push({ kind: 'not', at: at++ })
    else if (char === '|') tokens.push({ kind: 'or', at: at++ })
    else if (field) {
      const name = fieldNames[(field[1] ?? '').toLowerCase()]
      if (name) tokens.push({ kind: 'field', at, field: name })
      at = fieldPattern.lastIndex
    } else {
      const end = endOfWord(typed, at, depth)
      const text = typed.slice(at, end)
      tokens.push(text === 'OR' ? { kind: 'or', at } : { kind: 'text', at, text, quoted: false })
      at = end
    }
  }
  if (depth > 0) throw new Refusal('QUERY_PARENTHESIS_OPEN', typed.length)
  return tokens
}

/** A word ends at white space, at a quotation mark, or at the parenthesis that closes a group (`国函(2006)38号` holds its own). */
function endOfWord(typed: string, start: number, depth: number): number {
  let own = 0
  let at = start
  for (; at < typed.length; at++) {
    const char = typed.charAt(at)
    if (/[\s|]/.test(char) || (char !== '”' && char in closers)) break
    if (char === '(') own++
    if (char === ')' && --own < 0 && depth > 0) break
  }
  return at
}

/** or := and { "OR" and } */
function readAny(reader: Reader, depth: number): Ast | undefined {
  const parts: Ast[] = []
  for (;;) {
    const part = readAll(reader, depth)
    const next = reader.tokens[reader.at]
    const isOr = next?.kind === 'or'
    if (part) parts.push(part)
    else if (isOr || parts.length > 0) {
      throw new Refusal('QUERY_OPERATOR_MISPLACED', next?.at ?? reader.tokens.at(-1)?.at ?? 0)
    }
    if (!isOr) return join('or', parts)
    reader.at++
  }
}

/** and := { [ "-" ] item }, as far as the next `OR` or closing parenthesis */
function readAll(reader: Reader, depth: number): Ast | undefined {
  const parts: Ast[] = []
  for (;;) {
    const token = reader.tokens[reader.at]
    if (!token || token.kind === 'or' || token.kind === 'close') return join('and', parts)
    const part = readItem(reader, depth)
    if (part) parts.push(part)
  }
}

function readItem(reader: Reader, depth: number): Ast | undefined {
  const token = reader.tokens[reader.at++]
  if (!token) return undefined
  switch (token.kind) {
    case 'not': {
      const next = reader.tokens[reader.at]
      if (!next || next.kind === 'or' || next.kind === 'close' || next.kind === 'not') {
        throw new Refusal('QUERY_OPERATOR_MISPLACED', token.at)
      }
      const of = readItem(reader, depth)
      return of && { kind: 'not', of }
    }
    case 'open': {
      const inside = readAny(reader, depth + 1)
      reader.at++
      return inside
    }
    case 'field': {
      const next = reader.tokens[reader.at++]
      if (next?.kind !== 'text') throw new Refusal('QUERY_OPERATOR_MISPLACED', token.at)
      return readWord(reader, next, token.field)
    }
    case 'text':
      return readWord(reader, token)
    default:
      throw new Refusal('QUERY_OPERATOR_MISPLACED', token.at)
  }
}

/** A word, phrase, number or span of dates; undefined where there is nothing in it that is indexed (a stray comma). */
function readWord(
  reader: Reader,
  token: Extract<Token, { kind: 'text' }>,
  field?: SearchField,
): Ast | undefined {
  if (++reader.terms > maxQueryTerms) throw new Refusal('QUERY_TOO_MANY_TERMS', token.at)
  if (!token.quoted && !field && token.text.includes('..')) return readDates(token.text, token.at)
  const text = normalise(token.text)
  const number = field && field !== 'number' ? undefined : readDocumentNumber(token.text)
  const word: Ast | undefined = lookUp(text) && { kind: 'word', text, ...(field && { field }) }
  if (!number || token.quoted) return word
  const asNumber: Ast = { kind: 'number', number, ...(field === 'number' && { field }) }
  return field || text.includes('〔') || !word ? asNumber : { kind: 'or', of: [asNumber, word] }
}

function readDates(text: string, at: number): Ast {
  const [from = '', to = '', ...more] = text.normalize('NFKC').split('..')
  const start = from === '' ? 1 : readDay(from, 0)
  const end = to === '' ? 99_999_999 : readDay(to, 99)
  if (start === undefined || end === undefined || more.length > 0 || (from === '' && to === '')) {
    throw new Refusal('QUERY_DATE_MALFORMED', at)
  }
  return { kind: 'date', from: start, to: end }
}

/** `2010`, `2010-06` or `2010-06-01` as 20100601; what is left out is `fill`. Undefined if it is no date. */
export function readDay(text: string, fill: number): number | undefined {
  const found = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text)
  if (!found) return undefined
  const [year, month, day] = found.slice(1).map((part) => (part ? Number(part) : undefined))
  if (
    (month !== undefined && (month < 1 || month > 12)) ||
    (day !== undefined && (day < 1 || day > 31))
  ) {
    return undefined
  }
  return (year ?? 0) * 10_000 + (month ?? fill) * 100 + (day ?? fill)
}

function join(kind: 'and' | 'or', parts: readonly Ast[]): Ast | undefined {
  return parts.length > 1 ? { kind, of: parts } : parts[0]
}
