/** The page of the inspection's findings is in step with the code. */
import { readFileSync } from 'node:fs'
import test from 'ava'
import { uploadWordsOf } from '../../exchange/index.ts'
import { pdfFindings } from '../../exchange/pdf/index.ts'

const page = readFileSync(new URL('../../docs/formats/inspection.md', import.meta.url), 'utf8')

/** Cells of the rows whose first cell is a code. */
function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => /^\| `[A-Z_]+`/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

test('each finding stands in the page with its severity and words, and no other does', (t) => {
  const expected = Object.entries(pdfFindings).map(([code, [severity]]) => {
    const words = uploadWordsOf(code)
    return [`\`${code}\``, severity, words?.zh ?? '', words?.en ?? '']
  })
  t.deepEqual(rowsOf(page), expected)
  t.deepEqual(rowsOf('| `ODD` | warn | a | b |\ntext'), [['`ODD`', 'warn', 'a', 'b']])
})
