/** What is said of files that strict reading refuses: what is wrong, and which revisions can be told; none passes. */
import { readFileSync } from 'node:fs'
import test from 'ava'
import { nodeCrypto } from '../../../ca/index.ts'
import { fromPem, sha256Hex } from '../../../ca/path/index.ts'
import { verifyFile, type Report } from '../../../exchange/verify/index.ts'

const folder = 'docs/formats/example'
const sealed = new Uint8Array(readFileSync(`${folder}/notice.pdf`))
const trust = fromPem('CERTIFICATE', readFileSync(`${folder}/root.pem`, 'utf8'))
const at = new Date('2026-11-25T13:00:00Z')

const judged = (bytes: Uint8Array): Promise<Report> =>
  verifyFile({ name: 'x.pdf', bytes, trust, at, ports: nodeCrypto })

const codesOf = ({ findings }: Report): string[] => findings.map(({ code }) => code)

/** The sealed notice with every `startxref` spelled wrongly. */
function withoutXref(): Uint8Array {
  const text = Buffer.from(sealed).toString('latin1').replaceAll('startxref', 'startxxxx')
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

test('a sealed file whose cross-references were destroyed says so, tells its revisions, and has a broken seal', async (t) => {
  const bytes = withoutXref()
  const report = await judged(bytes)
  t.is(report.verdict, 'TOTAL-FAILED')
  t.is(report.signatures[0]?.integrity, 'BROKEN')
  t.true(codesOf(report).includes('PDF_MALFORMED'))
  t.true(codesOf(report).includes('PDF_XREF_BROKEN'))
  const { revisions = [] } = await judged(sealed)
  t.true(revisions.length > 1)
  t.deepEqual(
    report.revisions?.map(({ start, end }) => [start, end]),
    revisions.map(({ start, end }) => [start, end]),
  )
  const [first] = report.revisions ?? []
  t.is(first?.sha256, sha256Hex(bytes.subarray(first?.start, first?.end)))
})

test('bytes that are a PDF by their header only say what is missing', async (t) => {
  const report = await judged(new TextEncoder().encode('%PDF-1.7\nnothing at all\n'))
  t.is(report.verdict, 'INDETERMINATE')
  t.true(codesOf(report).includes('PDF_CATALOG_MISSING'))
  t.deepEqual(report.signatures, [])
})

test('a file that strict reading takes is told nothing of the kind', async (t) => {
  const codes = codesOf(await judged(sealed))
  t.deepEqual(
    codes.filter((code) => code.startsWith('PDF_')),
    [],
  )
})
