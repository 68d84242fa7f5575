/** A fingerprint as words to be read out: eight lines in Chinese, then eight in English. Pure. */
import { fingerprintWords } from '../../provisioning/index.ts'

/** The lines for a SHA-256 in hexadecimal. */
export function wordLines(sha256: string): string[] {
  const { chinese, english } = fingerprintWords(sha256)
  return [...chinese, ...english].map((row) => `    ${row.join(' ')}`)
}
