/**
 * Unified social credit codes (统一社会信用代码): checking and making them, so that a slip in one character is found before a
 * certificate carries it. Pure. Does not ask any register whether the organ exists.
 * GB 32100-2015 (code and check character), GB 11714-1997 (organisation code inside, positions 9 to 17).
 */

/** The 31 characters of GB 32100; I, O, S, V and Z are left out. A character's place is its value. */
export const usccAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
/** Characters of a code: registering authority, category, 6 division, 8 + 1 organisation code, check. */
export const usccLength = 18

const usccWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2]

/** What is wrong with a code: its length, a character that the alphabet lacks or that stands where a digit must, or the check. */
export type UsccFault = 'length' | 'character' | 'check'

/** The first thing wrong with `text` as a code, or undefined if it is well formed (GB 32100-2015 4 and 5). */
export function usccFault(text: string): UsccFault | undefined {
  if (text.length !== usccLength) return 'length'
  if (Array.from(text).some((char) => !usccAlphabet.includes(char))) return 'character'
  if (!/^..\d{6}/.test(text)) return 'character'
  return text.at(-1) === usccCheckCharacter(text.slice(0, -1)) ? undefined : 'check'
}

/** Whether `text` is a well-formed code with the right check character. */
export function isUscc(text: string): boolean {
  return usccFault(text) === undefined
}

/** The check character of the first 17 characters; throws a `RangeError` unless they are 17 of the alphabet. */
export function usccCheckCharacter(first17: string): string {
  const values = Array.from(first17, (char) => usccAlphabet.indexOf(char))
  if (values.length !== usccWeights.length || values.includes(-1)) {
    throw new RangeError('a check character needs 17 characters of the alphabet')
  }
  const sum = weigh(values, usccWeights)
  return usccAlphabet.charAt((31 - (sum % 31)) % 31)
}

/** The check character of an organisation code's 8 characters (GB 11714-1997 3.3); throws a `RangeError` on anything else. */
export function organisationCheckCharacter(first8: string): string {
  if (!/^[0-9A-Z]{8}$/.test(first8)) throw new RangeError('an organisation code has 8 characters')
  const values = Array.from(first8, (char) => Number.parseInt(char, 36))
  return '0123456789X0'.charAt(11 - (weigh(values, organisationWeights) % 11))
}

/**
 * Makes a code from its parts: `prefix` = registering authority and category (`11` organ, `12` institution, `13` mass
 * organisation, `91` enterprise), `division` = 6 digits of GB/T 2260, `organisation` = 8 characters (PDY00001 to PDY99999 are
 * kept for private use). Throws a `RangeError` on parts that give no code.
 */
export function makeUscc(parts: {
  prefix: string
  division: string
  organisation: string
}): string {
  const body = parts.prefix + parts.division + parts.organisation
  const first17 = body + organisationCheckCharacter(parts.organisation)
  return first17 + usccCheckCharacter(first17)
}

function weigh(values: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (values[at] ?? 0), 0)
}
