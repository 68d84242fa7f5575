/** Names that a person shortens: of a document, a request, an order. Pure. */
import { ApplianceError } from '../errors.ts'

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
