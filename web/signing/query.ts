/** Reads what a sign request is asked for from its query; what does not fit is `QUERY_MALFORMED` with the field's name. */
import { isSha256, type Sha256 } from '../../ca/index.ts'
import { WebError } from '../errors.ts'

/** `QUERY_MALFORMED` naming the field. */
export function misfit(name: string): WebError {
  return new WebError('QUERY_MALFORMED', `${name} is missing or does not fit`, { name })
}

/** A text that must be there, of at most so many characters. */
export function textFrom(query: URLSearchParams, name: string, maxCharacters: number): string {
  const text = optionalText(query, name, maxCharacters)
  if (text === undefined || text.trim() === '') throw misfit(name)
  return text
}

/** A text that may be missing. */
export function optionalText(
  query: URLSearchParams,
  name: string,
  maxCharacters: number,
): string | undefined {
  const text = query.get(name) ?? undefined
  if (text !== undefined && text.length > maxCharacters) throw misfit(name)
  return text
}

/** A SHA-256 that must be there. */
export function hashFrom(query: URLSearchParams, name: string): Sha256 {
  const text = query.get(name) ?? ''
  if (!isSha256(text)) throw misfit(name)
  return text
}

/** A moment (RFC 3339) that may be missing. */
export function momentFrom(query: URLSearchParams, name: string): Date | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? new Date(text) : undefined
  if (at === undefined || Number.isNaN(at.getTime())) throw misfit(name)
  return at
}

/** Units by credit code, separated by commas; undefined where none are named. */
export function unitsFrom(query: URLSearchParams, name: string): readonly string[] | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const units = text.split(',')
  if (units.length > 500 || !units.every((uscc) => /^[0-9A-Z]{18}$/.test(uscc))) throw misfit(name)
  return units
}
