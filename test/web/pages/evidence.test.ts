/** Pages of long life: how the evidence stands for officers and administrators, and what a unit takes home of it. */
import test from 'ava'
import { verifyFile } from '../../../exchange/verify/index.ts'
import { openTestBox, type TestBox } from '../box_fixture.ts'
import { dispatched } from '../trip.ts'
import { browserOf } from './browse.ts'

let box: TestBox
test.before(async () => {
  box = await openTestBox()
})
test.after.always(() => box.close())

test.serial(
  'officers and administrators read how the evidence stands, in both languages',
  async (t) => {
    const officer = browserOf(box, box.officer.login)
    const [one, two] = box.units
    await dispatched({ issuers: [one], main: [two] })
    t.true((await officer.get('/trust')).text.includes('还没有盖过夜间时间戳'))
    const { stamped } = await box.parts.archive.tend({ now: true })
    const { text } = await officer.get('/trust', 'en')
    t.regex(
      text,
      new RegExp(`${String(stamped?.count)} stamped in the night of .*; none waits; renewed from`),
    )
    const administrator = await box.appoint('administrator-one', 'administrator')
    const today = await browserOf(box, administrator.login).get('/')
    t.true(today.text.includes('长期证据'))
  },
)

test.serial(
  'the record of a document, and a copy with the renewal inside, go to whoever has the document, and to nobody else',
  async (t) => {
    const [one, two, three] = box.units
    const { id } = await dispatched({ issuers: [one], main: [two] })
    const clerk = browserOf(box, one.keys.clerk)
    const path = `/documents/${id}`
    t.is((await clerk.get(`${path}/evidence-record`)).status, 404, 'no night has passed')
    t.false((await clerk.get(path)).text.includes('.ers'))
    await box.parts.archive.tend({ now: true })
    const record = await clerk.get(`${path}/evidence-record`)
    t.is(record.status, 200)
    const pdf = await clerk.get(`${path}/files/pdf`)
    const at = new Date()
    const trust = [box.root]
    const whole = await verifyFile({
      ...{ name: 'a.pdf', bytes: pdf.bytes, trust, at },
      companions: { evidenceRecords: [record.bytes] },
    })
    t.is(whole.verdict, 'TOTAL-PASSED')
    t.is(whole.renewals?.length, 1, JSON.stringify(whole.findings))

    const renewed = await clerk.post(`${path}/renewed`, {})
    t.is(renewed.status, 200)
    t.deepEqual(
      renewed.bytes.subarray(0, pdf.bytes.length),
      pdf.bytes,
      'the document is its beginning',
    )
    const copy = await verifyFile({
      name: 'b.pdf',
      bytes: renewed.bytes,
      trust,
      at: new Date(Date.now() + 2000),
    })
    t.is(copy.verdict, 'TOTAL-PASSED', JSON.stringify(copy))
    const stamps = copy.signatures[0]?.timestamps.filter(({ kind }) => kind === 'document')
    t.is(stamps?.length, 2)
    const stranger = browserOf(box, three.keys.clerk)
    t.is((await stranger.get(`${path}/evidence-record`)).status, 404)
    t.is((await stranger.post(`${path}/renewed`, {})).status, 404)
    t.is((await browserOf(box, box.officer.login).get(`${path}/evidence-record`)).status, 403)
  },
)

test.serial(
  'a seal without a timestamp is marked until it has one beside it, and so is the officers’ page',
  async (t) => {
    const { timeStamping, archive } = box.parts
    const [one, two] = box.units
    const stamp = timeStamping.stamp.bind(timeStamping)
    timeStamping.stamp = () => Promise.reject(new Error('the token is away'))
    const { id } = await dispatched({ issuers: [one], main: [two] })
    timeStamping.stamp = stamp
    const clerk = browserOf(box, one.keys.clerk)
    const officer = browserOf(box, box.officer.login)
    t.true((await clerk.get(`/documents/${id}`)).text.includes('data-unstamped'))
    t.regex((await officer.get('/trust', 'en')).text, /without any timestamp/)
    await archive.tend()
    t.notRegex((await officer.get('/trust', 'en')).text, /without any timestamp/)
    const { file } = (await one.clerk.document(id)).dispatched ?? {}
    const record = file && (await archive.recordOf([file]))
    t.truthy(record)
  },
)
