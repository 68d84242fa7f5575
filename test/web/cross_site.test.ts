/** Other sites can make a browser show its certificate: what they ask for is refused, and leaves no trace. */
import test from 'ava'
import { isOwnRequest } from '../../web/cross_site.ts'
import { openTestBox, type TestBox } from './box_fixture.ts'
import { dispatched, notice } from './trip.ts'

let box: TestBox
test.before(async () => {
  box = await openTestBox()
})
test.after.always(() => box.close())

const base = { method: 'GET', site: '', mode: '', destination: '', origin: '', host: 'box:8443' }
const navigation = { mode: 'navigate', destination: 'document' }
const cases: readonly (readonly [string, Partial<typeof base>, boolean])[] = [
  ['a program without a browser’s headers', { method: 'POST' }, true],
  [
    'a form of our own page',
    { method: 'POST', site: 'same-origin', origin: 'https://box:8443' },
    true,
  ],
  ['the address bar', { site: 'none', ...navigation }, true],
  ['a link on another site', { site: 'cross-site', ...navigation }, true],
  [
    'a form of another site',
    { method: 'POST', site: 'cross-site', ...navigation, origin: 'https://evil' },
    false,
  ],
  ['a form of another site, in an old browser', { method: 'POST', origin: 'https://evil' }, false],
  [
    'a form of another port',
    { method: 'POST', site: 'same-site', origin: 'https://box:1', ...navigation },
    false,
  ],
  ['a form of a sandboxed page', { method: 'POST', origin: 'null' }, false],
  [
    'a picture on another site',
    { site: 'cross-site', mode: 'no-cors', destination: 'image' },
    false,
  ],
  [
    'a script on another site',
    { site: 'cross-site', mode: 'no-cors', destination: 'script' },
    false,
  ],
  [
    'a fetch of another site',
    { site: 'cross-site', mode: 'cors', destination: 'empty', origin: 'https://evil' },
    false,
  ],
  [
    'a frame on another site',
    { site: 'cross-site', mode: 'navigate', destination: 'iframe' },
    false,
  ],
]
for (const [name, asking, isOwn] of cases) {
  test(`${name} is ${isOwn ? 'served' : 'refused'}`, (t) => {
    t.is(isOwnRequest({ ...base, ...asking }), isOwn)
  })
}

test.serial(
  'what another site asks for with a seat’s certificate is refused and journalled',
  async (t) => {
    const { clerk } = box.units[0].keys
    const from = box.box.journal.size
    const headers = {
      'Sec-Fetch-Site': 'cross-site',
      Origin: 'https://evil.example',
      'Idempotency-Key': 'forged-0001',
    }
    const reply = await box.request({
      method: 'POST',
      path: '/api/v1/drafts/acts/hand-on',
      as: clerk,
      json: notice({ issuers: [box.units[0]], main: [box.units[1]] }),
      headers,
    })
    t.is(reply.status, 403)
    t.is(reply.code, 'CROSS_SITE')
    const form = await box.request({
      method: 'POST',
      path: '/preferences',
      as: clerk,
      body: 'language=en',
      headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
    })
    t.is(form.code, 'CROSS_SITE')
    t.regex(String(form.headers['content-security-policy']), /default-src 'none'/)
    const refused = await box.entries(from, 'act.refused')
    t.true(refused.some(({ data }) => data['code'] === 'CROSS_SITE'))
    t.is((await box.entries(from, 'document.drafted')).length, 0)
  },
)

test.serial('a link on another site opens a document without noting it as received', async (t) => {
  const [one, two] = box.units
  const { id } = await dispatched({ issuers: [one], main: [two] })
  const open = (path: string, site: string) =>
    box.request({
      path,
      as: two.keys.clerk,
      headers: {
        Accept: 'text/html',
        'Sec-Fetch-Site': site,
        'Sec-Fetch-Mode': 'navigate',
        'Sec-Fetch-Dest': 'document',
      },
    })
  const from = box.box.journal.size
  const received = async () => (await box.entries(from, 'document.received')).length
  for (const path of [`/documents/${id}`, `/api/v1/documents/${id}`]) {
    t.is((await open(path, 'cross-site')).status, 200, path)
    t.is(await received(), 0, path)
  }
  t.is((await open(`/documents/${id}`, 'none')).status, 200)
  t.is(await received(), 1)
})
