/** Seals of every level on every kind of base, judged by qpdf, poppler, mupdf and openssl. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
  addBaselineEvidence,
  completeSeal,
  prepareSeal,
  sealToBaselineLta,
  type PdfSource,
  type PreparedSeal,
} from '../../../exchange/seal/index.ts'
import { listRevisions, readPdf, readSignatureForm } from '../../../exchange/pdf/index.ts'
import { allBases, pdfLibBase, testMark } from './bases.ts'
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

const pki = createTestPki()
const at = new Date('2026-09-01T08:00:00Z')

function prepare(pdf: PdfSource, unit = 0): PreparedSeal {
  const signer = pki.units[unit]
  if (!signer) throw new TypeError('no such unit')
  return prepareSeal({
    pdf,
    certificate: signer.certificate,
    algorithm: signer.algorithm,
    mark: testMark(100),
    page: 0,
    centre: { x: 100 + 150 * unit, y: 200 },
    fieldName: `seal-${String(unit + 1)}`,
    at,
    name: '某某市人民政府办公室',
    reason: '用印',
    docMdp: 2,
  })
}

async function completion(prepared: PreparedSeal, unit = 0) {
  const signer = pki.units[unit]
  if (!signer) throw new TypeError('no such unit')
  const { certificate, algorithm } = signer
  const signature = await signer.sign(prepared.attributes)
  return { prepared, signature, algorithm, certificate, certificates: [certificate, pki.root] }
}

/** Everything that must hold of a sealed file with so many seals. */
function judge(name: string, pdf: Uint8Array, base: Uint8Array, seals: number): string[] {
  const file = join(pki.folder, `${name.replaceAll(' ', '-')}.pdf`)
  writeFileSync(file, pdf)
  const faults: string[] = []
  const expect = (good: boolean, fault: string): void => {
    if (!good) faults.push(`${name}: ${fault}`)
  }
  expect(Buffer.compare(pdf.subarray(0, base.length), base) === 0, 'the base is not the prefix')
  expect(qpdfComplaints(file) === '', qpdfComplaints(file))
  expect(pdfsigValid(file) === seals, said('pdfsig', '-nocert', file))
  const mutool = said('mutool', 'sign', '-v', file)
  expect(!/digest failure|format error|not a valid/i.test(mutool), mutool)
  for (const { value, cms } of signaturesOf(pdf)) {
    const covered = coveredBytes(pdf, value)
    if (value.type === 'DocTimeStamp') {
      expect(
        opensslVerifiesToken(pki, cms, covered).includes('Verification: OK'),
        'document timestamp',
      )
      continue
    }
    const verdict = opensslVerifiesSeal(pki, cms, covered)
    expect(verdict.includes('CAdES Verification successful'), verdict)
    const { signature, token } = signerOfCms(cms)
    if (token) {
      expect(
        opensslVerifiesToken(pki, token, signature).includes('Verification: OK'),
        'signature timestamp',
      )
    }
  }
  const { problems } = listRevisions(readPdf(pdf))
  expect(problems.length === 0, JSON.stringify(problems))
  return faults
}

test('a seal of each level holds on each kind of base, by P-256 and RSA-3072', async (t) => {
  for (const { kind, pdf: base } of await allBases(pki.folder)) {
    const done = await completion(prepare(base))
    const bb = await completeSeal(done)
    const bt = await completeSeal({ ...done, stamp: pki.stamp })
    t.deepEqual([bb.level, bt.level], ['B-B', 'B-T'])
    t.deepEqual(judge(`${kind} B-B`, bb.pdf, base, 1), [])
    t.deepEqual(judge(`${kind} B-T`, bt.pdf, base, 1), [])
    const lta = await sealToBaselineLta({
      ...(await completion(prepare(base, 1), 1)),
      stamp: pki.stamp,
      evidence: () => pki.evidence(1),
    })
    t.is(lta.level, 'B-LTA')
    t.deepEqual(judge(`${kind} B-LTA`, lta.pdf, base, 1), [])
  }
})

test('joint seals with full evidence are valid for every tool', async (t) => {
  const base = await pdfLibBase(true)
  let sealed = await completeSeal({ ...(await completion(prepare(base))), stamp: pki.stamp })
  for (const unit of [1, 2]) {
    const prepared = prepare(sealed.document, unit)
    // With the carried state and read again, the same bytes must come.
    t.deepEqual(prepared.pdf, prepare(sealed.pdf, unit).pdf)
    sealed = await completeSeal({ ...(await completion(prepared, unit)), stamp: pki.stamp })
  }
  const evidence = async () => {
    const all = await Promise.all([0, 1, 2].map((unit) => pki.evidence(unit)))
    return {
      certificates: all.flatMap(({ certificates }) => certificates),
      crls: all.flatMap(({ crls }) => crls),
      ocspResponses: all.flatMap(({ ocspResponses }) => ocspResponses),
    }
  }
  const lta = await addBaselineEvidence({ pdf: sealed, evidence, stamp: pki.stamp })
  t.deepEqual(judge('joint', lta.pdf, base, 3), [])
  const form = readSignatureForm(readPdf(lta.pdf))
  t.deepEqual(
    form.fields.map(({ value }) => [value?.type, value?.docMdp]),
    [
      ['Sig', 2],
      ['Sig', undefined],
      ['Sig', undefined],
      ['DocTimeStamp', undefined],
    ],
  )
  t.is(form.certifying, form.fields[0]?.value?.object)
})
