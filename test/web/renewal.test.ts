/** Renewal by signed statement over HTTPS: what it gives, and each rule with what it refuses, tried as an attacker would. */
import test, { type ExecutionContext } from 'ava'
import { sha256Hex, systemRandom, toBase64, toPem, type Sha256 } from '../../ca/index.ts'
import {
  emptyMemory,
  requestedCertificates,
  requestId,
  type OwnStatement,
  type UnitSigner,
} from '../../exchange/unit/index.ts'
import { argon2id } from '../../appliance/unit/argon2id.ts'
import {
  argon2Costs,
  exportPkcs8,
  listEnding,
  listOwn,
  renewalDue,
  wrapKeys,
  writeKeyFile,
} from '../../provisioning/index.ts'
import {
  makeRenewalKeys,
  signRenewal,
  type Renewable,
  type RenewalKey,
} from '../../provisioning/kit/index.ts'
import { signerOf, signersOfUnit } from '../exchange/unit/asking.ts'
import {
  openTestBox,
  type Identity,
  type Reply,
  type TestBox,
  type TestKey,
  type TestUnit,
} from './box_fixture.ts'

let box: TestBox

test.before(async () => {
  box = await openTestBox()
})

test.after.always(() => box.close())

const path = '/api/v1/renewals/acts/renew'
const wholeUnit: readonly Renewable[] = [
  { profile: 'seat-client', seat: 'clerk' },
  { profile: 'seat-signing', seat: 'clerk' },
  { profile: 'seat-client', seat: 'leader' },
  { profile: 'seat-signing', seat: 'leader' },
  { profile: 'unit-seal', seat: null },
]
const of = (seat: string): readonly Renewable[] => wholeUnit.filter((one) => one.seat === seat)

/** Statements for these keys, by whoever signs. */
async function signedFor(
  keys: readonly RenewalKey[],
  by: { readonly owner: string; readonly signers: readonly UnitSigner[] },
): Promise<readonly OwnStatement[]> {
  const { id, journalCertificate } = box.parts.box
  const heads = {
    checkpoint: () => box.parts.box.checkpoint(),
    proof: () => Promise.resolve([]),
  }
  const parts = { memory: emptyMemory, box: { id, journalCertificate }, heads, now: new Date() }
  const asked = keys.map(({ key, ...rest }) => ({ ...rest, publicKey: key.spki }))
  return (await signRenewal(asked, { ...by, ...parts })).signed
}

interface Asked {
  readonly as: Identity
  readonly keys: readonly RenewalKey[]
  readonly signed: readonly object[]
  readonly keyFile?: Uint8Array
}

function ask({ as, keys, signed, keyFile }: Asked): Promise<Reply> {
  const requests = keys.map(({ profile, seat, request }) => ({
    ...{ profile, request },
    ...(seat !== null && { seat }),
  }))
  const json = { requests, signed, ...(keyFile && { keyFile: toBase64(keyFile) }) }
  return box.act(path, { as, json })
}

async function renewUnit(unit: TestUnit, wanted = wholeUnit): Promise<Asked> {
  const keys = await makeRenewalKeys(wanted)
  const by = { owner: unit.unit.uscc, signers: signersOfUnit(unit) }
  return { as: unit.keys.clerk, keys, signed: await signedFor(keys, by) }
}

/** A statement of the caller's making over these keys. */
function statement(
  key: TestKey,
  signer: string,
  more: {
    readonly keys: readonly RenewalKey[]
    readonly named?: readonly RenewalKey[]
    readonly who?: string
    readonly at?: string
  },
): Promise<object> {
  const { keys, named = keys, ...rest } = more
  const asked = (some: readonly RenewalKey[]) =>
    some.map(({ profile, seat, key: { spki } }) => ({ profile, seat, publicKey: spki }))
  return box.sign(key, {
    ...{ type: 'sealbox.renewal', signer, request: requestId(asked(keys)) },
    who: signer.replace(/^\w+:/, '').split('/')[0],
    certificates: requestedCertificates(asked(named)),
    ...rest,
  })
}

const newest = (reply: Reply, profile: string, seat?: string): Uint8Array => {
  const found = reply.json['certificates'] as {
    profile: string
    seat?: string
    certificate: string
  }[]
  const der = found.find((one) => one.profile === profile && one.seat === seat)?.certificate
  return Uint8Array.from(Buffer.from(der ?? '', 'base64'))
}

async function pemOf({ key }: RenewalKey): Promise<string> {
  return toPem('PRIVATE KEY', await exportPkcs8(key))
}

test.serial(
  'a unit renews all it has, without an officer; both are live, and an officer sees it',
  async (t) => {
    const [unit] = box.units
    const asked = await renewUnit(unit)
    t.is(asked.signed.length, 2, 'one statement a signing key')
    const from = box.box.journal.size
    const reply = await ask(asked)
    t.is(reply.status, 201)
    t.deepEqual(
      (await box.entries(from))
        .map(({ type }) => type)
        .filter((type) => !type.startsWith('timestamps.')),
      ['enrolment.renewed', ...Array<string>(5).fill('certificate.issued')],
    )
    const [login] = asked.keys
    const cert = toPem('CERTIFICATE', newest(reply, 'seat-client', 'clerk'))
    const next = { key: login ? await pemOf(login) : '', cert }
    for (const as of [next, unit.keys.clerk]) {
      const me = await box.request({ path: '/api/v1/me', as })
      t.like(me.json['actor'], { seat: 'clerk', unit: unit.unit.uscc })
    }
    const own = await box.request({ path: '/api/v1/renewals/own', as: next })
    const rows = own.json['items'] as { profile: string; sha256: string; due: unknown }[]
    t.is(rows.length, 5)
    // Enrolled and renewed within one second, both end in the same one.
    const either = [sha256Hex(newest(reply, 'seat-client', 'clerk')), unit.keys.clerk.name]
    t.true(either.includes(rows[0]?.sha256 as Sha256))
    const seen = await box.request({ path: '/api/v1/renewals', as: box.officer.login })
    const [latest] = seen.json['items'] as { holder: string; renewed: { before: string }[] }[]
    t.is(latest?.holder, `unit:${unit.unit.uscc}`)
    t.is(latest?.renewed[0]?.before, unit.keys.clerk.name)

    const after = box.box.journal.size
    t.deepEqual((await ask(asked)).json, reply.json, 'a lost answer is given again')
    const late = await ask({ ...asked, as: unit.keys.leader })
    t.deepEqual(late.json, reply.json, 'also to the other seat')
    t.is(box.box.journal.size, after, 'and nothing more is issued')
    const foreign = await ask({ ...asked, as: box.units[1].keys.clerk })
    t.is(foreign.code, 'ENROLMENT_KEYS_KNOWN', 'to nobody else')
  },
)

test.serial('two of the same at once issue once', async (t) => {
  const asked = await renewUnit(box.units[1], of('clerk'))
  const from = box.box.journal.size
  const replies = await Promise.all(Array.from({ length: 4 }, () => ask(asked)))
  for (const { status, json } of replies) t.deepEqual([status, json], [201, replies[0]?.json])
  t.is((await box.entries(from, 'certificate.issued')).length, 2)
})

test.serial('nobody renews what is another’s, whatever they name', async (t) => {
  const [unit, other] = box.units
  const { uscc } = unit.unit
  const clerk = `seat:${uscc}/clerk`
  const leader = `seat:${uscc}/leader`
  const as = unit.keys.clerk
  const leaders = await makeRenewalKeys(of('leader'))
  const refused = async (
    what: string,
    keys: readonly RenewalKey[],
    signed: readonly object[],
    code: string,
  ) => {
    t.is((await ask({ as, keys, signed })).code, code, what)
  }
  const from = box.box.journal.size
  const byClerk = await statement(unit.keys.clerkSigning, clerk, { keys: leaders })
  await refused('the clerk signs for the leader', leaders, [byClerk], 'RENEWAL_NOT_YOURS')
  const pretending = await statement(unit.keys.clerkSigning, leader, { keys: leaders })
  await refused(
    'as the leader, with the clerk’s key',
    leaders,
    [pretending],
    'CERTIFICATE_NOT_LIVE',
  )
  const seal = await makeRenewalKeys([{ profile: 'unit-seal', seat: null }])
  const byLeader = await statement(unit.keys.leaderSigning, leader, { keys: seal })
  await refused(
    'the leader, who does not seal, signs for the seal',
    seal,
    [byLeader],
    'RENEWAL_NOT_YOURS',
  )
  const bySeal = await statement(unit.keys.seal, clerk, { keys: seal })
  await refused('the seal itself', seal, [bySeal], 'CERTIFICATE_NOT_LIVE')
  const both = await makeRenewalKeys(wholeUnit)
  const clerkOnly = both.filter(({ seat }) => seat !== 'leader')
  const half = await statement(unit.keys.clerkSigning, clerk, { keys: both, named: clerkOnly })
  await refused('half of it signed for', both, [half], 'RENEWAL_NOT_YOURS')
  const own = await makeRenewalKeys(of('clerk'))
  const foreign = await statement(other.keys.clerkSigning, `seat:${other.unit.uscc}/clerk`, {
    keys: own,
  })
  await refused('another unit’s key', own, [foreign], 'RENEWAL_NOT_YOURS')
  const forOther = await statement(unit.keys.clerkSigning, clerk, {
    keys: own,
    who: other.unit.uscc,
  })
  await refused('for another unit', own, [forOther], 'STATEMENT_MISMATCH')
  const different = await makeRenewalKeys(of('clerk'))
  const others = await statement(unit.keys.clerkSigning, clerk, { keys: different })
  await refused('a statement over other keys', own, [others], 'RENEWAL_NOT_YOURS')
  const login = await statement(unit.keys.clerk, clerk, { keys: own })
  await refused('the log-in key', own, [login], 'CERTIFICATE_NOT_LIVE')
  const old = await statement(unit.keys.clerkSigning, clerk, {
    keys: own,
    at: '2020-01-01T00:00:00.000Z',
  })
  await refused('an old statement', own, [old], 'STATEMENT_MISMATCH')
  const officers = await makeRenewalKeys([{ profile: 'officer-client', seat: null }])
  const grown = await statement(unit.keys.clerkSigning, clerk, { keys: officers })
  await refused('another profile', officers, [grown], 'ENROLMENT_REQUESTS_WRONG')
  t.deepEqual(await box.entries(from, 'certificate.issued'), [])
})

test.serial('a key that was certified before is not certified again', async (t) => {
  const [, , unit] = box.units
  const asked = await renewUnit(unit, of('clerk'))
  t.is((await ask(asked)).status, 201)
  const [login] = asked.keys
  const [, signing] = await makeRenewalKeys(of('clerk'))
  if (login === undefined || signing === undefined) throw new TypeError('keys')
  const keys = [login, signing]
  const signed = await signedFor(keys, { owner: unit.unit.uscc, signers: signersOfUnit(unit) })
  t.is((await ask({ as: unit.keys.clerk, keys, signed })).code, 'CA_REQUEST_KEY_REFUSED')
})

test.serial(
  'who is revoked or on hold renews nothing; who lost the log-in alone renews the rest',
  async (t) => {
    const person = async (id: string) => {
      const { holder, login, signing } = await box.appoint(id, 'auditor')
      return { holder, login, signing, signers: [signerOf(holder, signing)] }
    }
    const wanted = [
      { profile: 'auditor-client', seat: null },
      { profile: 'auditor-signing', seat: null },
    ]
    const actor = { holder: box.officer.holder, certificate: box.officer.login.name }
    for (const reason of ['keyCompromise', 'certificateHold'] as const) {
      const one = await person(`auditor-${reason.toLowerCase()}`)
      const keys = await makeRenewalKeys(wanted)
      const owner = one.holder.slice('person:'.length)
      const signed = await signedFor(keys, { owner, signers: one.signers })
      await box.parts.authority.revoke({ sha256: one.signing.name, reason, actor })
      t.is((await ask({ as: one.login, keys, signed })).code, 'CERTIFICATE_NOT_LIVE', reason)
      await box.parts.authority.revoke({ sha256: one.login.name, reason, actor })
      t.is((await ask({ as: one.login, keys, signed })).code, 'CERTIFICATE_REQUIRED', reason)
    }
    const auditor = await person('auditor-renews')
    const keys = await makeRenewalKeys(wanted)
    const signed = await signedFor(keys, { owner: 'auditor-renews', signers: auditor.signers })
    t.is(
      (await ask({ as: auditor.login, keys, signed })).status,
      201,
      'an auditor renews their own',
    )
  },
)

test.serial(
  'a revocation in the same moment wins or comes too late, and never loses',
  async (t) => {
    for (let tried = 0; tried < 6; tried++) {
      const id = `auditor-moment-${String(tried)}`
      const { holder, login, signing } = await box.appoint(id, 'auditor')
      const keys = await makeRenewalKeys([{ profile: 'auditor-client', seat: null }])
      const signed = await signedFor(keys, { owner: id, signers: [signerOf(holder, signing)] })
      const from = box.box.journal.size
      await Promise.all([ask({ as: login, keys, signed }), box.revoke(login)])
      const types = (await box.entries(from)).map(({ type }) => type)
      const revoked = types.indexOf('certificate.revoked')
      const renewed = types.indexOf('enrolment.renewed')
      t.true(revoked >= 0)
      t.true(renewed === -1 || renewed < revoked, types.join())
    }
  },
)

/** A unit that handed over a key file, and what wraps another. */
async function wrapped(
  t: ExecutionContext,
  keys: readonly RenewalKey[],
  owner: string,
): Promise<Uint8Array> {
  const signing = keys.filter(({ profile }) => !profile.endsWith('-client'))
  t.true(signing.length > 0)
  const file = await wrapKeys({
    owner: { id: owner, name: '单位' },
    keys: await Promise.all(
      signing.map(async ({ profile, seat, key }) => {
        const pkcs8 = await exportPkcs8(key)
        return profile === 'unit-seal'
          ? { use: 'unit-seal' as const, pkcs8 }
          : { use: 'seat-signing' as const, seat: seat ?? 'self', pkcs8 }
      }),
    ),
    ...{ passphrase: '口令口令口令', unitSecret: systemRandom(16), argon2id },
    ...{ cost: argon2Costs.fast, random: systemRandom },
  })
  return writeKeyFile(file)
}

test.serial(
  'the key file is replaced with the certificates, and only by one that loses no key',
  async (t) => {
    const [, unit] = box.units
    const { uscc } = unit.unit
    const kept = async (): Promise<Sha256 | undefined> =>
      (await box.parts.journal.views.get(`p/key-file/unit:${uscc}`))?.value as Sha256 | undefined
    const first = await renewUnit(unit)
    const file = await wrapped(t, first.keys, uscc)
    t.is((await ask({ ...first, keyFile: file })).status, 201)
    t.is(await kept(), sha256Hex(file))

    const next = await renewUnit(unit, [
      { profile: 'seat-signing', seat: 'leader' },
      { profile: 'unit-seal', seat: null },
    ])
    const strangers = await makeRenewalKeys(wholeUnit)
    const cases: readonly (readonly [string, Uint8Array | undefined, string])[] = [
      ['none', undefined, 'RENEWAL_KEY_FILE_WRONG'],
      ['no key file', new Uint8Array([1]), 'KEY_FILE_MALFORMED'],
      ['other keys', await wrapped(t, strangers, uscc), 'RENEWAL_KEY_FILE_WRONG'],
      ['another owner', await wrapped(t, next.keys, 'somebody'), 'RENEWAL_KEY_FILE_WRONG'],
      ['without the clerk’s key', await wrapped(t, next.keys, uscc), 'RENEWAL_KEY_FILE_WRONG'],
      [
        'with another key in the clerk’s place',
        await wrapped(t, [...next.keys, ...strangers.filter(({ seat }) => seat === 'clerk')], uscc),
        'RENEWAL_KEY_FILE_WRONG',
      ],
    ]
    const from = box.box.journal.size
    for (const [what, keyFile, code] of cases) {
      const reply = await ask({ ...next, ...(keyFile && { keyFile }) })
      t.is(reply.code, code, what)
      t.is(await kept(), sha256Hex(file), 'the one before stays')
    }
    t.deepEqual(await box.entries(from, 'certificate.issued'), [])
  },
)

const day = 86_400_000

test('60, 30 and 7 days before the end a renewal is due, and afterwards it ended', (t) => {
  const end = new Date('2029-11-24T12:00:00Z')
  const before = (ms: number): Date => new Date(end.getTime() - ms)
  const cases: readonly (readonly [number, unknown])[] = [
    [60 * day + 1, undefined],
    [60 * day, 60],
    [30 * day + 1, 60],
    [30 * day, 30],
    [7 * day + 1, 30],
    [7 * day, 7],
    [0, 7],
    [-1, 'ended'],
  ]
  for (const [ms, due] of cases) t.is(renewalDue(end, before(ms)), due as never, String(ms))
})

test.serial(
  'officers are told what ends soon without a successor, and a holder of their own',
  async (t) => {
    const fresh = await openTestBox()
    t.teardown(() => fresh.close())
    const [unit, other] = fresh.units
    const { authority } = fresh.parts
    const [clerk] = await authority.certificatesOf(`seat:${unit.unit.uscc}/clerk`)
    const end = clerk?.notAfter.getTime() ?? 0
    const at = (daysBefore: number) => ({
      ...fresh.parts,
      clock: { ...fresh.parts.clock, now: () => new Date(end - daysBefore * day) },
    })
    t.deepEqual((await listEnding(at(61), { limit: 100 })).items, [])
    const all = await listEnding(at(20), { limit: 100 })
    // Three units of five, the officer's two; the box's own are not people's to renew.
    t.is(all.items.length, 17)
    t.true(all.items.every(({ due, holder }) => due === 30 && holder !== 'box'))
    t.true((await listEnding(at(20), { limit: 5 })).hasMore)

    const { uscc } = other.unit
    const seat = await fresh.parts.directory.principal(`seat:${uscc}/clerk`, other.keys.clerk.name)
    if (seat === undefined) throw new TypeError('a seat')
    t.true((await listOwn(at(61), seat)).every(({ due }) => due === null))
    t.deepEqual(
      (await listOwn(at(5), seat)).map(({ due }) => due),
      [7, 7, 7, 7, 7],
    )
    await authority.revoke({
      ...{ sha256: unit.keys.seal.name, reason: 'superseded' },
      actor: { holder: fresh.officer.holder, certificate: fresh.officer.login.name },
    })
    t.is(
      (await listEnding(at(20), { limit: 100 })).items.length,
      16,
      'revoked it needs no successor',
    )
    t.is((await listEnding(at(-1), { limit: 100 })).items[0]?.due, 'ended')
  },
)
