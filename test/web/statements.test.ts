/** Signed statements of binding acts: exactly the act, about now, by the right live key; and whom a dispatch may name. */
import test from 'ava'
import { toBase64, type Json } from '../../ca/index.ts'
import type { DocumentView } from '../../exchange/index.ts'
import { openTestBox, refusalOf, type Reply, type TestBox, type TestKey } from './box_fixture.ts'
import { attachmentOf, drafted, numbered, sealed } from './trip.ts'

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

test.serial(
  'a statement that is not exactly the act, now, by this seat’s key, changes nothing',
  async (t) => {
    const { one, two } = parties()
    const view = await drafted(parties().between)
    const { leaderSigning, clerkSigning, leader, seal } = one.keys
    const right = approval(view)
    const sign = async (more: object, key: TestKey = leaderSigning): Promise<object> =>
      box.sign(key, { ...right, ...more })
    const broken = (await sign({})) as { signature: string }
    const bytes = Buffer.from(broken.signature, 'base64')
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
    const hour = 3_600_000
    const at = (ms: number) => ({ at: new Date(Date.now() + ms).toISOString() })
    const zeros = '0'.repeat(64)
    const cases: readonly (readonly [string, string, object])[] = [
      ['another document', 'STATEMENT_MISMATCH', await sign({ document: 'b'.repeat(26) })],
      ['another hash', 'STATEMENT_MISMATCH', await sign({ approved: zeros })],
      ['another unit', 'STATEMENT_MISMATCH', await sign({ unit: two.unit.uscc })],
      ['another box', 'STATEMENT_MISMATCH', await sign({ box: 'sealbox-0000000000000000' })],
      [
        'another signer',
        'STATEMENT_MISMATCH',
        await sign({ signer: `seat:${two.unit.uscc}/leader` }),
      ],
      ['attachments', 'STATEMENT_MISMATCH', await sign({ attachments: [attachmentOf(bytes)] })],
      ['an old time', 'STATEMENT_MISMATCH', await sign(at(-hour))],
      ['a time to come', 'STATEMENT_MISMATCH', await sign(at(hour))],
      ['an extra field', 'STATEMENT_MALFORMED', await sign({ extra: 1 })],
      ['another type', 'STATEMENT_MALFORMED', await sign({ type: 'sealbox.receipt' })],
      ['another version', 'STATEMENT_MALFORMED', await sign({ v: 2 })],
      ['no time', 'STATEMENT_MALFORMED', await sign({ at: undefined })],
      ['a broken signature', 'SIGNATURE_INVALID', { ...broken, signature: toBase64(bytes) }],
      ['no signature', 'SIGNATURE_INVALID', { ...broken, signature: '' }],
      [
        'of other words',
        'SIGNATURE_INVALID',
        {
          ...(await sign({})),
          signature: broken.signature,
          statement: { ...right, v: 1, box: box.id, keyUse: 2, head: null, ...at(0) },
        },
      ],
      ['the log-in key', 'CERTIFICATE_NOT_LIVE', await sign({}, leader)],
      ['the seal', 'CERTIFICATE_NOT_LIVE', await sign({}, seal)],
      ['another seat', 'CERTIFICATE_NOT_LIVE', await sign({}, clerkSigning)],
      ['another unit’s leader', 'CERTIFICATE_NOT_LIVE', await sign({}, two.keys.leaderSigning)],
      ['an unknown certificate', 'CERTIFICATE_NOT_LIVE', { ...broken, certificate: zeros }],
    ]
    const before = await stateOf(view.id)
    const from = box.box.journal.size
    for (const [what, code, json] of cases) {
      const reply = await approve(view, json)
      t.is(reply.code, code, what)
      t.true(reply.status >= 400 && reply.status < 500, what)
    }
    t.deepEqual(await stateOf(view.id), before)
    t.deepEqual(await box.entries(from, 'document.approved'), [])
    t.is((await approve(view, await sign({}))).status, 200)
  },
)

test.serial(
  'a document goes to units of this box, each once, and never to its issuer',
  async (t) => {
    const { one, two } = parties()
    const view = await sealed({ issuers: [one] })
    const record = view.record
    if (record?.stage !== 'sealed') throw new TypeError('not sealed')
    const dispatch = async (main: readonly string[], copies: readonly string[] = []) => {
      const signed = await box.sign(one.keys.clerkSigning, {
        type: 'sealbox.dispatch',
        signer: `seat:${one.unit.uscc}/clerk`,
        document: view.id,
        unit: one.unit.uscc,
        documentHash: record.file,
        number: record.number,
        main,
        copies,
        deadline: null,
      })
      const path = `/api/v1/documents/${view.id}/acts/dispatch`
      return box.act(path, { as: one.keys.clerk, json: { ...signed, ifVersion: view.version } })
    }
    const there = two.unit.uscc
    t.is((await dispatch(['91999999PDY00001XX'])).code, 'RECIPIENT_UNKNOWN')
    t.is((await dispatch([one.unit.uscc])).code, 'RECIPIENT_UNKNOWN')
    t.is((await dispatch([there, there])).code, 'RECIPIENT_UNKNOWN')
    t.is((await dispatch([there], [there])).code, 'RECIPIENT_UNKNOWN')
    t.is((await dispatch([])).code, 'STATEMENT_MALFORMED')
    t.is((await dispatch([there])).status, 200)
  },
)

test.serial('a revoked certificate signs and seals nothing more', async (t) => {
  const { one, three } = parties()
  const between = { issuers: [three], main: [one] }
  const [waiting, { id }] = [await drafted(between), await numbered(between)]
  await box.revoke(three.keys.leaderSigning)
  await box.revoke(three.keys.seal)
  t.is(await refusalOf(three.leader.approve(waiting.id)), 'CERTIFICATE_NOT_LIVE')
  t.is(await refusalOf(three.clerk.sealDocument(id)), 'CERTIFICATE_NOT_LIVE')
  await box.revoke(three.keys.leader)
  t.is(await refusalOf(three.leader.document(id)), 'CERTIFICATE_REQUIRED', 'on the open connection')
  t.is((await box.revoke(three.keys.leader)).code, 'CA_ALREADY_REVOKED')
})
