/** Statements with detached CMS, lone tokens and lone certificates. */
import test from 'ava'
import { canonicalJson, sha256, signCms } from '../../../ca/index.ts'
import { verifyFile, type Companions, type Report } from '../../../exchange/verify/index.ts'
import { createDistrict } from './openssl_district.ts'

const district = createDistrict()
test.after.always(() => {
  district.remove()
})
const at = new Date(Date.now() + 86_400_000)
const verify = (name: string, bytes: Uint8Array, companions: Companions): Promise<Report> =>
  verifyFile({ name, bytes, trust: [district.root], at, companions })

const statement = {
  type: 'sealbox.receipt',
  v: 1,
  at: '2026-11-23T08:00:00.000Z',
  documentHash: 'ab'.repeat(32),
}
const bytes = canonicalJson(statement)

async function signed(over: Uint8Array, by = 'seal', isStamped = true): Promise<Companions> {
  const signer = district.signer(by)
  const stamp = async (imprint: Uint8Array) => {
    const token = await district.stamp(imprint)
    if (!token) throw new TypeError('no token')
    return token
  }
  const signature = await signCms({
    signer,
    digest: sha256(over),
    certificates: [signer.certificate, district.issuing],
    ...(isStamped && { stamp }),
  })
  return { signature, ...(await district.evidence(by)) }
}

test('a receipt with fresh evidence passes and names its type', async (t) => {
  const report = await verify('a.receipt.json', bytes, await signed(bytes))
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  t.like(report.signatures[0], {
    field: 'sealbox.receipt',
    integrity: 'INTACT',
    level: 'B-LT',
    claimedTime: statement.at,
    coversWholeRevision: true,
    changesAfter: [],
  })
})

test('a receipt without evidence is not determined', async (t) => {
  const { signature } = await signed(bytes)
  const report = await verify('a.receipt.json', bytes, signature ? { signature } : {})
  t.like(report, { verdict: 'INDETERMINATE', subIndication: 'TRY_LATER' })
})

test('a receipt without its signature is not determined', async (t) => {
  const report = await verify('a.receipt.json', bytes, {})
  t.like(report, { verdict: 'INDETERMINATE', subIndication: 'NO_SIGNATURE' })
})

const texts: Readonly<Record<string, string>> = {
  'with white space': JSON.stringify(statement, null, 1),
  'with a key twice': '{"type":"sealbox.receipt","v":1,"v":1}',
  'of another type': '{"type":"other.receipt","v":1}',
  'of another version': '{"type":"sealbox.receipt","v":2}',
  'that is no JSON': '{"type":',
}
for (const [what, text] of Object.entries(texts)) {
  test(`a signed statement ${what} fails`, async (t) => {
    const over = new TextEncoder().encode(text)
    const report = await verify('a.json', over, await signed(over))
    t.is(report.verdict, 'TOTAL-FAILED')
    t.is(report.signatures[0]?.integrity, 'BROKEN')
  })
}

test('an altered statement fails, and so does an altered signature', async (t) => {
  const companions = await signed(bytes)
  const other = canonicalJson({ ...statement, documentHash: 'ac'.repeat(32) })
  t.like(await verify('a.json', other, companions), {
    verdict: 'TOTAL-FAILED',
    subIndication: 'HASH_FAILURE',
  })
  const { signature = new Uint8Array() } = companions
  for (let place = 0; place < signature.length; place += 97) {
    const damaged = signature.slice()
    damaged[place] = (damaged[place] ?? 0) ^ (1 << (place % 8))
    const report = await verify('a.json', bytes, { ...companions, signature: damaged })
    t.not(report.verdict, 'TOTAL-PASSED', `byte ${String(place)}`)
  }
})

test('a token passes over its data, is qualified without, and fails over other data', async (t) => {
  const data = new TextEncoder().encode('stamped')
  const token = await district.stamp(sha256(data))
  if (!token) throw new TypeError('no token')
  const evidence = await district.evidence()
  const good = await verify('a.tst', token, { ...evidence, stamped: data })
  t.is(good.verdict, 'TOTAL-PASSED', JSON.stringify(good))
  t.deepEqual(good.findings, [])
  const alone = await verify('a.tst', token, evidence)
  t.deepEqual(
    alone.findings.map(({ code }) => code),
    ['DATA_NOT_GIVEN'],
  )
  const other = await verify('a.tst', token, { ...evidence, stamped: bytes })
  t.is(other.verdict, 'TOTAL-FAILED')
})

test('a certificate passes with current evidence, and is not determined without or with another root', async (t) => {
  const bytes = district.certificate('seal')
  const companions = await district.evidence()
  t.is((await verify('a.crt', bytes, companions)).verdict, 'TOTAL-PASSED')
  const { certificates } = companions
  t.is((await verify('a.crt', bytes, { certificates })).subIndication, 'TRY_LATER')
  const foreign = await verifyFile({ name: 'a.crt', bytes, trust: [], at, companions })
  t.is(foreign.subIndication, 'NO_CERTIFICATE_CHAIN_FOUND')
  const revoked = { ...companions, ocspResponses: [district.ocsp('seal', { revoked: true })] }
  t.is((await verify('a.crt', bytes, revoked)).subIndication, 'REVOKED')
})
