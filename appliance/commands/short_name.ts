/** Names that a person shortens: of a document, a request, an order. */
import { ApplianceError } from '../errors.ts'
import type { Seat } from '../unit/seat.ts'
import { required } from './options.ts'

/** So many characters are enough to mean one. */
const minCharacters = 8

/** The one of `known` that begins so. `USAGE` says why it means none or several. */
export function meant(given: string, known: Iterable<string>): string {
  const text = given.toLowerCase()
  const refuse = (why: string): never => {
    throw new ApplianceError('USAGE', `${given}: ${why}`)
  }
  if (text.length < minCharacters) {
    const least = String(minCharacters)
    return refuse(
      `请写完整编号，或至少前 ${least} 位 give the whole identifier, or its first ${least} characters or more`,
    )
  }
  const [only, ...others] = [...new Set(known)].filter((name) => name.startsWith(text))
  if (only === undefined) {
    return refuse(
      '列表中没有以此开头的；已办过的请写完整编号 nothing in your list begins so; of what is done already give the whole identifier',
    )
  }
  if (others.length > 0) {
    return refuse('不止一项以此开头，请写完整编号 several begin so: give the whole identifier')
  }
  return only
}

const isWhole = (text: string): boolean => /^[a-z2-7]{26}$/.test(text)

/** A document's whole identifier; `USAGE` for a part of one, where no list says what it means. */
export function wholeDocument(given: string): string {
  const text = given.toLowerCase()
  if (isWhole(text)) return text
  throw new ApplianceError(
    'USAGE',
    `${given}: 这里须写公文的完整编号（26 位） here the document's whole identifier is needed, 26 characters`,
  )
}

/** A document by its whole identifier, or the one that the unit has something to do with which begins so. */
export async function documentOf(seat: Pick<Seat, 'tasks'>, given: string): Promise<string> {
  const text = required(given, 'the document').toLowerCase()
  if (isWhole(text)) return text
  return meant(
    text,
    (await seat.tasks()).map(({ document }) => document),
  )
}
