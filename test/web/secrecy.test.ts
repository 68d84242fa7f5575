/** What a unit learns of others' documents: nothing, not even that they exist; and of its own before it signed for them: the head. */
import test from 'ava'
import { sha256Hex } from '../../ca/index.ts'
import type { DocumentRecord, DocumentView } from '../../exchange/index.ts'
import { openTestBox, refusalOf, type Identity, type Reply, type TestBox } from './box_fixture.ts'
import {
  attachmentOf,
  dispatched,
  drafted,
  notice,
  plainPdf,
  textBytes,
  uploadedNotice,
} from './trip.ts'

let box: TestBox
/** From the first unit to the second; the third has nothing to do with it. */
let view: DocumentView
let record: Extract<DocumentRecord, { stage: 'dispatched' }>
const attached = textBytes('青石桥登记表')

test.before(async () => {
  box = await openTestBox()
  const [one, two] = box.units
  await one.clerk.upload('attachment', '附表.txt', attached)
  view = await dispatched(
    { issuers: [one], main: [two] },
    { attachments: [attachmentOf(attached)] },
  )
  if (view.record?.stage !== 'dispatched') throw new TypeError('not dispatched')
  record = view.record
  await box.box.indexer.caughtUp(box.box.journal.size - 1)
})
test.after.always(() => box.close())

/** A refusal without its reference. */
const words = ({ status, json }: Reply): object => ({ status, ...json, instance: '' })
const nowhere = 'a'.repeat(26)
const get = (path: string, as: Identity): Promise<Reply> => box.request({ path, as })

const filesOf = (of: typeof record): string[] => [
  'pdf',
  of.file,
  of.draft,
  of.head,
  of.approvedHash,
  sha256Hex(attached),
  of.dispatch.statement,
  of.dispatch.signature,
  ...of.approvals.flatMap(({ statement, signature }) => [statement, signature]),
]

test.serial('a stranger is told of a document exactly what it is told of none', async (t) => {
  const [one, , three] = box.units
  for (const as of [three.keys.clerk, three.keys.leader]) {
    for (const rest of ['', ...filesOf(record).map((name) => `/files/${name}`)]) {
      const there = await get(`/api/v1/documents/${view.id}${rest}`, as)
      const not = await get(`/api/v1/documents/${nowhere}${rest}`, as)
      t.is(there.status, 404, rest)
      t.deepEqual(words(there), words(not), rest)
      t.deepEqual(Object.keys(there.headers), Object.keys(not.headers), rest)
    }
    const seal = `seal-request?certificate=${three.keys.seal.name}`
    const there = await get(`/api/v1/documents/${view.id}/${seal}`, as)
    t.deepEqual(words(there), words(await get(`/api/v1/documents/${nowhere}/${seal}`, as)))
    t.is(there.code, 'NOT_FOUND')
  }
  t.true((await get(`/api/v1/documents/${view.id}`, one.keys.clerk)).status === 200)
})

test.serial(
  'a stranger’s acts on a document are refused as on one that is not there',
  async (t) => {
    const { keys } = box.units[2]
    const bodies: Record<string, object> = { number: { ifVersion: view.version } }
    for (const act of ['approve', 'dispatch', 'sign-for', 'return']) {
      const signed = await box.sign(keys.clerkSigning, { type: 'sealbox.approval' })
      bodies[act] = { ...signed, ifVersion: view.version }
    }
    bodies['seal'] = {
      ifVersion: view.version,
      at: new Date().toISOString(),
      certificate: keys.seal.name,
      signature: 'AAAA',
    }
    for (const [act, json] of Object.entries(bodies)) {
      const at = (id: string) =>
        box.act(`/api/v1/documents/${id}/acts/${act}`, { as: keys.clerk, json })
      const there = await at(view.id)
      t.is(there.code, 'NOT_FOUND', act)
      t.deepEqual(words(there), words(await at(nowhere)), act)
    }
  },
)

test.serial(
  'a stranger finds nothing in lists, tasks and search, and no count tells',
  async (t) => {
    const [, , three] = box.units
    for (const as of [three.keys.clerk, three.keys.leader]) {
      for (const list of ['inbox', 'outbox', 'tasks', 'drafts', 'documents']) {
        const { status, json } = await get(`/api/v1/${list}`, as)
        t.is(status, 200, list)
        t.deepEqual(json, { items: [] }, list)
      }
    }
    for (const query of [
      '青石桥',
      '"办公用房"',
      `发文机关:${box.units[0].unit.name}`,
      '2020..2099',
    ]) {
      const { count, hits } = await three.clerk.search(query)
      t.deepEqual({ count, hits }, { count: 0, hits: [] }, query)
      const own = await box.units[0].clerk.search(query)
      t.true(own.count >= 1, query)
    }
  },
)

test.serial(
  'before signing for it a recipient has the head; after it the pages, but no other’s receipt',
  async (t) => {
    const [one, two, three] = box.units
    const { id } = await dispatched({ issuers: [one], main: [two], copies: [three] })
    const before = await get(`/api/v1/documents/${id}`, two.keys.clerk)
    t.deepEqual(Object.keys(before.json).toSorted(), [
      'copy',
      'dispatched',
      'head',
      'id',
      'pages',
      'version',
    ])
    t.false(before.text.includes(three.unit.uscc), 'no other recipient')
    const { record: whole } = await one.clerk.document(id)
    if (whole?.stage !== 'dispatched') throw new TypeError('not dispatched')
    for (const name of filesOf(whole)) {
      t.is((await get(`/api/v1/documents/${id}/files/${name}`, two.keys.clerk)).status, 404, name)
    }
    await box.box.indexer.caughtUp(box.box.journal.size - 1)
    t.is((await two.clerk.search('青石桥')).hits.filter((hit) => hit.id === id).length, 0)
    t.is((await two.clerk.search('闲置')).hits.filter((hit) => hit.id === id).length, 1)

    await three.clerk.signFor(id)
    await two.clerk.signFor(id)
    t.is((await get(`/api/v1/documents/${id}/files/pdf`, two.keys.clerk)).status, 200)
    t.is((await get(`/api/v1/documents/${id}`, two.keys.clerk)).json['copies'], undefined)
    const opinion = whole.approvals[0]?.statement ?? ''
    t.is((await get(`/api/v1/documents/${id}/files/${opinion}`, two.keys.clerk)).status, 404)
    t.is((await get(`/api/v1/documents/${id}/files/${opinion}`, one.keys.clerk)).status, 200)
    const { copies = [] } = await one.clerk.document(id)
    const [theirs] = copies.filter(({ unit }) => unit === three.unit.uscc)
    const names = theirs?.answer ? [theirs.answer.statement, theirs.answer.signature] : []
    t.is(names.length, 2)
    for (const name of names) {
      t.is((await get(`/api/v1/documents/${id}/files/${name}`, two.keys.clerk)).status, 404)
      t.is((await get(`/api/v1/documents/${id}/files/${name}`, one.keys.clerk)).status, 200)
    }
  },
)

test.serial(
  'a unit that returned a document keeps the head and never gets the pages',
  async (t) => {
    const [one, two] = box.units
    const { id } = await dispatched({ issuers: [one], main: [two] })
    await two.clerk.returnToSender(id, '错投')
    const after = await get(`/api/v1/documents/${id}`, two.keys.clerk)
    t.is(after.json['record'], undefined)
    t.is((await get(`/api/v1/documents/${id}/files/pdf`, two.keys.clerk)).status, 404)
  },
)

test.serial('a file of one document is not had through another', async (t) => {
  const [one, two] = box.units
  const mine = await drafted({ issuers: [two], main: [one] })
  for (const name of filesOf(record).slice(1)) {
    const { status } = await get(`/api/v1/documents/${mine.id}/files/${name}`, two.keys.clerk)
    t.is(status, 404, name)
  }
})

test.serial('officers, auditors and administrators read no document', async (t) => {
  const people = [
    box.officer,
    await box.appoint('auditor-9', 'auditor'),
    await box.appoint('administrator-9', 'administrator'),
  ]
  for (const { login, holder } of people) {
    for (const path of ['inbox', 'outbox', 'tasks', 'drafts', 'search?q=青石桥', 'documents']) {
      t.is((await get(encodeURI(`/api/v1/${path}`), login)).code, 'ROLE_WRONG', `${holder} ${path}`)
    }
    for (const rest of ['', '/files/pdf', `/files/${record.draft}`]) {
      t.is((await get(`/api/v1/documents/${view.id}${rest}`, login)).code, 'ROLE_WRONG', holder)
    }
  }
  const auditor = people[1]?.login as Identity
  const entries = await get('/api/v1/journal/entries?limit=1000', auditor)
  t.is(entries.status, 200)
  t.false(entries.text.includes('青石桥') || entries.text.includes('办公用房'), 'no title, no text')
})

test.serial('another unit’s upload cannot be attached or sent by naming its hash', async (t) => {
  const [one, two, three] = box.units
  const pdf = await plainPdf('belongs to the first unit')
  await one.clerk.upload('document', 'a.pdf', pdf)
  const attachments = [attachmentOf(attached)]
  const steal = two.clerk.draft(notice({ issuers: [two], main: [three] }, { attachments }))
  t.is(await refusalOf(steal), 'ATTACHMENT_UNKNOWN')
  const upload = two.clerk.draft(uploadedNotice({ issuers: [two], main: [three] }, sha256Hex(pdf)))
  t.is(await refusalOf(upload), 'ATTACHMENT_UNKNOWN')
  const none = notice({ issuers: [two] }, { attachments: [attachmentOf(textBytes('never seen'))] })
  t.is(await refusalOf(two.clerk.draft(none)), 'ATTACHMENT_UNKNOWN')
})

test.serial('a unit drafts in no other’s name', async (t) => {
  const [one, two, three] = box.units
  t.is(await refusalOf(two.clerk.draft(notice({ issuers: [one], main: [three] }))), 'NOT_PERMITTED')
  const joint = notice({ issuers: [one, two], main: [three] })
  t.is(await refusalOf(two.clerk.draft(joint)), 'NOT_PERMITTED')
})
