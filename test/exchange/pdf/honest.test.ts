/** Honest files are let through: our own pages, and the corpora, where each refusal has a reason that a person would accept. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import test from 'ava'
import { checkDraft, layoutDraft, loadFonts } from '../../../exchange/index.ts'
import { inspectPdf } from '../../../exchange/pdf/index.ts'

const refusals = (bytes: Uint8Array): string[] =>
  inspectPdf(bytes).findings.flatMap(({ code, severity }) => (severity === 'refuse' ? [code] : []))

const root = new URL('../../../', import.meta.url)

test('our own pages have nothing against them, nor has a sealed one beyond its seal', async (t) => {
  const fonts = await loadFonts()
  const drafts = globSync('docs/formats/draft-*.json', { cwd: root.pathname })
  let laidOut = 0
  for (const file of drafts) {
    const { draft } = checkDraft(JSON.parse(readFileSync(new URL(file, root), 'utf8')))
    if (draft === undefined) continue
    const { pdf, findings } = await layoutDraft({ draft, fonts, trial: true })
    if (findings.length > 0) continue
    t.deepEqual(inspectPdf(pdf).findings, [], file)
    laidOut++
  }
  t.true(laidOut >= 3)
  const sealed = inspectPdf(readFileSync(new URL('docs/formats/example/notice.pdf', root)))
  t.deepEqual(
    sealed.findings.map(({ code }) => code),
    ['ALREADY_SIGNED', 'EARLIER_VERSIONS'],
  )
})

/** Files of the corpora that are refused though their authors meant well: by name, the codes and why that is right. */
const reasons: readonly (readonly [pattern: RegExp, codes: string, why: string])[] = [
  [/pubkey|aes256|rc4|pdf-spoofing/, 'ENCRYPTED', 'encrypted'],
  [
    /broken-objstream|circular-page-tree|form-tree-circular|startxref|badxref|infinite_loop|malformed-pades/,
    'DAMAGED AMBIGUOUS_STREAM HIDDEN_BYTES NOT_A_PDF SIGNATURE_FIELD_LARGE',
    'made to be broken',
  ],
  [
    /AdelinVoicu|pades-5-signatures|HU_NET-2|testfile12|testfile20|siwa/,
    'DAMAGED STRAY_BYTES HIDDEN_BYTES HIDDEN_PAGE',
    'cross-references or bytes that belong to nothing',
  ],
  [
    /form-update-|DSS-1683|PK7-2|pkcs7\.pdf|test-with-vri|replace\.pdf|DSS1376/,
    'HIDDEN_CONTENT',
    'appearances of an older state, replaced by signing',
  ],
  [
    /textfield-group|form-fill-result/,
    'SIGNATURE_FIELD_LARGE',
    'an empty signature field over a fifth of a small page',
  ],
  [
    /DSS-3298|PAdES_with_er/,
    'EMBEDDED_FILE EXTERNAL_REFERENCE AMBIGUOUS_STREAM HIDDEN_BYTES',
    'other files inside',
  ],
  [
    /signed-filled-form/,
    'AMBIGUOUS_STREAM HIDDEN_BYTES JAVASCRIPT FIELD_SHOWS_OTHER HIDDEN_ANNOTATION COVERED_BY_ANNOTATION SUBMIT_FORM_ACTION HIDDEN_CONTENT VIEW_ACTION',
    'a form with programs',
  ],
  [/testfile16/, 'COVERED_TEXT', 'two drawings with text left under a filled shape'],
]

test('honest files of the corpora are refused for a known reason only', (t) => {
  const folder = new URL('../../../../shared/data/pdf/', import.meta.url)
  if (!existsSync(folder)) {
    t.log('shared data is not here: corpora skipped')
    t.pass()
    return
  }
  const files = globSync(
    '{esig-dss,pyhanko,node-signpdf,openpdf,pdfjs,digitorus-pdfsign,mkl-testarea}/**/*.pdf',
    { cwd: folder.pathname },
  )
  let refused = 0
  for (const file of files) {
    const codes = refusals(readFileSync(new URL(encodeURI(file), folder)))
    const known = reasons
      .filter(([pattern]) => pattern.test(file))
      .flatMap(([, all]) => all.split(' '))
    t.deepEqual(
      [...new Set(codes)].filter((code) => !known.includes(code)),
      [],
      file,
    )
    if (codes.length > 0) refused++
  }
  t.log(`${String(refused)} of ${String(files.length)} files are refused, each with its reason`)
  t.true(files.length > 100)
})
