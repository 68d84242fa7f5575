/**
 * Damage of every kind: every 40th byte of a sealed file of text, picture and form altered, one at a time (full count: every byte, twice), and 2,000 seeded random
 * mutations and garbage strings. Never a throw, never TOTAL-PASSED, and what the seal covers is BROKEN.
 */
import test from 'ava'
import { readPdf, readSignatureForm } from '../../../exchange/pdf/index.ts'
import { verifyFile, type Report } from '../../../exchange/verify/index.ts'
import { richPdf } from './exploits/base.ts'
import { createDistrict, sealPdf } from './openssl_district.ts'

const isFull = process.env['SEALBOX_TEST_FULL'] === '1'
const step = isFull ? 1 : 40
const garbageCount = 2000
const seed = 20_261_123

const district = createDistrict()
test.after.always(() => {
  district.remove()
})
const at = new Date(Date.now() + 86_400_000)
const verify = (bytes: Uint8Array): Promise<Report> =>
  verifyFile({ name: 'x', bytes, trust: [district.root], at })

/** Numbers from 0 to below 2^32 (xorshift, seeded). */
function createNumbers(start: number): () => number {
  let state = start
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** One bit turned, and one more: another digit, another letter. In the plain run each place has one of the two. */
const alterations: readonly ((byte: number, place: number) => number)[] = [
  (byte, place) => byte ^ (1 << (place % 8)),
  (byte) => (byte + 1) & 255,
]

test(`any byte altered, one at a time over a whole sealed file (every ${String(step)}th): never TOTAL-PASSED, under the seal BROKEN`, async (t) => {
  t.timeout(3_600_000)
  const { pdf } = await sealPdf(district, { pdf: richPdf() })
  t.log(`the file has ${String(pdf.length)} bytes`)
  t.is((await verify(pdf)).verdict, 'TOTAL-PASSED')
  const seal = readSignatureForm(readPdf(pdf)).fields[0]?.value
  const [, gapStart = 0, gapEnd = 0, rest = 0] = seal?.byteRange ?? []
  let [later, intact] = [0, 0]
  for (let place = 0; place < pdf.length; place += step) {
    const chosen = isFull ? alterations : [alterations[(place / step) % 2] ?? alterations[0]]
    for (const alter of chosen) {
      const bytes = pdf.slice()
      bytes[place] = alter?.(bytes[place] ?? 0, place) ?? 0
      const report = await verify(bytes)
      const isUnderSeal = place < gapStart || (place >= gapEnd && place < gapEnd + rest)
      if (isUnderSeal) {
        t.is(report.verdict, 'TOTAL-FAILED', `byte ${String(place)}`)
        t.is(report.signatures[0]?.integrity, 'BROKEN', `byte ${String(place)}`)
      } else if (report.verdict === 'TOTAL-PASSED') t.fail(`byte ${String(place)}`)
      if (place >= gapEnd + rest) {
        later++
        if (report.signatures[0]?.integrity === 'INTACT') intact++
      }
    }
  }
  t.log(
    `altered behind the seal: ${String(later)}, of which the seal stayed INTACT: ${String(intact)}`,
  )
  t.true(intact / later > 0.8)
})

test(`${String(garbageCount)} random mutations and garbage strings (seed ${String(seed)}) get a report each`, async (t) => {
  t.timeout(300_000)
  const { pdf } = await sealPdf(district, { level: 'B-T' })
  const next = createNumbers(seed)
  const starts = [
    '%PDF-1.7\n',
    '{"type":"sealbox.receipt"',
    '0\x82',
    '-----BEGIN CERTIFICATE-----\n',
    '',
  ]
  for (let round = 0; round < garbageCount; round++) {
    const bytes = round % 2 === 0 ? mutated(pdf, next) : garbage(starts[next() % 5] ?? '', next)
    const report = await verify(bytes)
    t.not(report.verdict, 'TOTAL-PASSED')
    t.false(report.findings.some(({ code }) => code === 'INTERNAL_ERROR'))
  }
})

/** Cuts, doubles or overwrites a stretch. */
function mutated(pdf: Uint8Array, next: () => number): Uint8Array {
  const start = next() % pdf.length
  const end = Math.min(pdf.length, start + (next() % 400))
  const [head, middle, tail] = [pdf.slice(0, start), pdf.slice(start, end), pdf.slice(end)]
  const kind = next() % 3
  const noise = middle.map(() => next() & 255)
  const inner = [new Uint8Array(), new Uint8Array([...middle, ...middle]), noise][kind] ?? noise
  const whole = new Uint8Array(head.length + inner.length + tail.length)
  whole.set(head)
  whole.set(inner, head.length)
  whole.set(tail, head.length + inner.length)
  return whole
}

function garbage(start: string, next: () => number): Uint8Array {
  const bytes = Uint8Array.from({ length: next() % 600 }, () => next() & 255)
  bytes.set(new TextEncoder().encode(start).subarray(0, bytes.length))
  return bytes
}
