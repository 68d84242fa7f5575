/**
 * Signed files and exploits that others published, read from shared data: no exploit keeps every signature INTACT or passes, also where every certificate inside is
 * trusted; where we and other validators differ over the rest, a table says why.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import test from 'ava'
import { readCertificate } from '../../../ca/path/index.ts'
import { verifyFile, type Report } from '../../../exchange/verify/index.ts'
import { differences } from './corpora_table.ts'

const folder = new URL('../../../../shared/data/pdf/', import.meta.url)
const isHere = existsSync(folder)
const skip = 'skipped: ../shared/data/pdf is not here'
const now = new Date('2026-11-23T00:00:00Z')
const read = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(encodeURI(name), folder)))
const namesIn = (corpus: string): string[] =>
  globSync(`${corpus}/**/*.pdf`, { cwd: folder }).toSorted()
const integrities = ({ signatures }: Report): string =>
  signatures.map(({ integrity }) => integrity.toLowerCase()).join(' ')

interface Known {
  readonly observed?: {
    readonly pyhanko?: { readonly error?: string; readonly sigs?: readonly Sig[] }
  }
}
interface Sig {
  readonly type: string
  readonly error?: string
  readonly intact?: boolean
  readonly valid?: boolean
  readonly docmdp_ok?: boolean | null
  readonly coverage?: string
}

/** What pyHanko says of each signature that is no document timestamp. */
function theirs({ observed }: Known): string {
  if (observed?.pyhanko?.error !== undefined) return 'refused'
  const sigs = observed?.pyhanko?.sigs ?? []
  return sigs
    .filter(({ type }) => type !== '/DocTimeStamp')
    .map(wordOf)
    .join(' ')
}

function wordOf({ error, intact, valid, docmdp_ok: permitted, coverage }: Sig): string {
  if (error !== undefined) return 'refused'
  if (intact !== true || valid !== true) return 'broken'
  return permitted === false || coverage === 'UNCLEAR' ? 'changed' : 'intact'
}

for (const corpus of [
  'esig-dss',
  'pyhanko',
  'digitorus-pdfsign',
  'mkl-testarea',
  'openpdf',
  'pdfjs',
  'node-signpdf',
]) {
  test(`what we say of ${corpus} is what others say, or the table says why not`, async (t) => {
    t.timeout(300_000)
    if (!isHere) {
      t.log(skip)
      t.pass()
      return
    }
    const verdicts = JSON.parse(
      readFileSync(new URL(`${corpus}/verdicts.json`, folder), 'utf8'),
    ) as Record<string, Known>
    for (const name of namesIn(corpus)) {
      const report = await verifyFile({ name, bytes: read(name), trust: [], at: now })
      t.not(report.verdict, 'TOTAL-PASSED', name)
      t.false(
        report.findings.some(({ code }) => code === 'INTERNAL_ERROR'),
        name,
      )
      const ours = integrities(report)
      const known = verdicts[name.slice(corpus.length + 1)] ?? {}
      if (ours === '' || (ours === theirs(known) && report.verdict !== 'TOTAL-FAILED')) continue
      const row = differences[name]
      t.like(
        row,
        { verdict: report.verdict, integrity: ours },
        `${name}: ${report.verdict} ${ours}`,
      )
      t.true(row?.theirs.startsWith(theirs(known)), name)
    }
  })
}

/** Signed as prepared, and not yet manipulated: the seal is intact, and says so. */
const honest = /3_original-document-shadowed-signed\.pdf$/

for (const corpus of ['pdf-insecurity-2019', 'rub-shadow-2020']) {
  test(`no exploit of ${corpus} keeps every signature INTACT, or passes with all its certificates trusted`, async (t) => {
    t.timeout(300_000)
    if (!isHere) {
      t.log(skip)
      t.pass()
      return
    }
    let trusted = 0
    for (const name of namesIn(corpus)) {
      const bytes = read(name)
      const certificates = certificatesIn(bytes)
      const dates = [now, ...certificates.slice(0, 3).map(middleOf)]
      for (const at of dates) {
        const report = await verifyFile({ name, bytes, trust: certificates, at })
        t.not(report.verdict, 'TOTAL-PASSED', name)
        if (honest.test(name) || /\/[12]_original/.test(name)) continue
        t.true(report.signatures.length > 0, name)
        t.true(
          report.signatures.some(({ integrity }) => integrity !== 'INTACT'),
          name,
        )
        t.is(report.verdict, 'TOTAL-FAILED', name)
        trusted += certificates.length
      }
    }
    t.true(trusted > 0)
  })
}

/** All certificates that stand in hexadecimal strings of the file. */
function certificatesIn(bytes: Uint8Array): Uint8Array[] {
  const text = Buffer.from(bytes).toString('latin1')
  const found = new Map<string, Uint8Array>()
  for (const [, digits = ''] of text.matchAll(/<(30[0-9A-Fa-f]{400,})>/g)) {
    const der = Buffer.from(digits, 'hex')
    for (let at = der.indexOf(0x30); at >= 0; at = der.indexOf(0x30, at + 1)) {
      if (der[at + 1] !== 0x82) continue
      const certificate = new Uint8Array(der.subarray(at, at + 4 + der.readUInt16BE(at + 2)))
      if (isCertificate(certificate))
        found.set(Buffer.from(certificate).toString('hex'), certificate)
    }
  }
  return [...found.values()]
}

function isCertificate(der: Uint8Array): boolean {
  try {
    readCertificate(der)
    return true
  } catch {
    return false
  }
}

function middleOf(der: Uint8Array): Date {
  const { notBefore, notAfter } = readCertificate(der)
  return new Date((notBefore.getTime() + notAfter.getTime()) / 2)
}
