/** Every rule of the inspector finds what it is for, and stays silent on its twin. */
import test from 'ava'
import { inspectPdf, latin1, latin1Bytes, pdfFindings } from '../../../exchange/pdf/index.ts'
import { hybridBase, pdfLibBase } from '../seal/bases.ts'
import { deceptions } from './deceptions.ts'
import { catalogWith, pageWith, samplePdf, stream } from './sample.ts'

const codesOf = (bytes: Uint8Array): string[] => inspectPdf(bytes).findings.map(({ code }) => code)

const annotation = (keys: string): Record<number, string> => ({
  3: pageWith('/Annots[5 0 R]'),
  5: `<</Type/Annot/Subtype/Link/Rect[0 0 10 10]${keys}>>`,
})
const action = (keys: string): Record<number, string> => annotation(`/A<<${keys}>>`)

/** The table's entry of an object moved to where these words stand first. */
function changed(bytes: Uint8Array, number: number, words: string): Uint8Array {
  const text = latin1(bytes)
  const rows = text.indexOf('xref\n') + 'xref\n0 6\n'.length
  const at = rows + 20 * number
  return latin1Bytes(
    text.slice(0, at) + String(text.indexOf(words)).padStart(10, '0') + text.slice(at + 10),
  )
}

/** A hybrid whose stream names another place for an object of the table. */
function hybridWith(index: string, place: number): Uint8Array {
  const text = latin1(hybridBase())
  const from = text.indexOf('/Index[5 4]')
  return latin1Bytes(
    text.slice(0, from) +
      `/Index${index.replace('6', '4')}`.padEnd(11) +
      text.slice(from + 11 + place),
  )
}

/** With an update that changes nothing seen. */
function updated(base: Uint8Array): Uint8Array {
  const text = latin1(base)
  const prev = text.lastIndexOf('xref\n0')
  const object = '9 0 obj\n(a)\nendobj\n'
  const at = text.length + object.length
  return latin1Bytes(
    `${text}${object}xref\n9 1\n${String(text.length).padStart(10, '0')} 00000 n\r\ntrailer\n<</Size 10/Root 1 0 R/Prev ${String(prev)}>>\nstartxref\n${String(at)}\n%%EOF\n`,
  )
}

/** What is found, a file with it, and a twin without. */
const cases: Record<string, [Uint8Array, Uint8Array]> = {
  NOT_A_PDF: [latin1Bytes('PK\x03\x04 a zip'), samplePdf()],
  ENCRYPTED: [
    samplePdf({ 5: '<</Filter/Standard>>' }, { trailer: '/Encrypt 5 0 R' }),
    samplePdf({ 5: '<</Filter/Standard>>' }),
  ],
  DAMAGED: [
    samplePdf({ 4: '<</Length 5>>\nstream\nlonger than five\nendstream' }),
    samplePdf({ 4: stream('12345') }),
  ],
  STRAY_BYTES: [
    samplePdf({}, { after: '7 0 obj null endobj' }),
    samplePdf({}, { after: '\r\n \n' }),
  ],
  HIDDEN_BYTES: [
    samplePdf({ 4: `${stream('')}\nendobj\n9 0 obj\n(hidden)` }),
    samplePdf({ 4: `${stream('')}\n% a comment` }),
  ],
  AMBIGUOUS_STREAM: [
    samplePdf({ 4: stream('a\nendstream\nendobj') }),
    samplePdf({ 4: stream('a\nend stream') }),
  ],
  PAGE_COUNT_WRONG: [samplePdf({ 2: '<</Type/Pages/Kids[3 0 R]/Count 2>>' }), samplePdf()],
  PAGE_CONTENTS_WRONG: [
    samplePdf({ 4: '[5 0 R [5 0 R]]', 5: stream('') }),
    samplePdf({ 4: '[5 0 R 5 0 R]', 5: stream('') }),
  ],
  OUTLINE_LOOP: [
    samplePdf({
      1: catalogWith('/Outlines 5 0 R'),
      5: '<</First 6 0 R>>',
      6: '<</Title(a)/Next 6 0 R>>',
    }),
    samplePdf({ 1: catalogWith('/Outlines 5 0 R'), 5: '<</First 6 0 R>>', 6: '<</Title(a)>>' }),
  ],
  JAVASCRIPT: [
    samplePdf(action('/S/JavaScript/JS(app.alert\\(1\\))')),
    samplePdf(action('/S/GoTo/D[3 0 R/Fit]')),
  ],
  LAUNCH_ACTION: [
    samplePdf({ 1: catalogWith('/OpenAction<</S/Launch/F(cmd.exe)>>') }),
    samplePdf({ 1: catalogWith('/OpenAction[3 0 R/Fit]') }),
  ],
  SUBMIT_FORM_ACTION: [samplePdf(action('/S/SubmitForm')), samplePdf(action('/S/GoTo/D(a)'))],
  IMPORT_DATA_ACTION: [samplePdf(action('/S/ImportData/F(x)')), samplePdf(action('/S/GoTo/D(a)'))],
  REMOTE_GOTO_ACTION: [
    samplePdf(action('/S/GoToR/F(b.pdf)/D(x)')),
    samplePdf(action('/S/GoTo/D(a)')),
  ],
  EMBEDDED_GOTO_ACTION: [samplePdf(action('/S/GoToE/D(x)')), samplePdf(action('/S/GoTo/D(a)'))],
  FILE_LINK: [
    samplePdf(action('/S/URI/URI(file:///etc/passwd)')),
    samplePdf(action('/S/URI/URI(https://a.example/)')),
  ],
  WEB_LINK: [
    samplePdf(action('/S/URI/URI(https://a.example/)')),
    samplePdf(action('/S/GoTo/D(a)')),
  ],
  EMBEDDED_FILE: [
    samplePdf({ 1: catalogWith('/Names<</EmbeddedFiles<</Names[]>>>>') }),
    samplePdf({ 1: catalogWith('/Names<</Dests<</Names[]>>>>') }),
  ],
  MULTIMEDIA: [
    samplePdf(annotation('/MK<</Sub<</Subtype/RichMedia>>>>')),
    samplePdf(annotation('/MK<</Sub<</Subtype/Link>>>>')),
  ],
  XFA_FORM: [
    samplePdf({ 1: catalogWith('/AcroForm<</Fields[]/XFA[]>>') }),
    samplePdf({ 1: catalogWith('/AcroForm<</Fields[]>>') }),
  ],
  EXTERNAL_STREAM: [
    samplePdf({ 4: stream('', '/F(http://a.example/)') }),
    samplePdf({ 4: stream('') }),
  ],
  EXTERNAL_REFERENCE: [
    samplePdf({ 5: '<</Type/Filespec/F(\\\\\\\\host\\\\share)>>' }),
    samplePdf({ 5: '<</Type/Font/F(a)>>' }),
  ],
  POSTSCRIPT: [
    samplePdf({ 5: stream('quit', '/Type/XObject/Subtype/PS') }),
    samplePdf({ 5: stream('', '/Type/XObject/Subtype/Form') }),
  ],
  UNKNOWN_FILTER: [
    samplePdf({ 5: stream('x', '/Filter[/FlateDecode/Secret]') }),
    samplePdf({ 5: stream('x', '/Filter[/FlateDecode/DCTDecode]') }),
  ],
  AUTOMATIC_ACTION: [
    samplePdf({ 3: pageWith('/AA<</O<</S/GoTo/D(a)>>>>') }),
    samplePdf({ 3: pageWith('/Tabs/S') }),
  ],
  ACTION_CHAIN: [
    samplePdf(action('/S/GoTo/D(a)/Next<</S/GoTo/D(b)>>')),
    samplePdf(action('/S/GoTo/D(a)')),
  ],
  NAMED_ACTION: [samplePdf(action('/S/Named/N/Print')), samplePdf(action('/S/GoTo/D(a)'))],
  VIEW_ACTION: [samplePdf(action('/S/Hide/T(a)')), samplePdf(action('/S/GoTo/D(a)'))],
  RESET_ACTION: [samplePdf(action('/S/ResetForm')), samplePdf(action('/S/Hide/T(a)'))],
  STRANGE_KEY: [
    samplePdf({ 3: pageWith('/#EF#BB#BFContents 4 0 R') }),
    samplePdf({ 3: pageWith('/PieceInfo 5 0 R'), 5: '<</#EF#BB#BFContents 4 0 R>>' }),
  ],
  OBJECTS_OVERLAP: [
    changed(samplePdf({ 4: stream('5 0 obj null endobj'), 5: '(a)' }), 5, '5 0 obj null'),
    samplePdf({ 4: stream('5 0 obj null endobj'), 5: '(a)' }),
  ],
  AMBIGUOUS_REFERENCES: [hybridWith('[3 6]', 0), hybridBase()],
  EARLIER_VERSIONS: [updated(samplePdf()), samplePdf()],
  CALCULATOR_FUNCTION: [
    samplePdf({ 5: stream('{}', '/FunctionType 4') }),
    samplePdf({ 5: stream('', '/FunctionType 0') }),
  ],
  FORM_FIELDS: [
    samplePdf({ 1: catalogWith('/AcroForm<</Fields[5 0 R]>>'), 5: '<</FT/Tx/T(a)>>' }),
    samplePdf({ 1: catalogWith('/AcroForm<</Fields[]>>') }),
  ],
  ALREADY_SIGNED: [
    samplePdf({
      1: catalogWith('/AcroForm<</Fields[5 0 R]>>'),
      5: '<</FT/Sig/T(a)/V 6 0 R>>',
      6: '<</Type/Sig/Contents<00>>>',
    }),
    samplePdf({ 1: catalogWith('/AcroForm<</Fields[5 0 R]>>'), 5: '<</FT/Sig/T(a)>>' }),
  ],
}

test('each rule finds its case and spares its twin', (t) => {
  for (const [code, [bad, good]] of Object.entries(cases)) {
    t.true(codesOf(bad).includes(code), `${code} is not found: ${codesOf(bad).join(' ')}`)
    t.false(codesOf(good).includes(code), `${code} is found in its twin`)
  }
  t.deepEqual(
    Object.keys(pdfFindings).filter((code) => !(code in cases) && !(code in deceptions)),
    ['TOO_LARGE'],
  )
})

for (const [code, pairs] of Object.entries(deceptions)) {
  test(`a document prepared to deceive is found and its honest twin spared: ${code}`, (t) => {
    for (const [index, [bad, good]] of pairs.entries()) {
      const label = `${code} ${String(index)}`
      t.true(codesOf(bad).includes(code), `${label} is not found: ${codesOf(bad).join(' ')}`)
      t.false(codesOf(good).includes(code), `${label} is found in its twin`)
    }
  })
}

test('nothing against an honest twin beyond what it is made of', (t) => {
  const usual = ['FONT_NOT_EMBEDDED', 'COMMENTS', 'LAYERS', 'SIGNATURE_FIELD']
  const refused = Object.entries(deceptions).flatMap(([code, pairs]) =>
    pairs.flatMap(([, good], index) =>
      inspectPdf(good)
        .findings.filter((one) => one.severity === 'refuse' && !usual.includes(one.code))
        .map((one) => `${code} ${String(index)}: ${one.code}`),
    ),
  )
  t.deepEqual(refused, [])
})

test('a file above the bound is too large, one byte less is not', (t) => {
  const pdf = samplePdf()
  const found = (maxFileBytes: number) => inspectPdf(pdf, { maxFileBytes }).findings
  t.deepEqual(
    found(pdf.length - 1).map(({ code }) => code),
    ['TOO_LARGE'],
  )
  t.deepEqual(found(pdf.length), [])
})

test('what hides in an object stream, behind a reference or in an older revision is found', async (t) => {
  // The type of the action is an object of its own.
  t.true(
    codesOf(samplePdf({ ...action('/S 6 0 R/JS 7 0 R'), 6: '/Launch' })).includes('LAUNCH_ACTION'),
  )
  const escaped = samplePdf(action('/S/J#61vaScript/J#53(x)'))
  t.true(codesOf(escaped).includes('JAVASCRIPT'))
  const { PDFDocument, PDFName, PDFString } = await import('pdf-lib')
  const document = await PDFDocument.create()
  document.addPage()
  document.context.register(
    document.context.obj({ S: PDFName.of('JavaScript'), JS: PDFString.of('x') }),
  )
  const packed = await document.save({ useObjectStreams: true })
  t.true(codesOf(packed).includes('JAVASCRIPT'))
  const base = samplePdf(action('/S/JavaScript'))
  const object = '5 0 obj\n<</Type/Annot/Subtype/Link/Rect[0 0 10 10]>>\nendobj\n'
  const at = base.length + object.length
  const prev = Buffer.from(base).lastIndexOf('xref\n0')
  const update = `${object}xref\n5 1\n${String(base.length).padStart(10, '0')} 00000 n\r\ntrailer\n<</Size 6/Root 1 0 R/Prev ${String(prev)}>>\nstartxref\n${String(at)}\n%%EOF\n`
  t.deepEqual(codesOf(Buffer.concat([base, latin1Bytes(update)])), [
    'EARLIER_VERSIONS',
    'JAVASCRIPT',
  ])
})

test('an ordinary PDF of another program has no findings, and pages are counted', async (t) => {
  for (const packed of [false, true]) {
    t.deepEqual(inspectPdf(await pdfLibBase(packed, 3)), { pages: 3, findings: [] })
  }
})

test('findings name the page of an annotation, counted from 1', (t) => {
  t.is(inspectPdf(samplePdf(action('/S/Launch'))).findings[0]?.page, 1)
})
test('what programs may read in two ways is refused', (t) => {
  const inData = (data: string): Uint8Array =>
    samplePdf({ 5: stream(data), 3: pageWith('/X 5 0 R') })
  t.true(codesOf(inData('\n3 0 obj\n<</Type/Page>>\nendobj\n')).includes('HIDDEN_BYTES'))
  t.false(codesOf(inData('\n3 0 R\n<</Type/Page>>\n')).includes('HIDDEN_BYTES'))
  t.true(
    codesOf(latin1Bytes(latin1(samplePdf()).replace('startxref\n', 'startxref\n%\n'))).includes(
      'DAMAGED',
    ),
  )
  const childOf = (parent: string): Uint8Array =>
    samplePdf({ 3: pageWith('').replace('/Parent 2 0 R', parent) })
  t.true(codesOf(childOf('/Parent 4 0 R')).includes('DAMAGED'))
  t.false(codesOf(childOf('/Parent 2 0 R')).includes('DAMAGED'))
})

test('a trailer with a key that some readers take for another is refused', (t) => {
  const plain = Buffer.from(samplePdf()).toString('latin1')
  const odd = plain.replace(/trailer\s*<</, (word) => `${word}/Root\x805\x800\x80R/X`)
  t.not(odd, plain)
  const { findings } = inspectPdf(Buffer.from(odd, 'latin1'))
  t.true(findings.some(({ code }) => code === 'STRANGE_KEY'))
})

test('a stream with parameters under a short name, which some readers take, is refused', (t) => {
  const codesOf = (keys: string): readonly string[] =>
    inspectPdf(samplePdf({ 4: stream('', keys) })).findings.map(({ code }) => code)
  t.true(codesOf('/DP<</Predictor 12/Columns 9>>').includes('UNKNOWN_FILTER'))
  t.false(codesOf('').includes('UNKNOWN_FILTER'))
})

test('a picture with a short key, by which some readers turn it to its negative, is refused', (t) => {
  const picture =
    '/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Decode[0 1]'
  const codesOf = (keys: string): readonly string[] =>
    inspectPdf(samplePdf({ 5: stream('x', picture + keys) })).findings.map(({ code }) => code)
  t.true(codesOf('/D[1 0]').includes('STRANGE_KEY'))
  t.false(codesOf('').includes('STRANGE_KEY'))
})
