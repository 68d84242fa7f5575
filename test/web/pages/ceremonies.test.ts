/** Records of ceremonies: what officers and auditors see of them, and the files that are the very bytes which were signed. */
import test from 'ava'
import { sha256Hex } from '../../../ca/index.ts'
import { openTestBox, type TestBox, type TestPerson } from '../box_fixture.ts'
import { heldCeremony } from '../ceremony_fixture.ts'
import { browserOf } from './browse.ts'

let box: TestBox
let auditor: TestPerson

test.before(async () => {
  box = await openTestBox()
  auditor = await box.appoint('auditor-1', 'auditor')
})
test.after.always(() => box.close())

test.serial('where no ceremony was held, the page says why', async (t) => {
  const { text } = await browserOf(box, box.officer.login).get('/ceremonies', 'en')
  t.true(text.includes('No ceremony was held'))
  t.true(text.includes('sealbox init'))
})

test.serial('officers and auditors see each ceremony, below their own paths only', async (t) => {
  const index = await heldCeremony(box)
  const gone = await heldCeremony(box, 'break-glass')
  for (const [base, as, other] of [
    ['/ceremonies', box.officer.login, '/journal/ceremonies'],
    ['/journal/ceremonies', auditor.login, '/ceremonies'],
  ] as const) {
    const browser = browserOf(box, as)
    const list = await browser.get(base)
    t.true(list.text.includes(`href="${base}/${String(index)}"`))
    const one = await browser.get(`${base}/${String(index)}`)
    t.true(one.text.includes('王一'))
    t.true(one.text.includes(sha256Hex(box.root)))
    t.true((await browser.get(`${base}/${String(gone)}`)).text.includes('安全员被重新任命'))
    t.is((await browser.get(other)).status, 403)
    for (const wrong of ['999999', '0', '%2e%2e', '1e3']) {
      t.is((await browser.get(`${base}/${wrong}`)).status, 404, wrong)
    }
  }
})

test.serial('the minutes and their signature are the bytes of the journal’s entry', async (t) => {
  const index = await heldCeremony(box, 'crl')
  const entry = await box.parts.journal.entry(index)
  const path = `/ceremonies/${String(index)}/minutes`
  const get = (end: string) => box.request({ path: `${path}${end}`, as: box.officer.login })
  const json = await get('.json')
  t.is<unknown, unknown>(sha256Hex(new Uint8Array(json.bytes)), entry?.data['minutes'])
  const signature = await get('.json.sig')
  t.is<unknown, unknown>(signature.bytes.toString('base64'), entry?.data['signature'])
  const printed = await get('.html')
  // Its styles stand in it, which no page of the box may show: it is a file to be kept.
  t.regex(String(printed.headers['content-disposition']), /^attachment/)
  t.true(printed.text.includes('王一'))
})
