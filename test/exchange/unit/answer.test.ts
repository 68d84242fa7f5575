/** What a signer checks before it signs: of each act's request every part, changed alone, is refused, and no key is used. */
import test, { type ExecutionContext } from 'ava'
import { sha256Hex, type Json, type Sha256 } from '../../../ca/index.ts'
import {
  answerSignRequest,
  checkSigned,
  readSignRequest,
  requireAsked,
  signActs,
  type AnswerParts,
  type ExchangeErrorCode,
  type SignAct,
  type SignRequest,
} from '../../../exchange/unit/index.ts'
import { openTestBox, type TestBox } from '../../web/box_fixture.ts'
import { ask, filesOf, partsFor, questions, type Question } from './asking.ts'

/** A request as anyone might write it. */
type Loose = Record<string, Json>

type Refusal = Error & {
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
}

interface Case {
  readonly question: Question
  readonly request: SignRequest
  readonly parts: AnswerParts
}

let box: TestBox
const cases = new Map<SignAct, Case>()

test.before(async () => {
  box = await openTestBox()
  for (const act of signActs) {
    const question = await questions[act](box)
    const request = await ask(box, question)
    const files = await filesOf(box, question, request)
    cases.set(act, { question, request, parts: partsFor(box, files) })
  }
})

test.after.always(() => box.close())

function caseOf(act: SignAct): Case {
  const found = cases.get(act)
  if (found === undefined) throw new TypeError(act)
  return found
}

/** The same request with something of it changed. */
function changed(request: SignRequest, change: (loose: Loose) => void): SignRequest {
  const loose = JSON.parse(JSON.stringify(request)) as Loose
  change(loose)
  return loose as unknown as SignRequest
}

async function refuses(
  t: ExecutionContext,
  what: string,
  of: {
    readonly request: SignRequest
    readonly parts: AnswerParts
    readonly code: ExchangeErrorCode
    readonly field?: string
  },
): Promise<void> {
  let used = 0
  const signers = of.parts.signers.map((signer) => ({
    ...signer,
    sign: (bytes: Uint8Array) => {
      used += 1
      return signer.sign(bytes)
    },
  }))
  const answering = answerSignRequest(of.request, { ...of.parts, signers })
  const { code, message, details } = await t.throwsAsync<Refusal>(answering, undefined, what)
  t.is(code, of.code, `${what}: ${message}`)
  if (of.field !== undefined) t.is(details['field'], of.field, what)
  t.is(used, 0, `${what}: a key was used`)
}

const hash = (character: string): string => character.repeat(64)
const part = (loose: Loose, name: string): Loose => loose[name] as Loose
const pathOf = (loose: Loose): string => loose['path'] as string
const other = (act: SignAct): SignAct => (act === 'approve' ? 'dispatch' : 'approve')
/** A statement of another type than the act's. */
const otherStatement = (act: SignAct): Json =>
  act === 'release'
    ? { type: 'sealbox.code', who: 'somebody' }
    : { type: 'sealbox.release', certificate: hash('a'), holder: 'unit:x', serial: '4a' }

interface Twin {
  readonly what: string
  readonly code: ExchangeErrorCode
  readonly field?: string
  readonly change: (loose: Loose, act: SignAct) => void
  /** Acts that have such a part; all if absent. */
  readonly of?: (act: SignAct) => boolean
}

const officers = new Set<SignAct>(signActs.slice(5))
const withStatement = (act: SignAct): boolean => act !== 'seal' && act !== 'countersign'
const withFile = (act: SignAct): boolean =>
  [
    'approve',
    'seal',
    'dispatch',
    'register',
    'approve-request',
    'approve-requests',
    'countersign',
  ].includes(act)

const twins: readonly Twin[] = [
  {
    what: 'another box',
    code: 'SIGN_REQUEST_FOREIGN',
    change: (loose) => (loose['box'] = 'sealbox-0000000000000000'),
  },
  {
    what: 'a holder whose key is not here',
    code: 'SIGN_REQUEST_NOT_YOURS',
    change: (loose) => (loose['holder'] = 'seat:11999901PDY900018L/nobody'),
  },
  {
    what: 'a holder of the other kind',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'holder',
    change: (loose, act) =>
      (loose['holder'] = officers.has(act)
        ? `seat:${box.units[0].unit.uscc}/clerk`
        : box.officer.holder),
  },
  {
    what: 'a holder of another unit',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'statement.unit',
    of: (act) => withStatement(act) && !officers.has(act),
    change: (loose) => (loose['holder'] = `seat:${box.units[2].unit.uscc}/leader`),
  },
  {
    what: 'another act',
    code: 'SIGN_REQUEST_DISAGREES',
    change: (loose, act) => (loose['act'] = other(act)),
  },
  {
    what: 'an unknown act',
    code: 'SIGN_REQUEST_MALFORMED',
    change: (loose) => (loose['act'] = 'forward'),
  },
  {
    ...{ what: 'the path of another act', code: 'SIGN_REQUEST_DISAGREES', field: 'path' },
    change: (loose) => (loose['path'] = `${pathOf(loose)}-all`),
  },
  {
    what: 'a path elsewhere',
    code: 'SIGN_REQUEST_MALFORMED',
    change: (loose) => (loose['path'] = `//elsewhere${pathOf(loose)}`),
  },
  {
    what: 'the path of another matter',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'path',
    of: (act) =>
      withStatement(act) &&
      !['register', 'appoint', 'approve-requests', 'propose-order'].includes(act),
    change: (loose) => {
      loose['path'] = pathOf(loose)
        .replace(/documents\/[a-z2-7]+/, `documents/${'a'.repeat(26)}`)
        .replace(/[0-9a-f]{64}/, hash('a'))
        .replace(/people\/[a-z0-9-]+\//, 'people/somebody-else/')
    },
  },
  {
    what: 'a member that nobody knows',
    code: 'SIGN_REQUEST_MALFORMED',
    change: (loose) => (loose['extra'] = 1),
  },
  {
    what: 'another version',
    code: 'SIGN_REQUEST_MALFORMED',
    change: (loose) => (loose['v'] = 2),
  },
  {
    what: 'more in the body',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'body',
    change: (loose) => (part(loose, 'body')['extra'] = 1),
  },
  {
    what: 'signature material in the body',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'body',
    change: (loose) => (part(loose, 'body')['signature'] = 'AAAA'),
  },
  {
    what: 'another kind of statement',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'statement.type',
    change: (loose, act) => (loose['statement'] = otherStatement(act)),
  },
  {
    what: 'no statement',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'statement.type',
    of: withStatement,
    change: (loose) => delete loose['statement'],
  },
  {
    what: 'more in the statement',
    code: 'SIGN_REQUEST_MALFORMED',
    of: withStatement,
    change: (loose) => (part(loose, 'statement')['extra'] = 1),
  },
  {
    what: 'what is the signer’s to say',
    code: 'SIGN_REQUEST_MALFORMED',
    of: withStatement,
    change: (loose) => (part(loose, 'statement')['at'] = '2020-01-01T00:00:00.000Z'),
  },
  {
    what: 'a seal beside a statement',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'seal',
    of: withStatement,
    change: (loose) => (loose['seal'] = { ...(caseOf('seal').request.seal as object) } as Json),
  },
  {
    what: 'a file too many',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'files',
    change: (loose) => {
      const more = { as: 'pdf', name: 'more.pdf', sha256: sha256Hex(new Uint8Array()), bytes: '' }
      loose['files'] = [...(loose['files'] as Json[]), more, more]
    },
  },
  {
    what: 'no file to look at',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'files',
    of: withFile,
    change: (loose) => (loose['files'] = []),
  },
  {
    what: 'another file to look at',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'files',
    of: withFile,
    change: (loose) => (part(loose['files'] as Loose, '0')['sha256'] = hash('a')),
  },
  {
    what: 'a file shown as something else',
    code: 'SIGN_REQUEST_DISAGREES',
    field: 'files',
    of: withFile,
    change: (loose) => (part(loose['files'] as Loose, '0')['as'] = 'attachment'),
  },
]

for (const { what, code, field, change, of = () => true } of twins) {
  test(`refused: ${what}`, async (t) => {
    const acts = signActs.filter(of)
    t.true(acts.length > 0)
    for (const act of acts) {
      const { request, parts } = caseOf(act)
      const twin = changed(request, (loose) => {
        change(loose, act)
      })
      await refuses(t, act, { request: twin, parts, code, ...(field && { field }) })
    }
  })
}

test('refused: a file whose bytes are others, or that is not there', async (t) => {
  for (const act of signActs.filter(withFile)) {
    const { request, parts } = caseOf(act)
    const [file] = request.files
    if (file === undefined) throw new TypeError(act)
    const bytes = parts.files.get(file.sha256) ?? new Uint8Array()
    const altered = new Map(parts.files).set(file.sha256, bytes.with(0, (bytes[0] ?? 0) ^ 1))
    const gone = new Map(parts.files)
    gone.delete(file.sha256)
    const code = 'SIGN_REQUEST_FILE_DIFFERS'
    await refuses(t, `${act}, altered`, { request, parts: { ...parts, files: altered }, code })
    await refuses(t, `${act}, gone`, { request, parts: { ...parts, files: gone }, code })
  }
})

test('refused: an attachment that is not the one approved, in name, bytes or number', async (t) => {
  const { request, parts } = caseOf('approve')
  const [, attachment] = request.files
  if (attachment === undefined) throw new TypeError('an attachment')
  const named = (change: (file: Loose) => void): SignRequest =>
    changed(request, (loose) => {
      change((loose['files'] as Loose[])[1] as Loose)
    })
  const code = 'SIGN_REQUEST_DISAGREES'
  const renamed = named((file) => (file['name'] = '别的.csv'))
  await refuses(t, 'name', { request: renamed, parts, code, field: 'files' })
  const rehashed = named((file) => (file['sha256'] = hash('a')))
  await refuses(t, 'hash', { request: rehashed, parts, code, field: 'files' })
  const left = changed(
    request,
    (loose) => (loose['files'] = (loose['files'] as Json[]).slice(0, 1)),
  )
  await refuses(t, 'left out', { request: left, parts, code, field: 'files' })
  const files = new Map(parts.files).set(attachment.sha256, new Uint8Array([1]))
  await refuses(t, 'bytes', {
    request,
    parts: { ...parts, files },
    code: 'SIGN_REQUEST_FILE_DIFFERS',
  })
})

test('refused: words of the act that differ from the statement’s', async (t) => {
  const code = 'SIGN_REQUEST_DISAGREES'
  const twin = async (act: SignAct, field: string, value: string): Promise<void> => {
    const { request, parts } = caseOf(act)
    const loose = changed(request, (whole) => (part(whole, 'body')[field] = value))
    await refuses(t, `${act} ${field}`, { request: loose, parts, code, field: `body.${field}` })
  }
  await twin('revoke', 'reason', 'keyCompromise')
  await twin('revoke', 'invalidityDate', '2026-01-01T00:00:00.000Z')
  for (const field of ['id', 'role']) await twin('appoint', field, 'officer')
})

test('every act is answered, its use counted, and the head of its statement kept by holder', async (t) => {
  for (const act of signActs) {
    const { request, parts } = caseOf(act)
    const { signed, memory } = await answerSignRequest(request, parts)
    t.deepEqual(checkSigned(JSON.parse(JSON.stringify(signed))), signed, act)
    t.like(signed, { act, path: request.path })
    const { certificate } = signed.body as { certificate: Sha256 }
    t.deepEqual(memory.uses, { [certificate]: 1 }, act)
    if (!withStatement(act)) {
      t.deepEqual(memory.heads, {}, `${act} carries no head`)
      continue
    }
    const said = signed.body['statement'] as Loose
    t.like(said, {
      v: 1,
      box: box.id,
      signer: request.holder,
      keyUse: 1,
      at: parts.now.toISOString(),
    })
    t.deepEqual(memory.heads, { [request.holder]: said['head'] }, act)
    const again = await answerSignRequest(request, { ...parts, memory })
    t.is((again.signed.body['statement'] as Loose)['keyUse'], 2, act)
    t.not(again.signed.once, signed.once, 'another signature is another act')
  }
})

test('a key of another seat signs nothing in its place', async (t) => {
  const { request, parts } = caseOf('approve')
  const own = parts.signers.filter(({ holder }) => holder !== request.holder)
  await refuses(t, 'approve', {
    request,
    parts: { ...parts, signers: own },
    code: 'SIGN_REQUEST_NOT_YOURS',
  })
})

test('what was asked for is what is signed', (t) => {
  const wrong: Readonly<Record<string, string>> = {
    act: 'number',
    document: 'a'.repeat(26),
    certificate: hash('a'),
    roster: hash('a'),
    request: hash('a'),
    requests: 'A'.repeat(43),
    deadline: '2030-01-01T00:00:00.000Z',
    opinion: '不同意',
    reason: '别的理由',
    id: 'somebody-else',
    role: 'officer',
    order: '{"act":"confirm-time"}',
  }
  const seen = new Set<string>()
  for (const act of signActs) {
    const { request, question } = caseOf(act)
    t.notThrows(() => {
      requireAsked(request, { ...question.query, first: '3', inline: '1', opinion: '' })
    }, act)
    for (const field of Object.keys(question.query)) {
      seen.add(field)
      const asked = { ...question.query, [field]: wrong[field] ?? '' }
      const { code, details } = t.throws<Refusal>(() => {
        requireAsked(request, asked)
      })
      t.is(code, 'SIGN_REQUEST_DISAGREES', `${act} ${field}`)
      t.is(details['field'], field)
    }
    t.throws(
      () => {
        requireAsked(request, { ...question.query, unknown: 'x' })
      },
      { code: 'SIGN_REQUEST_DISAGREES' },
    )
  }
  t.deepEqual([...seen].toSorted(), Object.keys(wrong).toSorted())
})

test('what is no request of this version, no answer, or too much, is refused as it is read', (t) => {
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  const { request } = caseOf('approve')
  t.deepEqual(readSignRequest(bytes(request)), request)
  const wrong = [
    new Uint8Array(),
    Uint8Array.of(0xff),
    bytes(null),
    bytes({ ...request, type: 'sealbox-signed' }),
    bytes({ ...request, files: Array.from({ length: 200 }, () => request.files[0]) }),
    bytes({ ...request, journal: { ...request.journal, proof: Array(65).fill(hash('a')) } }),
    bytes({ ...request, body: { nested: { deep: 1 } } }),
    bytes({ ...request, files: [{ ...request.files[0], href: 'https://elsewhere/' }] }),
  ]
  for (const one of wrong) t.throws(() => readSignRequest(one), { code: 'SIGN_REQUEST_MALFORMED' })
  t.throws(() => checkSigned({ type: 'sealbox-signed', v: 1 }), { code: 'SIGNED_MALFORMED' })
})
