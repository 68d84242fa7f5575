/** What a page accepts as issued to it: certificates of its very keys, under the root that a person compared. */
import { randomUUID } from 'node:crypto'
import test from 'ava'
import { toBase64 } from '../../../ca/index.ts'
import { makeKeys, makeRequests, wantedFor } from '../../../web/signer/enrolment/make.ts'
import type { Issued, Pending } from '../../../web/signer/enrolment/pending.ts'
import { fits } from '../../../web/signer/enrolment/take.ts'
import { openCode, openTestBox, type TestBox } from '../box_fixture.ts'

let box: TestBox
test.before(async () => {
  box = await openTestBox()
})
test.after.always(() => box.close())

/** Asks as the page does, for an officer whom nobody has to approve. */
async function enrolled(id: string): Promise<{ pending: Pending; issued: Issued }> {
  const code = await openCode(box, { id, role: 'officer' })
  const requests = await makeRequests(await makeKeys(wantedFor('officer')))
  const reply = await box.request({
    method: 'POST',
    path: '/api/v1/requests/acts/redeem',
    headers: { 'Idempotency-Key': randomUUID() },
    json: { code, requests: requests.map(({ profile, request }) => ({ profile, request })) },
  })
  const { journalCertificate } = box.parts.box
  const pending = {
    requests,
    root: toBase64(box.root),
    box: { id: box.id, journalCertificate: toBase64(journalCertificate) },
  } as unknown as Pending
  return { pending, issued: reply.json as unknown as Issued }
}

test('certificates of its own keys under the compared root fit, and nothing else', async (t) => {
  const { pending, issued } = await enrolled('officer-a')
  const other = await enrolled('officer-b')
  t.true(await fits(pending, issued))
  t.false(await fits(pending, other.issued))
  const [first, ...rest] = issued.certificates
  if (first === undefined) throw new TypeError('certificates')
  t.false(await fits(pending, { ...issued, certificates: rest }))
  t.false(await fits(pending, { ...issued, certificates: [first, ...issued.certificates] }))
  const [issuing = '', root = ''] = issued.chain
  t.false(await fits(pending, { ...issued, chain: [issuing] }))
  t.false(await fits(pending, { ...issued, chain: [root] }))
  // Another root on paper than the box's.
  t.false(await fits({ ...pending, root: issuing }, issued))
  // A journal that is not of this root.
  const foreign = { id: box.id, journalCertificate: toBase64(new Uint8Array(40)) }
  const judged = await fits({ ...pending, box: foreign }, issued).catch(() => 'unreadable')
  t.not(judged, true)
})
