/** What a signer checks of an approval, of one request or of several, before it signs. */
import test from 'ava'
import type { Json } from '../../../ca/index.ts'
import {
  answerSignRequest,
  type AnswerParts,
  type SignRequest,
} from '../../../exchange/unit/index.ts'
import { openTestBox, type TestBox } from '../../web/box_fixture.ts'
import { ask, filesOf, partsFor, questions } from './asking.ts'

interface Loose {
  statement: { requests: { request: string; certificates: Record<string, Json>[] }[] }
  files: Record<string, Json>[]
}

let box: TestBox
let request: SignRequest
let parts: AnswerParts

test.before(async () => {
  box = await openTestBox()
  const question = await questions['approve-requests'](box)
  request = await ask(box, question)
  parts = partsFor(box, await filesOf(box, question, request))
})

test.after.always(() => box.close())

const twins: readonly [string, string, (loose: Loose) => void][] = [
  [
    'another key than the file’s',
    'statement.requests',
    ({ statement }) => {
      const [first] = statement.requests[1]?.certificates ?? []
      if (first !== undefined) first['publicKey'] = 'a'.repeat(64)
    },
  ],
  [
    'the keys of its neighbour',
    'statement.requests',
    ({ statement }) => {
      const [one, two] = statement.requests
      if (one === undefined || two === undefined) throw new TypeError('two requests')
      ;[one.certificates, two.certificates] = [two.certificates, one.certificates]
    },
  ],
  [
    'one request twice',
    'files',
    ({ statement, files }) => {
      const [one] = statement.requests
      const [file] = files
      if (one === undefined || file === undefined) throw new TypeError('a request')
      statement.requests[1] = { ...one }
      files[1] = { ...file }
    },
  ],
  ['a file of no request', 'files', ({ statement }) => statement.requests.pop()],
  ['a request without its file', 'files', ({ files }) => files.pop()],
  ['files in another order', 'files', ({ files }) => files.reverse()],
]

for (const [what, field, change] of twins) {
  test(`refused: an approval of several with ${what}`, async (t) => {
    const loose = JSON.parse(JSON.stringify(request)) as unknown as Loose
    change(loose)
    const error = await t.throwsAsync<Error & { code: string; details: { field: string } }>(
      answerSignRequest(loose as unknown as SignRequest, parts),
    )
    t.is(error.code, 'SIGN_REQUEST_DISAGREES')
    t.is(error.details.field, field)
  })
}

test('an approval of several is signed once for all', async (t) => {
  const { signed } = await answerSignRequest(request, parts)
  t.is(signed.path, '/api/v1/requests/acts/approve')
})

test('refused: an approval of other keys than those in the file', async (t) => {
  const question = await questions['approve-request'](box)
  const single = await ask(box, question)
  const own = partsFor(box, await filesOf(box, question, single))
  const changes: readonly ((certificates: Record<string, Json>[]) => void)[] = [
    ([first]) => Object.assign(first ?? {}, { publicKey: 'a'.repeat(64) }),
    ([first]) => Object.assign(first ?? {}, { profile: 'officer-client' }),
    (certificates) => certificates.pop(),
  ]
  for (const change of changes) {
    const loose = JSON.parse(JSON.stringify(single)) as {
      statement: { certificates: Record<string, Json>[] }
    }
    change(loose.statement.certificates)
    const error = await t.throwsAsync<Error & { code: string; details: { field: string } }>(
      answerSignRequest(loose as unknown as SignRequest, own),
    )
    t.is(error.code, 'SIGN_REQUEST_DISAGREES')
    t.is(error.details.field, 'statement.certificates')
  }
})
