/**
 * Well-formed updates drawn at random, behind files whose root is trusted: whatever still passes, or keeps every signature INTACT, is drawn by another program exactly as
 * the sealed file was.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { sha256Hex } from '../../../ca/path/index.ts'
import { readPdf } from '../../../exchange/pdf/index.ts'
import { verifyFile, type Report } from '../../../exchange/verify/index.ts'
import { appendRaw, richPdf, textOfObject, type RawObject } from './exploits/base.ts'
import { createDistrict, sealPdf } from './openssl_district.ts'

const isFull = process.env['SEALBOX_TEST_FULL'] === '1'
const rounds = isFull ? 20_000 : 60
const seed = 20_261_127

const district = createDistrict()
const folder = mkdtempSync(join(tmpdir(), 'sealbox-random-'))
test.after.always(() => {
  district.remove()
  rmSync(folder, { recursive: true, force: true })
})
const soon = new Date(Date.now() + 86_400_000)
const verify = (bytes: Uint8Array): Promise<Report> =>
  verifyFile({ name: 'x.pdf', bytes, trust: [district.root], at: soon })

/** Numbers from 0 to below `below` (xorshift, seeded). */
function createDraw(start: number): (below: number) => number {
  let state = start
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const file = (name: string): string => join(folder, name)

/** The same document with its objects in object streams, by qpdf, what nothing refers to included. */
function inStreams(pdf: Uint8Array): Uint8Array {
  writeFileSync(file('table.pdf'), pdf)
  const options = [
    '--object-streams=generate',
    '--preserve-unreferenced',
    '--stream-data=uncompress',
  ]
  execFileSync('qpdf', [...options, file('table.pdf'), file('streams.pdf')])
  return new Uint8Array(readFileSync(file('streams.pdf')))
}

/** All pages as MuPDF draws them. */
function drawn(bytes: Uint8Array): string {
  writeFileSync(file('drawn.pdf'), bytes)
  const output = ['-F', 'pgm', '-r', '36', '-o', '-']
  return sha256Hex(
    execFileSync('mutool', ['draw', ...output, file('drawn.pdf')], { stdio: 'pipe' }),
  )
}

/** One object said anew: emptied, exchanged for another, or changed in one token. */
function drawUpdate(sealed: Uint8Array, draw: (below: number) => number): RawObject[] {
  const document = readPdf(sealed)
  const numbers = [...document.numbers()].filter((number) => document.object(number))
  const any = (): number => numbers[draw(numbers.length)] ?? 1
  const text = (number: number): string => textOfObject(document, number)
  return Array.from({ length: 1 + draw(2) }, () => {
    const number = any()
    const own = text(number)
    const tokens = [...own.matchAll(/\/?[A-Za-z0-9.]+/g)]
    const token = tokens[draw(Math.max(1, tokens.length))]
    const other = [...text(any()).matchAll(/\/?[A-Za-z0-9.]+/g)]
    const word = other[draw(Math.max(1, other.length))]?.[0] ?? '0'
    const body = [
      () => 'null',
      () => text(any()),
      () => own,
      () =>
        own.slice(0, token?.index ?? 0) +
        word +
        own.slice((token?.index ?? 0) + (token?.[0].length ?? 0)),
      () =>
        own.replace(
          />>\s*$/,
          ` /${['AA', 'Rotate', 'Contents', 'CropBox', 'Tabs', 'DSS', 'Metadata', 'OC'][draw(8)] ?? ''} ${String(any())} 0 R >>`,
        ),
      () => own.replace(/(\d+) 0 R/, `${String(any())} 0 R`),
    ][draw(6)]
    return { number, body: body?.() ?? 'null' }
  })
}

const bases = { 'a table': richPdf(), 'object streams': inStreams(richPdf()) }
for (const [what, pdf] of Object.entries(bases)) {
  test(`${String(rounds)} random updates behind a file with ${what} (seed ${String(seed)}): what passes looks the same`, async (t) => {
    t.timeout(7_200_000)
    const { pdf: sealed } = await sealPdf(district, { pdf })
    t.is((await verify(sealed)).verdict, 'TOTAL-PASSED')
    const document = readPdf(sealed)
    const [draw, look] = [createDraw(seed), drawn(sealed)]
    let passed = 0
    for (let round = 0; round < rounds; round++) {
      const objects = drawUpdate(sealed, draw)
      const unique = [...new Map(objects.map((object) => [object.number, object])).values()]
      const bytes = appendRaw(sealed, { objects: unique, root: rootOf(sealed) })
      const report = await verify(bytes)
      t.false(report.findings.some(({ code }) => code === 'INTERNAL_ERROR'))
      const isIntact =
        report.signatures.length > 0 &&
        report.signatures.every(({ integrity }) => integrity === 'INTACT')
      if (report.verdict !== 'TOTAL-PASSED' && !isIntact) continue
      passed++
      if (objects.every(({ number, body }) => body === textOfObject(document, number))) continue
      t.is(drawn(bytes), look, JSON.stringify(unique))
    }
    t.log(`${String(passed)} of ${String(rounds)} passed, and look the same`)
  })
}

const rootOf = (bytes: Uint8Array): string => `${String(readPdf(bytes).catalog().number)} 0 R`
