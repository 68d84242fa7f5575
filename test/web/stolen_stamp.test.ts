/** A time-stamping key is stolen: rolled over, stated and revoked by two officers, and what it stamped judged by what the journal knows. */
import { generateKeyPairSync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { openBoxKeys } from '../../appliance/box/keys.ts'
import {
  boxActor,
  createTimeStampAuthority,
  readServices,
  sha256,
  sha256Hex,
  systemRandom,
  type ProvenPublicKey,
  type Sha256,
} from '../../ca/index.ts'
import {
  createDrill,
  statedFiles,
  statementAttributes,
  type Order,
  type Statement,
} from '../../exchange/index.ts'
import { answerSignRequest } from '../../exchange/unit/index.ts'
import { judgeStatements, verifyFile, type Report } from '../../exchange/verify/index.ts'
import { ask, filesOf, partsFor, proposedOrder, signerOf } from '../exchange/unit/asking.ts'
import { openTestBox, type Reply, type TestBox, type TestPerson } from './box_fixture.ts'
import { dispatched } from './trip.ts'

let box: TestBox
let second: TestPerson
let stolen: Uint8Array
let from: Date
const sealed: Uint8Array[] = []

test.before(async () => {
  box = await openTestBox()
  second = await box.appoint('officer-two', 'officer')
  stolen = await stamping()
  sealed.push(await sealOne())
  await sleep(1100) // stamps say whole seconds
  from = new Date()
  await sleep(1100)
  sealed.push(await sealOne())
})

test.after.always(() => box.close())

async function stamping(): Promise<Uint8Array> {
  const { timestamping } = await readServices(box.parts.journal.views)
  const current = timestamping.at(-1)
  if (current === undefined) throw new TypeError('no time-stamping key')
  return current.certificate
}

async function sealOne(): Promise<Uint8Array> {
  const [one, two] = box.units
  const { id } = await dispatched({ issuers: [one], main: [two] })
  const path = `/api/v1/documents/${id}/files/pdf`
  return new Uint8Array((await box.request({ path, as: one.keys.clerk })).bytes)
}

async function countersign(name: string): Promise<Reply> {
  const bytes = await box.parts.orders.statement(name as Sha256)
  const statement = JSON.parse(new TextDecoder().decode(bytes)) as Statement
  const { signer, name: certificate } = second.signing
  const signature = await signer.sign(statementAttributes(statement, signer.certificate))
  const json = { signature: Buffer.from(signature).toString('base64'), certificate }
  return box.act(`/api/v1/orders/${name}/acts/countersign`, { as: second.login, json })
}

/** Proposed as the signer does it, so that the box adds what the journal knows. */
async function proposedBySigner(order: object): Promise<string> {
  const query = { act: 'propose-order', order: JSON.stringify(order), reason: '失窃' } as const
  const question = { as: box.officer.login, query }
  const request = await ask(box, question)
  const files = await filesOf(box, question, request)
  const signers = [signerOf(box.officer.holder, box.officer.signing)]
  const { signed } = await answerSignRequest(request, partsFor(box, files, { signers }))
  const json = JSON.parse(JSON.stringify(signed)) as unknown
  const reply = await box.request({
    ...{ method: 'POST', path: '/api/v1/signed', as: box.officer.login, json },
  })
  if (reply.status !== 201) throw new Error(reply.text)
  return String(reply.json['order'])
}

async function verify(bytes: Uint8Array, stamped?: Uint8Array): Promise<Report> {
  const given = await statedFiles({ views: box.parts.journal.views, blobs: box.parts.blobs })
  const [trust, at] = [[box.root], new Date()]
  const statements = await judgeStatements(given, { trust, at })
  const { authority } = box.parts
  const crls = (await authority.crlsFor(authority.chain)).map(({ crl }) => crl)
  const companions = { crls, certificates: authority.chain, ...(stamped && { stamped }) }
  return verifyFile({ name: 'a', bytes, trust, at, statements, companions })
}

const state = () => ({
  act: 'state-compromise',
  certificate: sha256Hex(stolen),
  from: from.toISOString(),
})
const revoke = (): Order => ({
  ...{ act: 'revoke-service', certificate: sha256Hex(stolen), reason: 'keyCompromise' },
  invalidityDate: from.toISOString(),
})

test.serial('the key that stamps now is rolled over before it is stated or revoked', async (t) => {
  for (const order of [state(), revoke()]) {
    await t.throwsAsync(proposedBySigner(order), { message: 'ORDER_KEY_IN_USE' })
  }
  const rolled = await proposedOrder(box, box.officer, {
    act: 'roll-over-service',
    role: 'timestamping',
  })
  t.is((await countersign(rolled)).status, 200)
  t.notDeepEqual(await stamping(), stolen, 'another key stamps')
})

test.serial(
  'the stolen key’s unknown tokens prove nothing; what the journal knows stays provable',
  async (t) => {
    const name = await proposedBySigner(state())
    const { statement } = await box.parts.orders.get(name as Sha256)
    const { order } = statement
    if (order.act !== 'state-compromise') throw new TypeError(order.act)
    t.true((order.serials?.length ?? 0) >= 2, 'the box lists what it stamped since')
    t.not(order.to, null, 'and when the key was replaced')
    t.is((await countersign(name)).status, 200)
    sealed.push(await sealOne())
    for (const [at, bytes] of sealed.entries()) {
      const report = await verify(bytes)
      t.is(report.verdict, 'TOTAL-PASSED', `${String(at)}: ${JSON.stringify(report.findings)}`)
    }
    const data = new TextEncoder().encode('forged')
    const { clock } = box.parts
    const { keys } = await openBoxKeys({ directory: box.directory, file: box.box.file })
    const signer = await keys.open('timestamping', stolen)
    const thief = createTimeStampAuthority({
      key: () => ({ signer, certificates: [stolen, ...box.parts.authority.chain] }),
      ...{ clock, random: systemRandom },
      // What a thief stamps stands in no journal.
      record: () => Promise.resolve(),
    })
    const forged = await verify(await thief.stamp(sha256(data)), data)
    t.like(forged, { verdict: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE' })
  },
)

test.serial('no officer slips in a token that the journal does not know', async (t) => {
  const known = { serial: '40'.repeat(16), hash: 'ab'.repeat(32) as Sha256 }
  const stated: Order = {
    ...{ act: 'state-compromise', certificate: sha256Hex(stolen), to: null },
    ...{ from: from.toISOString(), serials: [known] },
  }
  const proposing = proposedOrder(box, box.officer, stated)
  await t.throwsAsync(proposing, { message: /order\.serials/ })
})

test.serial('the drill tells the keys of several generations apart', async (t) => {
  const drill = createDrill()
  for await (const entry of box.box.journal.read(0)) drill.add(entry)
  const report = (certificate: Uint8Array) =>
    drill.report({ since: from, certificates: [sha256Hex(certificate)] })
  const old = report(stolen)
  t.is(old.provable.length, 1, 'stamped before')
  t.is(old.notProvable.length, 1, 'stamped since')
  t.true(old.notProvable[0]?.ifListed, 'and known to the journal')
  t.is(old.untouched, 1, 'stamped by the next generation')
  const next = report(await stamping())
  t.is(next.provable.length, 0)
  t.is(next.notProvable.length, 1)
  t.is(next.untouched, 2)
  const both = drill.report({
    since: from,
    certificates: [stolen, await stamping()].map((one) => sha256Hex(one)),
  })
  t.is(both.provable.length, 1)
  t.is(both.notProvable.length, 2)
})

test.serial(
  'a certificate of the box is revoked by two officers, and by one of nobody else',
  async (t) => {
    const journal = box.box.journal.size
    const name = await proposedOrder(box, box.officer, revoke())
    t.is((await countersign(name)).status, 200)
    const types = (await box.entries(journal)).map(({ type }) => type)
    t.deepEqual(types, [
      'order.proposed',
      'order.countersigned',
      'certificate.revoked',
      'crl.issued',
    ])
    const found = await box.parts.authority.certificate(sha256Hex(stolen))
    t.is(found?.revoked?.reason, 'keyCompromise')
    const others: Order = { ...revoke(), certificate: box.units[0].keys.seal.name } as Order
    await t.throwsAsync(proposedOrder(box, box.officer, others), { message: /STATEMENT_MISMATCH/ })
    for (const reason of ['x', 'certificateHold']) {
      const order = { ...revoke(), reason } as Order
      await t.throwsAsync(proposedOrder(box, box.officer, order), { message: /STATEMENT_MISMATCH/ })
    }
  },
)

test.serial(
  'of a stolen authority the certificates in the journal stay, and forged ones do not',
  async (t) => {
    const { authority } = box.parts
    const [issuing = new Uint8Array()] = authority.chain
    const { signer } = box.units[0].keys.clerkSigning
    const known = signer.certificate
    const name = await proposedBySigner({ ...state(), certificate: sha256Hex(issuing) })
    t.is((await countersign(name)).status, 200)
    // Lists of the stolen key are not believed; that somebody else made the certificate is not said.
    t.not((await verify(known)).subIndication, 'REVOKED_NO_POE')
    for (const bytes of sealed) t.is((await verify(bytes)).verdict, 'TOTAL-PASSED')
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const forged = await authority.prepareIssue({
      ...{ profile: 'officer-signing', holder: 'person:thief', actor: boxActor },
      subject: { organization: '测试区', organizationalUnit: 'officer', commonName: 'thief' },
      publicKey: new Uint8Array(
        publicKey.export({ format: 'der', type: 'spki' }),
      ) as ProvenPublicKey,
    })
    // Signed by the authority's key, and in no journal: never committed.
    t.like(await verify(forged.certificate), {
      verdict: 'INDETERMINATE',
      subIndication: 'REVOKED_NO_POE',
    })
  },
)
