/** Requests that are malformed, hostile or ambiguous: refused with a code of their own, and never a 500. */
import test from 'ava'
import { openTestBox, type TestBox } from './box_fixture.ts'
import { rawRequest } from './raw_request.ts'

let box: TestBox
/** What the server said of failures of its own: nothing, if all is well. */
const logged: string[] = []

/** Strangers are refused often in these tests; the limit has a test of its own. */
const limits = { refusedPerMinute: 10_000, uploadBytes: 300 * 1024 * 1024 }

test.before(async () => {
  const error = (fields: object, message: string): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`)
  }
  const log = { info: () => undefined, error }
  box = await openTestBox({ log, parts: (parts) => ({ ...parts, limits }) })
})

test.after.always(() => box.close())

test.serial('what is not a JSON body of ours is refused as malformed', async (t) => {
  const as = box.units[0].keys.clerk
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const bodies: readonly (readonly [string, string | Uint8Array])[] = [
    ['empty', ''],
    ['cut off', '{"kind":'],
    ['deep', nested(100_000)],
    ['deep objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['a number beyond a double', '{"a":1e400}'],
    ['half a pair', '{"a":"\\ud800"}'],
    ['a prototype', '{"__proto__":{"a":1}}'],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['a byte order mark inside', '"a"\ufeff'],
  ]
  for (const [what, body] of bodies) {
    for (const path of ['drafts/acts/hand-on', `documents/${'a'.repeat(26)}/acts/number`]) {
      const headers = { 'Idempotency-Key': 'malformed-01', 'Content-Type': 'application/json' }
      const reply = await box.request({
        method: 'POST',
        path: `/api/v1/${path}`,
        as,
        body,
        headers,
      })
      t.is(reply.code, 'BODY_MALFORMED', `${what} ${path}`)
    }
  }
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
  ]) {
    const headers = { 'Idempotency-Key': 'malformed-02', 'Content-Type': type }
    const path = '/api/v1/drafts/acts/hand-on'
    const reply = await box.request({ method: 'POST', path, as, body: '{}', headers })
    t.is(reply.code, 'BODY_MALFORMED', type)
  }
  for (const json of [null, 1, 'text', [], { upload: 1 }, { kind: '通知' }, { body: [{}] }]) {
    const reply = await box.act('/api/v1/drafts/acts/hand-on', { as, json })
    t.true(['DRAFT_REFUSED', 'BODY_MALFORMED'].includes(String(reply.code)), JSON.stringify(json))
  }
  const huge = await box.act('/api/v1/drafts/acts/hand-on', { as, json: 'x'.repeat(5_000_000) })
  t.is(huge.code, 'BODY_TOO_LARGE')
  const anonymous = await box.request({
    method: 'POST',
    path: '/api/v1/requests/acts/look-up',
    json: { code: 'x'.repeat(1_200_000) },
    headers: { 'Idempotency-Key': 'malformed-03' },
  })
  t.is(anonymous.code, 'BODY_TOO_LARGE')
})

test.serial('tricks in paths and queries reach no file, no other row and no 500', async (t) => {
  const as = box.units[0].keys.clerk
  const paths = [
    '/api/v1/%2e%2e/%2e%2e/etc/passwd',
    '/../../etc/passwd',
    '/api/v1/documents/..%2f..%2fetc%2fpasswd',
    '/api/v1/documents/%00',
    '/api/v1/documents/%E0%A4%A',
    '/api/v1/documents/%ff%fe/files/pdf',
    `/api/v1/documents/${'a'.repeat(26)}/files/..%2fkeys%2funattended.secret`,
    '/api/v1/documents/x%2fy',
    '/api/v1/Documents',
    '//api/v1/me',
    '/api/v1/me/',
    `/api/v1/documents/${'a'.repeat(5000)}`,
  ]
  for (const path of paths) {
    const reply = await box.request({ path, as })
    t.true(reply.status === 404 || reply.status === 400, `${path} ${String(reply.status)}`)
    t.true(reply.status < 500, path)
  }
  const queries = [
    'inbox?limit=-1',
    'inbox?limit=1e3',
    'inbox?limit=99999999999999999999',
    'inbox?limit=%00',
    'inbox?after=%2f..%2f..%2f',
    'inbox?after=',
    `inbox?after=${'9'.repeat(200)}`,
    'search',
    'search?q=',
    'search?q=%22',
    `search?q=${'a'.repeat(5000)}`,
    `search?q=${'a'.repeat(15_000)}`,
    'search?q=a&offset=-1',
    'journal/proof?first=-1',
    'journal/proof?first=9999999',
    'journal/proof?index=5&size=2',
    'journal/proof?index=x',
    'uploads/acts/upload',
    `documents/${'a'.repeat(26)}/seal-request`,
  ]
  for (const query of queries) {
    const reply = await box.request({ path: `/api/v1/${query}`, as })
    t.true(
      reply.status >= 400 && reply.status < 500,
      `${query.slice(0, 60)} ${String(reply.status)}`,
    )
  }
  for (const query of ['first=0', 'first=0&second=0', 'index=0&size=1', 'first=1&second=1']) {
    const reply = await box.request({ path: `/api/v1/journal/proof?${query}`, as })
    t.true(reply.status < 500, `${query} ${reply.text}`)
  }
  const unknown = await box.request({ path: '/api/v1/inbox?colour=red', as })
  t.is(unknown.status, 200, 'what is not asked for is not looked at')
})

test.serial('requests that could mean two things are refused by the parser', async (t) => {
  const as = box.units[0].keys.clerk
  const get = 'GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n'
  const post = 'POST /api/v1/drafts/acts/hand-on HTTP/1.1\r\nHost: localhost\r\n'
  const two = `${get}\r\n`
  const cases = [
    `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${two}`,
    `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ${two}`,
    `${post}Content-Length: +2\r\n\r\n{}${two}`,
    `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${two}`,
    `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${two}`,
    `${get}X-A: a\r\n b\x00c\r\n\r\n`,
    'GET /api/v1/me\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'GET /api/v1/me HTTP/1.1\r\n\r\n',
    `${get}X-Long: ${'a'.repeat(20_000)}\r\n\r\n`,
    'GET / HTTP/3.7\r\n\r\n',
  ]
  for (const text of cases) {
    const answer = await rawRequest(box, (socket) => socket.write(text, 'latin1'), as)
    t.regex(answer, /^HTTP\/1\.1 4\d\d /, JSON.stringify(text.slice(0, 120)))
    t.notRegex(answer, /HTTP\/1\.1 200/, JSON.stringify(text.slice(0, 120)))
  }
})

test.serial(
  'answers are not kept by anyone, and say what a browser may do with them',
  async (t) => {
    const as = box.units[0].keys.clerk
    for (const path of ['/', '/api/v1/me', '/api/v1/documents/none', '/nowhere']) {
      const { headers } = await box.request({ path, as })
      t.is(headers['cache-control'], 'no-store', path)
      t.is(headers['x-content-type-options'], 'nosniff', path)
      t.regex(String(headers['content-security-policy']), /default-src 'none'/, path)
      t.is(headers['referrer-policy'], 'same-origin', path)
      t.is(headers['x-powered-by'], undefined, path)
      t.is(headers['strict-transport-security'], undefined, path)
    }
  },
)

test.serial('none of all this was a failure of ours that had to be logged', (t) => {
  t.deepEqual(logged, [])
})
