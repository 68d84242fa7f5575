/** What two officers stated of a key: in every kit that is taken away afterwards, and honoured by the box itself. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { unzipSync } from 'fflate'
import { approvalBy } from '../../appliance/demo/district.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { enrolIntoFolder } from '../../appliance/unit/enrol_folder.ts'
import { appoint } from '../../appliance/unit/officer.ts'
import type { Sha256 } from '../../ca/index.ts'
import {
  statedFiles,
  statementAttributes,
  type OrderOf,
  type Statement,
} from '../../exchange/index.ts'
import { judgeStatements, verifyFile } from '../../exchange/verify/index.ts'
import { proposedOrder } from '../exchange/unit/asking.ts'
import { argon2Costs } from '../../provisioning/index.ts'
import { openTestBox, type TestBox, type TestPerson } from './box_fixture.ts'
import { dispatched } from './trip.ts'

let box: TestBox
let second: TestPerson
let auditor: TestPerson
/** Sealed before and after the moment. */
const documents: { id: string; file: Sha256; bytes: Uint8Array }[] = []
let from: Date

test.before(async () => {
  box = await openTestBox()
  second = await box.appoint('officer-two', 'officer')
  auditor = await box.appoint('auditor-one', 'auditor')
  await sealOne()
  await sleep(1100)
  from = new Date()
  await sleep(1100) // stamps say whole seconds
  await sealOne()
})

test.after.always(() => box.close())

async function sealOne(): Promise<void> {
  const [one, two] = box.units
  const { id } = await dispatched({ issuers: [one], main: [two] })
  const view = await box.parts.reading.document(principal(), id)
  const { record } = view
  if (record === undefined || !('file' in record)) throw new TypeError('not sealed')
  documents.push({ id, file: record.file, bytes: await box.parts.blobs.get(record.file) })
}

function principal() {
  const [{ unit, keys }] = box.units
  const holder = `seat:${unit.uscc}/clerk`
  const { name: certificate } = keys.clerk
  const duties = ['draft', 'check', 'seal', 'sign-for', 'file'] as const
  return { kind: 'seat', holder, certificate, unit: unit.uscc, seat: 'clerk', duties } as const
}

const order = (): OrderOf<'state-compromise'> => ({
  act: 'state-compromise',
  certificate: box.units[0].keys.seal.name,
  from: from.toISOString(),
  to: null,
  serials: null,
})

const verdictOf = async (id: string) => (await box.parts.reading.verdict(principal(), id))?.verdict

test.serial(
  'the box honours a statement from the moment it is made, on pages and in the API',
  async (t) => {
    const [early, late] = documents
    if (!early || !late) throw new TypeError('two documents')
    t.is(await verdictOf(early.id), 'TOTAL-PASSED')
    t.is(await verdictOf(late.id), 'TOTAL-PASSED')
    const name = await proposedOrder(box, box.officer, order())
    t.is(await verdictOf(late.id), 'TOTAL-PASSED', 'nothing is stated by one officer')
    await countersigned(name)
    t.is(await verdictOf(early.id), 'TOTAL-PASSED', 'stamped before')
    t.is(await verdictOf(late.id), 'TOTAL-FAILED', 'stamped since')
    const page = await verifyPage(late.bytes)
    t.regex(page, /TOTAL-FAILED/)
    t.regex(await verifyPage(early.bytes), /TOTAL-PASSED/)
  },
)

test.serial(
  'every kit that is taken away has the statement, and it verifies by itself',
  async (t) => {
    const [early] = documents
    if (!early) throw new TypeError('a document')
    const { bytes } = await box.parts.bundles(principal(), early.id)
    const holdings = unzipSync(bytes)
    const [path = ''] = Object.keys(holdings).filter((name) => name.startsWith('compromise/'))
    t.regex(path, /^compromise\/[0-9a-f]{16}-[0-9a-f]{8}\.compromise\.json$/)
    t.regex(new TextDecoder().decode(holdings['README.txt']), /--statements compromise/)
    const exported = await box.request({ path: '/journal/export/file', as: auditor.login })
    t.is(exported.status, 200)
    const journal = unzipSync(new Uint8Array(exported.bytes))
    const file = holdings[path] ?? new Uint8Array()
    t.deepEqual(journal[path], file)
    const listed = await box.request({ path: '/api/v1/compromises', as: auditor.login })
    const [item] = listed.json['items'] as readonly { href: string }[]
    const fetched = await box.request({ path: item?.href ?? '', as: box.units[1].keys.clerk })
    t.deepEqual(new Uint8Array(fetched.bytes), file)
    const request = { name: path, bytes: file, trust: [box.root], at: new Date() }
    const report = await verifyFile(request)
    t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  },
)

test.serial('whoever enrols afterwards has it in the folder', async (t) => {
  const out = join(box.directory, '..', 'newcomer')
  const client = createBoxClient({
    ...{ url: `https://localhost:${String(box.port)}`, root: box.rootPem, identity: {} },
  })
  const { code } = await appoint(box.officer.options, { id: 'auditor-new', role: 'auditor' })
  await enrolIntoFolder(client, {
    ...{ code, out, url: 'https://localhost', root: box.root, passphrase: '审计员口令 2026' },
    cost: { p12: { encryptionIterations: 1, macIterations: 1 }, keyFile: argon2Costs.fast },
    onWaiting: approvalBy(box.officer.options, 'auditor-new'),
  })
  client.close()
  const names = await readdir(join(out, 'compromise'))
  t.is(names.length, 1)
  t.regex(names[0] ?? '', /^[0-9a-f]{16}-[0-9a-f]{8}\.compromise\.json$/)
})

test.serial(
  'a box that writes an order it was not given into its journal convinces nobody',
  async (t) => {
    const name = await proposedOrder(box, box.officer, { ...order(), to: new Date().toISOString() })
    const { proposed } = await box.parts.orders.get(name as Sha256)
    const { signature, certificate } = proposed
    const actor = { holder: second.holder, certificate: second.login.name }
    const before = await statedHere()
    // The box's own key attests the entry; an officer's signature it cannot make, so it takes the one it has.
    await box.parts.journal.commit({
      entries: [
        {
          ...{ type: 'order.countersigned', actor, subject: `order:${name}`, files: [] },
          data: {
            ...{ order: name, act: 'state-compromise', signatures: [signature, signature] },
            signingCertificate: certificate,
          },
        },
        {
          ...{ type: 'compromise.stated', actor, subject: `certificate:${certificate}` },
          data: { ...order(), order: name },
        },
      ],
    })
    const after = await statedHere()
    t.is(before.compromises.length, 1)
    t.is(after.compromises.length, 1)
    const codes = after.findings.map(({ code }) => code).toSorted()
    t.deepEqual(codes, ['COMPROMISE_HONOURED', 'COMPROMISE_ONE_SIGNED'])
  },
)

async function statedHere() {
  const given = await statedFiles({ views: box.parts.journal.views, blobs: box.parts.blobs })
  return judgeStatements(given, { trust: [box.root], at: new Date() })
}

async function countersigned(name: string): Promise<void> {
  const bytes = await box.parts.orders.statement(name as Sha256)
  const statement = JSON.parse(new TextDecoder().decode(bytes)) as Statement
  const { signer, name: certificate } = second.signing
  const signature = await signer.sign(statementAttributes(statement, signer.certificate))
  const json = { signature: Buffer.from(signature).toString('base64'), certificate }
  const path = `/api/v1/orders/${name}/acts/countersign`
  const reply = await box.act(path, { as: second.login, json })
  if (reply.status !== 200) throw new Error(reply.text)
}

async function verifyPage(pdf: Uint8Array): Promise<string> {
  const boundary = 'sealbox-test'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), pdf, Buffer.from(`\r\n--${boundary}--\r\n`)])
  const reply = await box.request({
    method: 'POST',
    path: '/verify',
    as: box.units[1].keys.clerk,
    body,
    headers: {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Sec-Fetch-Site': 'same-origin',
    },
  })
  if (reply.status !== 200) throw new Error(reply.text)
  return reply.text
}
