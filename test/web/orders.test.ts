/** Dual control: a grave act takes two people, their signatures verify by themselves, and nothing else carries it out. */
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import {
  boxActor,
  canonicalJson,
  sha256Hex,
  signerOf,
  toBase64,
  type Json,
  type ProvenPublicKey,
  type Sha256,
} from '../../ca/index.ts'
import {
  createOrderDesk,
  statementAttributes,
  type Order,
  type Statement,
} from '../../exchange/index.ts'
import { newOrder, proposedOrder } from '../exchange/unit/asking.ts'
import {
  openTestBox,
  type Reply,
  type TestBox,
  type TestKey,
  type TestPerson,
} from './box_fixture.ts'

let box: TestBox
let second: TestPerson
let folder: string

test.before(async () => {
  box = await openTestBox()
  second = await box.appoint('officer-two', 'officer')
  folder = await mkdtemp(join(tmpdir(), 'sealbox-orders-'))
})

test.after.always(async () => {
  await box.close()
  await rm(folder, { recursive: true, force: true })
})

async function bytesOf(path: string, as = box.officer.login): Promise<Uint8Array> {
  const reply = await box.request({ path, as })
  if (reply.status !== 200) throw new Error(reply.text)
  return new Uint8Array(reply.bytes)
}

const statementOf = (order: string): Promise<Uint8Array> =>
  bytesOf(`/api/v1/orders/${order}/statement`)

/** A signature of this key over these bytes, as an act wants it. */
async function over(bytes: Uint8Array, { signer, name }: TestKey) {
  const statement = JSON.parse(new TextDecoder().decode(bytes)) as Statement
  const signature = await signer.sign(statementAttributes(statement, signer.certificate))
  return { signature: toBase64(signature), certificate: name }
}

const post = (order: string, by: TestPerson, json: object, act = 'countersign'): Promise<Reply> =>
  box.act(`/api/v1/orders/${order}/acts/${act}`, { as: by.login, json })

async function countersign(order: string, by: TestPerson): Promise<Reply> {
  return post(order, by, await over(await statementOf(order), by.signing))
}

/** Refused with this code, and nothing was carried out. */
async function refused(
  t: ExecutionContext,
  code: string,
  of: { readonly what: string; readonly asking: () => Promise<Reply> },
): Promise<void> {
  const from = box.box.journal.size
  const reply = await of.asking()
  t.is(reply.code, code, `${of.what}: ${reply.text}`)
  const done = (await actsSince(from)).map(({ type }) => type)
  t.deepEqual(done, [], of.what)
}

test.serial(
  'two officers sign the very same bytes, and openssl verifies both by itself',
  async (t) => {
    const from = box.box.journal.size
    const order = await proposedOrder(box, box.officer)
    t.deepEqual(
      (await actsSince(from)).map(({ type }) => type),
      ['order.proposed'],
    )
    const reply = await countersign(order, second)
    t.is(reply.status, 200, reply.text)
    const types = (await actsSince(from)).map(({ type }) => type)
    t.deepEqual(types, ['order.proposed', 'order.countersigned', 'compromise.stated'])
    const content = join(folder, 'order.json')
    const root = join(folder, 'root.pem')
    await writeFile(root, box.rootPem)
    await writeFile(content, await statementOf(order))
    for (const place of ['1', '2']) {
      const p7s = join(folder, `${place}.p7s`)
      await writeFile(p7s, await bytesOf(`/api/v1/orders/${order}/signatures/${place}`))
      const { stderr } = await openssl(['-in', p7s, '-content', content, '-CAfile', root])
      t.regex(stderr, /successful/)
      await writeFile(`${content}.altered`, (await statementOf(order)).with(3, 0x41))
      await t.throwsAsync(openssl(['-in', p7s, '-content', `${content}.altered`, '-CAfile', root]))
    }
    const shown = await box.request({ path: `/api/v1/orders/${order}`, as: second.login })
    t.like(shown.json, {
      state: 'carried-out',
      proposed: { holder: box.officer.holder },
      countersigned: { holder: second.holder },
    })
  },
)

const openssl = (args: readonly string[]) =>
  promisify(execFile)('openssl', [
    ...['cms', '-verify', '-cades', '-binary', '-purpose', 'any', '-inform', 'DER'],
    ...['-out', '/dev/null', ...args],
  ])

test.serial('nobody is both officers, not even with another certificate of theirs', async (t) => {
  const order = await proposedOrder(box, box.officer)
  await refused(t, 'ORDER_SAME_OFFICER', {
    what: 'the same key',
    asking: () => countersign(order, box.officer),
  })
  // A person enrolled anew has another certificate, and is still the same person.
  const { certificate } = box.officer.signing.signer
  const renewed = await renewedKey(box.officer)
  t.notDeepEqual(renewed.signer.certificate, certificate)
  const bytes = await statementOf(order)
  await refused(t, 'ORDER_SAME_OFFICER', {
    what: 'another certificate of theirs',
    asking: async () => post(order, box.officer, await over(bytes, renewed)),
  })
  await refused(t, 'CERTIFICATE_NOT_LIVE', {
    what: 'the proposer’s key handed in by the second officer',
    asking: async () => post(order, second, await over(bytes, box.officer.signing)),
  })
  await refused(t, 'CERTIFICATE_NOT_LIVE', {
    what: 'a log-in key',
    asking: async () => post(order, second, await over(bytes, second.login)),
  })
  t.is((await countersign(order, second)).status, 200)
})

test.serial('no other role proposes, sees or countersigns an order', async (t) => {
  const auditor = await box.appoint('auditor-orders', 'auditor')
  const order = await proposedOrder(box, box.officer)
  const bytes = await statementOf(order)
  const [one] = box.units
  for (const as of [auditor.login, one.keys.leader]) {
    for (const path of ['/api/v1/orders', `/api/v1/orders/${order}`]) {
      t.is((await box.request({ path, as })).code, 'ROLE_WRONG')
    }
    const json = await over(bytes, auditor.signing)
    const path = `/api/v1/orders/${order}/acts/countersign`
    t.is((await box.act(path, { as, json })).code, 'ROLE_WRONG')
  }
  t.is(
    (await post(order, box.officer, await withdrawal(order, box.officer), 'withdraw')).status,
    200,
  )
})

test.serial(
  'a signature over anything else than the order’s bytes carries nothing out',
  async (t) => {
    const order = await proposedOrder(box, box.officer)
    const bytes = await statementOf(order)
    const changed = (edit: (statement: Record<string, Json>) => void): Uint8Array => {
      const statement = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, Json>
      edit(statement)
      return canonicalJson(statement)
    }
    const cases: readonly (readonly [string, Uint8Array])[] = [
      ['another key', changed((one) => (one['order'] = { ...newOrder(box) }))],
      ['a longer term', changed((one) => (one['expires'] = '2027-01-01T00:00:00.000Z'))],
      ['another reason', changed((one) => (one['reason'] = '别的理由'))],
      ['another proposer', changed((one) => (one['signer'] = second.holder))],
    ]
    for (const [what, other] of cases) {
      await refused(t, 'SIGNATURE_INVALID', {
        what,
        asking: async () => post(order, second, await over(other, second.signing)),
      })
      const unknown = sha256Hex(other)
      await refused(t, 'ORDER_UNKNOWN', {
        what: `${what}, under its own name`,
        asking: async () => post(unknown, second, await over(other, second.signing)),
      })
    }
    t.is((await countersign(order, second)).status, 200)
  },
)

test.serial('an order is carried out once, whoever sends what again', async (t) => {
  const params = newOrder(box)
  const signed = await box.sign(box.officer.signing, proposalOf(box.officer, params))
  const propose = () =>
    box.act('/api/v1/orders/acts/propose', { as: box.officer.login, json: signed })
  const order = String((await propose()).json['order'])
  const json = await over(await statementOf(order), second.signing)
  const [a, b] = await Promise.all([post(order, second, json), post(order, second, json)])
  t.true(a.status === 200 || b.status === 200)
  t.is((await box.entries(0, 'compromise.stated')).filter(isOf(order)).length, 1)
  const third = await box.appoint('officer-three', 'officer')
  await refused(t, 'ORDER_DECIDED', { what: 'a third', asking: () => countersign(order, third) })
  const from = box.box.journal.size
  t.is((await post(order, second, json)).status, 200, 'the same file again is answered')
  t.is((await propose()).json['order'], order, 'the same proposal is the same order')
  t.deepEqual(await actsSince(from), [])
  await refused(t, 'ORDER_DECIDED', {
    what: 'a withdrawal afterwards',
    asking: async () => post(order, box.officer, await withdrawal(order, box.officer), 'withdraw'),
  })
})

test.serial(
  'nobody is asked to sign what would be refused, and nothing is begun for foreign keys',
  async (t) => {
    const order = await proposedOrder(box, box.officer)
    const ask = async (by: TestPerson, query: Record<string, string>) => {
      const path = `/api/v1/sign-request?${new URLSearchParams(query).toString()}`
      return (await box.request({ path, as: by.login })).code
    }
    const propose = (params: object) =>
      ask(box.officer, { act: 'propose-order', order: JSON.stringify(params), reason: '失窃' })
    t.is(await ask(box.officer, { act: 'countersign', order }), 'ORDER_SAME_OFFICER')
    t.is(await ask(second, { act: 'withdraw-order', order }), 'ORDER_NOT_YOURS')
    t.is(await ask(second, { act: 'countersign', order: 'ab'.repeat(32) }), 'ORDER_UNKNOWN')
    const foreign = { certificate: sha256Hex(new Uint8Array([1])) }
    const revocation = { reason: 'keyCompromise', invalidityDate: null }
    t.is(await propose({ ...newOrder(box), ...foreign }), 'CA_CERTIFICATE_UNKNOWN')
    t.is(
      await propose({ act: 'revoke-service', ...foreign, ...revocation }),
      'CA_CERTIFICATE_UNKNOWN',
    )
    const [issuing = new Uint8Array()] = box.parts.authority.chain
    for (const reason of ['certificateHold', 'removeFromCRL']) {
      const own = { certificate: sha256Hex(issuing), invalidityDate: null, reason }
      t.is(await propose({ act: 'revoke-service', ...own }), 'STATEMENT_MISMATCH', reason)
    }
    t.is(await propose({ act: 'burn-down' }), 'QUERY_MALFORMED')
    for (const offsetMs of [9e15, -9e15, 0.5]) {
      t.is(await propose({ act: 'confirm-time', offsetMs }), 'QUERY_MALFORMED')
    }
    t.is(await propose({ ...newOrder(box), extra: 1 }), 'QUERY_MALFORMED')
    t.is(
      await ask(box.officer, { act: 'propose-order', order: '{', reason: 'x' }),
      'QUERY_MALFORMED',
    )
    t.is((await countersign(order, second)).status, 200)
    t.is(await ask(second, { act: 'countersign', order }), 'ORDER_DECIDED')
  },
)

test.serial('of two officers who countersign at once one carries it out', async (t) => {
  const others = [second, await box.appoint('officer-four', 'officer')]
  const order = await proposedOrder(box, box.officer)
  const replies = await Promise.all(others.map((by) => countersign(order, by)))
  const codes = replies.map(({ status, code }) => (status === 200 ? 'done' : code))
  t.is(codes.filter((code) => code === 'done').length, 1)
  t.true(codes.some((code) => code === 'JOURNAL_CONFLICT' || code === 'ORDER_DECIDED'))
  t.is((await box.entries(0, 'compromise.stated')).filter(isOf(order)).length, 1)
})

test.serial('an order whose proposer’s certificate was revoked meanwhile is void', async (t) => {
  const leaving = await box.appoint('officer-leaving', 'officer')
  const order = await proposedOrder(box, leaving)
  t.is((await box.revoke(leaving.signing)).status, 200)
  await refused(t, 'ORDER_PROPOSER_GONE', {
    what: 'countersigning',
    asking: () => countersign(order, second),
  })
})

test.serial('an order whose proposer is revoked while it is carried out is not', async (t) => {
  const leaving = await box.appoint('officer-leaving-now', 'officer')
  const order = (await proposedOrder(box, leaving)) as Sha256
  const desk = createOrderDesk({
    ...box.parts,
    acts: {
      'state-compromise': {
        check: () => Promise.resolve(),
        prepare: async () => {
          t.is((await box.revoke(leaving.signing)).status, 200)
          return { entries: [], expect: [] }
        },
      },
    },
  })
  const { login, signing, holder } = second
  const statement = JSON.parse(new TextDecoder().decode(await statementOf(order))) as Statement
  const signature = await signing.signer.sign(
    statementAttributes(statement, signing.signer.certificate),
  )
  const actor = {
    kind: 'person',
    id: 'officer-two',
    role: 'officer',
    holder,
    certificate: login.name,
  } as const
  const certificate = signing.name
  await t.throwsAsync(desk.countersign({ actor, order, signature, certificate }), {
    code: 'JOURNAL_CONFLICT',
  })
  t.is((await desk.get(order)).state, 'proposed')
  t.is((await box.entries(0, 'order.countersigned')).filter(isOf(order)).length, 0)
})

test.serial('a withdrawn order is void, and only its proposer withdraws it', async (t) => {
  const order = await proposedOrder(box, box.officer)
  await refused(t, 'ORDER_NOT_YOURS', {
    what: 'another officer',
    asking: async () => post(order, second, await withdrawal(order, second), 'withdraw'),
  })
  t.is(
    (await post(order, box.officer, await withdrawal(order, box.officer), 'withdraw')).status,
    200,
  )
  await refused(t, 'ORDER_DECIDED', {
    what: 'countersigning',
    asking: () => countersign(order, second),
  })
})

test.serial('an order that has run out is void, and none runs longer than a week', async (t) => {
  const soon = new Date(Date.now() + 6000).toISOString()
  const signed = await box.sign(box.officer.signing, {
    ...proposalOf(box.officer, newOrder(box)),
    expires: soon,
  })
  const propose = (json: object) =>
    box.act('/api/v1/orders/acts/propose', { as: box.officer.login, json })
  const order = String((await propose(signed)).json['order'])
  await new Promise((resolve) => setTimeout(resolve, Date.parse(soon) - Date.now() + 100))
  await refused(t, 'ORDER_EXPIRED', {
    what: 'countersigning',
    asking: () => countersign(order, second),
  })
  const shown = await box.request({ path: `/api/v1/orders/${order}`, as: second.login })
  t.is(shown.json['state'], 'expired')
  for (const days of [-1, 8]) {
    const expires = new Date(Date.now() + days * 86_400_000).toISOString()
    const json = await box.sign(box.officer.signing, {
      ...proposalOf(box.officer, newOrder(box)),
      expires,
    })
    await refused(t, 'STATEMENT_MISMATCH', {
      what: `${String(days)} days`,
      asking: () => propose(json),
    })
  }
})

test.serial('a box that puts its own words in an order’s place is found out by hash', async (t) => {
  const order = await proposedOrder(box, box.officer)
  const { journal, blobs } = box.parts
  const forged = await blobs.put(
    canonicalJson({
      ...(JSON.parse(new TextDecoder().decode(await statementOf(order))) as object),
      reason: '',
    }),
  )
  // What the box shows is fetched by the order's name, which is the hash that both officers sign.
  t.not(forged, order as Sha256)
  t.is(sha256Hex(await statementOf(order)), order as Sha256)
  t.is(await journal.views.get(`x/grave-order/${forged}`), undefined)
})

/** What was done: refusals, and the box's record of its own stamps, are no acts. */
async function actsSince(from: number) {
  const aside = ['act.refused', 'timestamps.granted']
  return (await box.entries(from)).filter(({ type }) => !aside.includes(type))
}

const isOf =
  (order: string) =>
  ({ data }: { readonly data: Record<string, unknown> }): boolean =>
    data['order'] === order

function proposalOf(by: TestPerson, order: Order): object {
  const expires = new Date(Date.now() + 86_400_000).toISOString()
  return { type: 'sealbox.order', signer: by.holder, order, reason: '失窃', expires }
}

const withdrawal = (order: string, by: TestPerson) =>
  box.sign(by.signing, { type: 'sealbox.order-withdrawal', signer: by.holder, order })

/** Another signing certificate of the same person, as a renewal gives it. */
async function renewedKey({ holder }: TestPerson): Promise<TestKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
  const certificate = await box.parts.authority.issue({
    profile: 'officer-signing',
    subject: {
      organization: '测试区',
      organizationalUnit: 'officer',
      commonName: holder.replace('person:', ''),
    },
    publicKey: spki as ProvenPublicKey,
    holder,
    actor: boxActor,
  })
  return {
    key: '',
    cert: '',
    name: sha256Hex(certificate),
    signer: signerOf(privateKey, certificate),
  }
}
