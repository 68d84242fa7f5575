/** Enrolment from outside: rosters, one-time codes, requests, and what strangers may try how often. */
import { createHash, randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { toBase64 } from '../../ca/index.ts'
import {
  makeUnitKey,
  modelDistrict,
  newEnrolmentCode,
  writeRoster,
} from '../../provisioning/index.ts'
import { makeRequest } from '../../provisioning/kit/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import { openCode, openTestBox, type Reply, type TestBox } from './box_fixture.ts'
import { textBytes } from './trip.ts'

const full = process.env['SEALBOX_TEST_FULL'] === '1'

/** Garbage requests to what needs no certificate: 2,000, or 10,000 in the full count. */
const garbage = full ? 10_000 : 2000

let box: TestBox

/** Strangers are refused often in these tests; the limit has a test of its own. */
const limits = { refusedPerMinute: 10_000, uploadBytes: 300 * 1024 * 1024 }

test.before(async () => {
  box = await openTestBox({ parts: (parts) => ({ ...parts, limits }) })
})

test.after.always(() => box.close())

test.serial('a roster with one bad row registers nothing', async (t) => {
  const { officer } = box
  const [four, five] = modelDistrict.slice(3, 5)
  if (!four || !five) throw new TypeError('two units')
  const rosters = [
    writeRoster([four, { ...five, uscc: '91999999PDY00001XX' }]),
    writeRoster([four, four]),
    textBytes('no roster'),
    new Uint8Array(),
  ]
  const from = box.box.journal.size
  for (const roster of rosters) {
    const signed = await box.sign(officer.signing, {
      type: 'sealbox.registration',
      signer: officer.holder,
      roster: createHash('sha256').update(roster).digest('hex'),
      units: [four.uscc, five.uscc],
    })
    const json = { ...signed, roster: toBase64(roster) }
    const reply = await box.act('/api/v1/units/acts/register', { as: officer.login, json })
    t.is(reply.code, 'ROSTER_REFUSED')
  }
  t.deepEqual(await box.entries(from, 'unit.registered'), [])
  t.is(await box.parts.directory.unit(four.uscc), undefined)
})

interface Csr {
  readonly profile: string
  readonly request: Uint8Array
}

const redeem = (code: string, requests: readonly Csr[], role = 'auditor'): Promise<Reply> =>
  box.request({
    method: 'POST',
    path: '/api/v1/requests/acts/redeem',
    json: {
      code,
      requests: requests.map(({ profile, request }) => ({
        profile: `${role}-${profile}`,
        request: toBase64(request),
      })),
    },
    headers: { 'Idempotency-Key': 'redeem-0001' },
  })

const lookUp = (code: string, of = box): Promise<Reply> =>
  of.request({
    method: 'POST',
    path: '/api/v1/requests/acts/look-up',
    json: { code },
    headers: { 'Idempotency-Key': 'look-up-0001' },
  })

async function csr(profile: string, commonName = profile): Promise<Csr> {
  return { profile, request: await makeRequest({ key: await makeUnitKey(), commonName }) }
}

test.serial(
  'a code that is unknown, expired, mistyped or used is told so, and opens nothing',
  async (t) => {
    const requests = [await csr('client'), await csr('signing')]
    const others = [await csr('client'), await csr('signing')]
    const random = (length: number) => new Uint8Array(randomBytes(length))
    const past = '2020-01-01T00:00:00.000Z'
    const code = await openCode(box, { id: 'auditor-used', role: 'auditor' })
    t.is((await redeem(code, requests)).status, 201)
    const cases: readonly (readonly [string, string])[] = [
      ['ENROLMENT_CODE_UNKNOWN', newEnrolmentCode(random)],
      [
        'ENROLMENT_CODE_EXPIRED',
        await openCode(box, { id: 'auditor-past', role: 'auditor', expires: past }),
      ],
      ['ENROLMENT_CODE_MISTYPED', `${newEnrolmentCode(random).slice(0, -1)}!`],
      ['ENROLMENT_CODE_MISTYPED', ''],
      ['ENROLMENT_CODE_USED', code],
    ]
    for (const [refusal, one] of cases) {
      for (const reply of [await lookUp(one), await redeem(one, others)]) {
        t.is(reply.code, refusal)
        t.false(one !== '' && reply.text.includes(one), 'no answer repeats a code')
      }
    }
    const entries = JSON.stringify(await box.entries(0))
    for (const [, one] of cases)
      t.false(one !== '' && entries.includes(one), 'nor does the journal')
  },
)

function opensslRequest(algorithm: readonly string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-csr-'))
  try {
    const made = execFileSync(
      'openssl',
      ['req', '-new', '-nodes', '-outform', 'DER', '-subj', '/CN=weak', ...algorithm].concat([
        '-keyout',
        join(folder, 'key.pem'),
      ]),
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    return new Uint8Array(made)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test.serial(
  'requests: possession proven, keys strong and each its own, subjects ours',
  async (t) => {
    const code = await openCode(box, { id: 'auditor-keys', role: 'auditor' })
    const [client, signing] = [await csr('client', '青禾区总书记'), await csr('signing')]
    const forged = Uint8Array.from(client.request)
    forged[forged.length - 4] = (forged[forged.length - 4] ?? 0) ^ 1
    const weak = (algorithm: readonly string[]) => ({
      profile: 'client',
      request: opensslRequest(algorithm),
    })
    const cases: readonly (readonly [string, readonly Csr[]])[] = [
      ['CA_REQUEST_POSSESSION_UNPROVEN', [{ ...client, request: forged }, signing]],
      ['CA_REQUEST_KEY_REFUSED', [weak(['-newkey', 'rsa:1024']), signing]],
      [
        'CA_REQUEST_KEY_REFUSED',
        [weak(['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp224r1']), signing],
      ],
      ['CA_REQUEST_MALFORMED', [{ ...client, request: textBytes('no request') }, signing]],
      ['ENROLMENT_REQUESTS_WRONG', [client, { ...signing, request: client.request }]],
      ['ENROLMENT_REQUESTS_WRONG', [client]],
      ['ENROLMENT_REQUESTS_WRONG', [client, signing, await csr('more')]],
      ['ENROLMENT_REQUESTS_WRONG', [client, { ...signing, profile: 'officer' }]],
    ]
    const from = box.box.journal.size
    for (const [refusal, requests] of cases) {
      t.is((await redeem(code, requests)).code, refusal, refusal)
    }
    t.is((await redeem(code, [client, signing], 'officer')).code, 'ENROLMENT_REQUESTS_WRONG')
    t.deepEqual(await box.entries(from, 'certificate.issued'), [])
    const reply = await redeem(code, [client, signing])
    t.is(reply.status, 201, reply.text)
    const [first] = reply.json['certificates'] as { certificate: string }[]
    const { subject } = readCertificate(
      new Uint8Array(Buffer.from(first?.certificate ?? '', 'base64')),
    )
    t.regex(subject.text, /auditor-keys/)
    t.notRegex(subject.text, /总书记/)
    const another = await openCode(box, { id: 'auditor-other', role: 'auditor' })
    t.is(
      (await redeem(another, [client, signing])).code,
      'CA_REQUEST_KEY_REFUSED',
      'another’s keys',
    )
  },
)

test.serial('a code that is redeemed twice at once issues once', async (t) => {
  const code = await openCode(box, { id: 'auditor-twice', role: 'auditor' })
  const from = box.box.journal.size
  const tries = await Promise.all(
    Array.from({ length: 4 }, async () =>
      redeem(code, [await csr('client'), await csr('signing')]),
    ),
  )
  t.is(tries.filter(({ status }) => status === 201).length, 1)
  for (const { status } of tries) t.true(status === 201 || status === 409)
  t.is((await box.entries(from, 'certificate.issued')).length, 2)
})

test.serial(
  'a lost answer is given again to the same keys, to no others, and issues nothing',
  async (t) => {
    const code = await openCode(box, { id: 'auditor-again', role: 'auditor' })
    const requests = [await csr('client'), await csr('signing')]
    const first = await redeem(code, requests)
    t.is(first.status, 201)
    const from = box.box.journal.size
    const again = await redeem(code, requests)
    t.is(again.status, 201)
    t.deepEqual(again.json, first.json)
    const other = await redeem(code, [requests[0] ?? (await csr('client')), await csr('signing')])
    t.is(other.code, 'ENROLMENT_CODE_USED')
    t.is((await box.entries(from, 'certificate.issued')).length, 0)
  },
)

test.serial('strangers are refused so often a minute, and do not fill the journal', async (t) => {
  const own = await openTestBox()
  t.teardown(() => own.close())
  const from = own.box.journal.size
  const minute = () => Math.floor(Date.now() / 60_000)
  const began = minute()
  const statuses = new Map<number, number>()
  const count = ({ status }: Reply): void => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  const noise = randomBytes(200)
  const send = async (at: number): Promise<Reply> => {
    if (at % 5 === 0) return own.request({ method: 'POST', path: '/ocsp', body: noise, pki: true })
    if (at % 5 === 1) return own.request({ method: 'POST', path: '/tsa', body: noise, pki: true })
    const act = at % 5 === 2 ? 'redeem' : 'look-up'
    return own.request({
      method: 'POST',
      path: `/api/v1/requests/acts/${act}`,
      body: at % 5 === 3 ? noise : JSON.stringify({ code: 'AAAAAA-AAAAAA-AAAAAA' }),
      headers: { 'Idempotency-Key': 'garbage-0001', 'Content-Type': 'application/json' },
    })
  }
  for (let at = 0; at < garbage; at += 20) {
    const batch = Array.from({ length: 20 }, (_, one) => send(at + one))
    for (const reply of await Promise.all(batch)) count(reply)
  }
  t.true(
    [...statuses.keys()].every((status) => status < 500),
    JSON.stringify([...statuses]),
  )
  t.true((statuses.get(429) ?? 0) > garbage / 4)
  const written = own.box.journal.size - from
  t.true(written <= 5 * (minute() - began + 1), String(written))
  const code = await openCode(own, { id: 'auditor-late', role: 'auditor' })
  // Counted by minutes, and a new one may begin in between.
  let late = await lookUp(code, own)
  for (let minutes = 0; minutes < 3 && late.code !== 'TOO_MANY_REQUESTS'; minutes++) {
    for (let at = 0; at < 30; at++) await lookUp('', own)
    late = await lookUp(code, own)
  }
  t.is(late.code, 'TOO_MANY_REQUESTS', 'whoever was refused so often waits')
  t.is((await own.request({ path: '/api/v1/me', as: own.units[0].keys.clerk })).status, 200)
})

test.serial('a right code is not counted: a district enrols from one address', async (t) => {
  const own = await openTestBox({
    parts: (parts) => ({ ...parts, limits: { refusedPerMinute: 5 } }),
  })
  t.teardown(() => own.close())
  const code = await openCode(own, { id: 'auditor-many', role: 'auditor' })
  for (let at = 0; at < 20; at++) t.is((await lookUp(code, own)).status, 200)
})
