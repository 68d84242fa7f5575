/**
 * Damaged files: whatever happens to the bytes, reading them gives an answer or an `ExchangeError`, and verifying and inspecting them a report. 2,000 mutations of the
 * corpora of `shared/data/pdf` (of our own files where it is not), 100,000 with SEALBOX_TEST_FULL=1; seed 20260901.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import test from 'ava'
import { ExchangeError } from '../../../exchange/errors.ts'
import {
  findUncovered,
  inspectPdf,
  listPages,
  listRevisions,
  pdfFindings,
  readPdf,
  readPdfForensic,
  readSignatureForm,
} from '../../../exchange/pdf/index.ts'
import { appendDss, appendDocumentTimestamp } from '../../../exchange/seal/index.ts'
import { verifyFile } from '../../../exchange/verify/index.ts'
import { hybridBase, pdfLibBase } from '../seal/bases.ts'
import { deceptions } from './deceptions.ts'
import { catalogWith, pageWith, samplePdf, seeded } from './sample.ts'

const count = process.env['SEALBOX_TEST_FULL'] === '1' ? 100_000 : 2000
const seed = 20260901
const at = new Date('2026-11-25T00:00:00Z')

const words =
  '<< >> [ ] ( ) obj endobj stream endstream 0 R 1 0 R /Prev /Length /Size xref -1 99999999999'.split(
    ' ',
  )

/** Changes some bytes, cuts, doubles or puts in a word of the syntax. */
function mutate(bytes: Uint8Array, below: (bound: number) => number): Uint8Array {
  let out = bytes.slice()
  for (let change = 0; change <= below(4); change++) {
    const at = below(out.length)
    const kind = below(6)
    if (kind <= 1) out[at] = below(256)
    else if (kind === 2) out[at] = 48 + below(10)
    else if (kind === 3) out = out.slice(0, at + 1)
    else {
      const word = words[below(words.length)] ?? ''
      const part = kind === 4 ? Buffer.from(word) : out.subarray(at, at + below(40))
      out = Buffer.concat([
        out.subarray(0, at),
        part,
        out.subarray(kind === 4 ? at + part.length : at),
      ])
    }
  }
  return out
}

/** Small files of each kind, and a sealed one. */
async function smallBases(): Promise<Uint8Array[]> {
  const form = samplePdf({
    1: catalogWith('/AcroForm 5 0 R/DSS<</Certs[8 0 R]>>'),
    3: pageWith('/Annots 7 0 R'),
    5: '<</Fields[6 0 R]/SigFlags 3>>',
    6: '<</Type/Annot/Subtype/Widget/FT/Sig/T(a)/Rect[0 0 9 9]/V<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>>>',
    7: '[6 0 R]',
    8: '<</Length 1>>\nstream\nx\nendstream',
  })
  return [form, samplePdf(), hybridBase(), await pdfLibBase(true), await pdfLibBase(false)]
}

/** Larger ones would take most of the time. */
const maxBaseBytes = 120_000

/** Files of the corpora, of our own where they are not here; and the documents prepared to deceive. */
async function corpus(): Promise<Uint8Array[]> {
  const folder = new URL('../../../../shared/data/pdf/', import.meta.url)
  const example = new URL('../../../docs/formats/example/', import.meta.url)
  const own = [
    ...(await smallBases()),
    ...globSync('*.pdf', { cwd: example.pathname }).map((file) =>
      readFileSync(new URL(encodeURI(file), example)),
    ),
    ...Object.values(deceptions).flatMap((pairs) => pairs.slice(0, 1).map(([bad]) => bad)),
  ]
  const foreign = existsSync(folder)
    ? globSync('**/*.pdf', { cwd: folder.pathname }).map((file) =>
        readFileSync(new URL(encodeURI(file), folder)),
      )
    : []
  return [...foreign, ...own].filter(({ length }) => length <= maxBaseBytes)
}

async function readAll(bytes: Uint8Array): Promise<void> {
  inspectPdf(bytes)
  try {
    const document = readPdf(bytes)
    const { revisions } = listRevisions(document)
    for (const revision of revisions) findUncovered(document, revision)
    readSignatureForm(document)
    listPages(document)
    for (const number of document.numbers()) document.object(number)
    const piece = Uint8Array.of(1)
    appendDss({ pdf: document, certificates: [piece], crls: [], ocspResponses: [] })
    await appendDocumentTimestamp({ pdf: document, stamp: () => Promise.resolve(piece) })
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
  }
}

test(`${String(count / 2)} mutations of small PDFs end in an answer or an ExchangeError`, async (t) => {
  t.timeout(60 * 60_000)
  const below = seeded(seed)
  const bases = await smallBases()
  for (let round = 0; round < count / 2; round++) {
    const mutated = mutate(bases[round % bases.length] ?? samplePdf(), below)
    await t.notThrowsAsync(readAll(mutated), `round ${String(round)}`)
  }
})

test(`${String(count)} mutations of the corpora get a report each, and none passes`, async (t) => {
  t.timeout(60 * 60_000)
  const bases = await corpus()
  t.log(`${String(bases.length)} files, seed ${String(seed)}`)
  const below = seeded(seed + 1)
  const verdicts: Record<string, number> = {}
  let slowest = { ms: 0, round: 0 }
  for (let round = 0; round < count; round++) {
    const bytes = mutate(bases[round % bases.length] ?? samplePdf(), below)
    const start = process.cpuUsage()
    const report = await verifyFile({ name: 'a.pdf', bytes, trust: [], at })
    const { findings } = inspectPdf(bytes)
    const forensic = readPdfForensic(bytes)
    const { user, system } = process.cpuUsage(start)
    const ms = Math.round((user + system) / 1000)
    if (ms > slowest.ms) slowest = { ms, round }
    verdicts[report.verdict] = (verdicts[report.verdict] ?? 0) + 1
    const isAnswered =
      report.verdict !== 'TOTAL-PASSED' &&
      !report.findings.some(({ code }) => code === 'INTERNAL_ERROR') &&
      findings.every(({ code }) => code in pdfFindings) &&
      (forensic.document !== undefined || forensic.damage.length > 0)
    if (!isAnswered) t.fail(`round ${String(round)}: ${JSON.stringify(report.findings)}`)
  }
  t.log(JSON.stringify(verdicts))
  t.log(`the slowest: ${String(slowest.ms)} ms of processor time, round ${String(slowest.round)}`)
  t.pass()
})
