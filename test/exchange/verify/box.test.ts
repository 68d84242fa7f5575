/** What the box itself makes (its authority, its timestamps, its OCSP) against the verifier: a seal and a receipt, end to end. */
import { generateKeyPairSync, sign } from 'node:crypto'
import test from 'ava'
import {
  assembleSignedData,
  boxActor,
  canonicalJson,
  sha256,
  signedAttributes,
  type ProvenPublicKey,
} from '../../../ca/index.ts'
import { prepareSeal, sealToBaselineLta } from '../../../exchange/seal/index.ts'
import { verifyFile } from '../../../exchange/verify/index.ts'
import { openDistrict, type TestDistrict } from '../../ca/trust/district.ts'
import { plainPdf } from './openssl_district.ts'

const algorithm = 'ecdsa-p256-sha256'

async function openHolder(
  district: TestDistrict,
  profile: 'unit-seal' | 'seat-signing',
  id = '11999901PDY900018L',
) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = await district.authority.issue({
    profile,
    subject: { organization: '测试单位', commonName: '测试单位', organizationIdentifier: id },
    publicKey: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })) as ProvenPublicKey,
    holder: `unit:${profile}`,
    actor: boxActor,
  })
  const signBytes = (bytes: Uint8Array) => new Uint8Array(sign('sha256', bytes, privateKey))
  const { authority, certificates, clock } = district
  const evidence = async () => ({
    certificates: [certificate, certificates.timestamping, certificates.ocsp, certificates.issuing],
    crls: [(await authority.crl('root')).crl, (await authority.crl('issuing')).crl],
    ocspResponses: [await authority.ocsp.answerFor(certificate, clock.now())],
  })
  return { certificate, signBytes, evidence }
}

test('what the box seals and receipts passes, and names a trial district', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { certificates, timeStamps, clock } = district
  const trust = [certificates.root]
  const stamp = (imprint: Uint8Array) => timeStamps.stamp(imprint)
  const seal = await openHolder(district, 'unit-seal')
  const seat = await openHolder(district, 'seat-signing')
  clock.at = new Date(clock.at.getTime() + 3_600_000)
  const pdf = await sealedBy(district, seal)
  const at = new Date(clock.at.getTime() + 86_400_000)
  const report = await verifyFile({ name: 's.pdf', bytes: pdf, trust, at })
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  t.is(report.signatures[0]?.level, 'B-LTA')
  t.deepEqual(
    report.findings.map(({ code }) => code),
    ['TRIAL_DISTRICT'],
  )

  const bytes = canonicalJson({ type: 'sealbox.receipt', v: 1, at: clock.at.toISOString() })
  const attributes = signedAttributes({ certificate: seat.certificate, digest: sha256(bytes) })
  const signature = seat.signBytes(attributes)
  const { crls, ocspResponses } = await seat.evidence()
  const cms = assembleSignedData({
    certificate: seat.certificate,
    algorithm,
    attributes,
    signature,
    certificates: [seat.certificate, certificates.issuing, certificates.root],
    signatureTimeStamp: await stamp(sha256(signature)),
    revocation: { crls, ocspResponses },
  })
  const companions = { signature: cms }
  const receipt = await verifyFile({ name: 'r.json', bytes, trust, at, companions })
  t.is(receipt.verdict, 'TOTAL-PASSED', JSON.stringify(receipt))
  t.is(receipt.signatures[0]?.level, 'B-LT')
})

type Holder = Awaited<ReturnType<typeof openHolder>>

async function sealedBy(district: TestDistrict, holder: Holder): Promise<Uint8Array> {
  const { certificates, timeStamps, clock } = district
  const { certificate } = holder
  const prepared = prepareSeal({
    pdf: plainPdf(),
    certificate,
    algorithm,
    mark: { content: new TextEncoder().encode('1 0 0 RG 4 4 92 92 re S'), size: 100 },
    page: 0,
    centre: { x: 300, y: 300 },
    fieldName: 'Seal1',
    at: clock.at,
    name: '测试单位',
    docMdp: 2,
  })
  const { pdf } = await sealToBaselineLta({
    prepared,
    signature: holder.signBytes(prepared.attributes),
    algorithm,
    certificate,
    certificates: [certificate, certificates.issuing],
    stamp: (imprint) => timeStamps.stamp(imprint),
    evidence: holder.evidence,
  })
  return pdf
}

async function signedBy(district: TestDistrict, holder: Holder, statement: object) {
  const { certificates, timeStamps } = district
  const bytes = canonicalJson(statement)
  const attributes = signedAttributes({ certificate: holder.certificate, digest: sha256(bytes) })
  const signature = holder.signBytes(attributes)
  const { crls, ocspResponses } = await holder.evidence()
  const cms = assembleSignedData({
    certificate: holder.certificate,
    algorithm,
    attributes,
    signature,
    certificates: [holder.certificate, certificates.issuing, certificates.root],
    signatureTimeStamp: await timeStamps.stamp(sha256(signature)),
    revocation: { crls, ocspResponses },
  })
  return { bytes, companions: { signature: cms } }
}

test('a unit speaks for itself alone, and a seal signs no statement', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const own = '11999901PDY900018L'
  const seat = await openHolder(district, 'seat-signing', own)
  const seal = await openHolder(district, 'unit-seal', own)
  const at = district.clock.at
  const trust = [district.certificates.root]
  const statement = { type: 'sealbox.receipt', v: 1, at: at.toISOString() }
  const cases = [
    ['its own', seat, own, 'TOTAL-PASSED', undefined],
    ["another unit's", seat, '11999901PDY900026F', 'INDETERMINATE', 'STATEMENT_OF_ANOTHER'],
    ['by the seal key', seal, own, 'INDETERMINATE', 'CERTIFICATE_PURPOSE'],
  ] as const
  for (const [what, holder, unit, verdict, code] of cases) {
    const signed = await signedBy(district, holder, { ...statement, unit })
    const report = await verifyFile({ name: 'r.json', trust, at, ...signed })
    t.is(report.verdict, verdict, what)
    const codes = report.signatures[0]?.findings.map((item) => item.code) ?? []
    t.is(code === undefined || codes.includes(code), true, `${what}: ${codes.join()}`)
  }
})

test('a root that is trusted passes by itself; a certificate below it needs evidence', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { root, issuing } = district.certificates
  const at = district.clock.at
  const trust = [root]
  t.is((await verifyFile({ name: 'root', bytes: root, trust, at })).verdict, 'TOTAL-PASSED')
  t.is((await verifyFile({ name: 'issuing', bytes: issuing, trust, at })).verdict, 'INDETERMINATE')
})

test("a seat's signature in a PDF is no seal", async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { certificates, clock } = district
  const seat = await openHolder(district, 'seat-signing')
  const pdf = await sealedBy(district, seat)
  const report = await verifyFile({
    name: 's.pdf',
    bytes: pdf,
    trust: [certificates.root],
    at: clock.at,
  })
  t.is(report.verdict, 'INDETERMINATE')
  t.is(report.signatures[0]?.integrity, 'INTACT')
})
