/** A fingerprint as words to be read out: eight lines in Chinese, then, after an empty one, the same in English. Pure. */
import { fingerprintWords } from '../../provisioning/index.ts'

/** The lines for a SHA-256 in hexadecimal. */
export function wordLines(sha256: string): string[] {
  const { chinese, english } = fingerprintWords(sha256)
  const line = (row: readonly string[]): string => `    ${row.join(' ')}`
  return [...chinese.map(line), '', ...english.map(line)]
}
