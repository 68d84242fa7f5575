/** Enrolment waits for an officer: each rule with what it refuses, over HTTPS; and what survives when the box ends in between. */
import test from 'ava'
import { openJournal } from '../../ca/index.ts'
import { openDataFolder } from '../../appliance/box/data_folder.ts'
import { journalStorage } from '../../appliance/box/folds.ts'
import { issueCode, approveEnrolment, refuseEnrolment } from '../../appliance/unit/officer.ts'
import {
  appointment,
  fingerprintWords,
  readRequestFile,
  requestedCertificates,
  requestId,
  requestOf,
  type WholeRequest,
} from '../../provisioning/index.ts'
import { newKeys, redeem, rowOf, waiting, type KeySet } from './enrolling.ts'
import { openCode, openTestBox, type Reply, type TestBox } from './box_fixture.ts'

let box: TestBox

test.before(async () => {
  const limits = { refusedPerMinute: 10_000 }
  box = await openTestBox({ parts: (parts) => ({ ...parts, limits }) })
})

test.after.always(() => box.close())

/** An approval as the officer signs it, with fields replaced. */
const approvalOf = (keys: KeySet, who: string, more: object = {}): object => ({
  type: 'sealbox.enrolment-approval',
  signer: box.officer.holder,
  request: keys.id,
  who,
  certificates: requestedCertificates(keys.keys),
  ...more,
})

const decide = (
  act: 'approve' | 'refuse',
  id: string,
  json: object,
  as = box.officer.login,
): Promise<Reply> => box.act(`/api/v1/requests/${id}/acts/${act}`, { as, json })

test.serial(
  'a request waits until an officer approved it, and then has its certificates',
  async (t) => {
    const from = box.box.journal.size
    const { code, keys } = await waiting(box, 'auditor-waits')
    const polled = await redeem(box, { code, keys })
    t.is(polled.status, 202)
    t.like(polled.json, { state: 'waiting', request: keys.id })
    t.deepEqual(polled.json['fingerprint'], fingerprintWords(keys.id))
    t.is((await box.entries(from, 'enrolment.requested')).length, 1, 'polling adds nothing')
    t.is((await box.entries(from, 'certificate.issued')).length, 0)

    const row = await rowOf(box, 'auditor-waits')
    t.like(row, { state: 'waiting', role: 'auditor', kind: 'person', name: 'auditor-waits' })
    t.is(row?.waiting?.id, keys.id)
    t.deepEqual(row?.waiting?.fingerprint, fingerprintWords(keys.id))
    const file = await box.request({
      path: `/api/v1/requests/${keys.id}/file`,
      as: box.officer.login,
    })
    t.is(requestId(readRequestFile(new Uint8Array(file.bytes))), keys.id)

    const whole = await approveEnrolment(box.officer.options, keys.id)
    t.deepEqual(whole.certificates, requestedCertificates(keys.keys))
    const issued = await redeem(box, { code, keys })
    t.is(issued.status, 201)
    t.is((issued.json['certificates'] as object[]).length, 2)
    t.deepEqual(
      (await redeem(box, { code, keys })).json,
      issued.json,
      'a lost answer is given again',
    )
    t.is((await box.entries(from, 'certificate.issued')).length, 2)
    const [approved] = await box.entries(from, 'enrolment.approved')
    t.is(approved?.actor.holder, box.officer.holder)
    t.is((await rowOf(box, 'auditor-waits'))?.state, 'redeemed')
    t.is((await requestOf(box.parts, keys.id)).decision?.by, box.officer.holder)
  },
)

test.serial(
  'other keys under a code whose request waits are refused, and the officer sees it',
  async (t) => {
    const { code, keys } = await waiting(box, 'auditor-contested')
    const from = box.box.journal.size
    for (let at = 0; at < 3; at++) {
      t.is((await redeem(box, { code, keys: await newKeys() })).code, 'ENROLMENT_REQUEST_WAITING')
    }
    const [client] = keys.requests
    const [, signing] = (await newKeys()).requests
    const half = { ...keys, requests: [client ?? {}, signing ?? {}] }
    t.is(
      (await redeem(box, { code, keys: half })).code,
      'ENROLMENT_REQUEST_WAITING',
      'one key of the two',
    )
    t.is((await box.entries(from, 'enrolment.contested')).length, 1)
    // One a minute, and a new minute may begin in between.
    t.true([1, 2].includes((await box.entries(from, 'act.refused')).length))
    t.truthy((await rowOf(box, 'auditor-contested'))?.waiting?.contested)
    t.is((await redeem(box, { code, keys })).status, 202, 'the honest one still waits')
    await approveEnrolment(box.officer.options, keys.id)
    t.is((await redeem(box, { code, keys: half })).code, 'ENROLMENT_CODE_USED')
    t.is((await redeem(box, { code, keys })).status, 201)
  },
)

test.serial('two sets of keys at once: one waits', async (t) => {
  const code = await openCode(box, { id: 'auditor-race', role: 'auditor', approval: 'officer' })
  const replies = await Promise.all(
    Array.from({ length: 4 }, async () => redeem(box, { code, keys: await newKeys() })),
  )
  t.is(replies.filter(({ status }) => status === 202).length, 1)
  for (const { status } of replies) t.true(status === 202 || status === 409)
})

test.serial(
  'keys that were asked for under another code, or are certified, do not wait',
  async (t) => {
    const { keys } = await waiting(box, 'auditor-keys-1')
    const code = await openCode(box, { id: 'auditor-keys-2', role: 'auditor', approval: 'officer' })
    t.is((await redeem(box, { code, keys })).code, 'ENROLMENT_KEYS_KNOWN')
    await approveEnrolment(box.officer.options, keys.id)
    const [client] = keys.requests
    const fresh = await newKeys()
    const reply = await redeem(box, {
      code,
      keys: {
        ...fresh,
        requests: [client ?? {}, fresh.requests[1] ?? {}],
      },
    })
    t.is(reply.code, 'CA_REQUEST_KEY_REFUSED')
    t.is((await redeem(box, { code, keys: fresh })).status, 202)
  },
)

test.serial('an approval names the request, whom it is for, and every key', async (t) => {
  const { code, keys } = await waiting(box, 'auditor-named')
  const other = await waiting(box, 'auditor-other')
  const { officer } = box
  const certificates = requestedCertificates(keys.keys)
  const [first, second] = certificates
  const cases: readonly (readonly [string, object])[] = [
    ['STATEMENT_MISMATCH', { request: other.keys.id }],
    ['STATEMENT_MISMATCH', { who: 'auditor-other' }],
    ['STATEMENT_MISMATCH', { certificates: requestedCertificates(other.keys.keys) }],
    ['STATEMENT_MISMATCH', { certificates: [second, first] }],
    ['STATEMENT_MISMATCH', { certificates: [first] }],
    ['STATEMENT_MISMATCH', { certificates: [{ ...first, profile: 'officer-client' }, second] }],
    ['STATEMENT_MISMATCH', { signer: 'person:officer-2' }],
    ['STATEMENT_MISMATCH', { at: '2020-01-01T00:00:00.000Z' }],
    ['STATEMENT_MISMATCH', { box: 'another' }],
    [
      'STATEMENT_MALFORMED',
      { type: 'sealbox.enrolment-refusal', reason: '', certificates: undefined },
    ],
    ['STATEMENT_MALFORMED', { more: 1 }],
  ]
  const from = box.box.journal.size
  for (const [refusal, more] of cases) {
    const signed = await box.sign(officer.signing, approvalOf(keys, 'auditor-named', more))
    t.is((await decide('approve', keys.id, signed)).code, refusal, JSON.stringify(more))
  }
  const clerk = box.units[0].keys.clerkSigning
  for (const key of [clerk, officer.login]) {
    const signed = await box.sign(key, approvalOf(keys, 'auditor-named'))
    t.is((await decide('approve', keys.id, signed)).code, 'CERTIFICATE_NOT_LIVE')
  }
  const right = await box.sign(officer.signing, approvalOf(keys, 'auditor-named'))
  const wrong = await box.sign(officer.signing, approvalOf(other.keys, 'auditor-other'))
  const { signature } = wrong
  t.is((await decide('approve', keys.id, { ...right, signature })).code, 'SIGNATURE_INVALID')
  t.is((await decide('approve', keys.id, wrong)).code, 'STATEMENT_MISMATCH', 'another’s approval')
  t.is(
    (await decide('refuse', keys.id, right)).code,
    'STATEMENT_MALFORMED',
    'an approval refuses not',
  )
  t.deepEqual(await box.entries(from, 'certificate.issued'), [])
  t.is((await redeem(box, { code, keys })).status, 202)
  t.is((await decide('approve', keys.id, right)).status, 200)
})

test.serial('an approval sent again issues nothing more, and opens no other request', async (t) => {
  const { code, keys } = await waiting(box, 'auditor-replay')
  const signed = await box.sign(box.officer.signing, approvalOf(keys, 'auditor-replay'))
  const [first, second] = await Promise.all([
    decide('approve', keys.id, signed),
    decide('approve', keys.id, signed),
  ])
  t.true([first, second].some(({ status }) => status === 200))
  t.true([first, second].every(({ status }) => status === 200 || status === 409))
  const from = box.box.journal.size
  const again = await decide('approve', keys.id, signed)
  t.deepEqual([again.status, again.json], [200, { request: keys.id, state: 'approved' }])
  const anew = await box.sign(box.officer.signing, approvalOf(keys, 'auditor-replay'))
  t.is((await decide('approve', keys.id, anew)).code, 'ENROLMENT_REQUEST_DECIDED')
  t.is((await redeem(box, { code, keys })).status, 201)
  t.deepEqual(await box.entries(from, 'certificate.issued'), [])
  const next = await waiting(box, 'auditor-replay-2')
  t.is((await decide('approve', next.keys.id, signed)).code, 'STATEMENT_MISMATCH')
})

test.serial('two officers at once: one of them decides', async (t) => {
  const second = await box.appoint('officer-2', 'officer')
  const { code, keys } = await waiting(box, 'auditor-two')
  const from = box.box.journal.size
  const approval = await box.sign(box.officer.signing, approvalOf(keys, 'auditor-two'))
  const refusal = await box.sign(second.signing, {
    type: 'sealbox.enrolment-refusal',
    signer: second.holder,
    request: keys.id,
    who: 'auditor-two',
    reason: '未能电话核对',
  })
  const replies = await Promise.all([
    decide('approve', keys.id, approval),
    decide('refuse', keys.id, refusal, second.login),
  ])
  t.deepEqual(replies.map(({ status }) => status).toSorted(), [200, 409])
  const decided = await box.entries(from)
  t.is(decided.filter(({ type }) => /^enrolment\.(approved|refused)$/.test(type)).length, 1)
  const outcome = await redeem(box, { code, keys })
  t.is(outcome.status, replies[0].status === 200 ? 201 : 403)
})

test.serial('only officers see and decide requests, and nobody their own', async (t) => {
  const auditor = await box.appoint('auditor-role', 'auditor')
  const { keys } = await waiting(box, 'auditor-role-2')
  const signed = await box.sign(box.officer.signing, approvalOf(keys, 'auditor-role-2'))
  for (const as of [auditor.login, box.units[0].keys.clerk, box.units[0].keys.leader]) {
    t.is((await decide('approve', keys.id, signed, as)).code, 'ROLE_WRONG')
    t.is((await decide('refuse', keys.id, signed, as)).code, 'ROLE_WRONG')
    for (const path of ['requests', `requests/${keys.id}`, `requests/${keys.id}/file`, 'people']) {
      t.is((await box.request({ path: `/api/v1/${path}`, as })).code, 'ROLE_WRONG', path)
    }
  }
  // A second code for somebody who is an officer already cannot come about by the API; the rule holds all the same.
  const third = await box.appoint('officer-3', 'officer')
  const own = await ownRequest('officer-3')
  for (const act of ['approve', 'refuse'] as const) {
    const mine = await box.sign(third.signing, {
      ...approvalOf(own, 'officer-3'),
      signer: third.holder,
    })
    t.is((await decide(act, own.id, mine, third.login)).code, 'ENROLMENT_REQUEST_OWN')
  }
  const nowhere = await box.sign(box.officer.signing, approvalOf(keys, 'x'))
  for (const id of ['0'.repeat(64), 'none']) {
    t.is((await decide('approve', id, nowhere)).code, 'ENROLMENT_REQUEST_UNKNOWN')
  }
})

/** Puts a request of a person who enrolled already into the journal, past the door. */
async function ownRequest(id: string): Promise<KeySet> {
  const keys = await newKeys('officer')
  const actor = { holder: `person:${id}`, certificate: null }
  const { issued, entries } = appointment(box.parts, {
    actor,
    id,
    role: 'officer',
    approval: 'officer',
  })
  const [, code] = entries
  if (code === undefined) throw new TypeError('a code')
  const certificates = requestedCertificates(keys.keys)
  await box.parts.journal.commit({
    entries: [
      code,
      {
        type: 'enrolment.requested',
        actor,
        subject: actor.holder,
        data: { code: issued.hash, request: keys.id, certificates, proofs: keys.id, keyFile: null },
      },
    ],
  })
  return keys
}

test.serial('what was refused is not redeemed, and only a further code helps', async (t) => {
  const { code, keys } = await waiting(box, 'auditor-refused')
  const from = box.box.journal.size
  await t.throwsAsync(refuseEnrolment(box.officer.options, keys.id, ' '), { code: 'BOX_REFUSED' })
  await refuseEnrolment(box.officer.options, keys.id, '来电核对不符')
  t.false(JSON.stringify(await box.entries(from)).includes('来电'), 'the reason is in a blob')
  t.is((await rowOf(box, 'auditor-refused'))?.state, 'refused')
  t.is((await redeem(box, { code, keys })).code, 'ENROLMENT_REQUEST_REFUSED')
  t.is((await redeem(box, { code, keys: await newKeys() })).code, 'ENROLMENT_REQUEST_REFUSED')
  const late = await box.sign(box.officer.signing, approvalOf(keys, 'auditor-refused'))
  t.is((await decide('approve', keys.id, late)).code, 'ENROLMENT_REQUEST_DECIDED')

  const { code: further } = await issueCode(box.officer.options, 'auditor-refused')
  t.is(
    (await redeem(box, { code: further, keys })).code,
    'ENROLMENT_KEYS_KNOWN',
    'the refused keys',
  )
  const anew = await newKeys()
  t.is((await redeem(box, { code: further, keys: anew })).status, 202)
  await approveEnrolment(box.officer.options, anew.id)
  t.is((await redeem(box, { code: further, keys: anew })).status, 201)
  t.is((await redeem(box, { code, keys })).code, 'ENROLMENT_CODE_USED')
})

test.serial('a request ends with its code', async (t) => {
  const keys = await newKeys()
  const expires = new Date(Date.now() + 6000).toISOString()
  const code = await openCode(box, {
    id: 'auditor-late',
    role: 'auditor',
    approval: 'officer',
    expires,
  })
  t.is((await redeem(box, { code, keys })).status, 202)
  const signed = await box.sign(box.officer.signing, approvalOf(keys, 'auditor-late'))
  await new Promise((resolve) => setTimeout(resolve, Date.parse(expires) - Date.now() + 5))
  t.is((await decide('approve', keys.id, signed)).code, 'ENROLMENT_CODE_EXPIRED')
  t.is((await redeem(box, { code, keys })).code, 'ENROLMENT_CODE_EXPIRED')
  t.is((await rowOf(box, 'auditor-late'))?.state, 'expired')
  t.is((await requestOf(box.parts, keys.id)).state, 'expired')
  const { code: further } = await issueCode(box.officer.options, 'auditor-late')
  t.is((await redeem(box, { code, keys })).code, 'ENROLMENT_CODE_REPLACED')
  t.is((await redeem(box, { code: further, keys: await newKeys() })).status, 202)
})

test.serial('what waits is there after the box ended, also with views made anew', async (t) => {
  const { keys } = await waiting(box, 'auditor-restart')
  const before = await requestOf(box.parts, keys.id)
  t.like(before, { state: 'waiting', who: 'auditor-restart' } satisfies Partial<WholeRequest>)
  const dump = async (views: TestBox['box']['journal']['views']): Promise<object[]> => {
    const found: object[] = []
    for await (const record of views.scan('p/')) found.push(record)
    return found
  }
  const live = await dump(box.box.journal.views)
  await box.box.close()
  const data = await openDataFolder(box.directory)
  const { clock, random } = box.parts
  const journal = await openJournal({
    ...journalStorage(data),
    foldsVersion: 99,
    clock,
    random,
  })
  t.true(journal.recovery.rebuilt)
  t.deepEqual(await dump(journal.views), live)
  const parts = { ...box.parts, journal }
  t.like(await requestOf(parts, keys.id), { state: 'waiting', certificates: before.certificates })
  await journal.close()
  await data.close()
})
