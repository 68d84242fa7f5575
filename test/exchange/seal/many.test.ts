/**
 * Files by the hundred before everybody who can judge them: qpdf, poppler, mupdf, openssl and our own verifier. 40 in the plain run, 500 under
 * `SEALBOX_TEST_FULL=1`, which also says the seed.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { nodeCrypto } from '../../../ca/index.ts'
import { readOcspResponse, readTimeStampToken } from '../../../ca/path/index.ts'
import { verifyFile } from '../../../exchange/verify/index.ts'
import { listRevisions, readPdf } from '../../../exchange/pdf/index.ts'
import type { Evidence } from '../../../exchange/seal/index.ts'
import { makeSealed, plansOf, type Plan } from './many.ts'
import { manyBases } from './many_bases.ts'
import { createTestPki } from './pki.ts'
import {
  coveredBytes,
  opensslVerifiesSeal,
  opensslVerifiesToken,
  pdfsigValid,
  qpdfComplaints,
  said,
  signaturesOf,
  signerOfCms,
} from './tools.ts'

const isFull = process.env['SEALBOX_TEST_FULL'] === '1'
const count = isFull ? 500 : 40
const seed = 20_261_125
const suites = ['ecdsa-p256-sha256', 'rsa-sha256', 'ecdsa-p384-sha384', 'rsa-pss-sha256'] as const

const pki = createTestPki({ suites })
test.after.always(() => {
  rmSync(pki.folder, { recursive: true, force: true })
})

/** Of a file with a hundred seals, each so-manieth goes before openssl in the plain run. */
const every = isFull ? 1 : 10

type Expect = (good: boolean, fault: string) => void

function judgeStructure(pdf: Uint8Array, plan: Plan, expect: Expect): void {
  const file = join(pki.folder, 'many.pdf')
  writeFileSync(file, pdf)
  const { base, seals } = plan
  expect(Buffer.compare(pdf.subarray(0, base.pdf.length), base.pdf) === 0, 'base is no prefix')
  expect(qpdfComplaints(file) === '', qpdfComplaints(file))
  expect(pdfsigValid(file) === seals + base.signed, said('pdfsig', '-nocert', file))
  const mutool = said('mutool', 'sign', '-v', file)
  expect(!/digest failure|format error|not a valid/i.test(mutool), mutool)
  const { problems } = listRevisions(readPdf(pdf))
  expect(problems.length === 0, JSON.stringify(problems))
}

/** When the OCSP answers were made, milliseconds. */
const answeredAt = ({ ocspResponses }: Evidence): number[] =>
  ocspResponses.flatMap((bytes) =>
    readOcspResponse(bytes).answers.map(({ thisUpdate }) => thisUpdate.getTime()),
  )

function judgeSignatures(pdf: Uint8Array, evidence: Evidence, expect: Expect): void {
  const answered = answeredAt(evidence)
  const signatures = signaturesOf(pdf)
  const step = signatures.length > 10 ? every : 1
  for (const [at, { value, cms }] of signatures.entries()) {
    const isTimestamp = value.type === 'DocTimeStamp'
    const { signature, token } = isTimestamp
      ? { signature: new Uint8Array(), token: undefined }
      : signerOfCms(cms)
    const stamped = token && readTimeStampToken(token).genTime.getTime()
    expect(
      answered.every((time) => time >= (stamped ?? 0)),
      'an OCSP answer is older than a signature timestamp',
    )
    if (at % step !== 0 && !isTimestamp) continue
    const covered = coveredBytes(pdf, value)
    const seal = isTimestamp
      ? opensslVerifiesToken(pki, cms, covered)
      : opensslVerifiesSeal(pki, cms, covered)
    expect(/CAdES Verification successful|Verification: OK/.test(seal), seal)
    if (!token) continue
    const stamp = opensslVerifiesToken(pki, token, signature)
    expect(stamp.includes('Verification: OK'), stamp)
  }
}

async function judgeVerdict(
  pdf: Uint8Array,
  plan: Plan,
  { evidence, expect }: { readonly evidence: Evidence; readonly expect: Expect },
): Promise<void> {
  const request = { name: 'many.pdf', bytes: pdf, trust: [pki.root], ports: nodeCrypto }
  // Without a timestamp nothing but an answer of that very moment tells of revocation (EN 319 102-1 5.2.5).
  const at = plan.level === 'B-B' ? Math.min(...answeredAt(evidence)) : Date.now() + 60_000
  const alone = await verifyFile({ ...request, at: new Date(at) })
  const seals = alone.signatures.filter(({ field }) => field.startsWith('seal-'))
  expect(seals.length === plan.seals, `${String(seals.length)} seals`)
  for (const { integrity, level } of seals) {
    expect(integrity === 'INTACT' && level === plan.level, `${integrity} ${String(level)}`)
  }
  const isWhole = plan.level === 'B-LT' || plan.level === 'B-LTA'
  // What the lower levels do not hold themselves lies beside them.
  const report = isWhole
    ? alone
    : await verifyFile({ ...request, at: new Date(at), companions: evidence })
  const findings = report.signatures.flatMap((one) => one.findings)
  expect(report.verdict === 'TOTAL-PASSED', `${report.verdict} ${JSON.stringify(findings)}`)
}

test(`${String(count)} files of all levels, suites, bases and numbers of seals hold for every judge`, async (t) => {
  t.timeout(30 * 60_000)
  const bases = await manyBases(pki)
  const plans = plansOf(bases, { count, seed, units: suites.length })
  const all: string[] = []
  let bytes = 0
  const seals: Record<string, number> = {}
  for (const plan of plans) {
    const { pdf, evidence } = await makeSealed(plan, pki)
    const faults: string[] = []
    const expect: Expect = (good, fault) => {
      if (!good) faults.push(fault.slice(0, 2000))
    }
    judgeStructure(pdf, plan, expect)
    judgeSignatures(pdf, evidence, expect)
    await judgeVerdict(pdf, plan, { evidence, expect })
    for (const fault of new Set(faults)) all.push(`${plan.name}: ${fault}`)
    bytes += pdf.length
    seals[plan.level] = (seals[plan.level] ?? 0) + plan.seals
  }
  t.deepEqual(all, [])
  t.log(
    `seed ${String(seed)}: ${String(plans.length)} files on ${String(bases.length)} bases, ${String(bytes)} bytes; seals ${JSON.stringify(seals)}`,
  )
})
