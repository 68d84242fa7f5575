/** The evidence sheet, as Poppler reads and paints it and a bar code reader scans it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { nodeCrypto } from '../../../ca/index.ts'
import { fromPem, sha256Hex } from '../../../ca/path/index.ts'
import { evidenceSheet, loadFonts, rootFacts } from '../../../exchange/index.ts'
import { verifyFile, type Language, type Report } from '../../../exchange/verify/index.ts'
import { run, withPdf } from '../layout/render.ts'

const fonts = await loadFonts()
const folder = 'docs/formats/example'
const sealed = new Uint8Array(readFileSync(`${folder}/notice.pdf`))
const roots = fromPem('CERTIFICATE', readFileSync(`${folder}/root.pem`, 'utf8'))
const at = new Date('2026-11-25T13:00:00Z')

function judged(bytes: Uint8Array, name = '通知.pdf'): Promise<Report> {
  return verifyFile({ name, bytes, trust: roots, at, ports: nodeCrypto })
}

function sheetOf(report: Report, bytes = sealed, language: Language = 'zh'): Promise<Uint8Array> {
  const file = { sha256: sha256Hex(bytes), bytes: bytes.length }
  const timeZone = 'Asia/Shanghai'
  return evidenceSheet({ report, file, roots: rootFacts(roots), language, fonts, timeZone })
}

/** Without blanks: lines break where they will. */
const textOf = (pdf: Uint8Array): Promise<string> =>
  withPdf(pdf, async (file) => {
    const { stdout } = await run('pdftotext', ['-layout', file, '-'])
    return stdout.replace(/\s/g, '')
  })

test('a sheet says verdict, file, seal and times in both languages, and is a clean PDF', async (t) => {
  const report = await judged(sealed)
  for (const [language, words] of [
    ['zh', ['电子公文验证单', '印章有效，内容未改动', '2026年11月25日21:00:00', '文档时间戳']],
    [
      'en',
      ['Evidencesheet', 'Thesealisauthentic', '25November2026at21:00:00', 'Documenttimestamp'],
    ],
  ] as const) {
    const sheet = await sheetOf(report, sealed, language)
    const text = await textOf(sheet)
    for (const word of [...words, '通知.pdf', 'TOTAL-PASSED', 'B-LTA', 'sha256sum']) {
      t.true(text.includes(word), `${language}: ${word}`)
    }
    t.true(text.includes(sha256Hex(sealed).slice(0, 32)))
    await t.notThrowsAsync(withPdf(sheet, (file) => run('qpdf', ['--check', file])))
  }
})

test('the code on the sheet is scanned as the SHA-256 of the file', async (t) => {
  const sheet = await sheetOf(await judged(sealed))
  const scanned = await withPdf(sheet, async (file, directory) => {
    const picture = join(directory, 'page')
    await run('pdftoppm', ['-r', '150', '-gray', '-singlefile', file, picture])
    const { stdout } = await run('zbarimg', ['--quiet', '--raw', `${picture}.pgm`])
    return stdout.trim()
  })
  t.is(scanned, sha256Hex(sealed))
})

test('the same report gives the same bytes', async (t) => {
  const report = await judged(sealed)
  t.deepEqual(await sheetOf(report), await sheetOf(report))
})

test('a sheet of an altered file says so first, and what was found', async (t) => {
  const altered = Uint8Array.from(sealed)
  altered[9000] = (altered[9000] ?? 0) ^ 1
  const text = await textOf(await sheetOf(await judged(altered), altered))
  t.true(text.includes('印章无效，文件已被改动或损坏'))
  t.true(text.includes('TOTAL-FAILED'))
  t.true(text.includes('CONTENT_ALTERED'))
  t.false(text.includes('印章有效'))
})

test('what is too much for a page goes on to the next, and what is too much for a sheet is counted', async (t) => {
  const report = await judged(sealed)
  const [signature] = report.signatures
  if (signature === undefined) return t.fail()
  const signatures = Array.from({ length: 123 }, (_, index) => ({
    ...signature,
    field: `seal-${String(index + 1)}`,
  }))
  const sheet = await sheetOf({ ...report, signatures })
  const text = await textOf(sheet)
  t.true(text.includes('印章120seal-120'))
  t.false(text.includes('seal-121'))
  t.true(text.includes('…+3'))
  const pages = Number(/共(\d+)页/.exec(text)?.[1])
  t.true(pages > 20)
  t.true(text.includes(`第${String(pages)}页，共${String(pages)}页`))
})

test('a file name meant for a shell, or for another direction of writing, is printed as a name and nothing else', async (t) => {
  const name = '"; rm -rf ~; "\u202Egpj.pdf'
  const text = await textOf(await sheetOf(await judged(sealed, name)))
  t.is(text.split('rm-rf').length, 2)
  t.true(text.includes('sealboxverify文件.pdf--trustroot.pem'))
  t.false(text.includes('\u202E'))
})
