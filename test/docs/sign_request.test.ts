/** The example on the page of sign requests is read by the code, and the answer is the one that belongs to it. */
import { readFileSync } from 'node:fs'
import test from 'ava'
import { canonicalJson, sha256Hex } from '../../ca/index.ts'
import { checkSignRequest, checkSigned, signActs } from '../../exchange/unit/index.ts'

const page = readFileSync(new URL('../../docs/formats/sign-request.md', import.meta.url), 'utf8')

test('the example is a request and its answer', (t) => {
  const [, block = ''] = /```text\n([^]*?)```/.exec(page) ?? []
  const [request, signed] = block.trim().split('\n')
  const asked = checkSignRequest(JSON.parse(request ?? ''))
  const { act, path, once, body } = checkSigned(JSON.parse(signed ?? ''))
  t.is(act, asked.act)
  t.is(path, asked.path)
  t.is(once, sha256Hex(canonicalJson({ path, body })).slice(0, 32))
  t.like(body, { ifVersion: 53, statement: { ...asked.statement } })
})

test('every act has its row', (t) => {
  for (const act of signActs) t.regex(page, new RegExp(`^\\| \`${act}\` `, 'm'))
})
