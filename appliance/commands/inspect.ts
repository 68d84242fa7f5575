/** `sealbox inspect`: what a box would say of PDFs before it takes them in to be sealed, without a box. */
import { inspectPdf, uploadWordsOf, type PdfFinding } from '../../exchange/index.ts'
import { exitStatus } from '../errors.ts'
import { fileBytes, options, required, say } from './options.ts'

export function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, { json: { type: 'boolean' } })
  required(positionals[0], 'the PDF')
  let isRefused = false
  for (const file of positionals) {
    const { pages, findings } = inspectPdf(fileBytes(file))
    const told = findings.map(asDocument)
    isRefused ||= told.some(({ severity }) => severity === 'refuse')
    if (values.json === true) {
      say(JSON.stringify({ file, pages, findings: told.map(withWords) }))
      continue
    }
    say(`${file}: ${String(pages)} 页 pages`)
    for (const finding of told) say(`  ${lineOf(finding)}`)
  }
  return Promise.resolve(isRefused ? exitStatus.data : 0)
}

/** A document that is signed already is not sealed here; an attachment may be. */
function asDocument(finding: PdfFinding): PdfFinding {
  return finding.code === 'ALREADY_SIGNED' ? { ...finding, severity: 'refuse' } : finding
}

function withWords(finding: PdfFinding): object {
  return { ...finding, words: uploadWordsOf(finding.code) }
}

function lineOf({ code, severity, page }: PdfFinding): string {
  const { zh, en } = uploadWordsOf(code) ?? { zh: code, en: code }
  const place = page === undefined ? '' : ` （第 ${String(page)} 页 page ${String(page)}）`
  return `${severity} ${code}${place}: ${zh} ${en}`
}
