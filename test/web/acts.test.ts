/** The acts of a document over the API: each in its stage, by its duty, on the version that was seen, once. */
import test from 'ava'
import { type Json } from '../../ca/index.ts'
import type { DocumentView } from '../../exchange/index.ts'
import { openTestBox, refusalOf, type Reply, type TestBox } from './box_fixture.ts'
import { approved, dispatched, drafted, notice, numbered, sealed } from './trip.ts'

let box: TestBox

test.before(async () => {
  box = await openTestBox()
})

test.after.always(() => box.close())

const parties = () => {
  const [one, two, three] = box.units
  return { one, two, three, between: { issuers: [one], main: [two], copies: [three] } }
}

/** A view of everything that may not change when an act is refused. */
async function stateOf(id: string): Promise<Json> {
  const keys = [`x/document/${id}`, ...box.units.map(({ unit }) => `x/copy/${id}/${unit.uscc}`)]
  const found = await box.parts.journal.views.getMany(keys)
  return found.map((record) => (record === undefined ? null : { ...record }))
}

/** The approval of a drafted document as its leader would sign it, with fields replaced. */
function approval(view: DocumentView, more: object = {}): object {
  const { one } = parties()
  return {
    type: 'sealbox.approval',
    signer: `seat:${one.unit.uscc}/leader`,
    document: view.id,
    unit: one.unit.uscc,
    approved: view.record?.approvedHash,
    attachments: view.record?.attachments,
    opinion: '同意',
    ...more,
  }
}

const approve = (view: DocumentView, json: object, once?: string): Promise<Reply> =>
  box.act(`/api/v1/documents/${view.id}/acts/approve`, {
    as: parties().one.keys.leader,
    json: { ifVersion: view.version, ...json },
    ...(once !== undefined && { once }),
  })

test.serial('each act out of its stage is refused as such', async (t) => {
  const { one, two, between } = parties()
  const acts = {
    approve: (id: string) => one.leader.approve(id),
    number: (id: string) => one.clerk.number(id),
    seal: (id: string) => one.clerk.sealDocument(id),
  }
  const stages = { drafted, approved, numbered, sealed, dispatched }
  const inStage = { approve: 'drafted', number: 'approved', seal: 'numbered' }
  for (const [stage, reach] of Object.entries(stages)) {
    const { id } = await reach(between)
    for (const [act, doing] of Object.entries(acts)) {
      if (inStage[act as keyof typeof inStage] === stage) continue
      const before = await stateOf(id)
      t.is(await refusalOf(doing(id)), 'STAGE_WRONG', `${act} when ${stage}`)
      t.deepEqual(await stateOf(id), before)
    }
    if (stage === 'dispatched') continue
    // Before it is sent it does not exist for its recipient.
    t.is(await refusalOf(two.clerk.signFor(id)), 'NOT_FOUND', stage)
    if (stage === 'sealed') continue
    const signed = await box.sign(one.keys.clerkSigning, { type: 'sealbox.dispatch' })
    const { version: ifVersion } = await one.clerk.document(id)
    const path = `/api/v1/documents/${id}/acts/dispatch`
    const reply = await box.act(path, { as: one.keys.clerk, json: { ...signed, ifVersion } })
    t.is(reply.code, 'STAGE_WRONG', `dispatch when ${stage}`)
  }
})

test.serial(
  'an act on a version that is no more is stale, and the wrong seat is not permitted',
  async (t) => {
    const { one, two, between } = parties()
    const view = await drafted(between)
    const signed = await box.sign(one.keys.leaderSigning, approval(view))
    const stale = await approve({ ...view, version: view.version - 1 }, signed)
    t.is(stale.code, 'VERSION_STALE')
    t.is(await refusalOf(one.clerk.approve(view.id)), 'NOT_PERMITTED')
    await one.leader.approve(view.id)
    t.is(await refusalOf(one.leader.number(view.id)), 'NOT_PERMITTED')
    await one.clerk.number(view.id)
    t.is(await refusalOf(one.leader.sealDocument(view.id)), 'NOT_PERMITTED')
    await one.clerk.sealDocument(view.id)
    t.is(await refusalOf(one.leader.dispatch(view.id)), 'NOT_PERMITTED')
    await one.clerk.dispatch(view.id)
    t.is(await refusalOf(two.leader.signFor(view.id)), 'NOT_PERMITTED')
    t.is(await refusalOf(one.leader.draft(notice(between))), 'NOT_PERMITTED')
  },
)

test.serial(
  'the same Idempotency-Key is the same act, one after the other and side by side',
  async (t) => {
    const { one, between } = parties()
    const draft = (once: string, more = {}): Promise<Reply> =>
      box.act('/api/v1/drafts/acts/hand-on', {
        as: one.keys.clerk,
        json: notice(between, more),
        once,
      })
    const from = box.box.journal.size
    const replies = await Promise.all(Array.from({ length: 6 }, () => draft('draft-side-by-side')))
    replies.push(await draft('draft-side-by-side'))
    t.deepEqual([...new Set(replies.map(({ status }) => status))], [201])
    t.is(new Set(replies.map(({ text }) => text)).size, 1)
    t.is((await box.entries(from, 'document.drafted')).length, 1)
    t.is((await draft('draft-side-by-side', { urgency: '特急' })).code, 'IDEMPOTENCY_KEY_REUSED')

    const view = replies[0]?.json as unknown as DocumentView
    const signed = await box.sign(one.keys.leaderSigning, approval(view))
    const approvals = await Promise.all(
      Array.from({ length: 6 }, () => approve(view, signed, 'approve-side-by-side')),
    )
    t.deepEqual(
      [...new Set(approvals.map(({ status, text }) => `${String(status)} ${text}`))].length,
      1,
    )
    t.is(approvals[0]?.status, 200)
    t.is((await box.entries(from, 'document.approved')).length, 1)
    const { version: ifVersion } = await one.clerk.document(view.id)
    const number = (id: string, once: string): Promise<Reply> =>
      box.act(`/api/v1/documents/${id}/acts/number`, {
        as: one.keys.clerk,
        json: { ifVersion },
        once,
      })
    const drawn = await Promise.all(
      Array.from({ length: 4 }, () => number(view.id, 'number-side-by-side')),
    )
    t.deepEqual([...new Set(drawn.map(({ status }) => status))], [200])
    t.is((await box.entries(from, 'document.numbered')).length, 1)
    const other = await approved(between)
    t.is((await number(other.id, 'number-side-by-side')).code, 'IDEMPOTENCY_KEY_REUSED')
  },
)

test.serial('an act without a fitting Idempotency-Key is not done', async (t) => {
  const { one, between } = parties()
  for (const key of [undefined, 'short', 'with blank', 'x'.repeat(65)]) {
    const reply = await box.request({
      method: 'POST',
      path: '/api/v1/drafts/acts/hand-on',
      as: one.keys.clerk,
      json: notice(between),
      headers: key === undefined ? {} : { 'Idempotency-Key': key },
    })
    t.is(reply.status, 400)
    t.is(reply.code, 'IDEMPOTENCY_KEY_MISSING')
  }
})

test.serial(
  'a key that a stranger to the document used before does not keep it from being received',
  async (t) => {
    const { one, two, between } = parties()
    const { id } = await dispatched(between)
    const json = notice({ issuers: [two], main: [one] })
    const once = `received-${id}`
    t.is(
      (await box.act('/api/v1/drafts/acts/hand-on', { as: two.keys.clerk, json, once })).status,
      201,
    )
    t.is((await two.clerk.document(id)).copy?.state, 'received')
  },
)

test.serial(
  'numbers: none twice, none passed over, none of a series that is not there',
  async (t) => {
    const { two, one } = parties()
    const between = { issuers: [two], main: [one] }
    const [, second = ''] = two.unit.series
    const views = await Promise.all(Array.from({ length: 20 }, () => approved(between)))
    const drawn = await Promise.all(views.map(({ id }) => two.clerk.number(id, { series: second })))
    const numbers = drawn.flatMap(({ record }) =>
      record && 'number' in record ? [record.number.number] : [],
    )
    t.deepEqual(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: 20 }, (_, at) => at + 1),
    )
    const { id } = await approved(between)
    for (const number of [1, 20]) {
      t.is(await refusalOf(two.clerk.number(id, { series: second, number })), 'NUMBER_TAKEN')
    }
    t.is(await refusalOf(two.clerk.number(id, { series: '没有' })), 'NUMBER_SERIES_UNKNOWN')
    for (const number of [0, -1, 1.5, 100_000]) {
      t.is(await refusalOf(two.clerk.number(id, { series: second, number })), 'BODY_MALFORMED')
    }
    await two.clerk.number(id, { series: second, number: 99_999 })
    const last = await approved(between)
    t.is(await refusalOf(two.clerk.number(last.id, { series: second })), 'NUMBER_TAKEN')
  },
)

test.serial('signing for it and returning it exclude each other', async (t) => {
  const { two, three, between } = parties()
  const { id } = await dispatched(between)
  await two.clerk.signFor(id)
  t.is(await refusalOf(two.clerk.signFor(id)), 'ALREADY_DONE')
  t.is(await refusalOf(two.clerk.returnToSender(id, '错投')), 'ALREADY_DONE')
  t.is(await refusalOf(three.clerk.returnToSender(id, ' ')), 'QUERY_MALFORMED')
  const seen = await three.clerk.document(id)
  const wordless = await box.sign(three.keys.clerkSigning, {
    type: 'sealbox.return',
    signer: `seat:${three.unit.uscc}/clerk`,
    document: id,
    unit: three.unit.uscc,
    documentHash: seen.dispatched?.file,
    dispatch: seen.dispatched?.statement,
    reason: ' ',
  })
  const json = { ...wordless, ifVersion: seen.copy?.version }
  const refused = await box.act(`/api/v1/documents/${id}/acts/return`, {
    as: three.keys.clerk,
    json,
  })
  t.is(refused.code, 'STATEMENT_MALFORMED', 'nor is one taken that was signed all the same')
  await three.clerk.returnToSender(id, '附件不全')
  t.is(await refusalOf(three.clerk.signFor(id)), 'ALREADY_DONE')
  const { copies = [] } = await parties().one.clerk.document(id)
  t.deepEqual(copies.map(({ state }) => state).toSorted(), ['receipted', 'returned'])
  // Both at once: one of them.
  const race = (await dispatched(between)).id
  const both = await Promise.all([
    refusalOf(two.clerk.signFor(race)),
    refusalOf(two.clerk.returnToSender(race, '错投')),
  ])
  t.is(both.filter((code) => code === 'done').length, 1, both.join())
})
