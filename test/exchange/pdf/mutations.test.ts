/**
 * Damaged files: whatever happens to the bytes, reading them gives an answer or an `ExchangeError`, and soon. 2,000 mutations, 100,000 with SEALBOX_TEST_FULL=1;
 * seed 20260901.
 */
import test from 'ava'
import { ExchangeError } from '../../../exchange/errors.ts'
import {
  findUncovered,
  inspectPdf,
  listPages,
  listRevisions,
  readPdf,
  readSignatureForm,
} from '../../../exchange/pdf/index.ts'
import { appendDss, appendDocumentTimestamp } from '../../../exchange/seal/index.ts'
import { hybridBase, pdfLibBase } from '../seal/bases.ts'
import { catalogWith, pageWith, samplePdf, seeded } from './sample.ts'

const count = process.env['SEALBOX_TEST_FULL'] === '1' ? 100_000 : 2000
const seed = 20260901
const slowestMs = 2000

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

test(`${String(count)} mutations of small PDFs end in an answer or an ExchangeError`, async (t) => {
  t.timeout(30 * 60_000)
  const form = samplePdf({
    1: catalogWith('/AcroForm 5 0 R/DSS<</Certs[8 0 R]>>'),
    3: pageWith('/Annots 7 0 R'),
    5: '<</Fields[6 0 R]/SigFlags 3>>',
    6: '<</Type/Annot/Subtype/Widget/FT/Sig/T(a)/Rect[0 0 9 9]/V<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>>>',
    7: '[6 0 R]',
    8: '<</Length 1>>\nstream\nx\nendstream',
  })
  const bases = [form, samplePdf(), hybridBase(), await pdfLibBase(true), await pdfLibBase(false)]
  const below = seeded(seed)
  let slowest = 0
  for (let round = 0; round < count; round++) {
    const mutated = mutate(bases[round % bases.length] ?? form, below)
    const start = performance.now()
    await t.notThrowsAsync(readAll(mutated), `round ${String(round)}`)
    slowest = Math.max(slowest, performance.now() - start)
  }
  t.true(slowest < slowestMs, `the slowest took ${String(slowest)} ms`)
})
