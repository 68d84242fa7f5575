/** `docs/errors.md` as the code says it: made from the tables of the code, so that it cannot fall behind. Test support. */
import { format, resolveConfig } from 'prettier'
import { exitStatus } from '../../appliance/errors.ts'
import { findingTable } from '../../exchange/verify/index.ts'
import { messages } from '../../web/messages.ts'

export const errorsPage = new URL('../../docs/errors.md', import.meta.url)

const statusWords = {
  passed: 'done; of `verify`: every file is TOTAL-PASSED',
  failed: 'refused or failed; of `verify`: a file is TOTAL-FAILED',
  indeterminate: '`verify`: a file is INDETERMINATE, none TOTAL-FAILED',
  usage: 'the command line is wrong',
  data: 'a draft or roster is refused; the findings are printed',
  noInput: 'a file that was named does not exist',
  unavailable: 'a port is taken, the data folder is in use, or the box cannot be reached',
  software: 'something failed that nobody expected',
} as const satisfies Record<keyof typeof exitStatus, string>

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The whole page. */
export async function writeErrorsPage(): Promise<string> {
  const refusals = Object.entries(messages).map(([code, { status, zh, en }]) => [
    `\`${code}\``,
    status,
    zh,
    en,
  ])
  const findings = Object.entries(findingTable).map(([code, { severity, zh, en }]) => [
    `\`${code}\``,
    severity,
    zh,
    en,
  ])
  const statuses = Object.entries(exitStatus).map(([name, status]) => [
    status,
    statusWords[name as keyof typeof exitStatus],
  ])
  const text = `# Errors

Made from the code by \`node test/docs/write_errors.ts\`; a test holds the two together. Change the tables in the code, not this page.

## Refusals of the box

What the API answers as a problem document (RFC 9457): \`code\`, HTTP status, and the words in the reader's language. Table: \`web/messages.ts\`.

${table(['code', 'status', 'Chinese', 'English'], refusals)}

## Findings of verification

What \`sealbox verify\` reports. An \`error\` keeps a file from TOTAL-PASSED. Table: \`exchange/verify/findings.ts\`.

${table(['code', 'severity', 'Chinese', 'English'], findings)}

## Exit statuses of the command line

Table: \`appliance/errors.ts\`.

${table(['status', 'meaning'], statuses)}
`
  const options = await resolveConfig(errorsPage)
  return format(text, { ...options, parser: 'markdown' })
}
