/** Sign requests over the API and as files: each act round by round through a real box, and what is refused on the way. */
import test from 'ava'
import { toBase64 } from '../../ca/index.ts'
import {
  answerSignRequest,
  loadFiles,
  readSignRequest,
  signActs,
  type SignAct,
  type Signed,
} from '../../exchange/unit/index.ts'
import { modelDistrict, writeRoster } from '../../provisioning/index.ts'
import {
  answered,
  ask,
  handIn,
  partsFor,
  questions,
  type Question,
} from '../exchange/unit/asking.ts'
import { openTestBox, type Identity, type Reply, type TestBox } from './box_fixture.ts'
import { dispatched, drafted, numbered } from './trip.ts'

let box: TestBox

test.before(async () => {
  const limits = { refusedPerMinute: 10_000 }
  box = await openTestBox({ parts: (parts) => ({ ...parts, limits }) })
})

test.after.always(() => box.close())

const pathOf = (query: object): string =>
  `/api/v1/sign-request?${new URLSearchParams(query as Record<string, string>).toString()}`
const post = (as: Identity, signed: unknown): Promise<Reply> =>
  box.request({ method: 'POST', path: '/api/v1/signed', as, json: signed })

/** Downloads the request as a file, signs it with no line to the box, gives the answer as a file. */
async function byFiles({ as, query }: Question): Promise<Signed> {
  const file = await box.request({ path: pathOf({ ...query, inline: '1' }), as })
  if (file.status !== 200) throw new Error(file.text)
  const request = readSignRequest(new Uint8Array(file.bytes))
  const files = await loadFiles(request)
  const { signed } = await answerSignRequest(request, partsFor(box, files))
  return JSON.parse(JSON.stringify(signed)) as Signed
}

/** What the box answers to the same file again: acts that give out a code do so once. */
const again: Partial<Record<SignAct, string>> = {
  register: 'JOURNAL_CONFLICT',
  appoint: 'PERSON_KNOWN',
  'issue-code': 'ENROLMENT_ORDER_DONE',
}

for (const act of signActs) {
  test.serial(`${act}: asked for as a file, signed off line, performed once`, async (t) => {
    const question = await questions[act](box)
    const signed = await byFiles(question)
    const from = box.box.journal.size
    const first = await post(question.as, signed)
    t.true(first.status < 300, first.text)
    const done = (await box.entries(from)).map(({ type }) => type)
    t.true(done.length > 0)
    const through = box.box.journal.size
    const second = await post(question.as, signed)
    const refused = again[act]
    if (refused === undefined) {
      t.is(second.status, first.status)
      t.deepEqual(second.json, first.json, 'the same answer')
    } else t.is(second.code, refused)
    const more = await box.entries(through)
    t.deepEqual(
      more.filter(({ type }) => type !== 'act.refused' && type !== 'timestamps.granted'),
      [],
      'done once',
    )
  })
}

test.serial('a request is made for who may do the act now, and for nobody else', async (t) => {
  const [one, two, three] = box.units
  const between = { issuers: [one], main: [two] }
  const [draft, ready] = [await drafted(between), await numbered(between)]
  const sent = await dispatched(between)
  const about = (act: SignAct, document: string, more: object = {}) => ({ act, document, ...more })
  const { login } = box.officer
  const revoking = { act: 'revoke', certificate: three.keys.seal.name, reason: 'superseded' }
  const cases: readonly (readonly [string, Identity, object, string])[] = [
    ['no act', one.keys.clerk, {}, 'QUERY_MALFORMED'],
    ['an unknown act', one.keys.clerk, { act: 'forward' }, 'QUERY_MALFORMED'],
    ['no document', one.keys.clerk, { act: 'approve' }, 'QUERY_MALFORMED'],
    ['an unknown document', one.keys.leader, about('approve', 'a'.repeat(26)), 'NOT_FOUND'],
    ['another unit’s document', three.keys.leader, about('approve', draft.id), 'NOT_FOUND'],
    ['no duty', one.keys.clerk, about('approve', draft.id), 'NOT_PERMITTED'],
    ['another stage', one.keys.leader, about('approve', ready.id), 'STAGE_WRONG'],
    ['too early', one.keys.clerk, about('dispatch', ready.id), 'STAGE_WRONG'],
    ['an officer', login, about('approve', draft.id), 'ROLE_WRONG'],
    [
      'another unit’s seal',
      one.keys.clerk,
      about('seal', ready.id, { certificate: two.keys.seal.name }),
      'CERTIFICATE_NOT_LIVE',
    ],
    ['no hash', one.keys.clerk, about('seal', ready.id, { certificate: 'x' }), 'QUERY_MALFORMED'],
    [
      'a deadline that is none',
      one.keys.clerk,
      about('dispatch', ready.id, { deadline: 'soon' }),
      'QUERY_MALFORMED',
    ],
    [
      'units that are none',
      one.keys.clerk,
      about('dispatch', ready.id, { main: '甲' }),
      'QUERY_MALFORMED',
    ],
    ['not sent yet', two.keys.clerk, about('sign-for', ready.id), 'NOT_FOUND'],
    ['no reason', two.keys.clerk, about('return', sent.id), 'QUERY_MALFORMED'],
    ['no duty to sign for', two.keys.leader, about('sign-for', sent.id), 'NOT_PERMITTED'],
    ['a clerk as officer', one.keys.clerk, revoking, 'ROLE_WRONG'],
    ['no such reason', login, { ...revoking, reason: 'boredom' }, 'QUERY_MALFORMED'],
    [
      'no such certificate',
      login,
      { ...revoking, certificate: '0'.repeat(64) },
      'CA_CERTIFICATE_UNKNOWN',
    ],
    ['the box’s own', login, { ...revoking, certificate: await ownCertificate() }, 'ROLE_WRONG'],
    ['no such roster', login, { act: 'register', roster: '0'.repeat(64) }, 'NOT_FOUND'],
    ['a person known', login, { act: 'appoint', id: 'officer-1', role: 'auditor' }, 'PERSON_KNOWN'],
    ['no such role', login, { act: 'appoint', id: 'auditor-9', role: 'leader' }, 'QUERY_MALFORMED'],
    ['no identifier', login, { act: 'appoint', id: 'A/B', role: 'auditor' }, 'QUERY_MALFORMED'],
    ['a code for nobody', login, { act: 'issue-code', id: 'nobody' }, 'HOLDER_UNKNOWN'],
    [
      'no such request',
      login,
      { act: 'approve-request', request: '0'.repeat(64) },
      'ENROLMENT_REQUEST_UNKNOWN',
    ],
    [
      'refused without a reason',
      login,
      { act: 'refuse-request', request: '0'.repeat(64) },
      'QUERY_MALFORMED',
    ],
    [
      'first that is no size',
      one.keys.leader,
      about('approve', draft.id, { first: '-1' }),
      'QUERY_MALFORMED',
    ],
  ]
  for (const [what, as, query, code] of cases) {
    t.is((await box.request({ path: pathOf(query), as })).code, code, what)
  }
  t.is(
    (await box.request({ path: pathOf(about('approve', draft.id)) })).code,
    'CERTIFICATE_REQUIRED',
  )
})

async function ownCertificate(): Promise<string> {
  const [own] = await box.parts.authority.certificatesOf('box')
  return String(own?.sha256)
}

test.serial('asking what to sign opens the document, unless another site led here', async (t) => {
  const { as, query } = await questions['sign-for'](box)
  const from = box.box.journal.size
  const headers = {
    'Sec-Fetch-Site': 'cross-site',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
  }
  t.is((await box.request({ path: pathOf(query), as, headers })).status, 200)
  t.deepEqual(await box.entries(from, 'document.received'), [])
  await ask(box, { as, query })
  t.is((await box.entries(from, 'document.received')).length, 1)
})

test.serial('a roster is an officer’s own, and what is refused cannot be signed for', async (t) => {
  const roster = await handIn(box, 4)
  const other = await box.appoint('officer-2', 'officer')
  const query = { act: 'register', roster } as const
  t.is((await box.request({ path: pathOf(query), as: other.login })).code, 'NOT_FOUND')
  t.is((await box.request({ path: pathOf(query), as: box.officer.login })).status, 200)
  const [unit] = modelDistrict
  if (unit === undefined) throw new TypeError('a unit')
  const json = { roster: toBase64(writeRoster([unit, unit])) }
  const checked = await box.act('/api/v1/units/acts/check', { as: box.officer.login, json })
  t.is((checked.json['refused'] as object[]).length, 1)
  const wrong = { act: 'register', roster: String(checked.json['roster']) }
  t.is((await box.request({ path: pathOf(wrong), as: box.officer.login })).code, 'ROSTER_REFUSED')
})

test.serial('an answer is performed under the rules of its act alone', async (t) => {
  const [one, two] = box.units
  const question = await questions.approve(box)
  const signed = await answered(box, question)
  const from = box.box.journal.size
  const as = question.as
  const redeem = {
    ...signed,
    path: '/api/v1/requests/acts/redeem',
    body: { code: 'x', requests: [] },
  }
  const body = { ...signed.body, ifVersion: 'now' }
  const cases: readonly (readonly [string, Identity, object, string])[] = [
    ['another unit', two.keys.leader, signed, 'NOT_FOUND'],
    ['another seat', one.keys.clerk, signed, 'NOT_PERMITTED'],
    ['an officer', box.officer.login, signed, 'ROLE_WRONG'],
    ['another act', as, { ...signed, act: 'dispatch' }, 'SIGNED_MALFORMED'],
    ['an act that is none', as, { ...signed, act: 'number' }, 'BODY_MALFORMED'],
    [
      'a path of no act',
      as,
      { ...signed, path: '/api/v1/drafts/acts/hand-on' },
      'SIGNED_MALFORMED',
    ],
    ['a path without a certificate', as, redeem, 'SIGNED_MALFORMED'],
    ['a path that climbs', as, { ...signed, path: `${signed.path}/../seal` }, 'SIGNED_MALFORMED'],
    ['a body of another shape', as, { ...signed, body }, 'BODY_MALFORMED'],
    ['an unknown member', as, { ...signed, extra: 1 }, 'BODY_MALFORMED'],
    ['a key that is none', as, { ...signed, once: 'short' }, 'BODY_MALFORMED'],
    ['another version', as, { ...signed, v: 2 }, 'BODY_MALFORMED'],
  ]
  for (const [what, who, json, code] of cases) t.is((await post(who, json)).code, code, what)
  t.is((await box.request({ method: 'POST', path: '/api/v1/signed', json: signed })).status, 401)
  t.deepEqual(await box.entries(from, 'document.approved'), [])
  const refused = await box.entries(from, 'act.refused')
  t.true(
    refused.some(({ data }) => data['route'] === '/api/v1/documents/:id/acts/approve'),
    'the journal tells of the act, not of the way',
  )
  t.is((await post(as, signed)).status, 200)
})

test.serial('a file carries the proof from the head that its holder signed last', async (t) => {
  const question = await questions['sign-for'](box)
  const first = await ask(box, question)
  const { signed, memory } = await answerSignRequest(first, partsFor(box, new Map()))
  const { head } = signed.body['statement'] as { head: { size: number } }
  t.is((await post(question.as, signed)).status, 200)
  const next = await questions.return(box)
  const request = await ask(box, next)
  t.is(request.journal.from, head.size)
  const answer = await answerSignRequest(request, partsFor(box, new Map(), { memory }))
  t.is(answer.memory.heads[request.holder]?.size, box.box.journal.size)
  const [one] = box.units
  const named = { as: next.as, query: { ...next.query, first: '3' } }
  t.is((await ask(box, named)).journal.from, 3, 'or from the one that is named')
  const beyond = { as: next.as, query: { ...next.query, first: '99999999' } }
  t.is((await ask(box, beyond)).journal.from, null, 'a head that is not there has no proof')
  const leader = { as: one.keys.leader, query: (await questions.approve(box)).query }
  t.not((await ask(box, leader)).journal.from, head.size, 'each holder has their own')
})

test.serial('a file names itself, and has inside what online stands at its place', async (t) => {
  const question = await questions.approve(box)
  const file = await box.request({
    path: pathOf({ ...question.query, inline: '1' }),
    as: question.as,
  })
  const disposition = decodeURIComponent(String(file.headers['content-disposition']))
  t.regex(disposition, /^attachment;.*approve .*通知\.signreq/)
  const [inside, online] = [readSignRequest(new Uint8Array(file.bytes)), await ask(box, question)]
  t.deepEqual(
    inside.files.map(({ as, sha256 }) => ({ as, sha256 })),
    online.files.map(({ as, sha256 }) => ({ as, sha256 })),
  )
  t.is(inside.files.length, 2)
  t.true(inside.files.every(({ bytes, href }) => bytes !== undefined && href === undefined))
  t.true(online.files.every(({ bytes, href }) => bytes === undefined && href !== undefined))
})
