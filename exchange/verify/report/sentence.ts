/** The verdict in one sentence, the same on every page, sheet and screen. Pure. */
import { integrityWords, statementWords, verdictWords, type Language } from './text.ts'
import type { Report, SignatureReport } from '../types.ts'

/** What is true of the file, for a clerk; or of one signature, given alone with its own verdict. */
export function verdictSentence(
  report: Pick<Report, 'verdict' | 'signatures'>,
  language: Language,
): string {
  const { verdict, signatures } = report
  const shown = signatures.find(({ integrity }) => integrity !== 'INTACT') ?? signatures[0]
  // A certificate or a time-stamp token by itself has no content of which something could be said.
  if (shown === undefined || shown.field === 'timestamp') return verdictWords[verdict][language]
  const words = isStatement(shown) ? statementWords : integrityWords
  if (verdict === 'TOTAL-PASSED' || shown.integrity !== 'INTACT') {
    return words[shown.integrity][language]
  }
  return unproven[verdict][language]
}

/** Of what is unchanged, and yet does not pass. */
const unproven = {
  'TOTAL-FAILED': {
    zh: '内容未改动，但不能采信',
    en: 'Unchanged, but not to be relied upon',
  },
  INDETERMINATE: {
    zh: '内容未改动，但不能确定是否有效',
    en: 'Unchanged, but its validity is not certain',
  },
} as const

/** Whether a signature is one under a statement, or under a bundle's list of files, and not a seal. */
export const isStatement = ({ field }: SignatureReport): boolean =>
  field.startsWith('sealbox.') || field === 'ASiCManifest'

/** The CN of a subject in RFC 4514 form; all of it if it has none. */
export function commonName(subject: string): string {
  const found = /(?:^|[,+])CN=((?:\\.|[^\\,+])*)/.exec(subject)?.[1]
  return found === undefined ? subject : found.replace(/\\(.)/g, '$1')
}
