/** Results as a file, and as the command line that gives the same. */
import type { Report } from '../../exchange/verify/index.ts'
import { isSegment } from './judge/messages.ts'
import { saveFile } from '../one_file/files.ts'
import type { DeskState } from './desk.ts'
import { shown } from './shown.ts'
import { rfc3339 } from './times.ts'

/** One object a line and file, as `sealbox verify --json` prints them; files without a report have none. */
export function jsonLines(reports: readonly Report[]): string {
  return reports.map((report) => `${JSON.stringify(report)}\n`).join('')
}

export const reportsOf = ({ items }: Pick<DeskState, 'items'>): Report[] =>
  items.flatMap(({ outcome }) => (outcome.state === 'judged' ? [outcome.report] : []))

export function saveResults(state: DeskState): void {
  const text = jsonLines(reportsOf(state))
  saveFile('sealbox-verify.jsonl', 'application/jsonl', new TextEncoder().encode(text))
}

/** For one file; a name that a shell could take for something else is quoted. */
export function commandLine(
  state: Pick<DeskState, 'files' | 'attachments' | 'at'>,
  name: string,
): string {
  const words = [
    'sealbox verify',
    quoted(shown(name)),
    '--trust root.pem',
    '--at',
    rfc3339(state.at),
    '--json',
  ]
  const statements = [...state.files.keys()].filter((one) => one.endsWith('.compromise.json'))
  return [
    ...words,
    ...statements.flatMap((one) => ['--statements', quoted(shown(one))]),
    ...([...state.files.keys()].some(isSegment) ? ['--heads', 'journal/'] : []),
    ...(state.attachments.size > 0 ? ['--attachments', 'DIR'] : []),
  ].join(' ')
}

const quoted = (name: string): string =>
  /^[\w./\p{Script=Han}〔〕-]+$/u.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
