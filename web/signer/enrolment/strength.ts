/** How hard a passphrase is to guess, in plain words. Pure, and modest: it knows patterns of people, no dictionary. */

/** Fewer characters are refused. */
export const leastCharacters = 10

export type Strength = 'short' | 'weak' | 'fair' | 'good'

const rows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', '1234567890', 'abcdefghijklmnopqrstuvwxyz']

/** Judges by length, by how many different characters there are, and by runs that fingers and calendars make. */
export function strengthOf(passphrase: string): Strength {
  const characters = Array.from(passphrase.normalize('NFC'))
  if (characters.length < leastCharacters) return 'short'
  const isNumber = characters.every((one) => /[\d\s.+-]/.test(one))
  const worth = withoutRuns(passphrase.toLowerCase())
  if (isNumber || new Set(worth).size < 6 || worth.length < 7) return 'weak'
  // A Chinese character is one of thousands.
  const han = characters.filter((one) => /\p{Script=Han}/u.test(one)).length
  const bits = han * 9 + (worth.length - han) * 3.5
  return bits >= 60 ? 'good' : 'fair'
}

/** What is left when runs along a row of keys, up or down, and repetitions count as one character. */
function withoutRuns(text: string): string[] {
  const kept: string[] = []
  for (const character of text) {
    const last = kept.at(-1)
    if (last !== undefined && (last === character || areNeighbours(last, character))) {
      kept[kept.length - 1] = character
    } else kept.push(character)
  }
  const whole = kept.join('')
  const repeated = /^(.{1,6}?)\1+$/s.exec(whole)
  return Array.from(repeated?.[1] ?? whole)
}

function areNeighbours(a: string, b: string): boolean {
  return rows.some(
    (row) => row.includes(a) && Math.abs(row.indexOf(a) - row.indexOf(b)) === 1 && row.includes(b),
  )
}
