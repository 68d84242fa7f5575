/** The officers' pages of the trust services and of orders: whether all is well, months, lists, time, keys, and what two officers order. */
import test from 'ava'
import type { MonthCount } from '../../../ca/index.ts'
import { readCrl } from '../../../ca/path/index.ts'
import { monthChart } from '../../../web/pages/trust/month_chart.ts'
import { monthAfter, monthsAround, monthStart } from '../../../web/pages/trust/months.ts'
import { htmlText } from '../../../web/html.ts'
import { messages } from '../../../web/messages.ts'
import { createView } from '../../../web/view.ts'
import { proposedOrder } from '../../exchange/unit/asking.ts'
import { openTestBox, type TestBox, type TestPerson } from '../box_fixture.ts'
import { browserOf, type Browser } from './browse.ts'

let box: TestBox
let officer: Browser
let second: TestPerson

test.before(async () => {
  box = await openTestBox()
  officer = browserOf(box, box.officer.login)
})
test.after.always(() => box.close())

test.serial('the overview says that all is well, and what a second officer is for', async (t) => {
  const before = await officer.get('/trust', 'en')
  t.true(before.text.includes('All is well with the trust services'))
  t.true(before.text.includes('Orders take two: appoint another one.'))
  second = await box.appoint('officer-two', 'officer')
  const after = await officer.get('/trust', 'en')
  t.false(after.text.includes('Orders take two'))
  t.true(after.text.length < 60_000)
})

test.serial(
  'an order waits for the other officer, who is led to the signer; its proposer may withdraw it',
  async (t) => {
    const order = await proposedOrder(box, box.officer)
    const other = browserOf(box, second.login)
    const link = `/signer.html#act=countersign&amp;order=${order}`
    t.true((await other.get(`/orders/${order}`)).text.includes(link))
    t.true((await other.get('/trust')).text.includes('1 道等您会签'))
    t.true((await other.get('/')).text.includes('今日待办 1 件'))
    const own = await officer.get(`/orders/${order}`)
    t.false(own.text.includes(link))
    t.true(own.text.includes(`/signer.html#act=withdraw-order&amp;order=${order}`))
    t.true((await officer.get('/orders')).text.includes(`/orders/${order}`))
    t.is((await officer.get(`/orders/${'0'.repeat(64)}`)).status, 404)
    t.is((await officer.get('/orders/x')).status, 404)
  },
)

test.serial(
  'what is typed into an order’s form is checked before the signer is asked',
  async (t) => {
    const certificate = box.units[0].keys.seal.name
    const fields = {
      act: 'state-compromise',
      certificate,
      since: '2026-01-01T00:00',
      reason: '演练',
    }
    const good = await officer.post('/orders/new', { fields })
    t.is(good.status, 200, good.text)
    const href = /href="\/signer\.html#([^"]+)"/.exec(good.text)?.[1]?.replaceAll('&amp;', '&')
    const asked = new URLSearchParams(href)
    t.is(asked.get('act'), 'propose-order')
    t.deepEqual(JSON.parse(asked.get('order') ?? ''), {
      ...{ act: 'state-compromise', certificate, from: '2025-12-31T16:00:00.000Z' },
    })
    const stamping = (await box.parts.authority.certificatesOf('box')).find(
      ({ profile }) => profile === 'timestamping',
    )
    const stamped = { ...fields, certificate: stamping?.sha256 ?? '' }
    // Its tokens come from the journal, not through the address; what stands against it is that the key is in use.
    const { status: inUse, text } = await officer.post('/orders/new', { fields: stamped })
    t.is(inUse, 422)
    t.true(text.includes(messages.ORDER_KEY_IN_USE.zh), text)
    const wrong: readonly Record<string, string>[] = [
      { ...fields, reason: '' },
      { ...fields, since: '2999-01-01T00:00' },
      { ...fields, since: '' },
      { ...fields, certificate: '0'.repeat(64) },
      { ...fields, certificate: '<script>' },
      { act: 'roll-over-service', role: 'root', reason: '到期' },
      { act: 'confirm-time', reason: '对过' },
      { act: 'confirm-time', clock: 'wrong', right: 'x', reason: '对过' },
      { act: 'revoke-service', certificate, cause: 'removeFromCRL', reason: '泄露' },
    ]
    for (const one of wrong) {
      const { status, text } = await officer.post('/orders/new', { fields: one })
      t.is(status, 422, JSON.stringify(one))
      t.true(text.includes('role="alert"'))
      t.false(text.includes('act=propose-order'))
      t.false(text.includes('<script>'))
    }
  },
)

test.serial(
  'the list that the page gives is the published one, and no other name is there',
  async (t) => {
    const { text } = await officer.get('/trust/status')
    for (const key of ['root', 'issuing']) {
      t.true(text.includes(`/trust/status/${key}/file`))
      const file = await officer.get(`/trust/status/${key}/file`)
      const published = await box.parts.authority.crl(key)
      t.deepEqual(new Uint8Array(file.bytes), published.crl)
      t.true(readCrl(published.crl).nextUpdate !== undefined)
    }
    t.is((await officer.get('/trust/status/..%2Fkeys/file')).status, 404)
  },
)

test.serial(
  'keys of the box and its time are shown with what may be done about them',
  async (t) => {
    const keys = await officer.get('/trust/keys')
    for (const role of ['tls', 'timestamping', 'ocsp', 'journal']) {
      t.true(keys.text.includes(`/orders/new?act=roll-over-service&amp;role=${role}`))
    }
    for (const role of ['root', 'issuing']) t.false(keys.text.includes(`role=${role}"`))
    t.true((await officer.get('/trust/time')).text.includes('时间可信'))
  },
)

const now = new Date('2026-11-25T12:00:00Z')
const chart = (counts: readonly MonthCount[], language: 'zh' | 'en' = 'en'): string =>
  htmlText(
    monthChart(
      createView({
        preferences: { language, theme: 'light' },
        box: { ...box.parts.box, zone: 'Asia/Shanghai' },
        path: '/trust',
        now,
      }),
      counts,
    ),
  )

test('months around now are whole, also over a year’s end, with noughts where nothing was counted', (t) => {
  t.is(monthAfter('2026-11', 2), '2027-01')
  t.is(monthAfter('2026-01', -1), '2025-12')
  const counts = [{ month: '2026-12', issued: 0, ending: 3, revoked: 0 }]
  t.deepEqual(
    monthsAround(counts, { now, before: 1, after: 2 }).map(({ month, ending }) => [month, ending]),
    [
      ['2026-10', 0],
      ['2026-11', 0],
      ['2026-12', 3],
      ['2027-01', 0],
    ],
  )
  t.is(monthStart('2026-13'), undefined)
  t.is(monthStart('2026-1'), undefined)
  t.is(monthStart('2026-02')?.toISOString(), '2026-02-01T00:00:00.000Z')
})

test('the picture says each month in words, and the same numbers stand in the table', (t) => {
  const counts = [
    { month: '2026-10', issued: 7, ending: 99, revoked: 2 },
    { month: '2027-03', issued: 0, ending: 1234, revoked: 0 },
  ]
  const text = chart(counts)
  t.true(text.includes('Oct 2026: 7 issued'))
  // What ended before now is no news.
  t.false(text.includes('Oct 2026: 99 end'))
  t.true(text.includes('aria-label="Mar 2027: 1234 end"'))
  t.true(text.includes('/certificates?ends=2027-03'))
  t.regex(text, /<td>Oct 2026<\/td>\s*<td class="end">7<\/td>/)
  t.true(chart(counts, 'zh').includes('2027年3月：1234 张到期'))
  // Nothing at all is drawn as well.
  t.false(chart([]).includes('NaN'))
})

test('the list narrows to the month in which certificates end', async (t) => {
  const state = await box.parts.authority.certificate(box.units[0].keys.seal.name)
  const month = state?.notAfter.toISOString().slice(0, 7) ?? ''
  const { text } = await officer.get(`/certificates?ends=${month}`)
  t.true(text.includes(`/certificates/${state?.sha256 ?? ''}`))
  t.is((await officer.get('/certificates?ends=2026-13')).status, 400)
})
