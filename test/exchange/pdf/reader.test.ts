/** Reading: objects, cross-references of every kind, revisions, limits, each rule with a twin that breaks it. */
import { deflateSync } from 'node:zlib'
import { join } from 'node:path'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import test from 'ava'
import { ExchangeError, type ExchangeErrorCode } from '../../../exchange/errors.ts'
import {
  documentAt,
  findUncovered,
  inspectPdf,
  latin1,
  latin1Bytes,
  listPages,
  listRevisions,
  readPdf,
  type PdfDocument,
  type PdfLimits,
  type PdfValue,
} from '../../../exchange/pdf/index.ts'
import { parseObject, cursorOn } from '../../../exchange/pdf/parser.ts'
import { pdfLimits } from '../../../exchange/pdf/limits.ts'
import { allBases } from '../seal/bases.ts'
import { catalogWith, samplePdf, stream } from './sample.ts'

/** The value without places, as something to compare. */
function plain(value: PdfValue): unknown {
  switch (value.kind) {
    case 'array':
      return value.items.map(plain)
    case 'dictionary':
      return Object.fromEntries([...value.entries].map(([key, item]) => [key, plain(item)]))
    case 'string':
      return `(${latin1(value.bytes)})`
    case 'reference':
      return `${String(value.number)} ${String(value.generation)} R`
    case 'name':
      return `/${value.value}`
    case 'null':
      return null
    case 'stream':
      return plain(value.dictionary)
    default:
      return value.value
  }
}

const parse = (text: string): unknown =>
  plain(parseObject(cursorOn(latin1Bytes(text), 0, pdfLimits)))

const good: [string, unknown][] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['-12', -12],
  ['+.5', 0.5],
  ['4.', 4],
  ['/A#20B', '/A B'],
  ['/', '/'],
  ['(a(b)c)', '(a(b)c)'],
  ['(\\n\\)\\101\\12x\\\r\ny)', '(\n)A\nxy)'],
  ['(a\r\nb)', '(a\nb)'],
  ['<48 656C6c6F7>', '(Hellop)'],
  ['<>', '()'],
  ['[1 0 R 2 0 3]', ['1 0 R', 2, 0, 3]],
  ['[1 %comment ] \n2]', [1, 2]],
  ['<</A/B/C[<<>>]>>', { A: '/B', C: [{}] }],
]

const bad = [
  '',
  'nul',
  '-',
  '1.2.3',
  '1e5',
  '(a',
  '<4',
  '<4x>',
  '[1',
  '<</A>>',
  '<</A 1',
  '<<1 2>>',
  '<</A 1/A 2>>',
  '/A#2',
  '>>',
  ']',
  'R',
  '1 0 R2'.slice(4),
]

test('each kind of object is read', (t) => {
  for (const [text, value] of good) t.deepEqual(parse(text), value, text)
})

test('what is no object is refused with its place', (t) => {
  for (const text of bad) {
    const error = t.throws(() => parse(text), { instanceOf: ExchangeError }, text)
    t.is(error.code, 'PDF_MALFORMED', text)
    t.is(typeof error.details['at'], 'number')
  }
})

test('nesting is bounded', (t) => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  t.notThrows(() => parse(nested(pdfLimits.maxDepth)))
  t.throws(() => parse(nested(pdfLimits.maxDepth + 2)), { code: 'PDF_MALFORMED' })
  t.throws(() => parse('['.repeat(1_000_000)), { code: 'PDF_MALFORMED' })
})

/** Everything a careful reader would touch. */
function readThrough(bytes: Uint8Array, limits: Partial<PdfLimits> = {}): PdfDocument {
  const document = readPdf(bytes, limits)
  listPages(document)
  for (const number of document.numbers()) document.object(number)
  return document
}

test('tables, streams, hybrids and linearized files are read to the last object', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-pdf-'))
  for (const { kind, pdf } of await allBases(folder)) {
    const document = readThrough(pdf)
    const { revisions, problems } = listRevisions(document)
    t.deepEqual([revisions.length, problems], [1, []], kind)
    t.is(revisions[0]?.end, pdf.length, kind)
    t.deepEqual(
      revisions.flatMap((revision) => findUncovered(document, revision)),
      [],
      kind,
    )
    t.is(listPages(document).length, kind === 'hybrid' ? 1 : 2, kind)
  }
})

const replaced = (pdf: Uint8Array, from: string | RegExp, to: string): Uint8Array =>
  latin1Bytes(latin1(pdf).replace(from, to))

const sample = samplePdf({}, { trailer: '/ID[<00><00>]' })
const xrefAt = latin1(sample).lastIndexOf('xref\n0')

/** What is wrong, the file, the code. */
const refused: [string, Uint8Array, ExchangeErrorCode][] = [
  ['no header', replaced(sample, '%PDF', '%PPF'), 'PDF_MALFORMED'],
  ['something before the header', Buffer.concat([latin1Bytes('\n'), sample]), 'PDF_MALFORMED'],
  ['no startxref', replaced(sample, 'startxref', 'startxxxx'), 'PDF_MALFORMED'],
  ['no end', replaced(sample, '%%EOF', '%%EEE'), 'PDF_MALFORMED'],
  [
    'startxref beyond the file',
    replaced(sample, /startxref\n\d+/, 'startxref\n99999'),
    'PDF_MALFORMED',
  ],
  [
    'startxref beside the table',
    replaced(sample, /startxref\n\d+/, 'startxref\n20'),
    'PDF_MALFORMED',
  ],
  [
    '/Prev in a circle',
    replaced(sample, '/ID[<00><00>]', `/Prev ${String(xrefAt)}    `.slice(0, 13)),
    'PDF_MALFORMED',
  ],
  ['an entry neither n nor f', replaced(sample, '00000 n', '00000 x'), 'PDF_MALFORMED'],
  ['an object elsewhere', replaced(sample, '4 0 obj', '5 0 obj'), 'PDF_MALFORMED'],
  ['another generation', replaced(sample, '4 0 obj', '4 1 obj'), 'PDF_MALFORMED'],
  ['no endobj', replaced(sample, 'endobj\n2', 'endobb\n2'), 'PDF_MALFORMED'],
  [
    'a length too short',
    samplePdf({ 4: '<</Length 1>>\nstream\nabc\nendstream' }),
    'PDF_MALFORMED',
  ],
  [
    'a length that needs itself',
    samplePdf({ 4: '<</Length 4 0 R>>\nstream\nabc\nendstream' }),
    'PDF_MALFORMED',
  ],
  [
    'lengths in a row',
    samplePdf(
      Object.fromEntries(
        Array.from({ length: 5000 }, (_, n) => [
          n + 4,
          `<</Length ${String(n + 5)} 0 R>>\nstream\nabc\nendstream`,
        ]),
      ),
    ),
    'PDF_MALFORMED',
  ],
  ['no catalog', samplePdf({ 1: '<</Type/Other/Pages 2 0 R>>' }), 'PDF_MALFORMED'],
  [
    'a page tree in a circle',
    samplePdf({ 2: '<</Type/Pages/Kids[2 0 R]/Count 1>>' }),
    'PDF_MALFORMED',
  ],
  [
    'a page that stands twice',
    samplePdf({ 2: '<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>' }),
    'PDF_MALFORMED',
  ],
  [
    'references in a circle',
    samplePdf({ 1: catalogWith('').replace('2 0 R', '5 0 R'), 5: '6 0 R', 6: '5 0 R' }),
    'PDF_MALFORMED',
  ],
  [
    'an encrypted file',
    samplePdf({}, { trailer: '/Encrypt<</Filter/Standard>>' }),
    'PDF_ENCRYPTED',
  ],
]

test('each way of being damaged is refused, the sample itself is not', (t) => {
  t.notThrows(() => readThrough(sample))
  for (const [what, pdf, code] of refused) t.throws(() => readThrough(pdf), { code }, what)
})

/** A file whose cross-reference is a stream with this packed content. */
function withXrefStream(rows: Uint8Array, keys: string): Uint8Array {
  const head = latin1Bytes('%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n')
  const packed = deflateSync(rows, { level: 9 })
  const object = `3 0 obj\n<</Type/XRef/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length ${String(packed.length)}${keys}>>\nstream\n`
  const tail = `\nendstream\nendobj\nstartxref\n${String(head.length)}\n%%EOF\n`
  return Buffer.concat([head, latin1Bytes(object), packed, latin1Bytes(tail)])
}

test('bombs in cross-reference streams are refused before they unfold', (t) => {
  const zeros = new Uint8Array(60 * 1024 * 1024)
  const start = performance.now()
  t.throws(() => readPdf(withXrefStream(zeros, '/Size 9')), { message: /unpacks to too much/ })
  const million = new Uint8Array(4 * 1_000_000)
  t.throws(() => readPdf(withXrefStream(million, '/Size 1000000')), {
    message: /bounds|many objects/,
  })
  t.true(performance.now() - start < 60_000)
  t.throws(() => readPdf(withXrefStream(new Uint8Array(4), '/Size 2')), { message: /short/ })
  t.notThrows(() => readPdf(withXrefStream(Uint8Array.of(0, 0, 0, 0, 1, 0, 9, 0), '/Size 2')))
  t.throws(
    () => readPdf(withXrefStream(new Uint8Array(8), '/Size 2/DecodeParms<</Predictor 99>>')),
    { message: /predictor/ },
  )
})

/** Each object is a string that holds all the next ones. */
function nestedObjects(count: number, padding: number): Uint8Array {
  const parts = ['%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n']
  let length = parts[0]?.length ?? 0
  let rows = ''
  for (let number = 2; number < count; number++) {
    rows += `${String(length).padStart(10, '0')} 00000 n\r\n`
    const object = `${String(number)} 0 obj(${'x'.repeat(padding)}`
    parts.push(object)
    length += object.length
  }
  parts.push(')endobj '.repeat(count))
  length += 8 * count
  const table = `xref\n0 2\n0000000000 65535 f\r\n0000000009 00000 n\r\n2 ${String(count - 2)}\n${rows}`
  const trailer = `trailer\n<</Size ${String(count)}/Root 1 0 R>>\nstartxref\n${String(length)}\n%%EOF\n`
  return latin1Bytes(parts.join('') + table + trailer)
}

test('objects inside each other cannot make reading quadratic', (t) => {
  const start = performance.now()
  const document = readPdf(nestedObjects(4000, 500))
  const readAll = (): void => {
    for (const number of document.numbers()) document.object(number)
  }
  t.throws(readAll, { message: /inside each other/ })
  // The same beyond the longest string, where each object fails by itself.
  const codes = inspectPdf(nestedObjects(12_000, 1000)).findings.map(({ code }) => code)
  t.deepEqual(codes, ['DAMAGED', 'HIDDEN_BYTES'])
  t.true(performance.now() - start < 60_000)
})

/** The sample with an update that redefines its content. */
function updated(entryOffset?: number): { pdf: Uint8Array; base: number } {
  const object = `4 0 obj\n${stream('1 1 m S')}\nendobj\n`
  const at = sample.length + object.length
  const offset = entryOffset ?? sample.length
  const update = `${object}xref\n4 1\n${String(offset).padStart(10, '0')} 00000 n\r\ntrailer\n<</Size 5/Root 1 0 R/Prev ${String(xrefAt)}>>\nstartxref\n${String(at)}\n%%EOF\n`
  return { pdf: Buffer.concat([sample, latin1Bytes(update)]), base: sample.length }
}

test('revisions tell what each added, and an older state can be read', (t) => {
  const { pdf, base } = updated()
  const document = readThrough(pdf)
  const { revisions, problems } = listRevisions(document)
  t.deepEqual(problems, [])
  t.deepEqual(
    revisions.map(({ start, end }) => [start, end]),
    [
      [0, base],
      [base, pdf.length],
    ],
  )
  t.deepEqual(
    [...(revisions[1]?.objects.values() ?? [])].map(({ number, redefined }) => [number, redefined]),
    [[4, true]],
  )
  const [first] = revisions
  if (!first) throw new TypeError('no revision')
  const old = documentAt(document, first).object(4)?.span.start
  t.true(old !== undefined && old < base)
  t.is(document.object(4)?.span.start, base)
})

test('an update that points into older bytes, and bytes after the end, are problems', (t) => {
  const inside = sample.length - 400
  const moved = latin1(sample).indexOf('4 0 obj')
  const codes = (pdf: Uint8Array) => listRevisions(readPdf(pdf)).problems.map(({ code }) => code)
  t.deepEqual(codes(updated(inside).pdf), ['OBJECT_OUTSIDE_REVISION'])
  // The old place named again is no change.
  t.deepEqual(codes(updated(moved).pdf), [])
  t.deepEqual(codes(samplePdf({}, { after: 'x' })), ['BYTES_AFTER_END'])
  t.deepEqual(codes(samplePdf({}, { after: '\n\n' })), [])
})
