/** Names that a person shortens: of a document, a request, an order. */
import { ApplianceError } from '../errors.ts'
import type { Seat } from '../unit/seat.ts'
import { required } from './options.ts'

/** So many characters are enough to mean one. */
const minCharacters = 8

/** The one of `known` that begins so. `USAGE` names what was given, unless it means exactly one. */
export function meant(given: string, known: Iterable<string>): string {
  const text = given.toLowerCase()
  const [only, ...others] = [...new Set(known)].filter((name) => name.startsWith(text))
  if (only !== undefined && others.length === 0 && text.length >= minCharacters) return only
  const least = String(minCharacters)
  throw new ApplianceError(
    'USAGE',
    `${given}: 请写完整编号，或至少前 ${least} 位且只对应一项 give the whole identifier, or at least ${least} characters that only one begins with`,
  )
}

/** A document by its whole identifier, or the one that the unit has something to do with which begins so. */
export async function documentOf(seat: Pick<Seat, 'tasks'>, given: string): Promise<string> {
  const text = required(given, 'the document').toLowerCase()
  if (/^[a-z2-7]{26}$/.test(text)) return text
  return meant(
    text,
    (await seat.tasks()).map(({ document }) => document),
  )
}
