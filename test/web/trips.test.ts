/** Whole trips: of two issuers, of an uploaded PDF, with attachments; what comes out verifies by itself. */
import test from 'ava'
import { sha256Hex } from '../../ca/index.ts'
import { verifyFile } from '../../exchange/verify/index.ts'
import { openTestBox, refusalOf, type TestBox } from './box_fixture.ts'
import {
  attachmentOf,
  dispatched,
  drafted,
  notice,
  plainPdf,
  textBytes,
  uploadedNotice,
} from './trip.ts'

let box: TestBox

test.before(async () => {
  box = await openTestBox()
})

test.after.always(() => box.close())

const parties = () => {
  const [one, two, three] = box.units
  return { one, two, three, between: { issuers: [one], main: [two], copies: [three] } }
}

test.serial(
  'two issuers: both approve, both seal beside each other, the lead sends it',
  async (t) => {
    const { one, two, three } = parties()
    const between = { issuers: [one, two], main: [three] }
    const { id } = await drafted(between)
    await two.leader.approve(id)
    t.is(await refusalOf(one.clerk.number(id)), 'STAGE_WRONG')
    t.is(await refusalOf(two.leader.approve(id)), 'ALREADY_DONE')
    await one.leader.approve(id)
    t.is(await refusalOf(two.clerk.number(id)), 'NOT_PERMITTED')
    const { record } = await one.clerk.number(id)
    if (record?.stage !== 'numbered') throw new TypeError('not numbered')
    const [first, second] = record.places
    if (!first || !second) throw new TypeError('two places')
    const apart = Math.hypot(first.x - second.x, first.y - second.y)
    t.true(first.page !== second.page || apart >= (first.diameter + second.diameter) / 2)
    await one.clerk.sealDocument(id)
    t.is(await refusalOf(one.clerk.sealDocument(id)), 'ALREADY_DONE')
    t.is(await refusalOf(one.clerk.dispatch(id)), 'STAGE_WRONG', 'one seal is missing')
    await two.clerk.sealDocument(id)
    t.is(await refusalOf(two.clerk.dispatch(id)), 'NOT_PERMITTED')
    await one.clerk.dispatch(id)
    await three.clerk.signFor(id)
    const report = await verify('joint.pdf', await three.clerk.pdf(id))
    t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report.findings))
    t.is(report.signatures.filter(({ level }) => level === 'B-LTA').length, 2)
  },
)

test.serial(
  'an uploaded PDF goes the whole trip with its attachment, and all of it verifies',
  async (t) => {
    const { one, two, between } = parties()
    const pdf = await plainPdf('An uploaded notice', 2)
    const table = textBytes('甲,乙\n')
    await one.clerk.upload('document', '通知.pdf', pdf)
    await one.clerk.upload('attachment', '附表.csv', table)
    const attachments = [attachmentOf(table, '附表.csv')]
    const { id } = await one.clerk.draft(uploadedNotice(between, sha256Hex(pdf), { attachments }))
    await one.leader.approve(id)
    await one.clerk.number(id)
    await one.clerk.sealDocument(id)
    await one.clerk.dispatch(id)
    await two.clerk.signFor(id)
    const file = await two.clerk.pdf(id)
    t.deepEqual(Buffer.from(file.subarray(0, pdf.length)), Buffer.from(pdf), 'as it was uploaded')
    t.is((await verify('uploaded.pdf', file)).verdict, 'TOTAL-PASSED')
    t.deepEqual(Buffer.from(await two.clerk.file(id, sha256Hex(table))), Buffer.from(table))
    const view = await one.clerk.document(id)
    const { statement, signature } = await one.clerk.receipt(view, two.unit.uscc)
    const receipt = await verifyFile({
      name: 'r.receipt.json',
      bytes: statement,
      trust: [box.root],
      at: new Date(),
      companions: { signature },
    })
    t.is(receipt.verdict, 'TOTAL-PASSED', JSON.stringify(receipt.findings))
  },
)

test.serial(
  'a laid-out file names its attachments by hash, and the seal covers that',
  async (t) => {
    const { one, two, between } = parties()
    const table = textBytes('丙,丁\n')
    await one.clerk.upload('attachment', '附表.csv', table)
    const attachment = attachmentOf(table, '附表.csv')
    const { id } = await dispatched(between, { attachments: [attachment] })
    await two.clerk.signFor(id)
    const pdf = await two.clerk.pdf(id)
    const beside = (bytes: Uint8Array) =>
      verify('with.pdf', pdf, { attachments: [{ fileName: attachment.fileName, bytes }] })
    t.is((await beside(table)).verdict, 'TOTAL-PASSED')
    t.not((await beside(textBytes('丙,戊\n'))).verdict, 'TOTAL-PASSED')
    const upload = notice(between, { attachments: [{ ...attachment, bytes: table.length + 1 }] })
    t.not(await refusalOf(one.clerk.draft(upload)), 'done', 'another length than was uploaded')
  },
)

test.serial('what was uploaded as an attachment is no document', async (t) => {
  const { one, between } = parties()
  const text = textBytes('no PDF at all')
  await one.clerk.upload('attachment', 'a.txt', text)
  const draft = one.clerk.draft(uploadedNotice(between, sha256Hex(text)))
  t.not(await refusalOf(draft), 'done')
})

function verify(name: string, bytes: Uint8Array, companions = {}) {
  return verifyFile({ name, bytes, trust: [box.root], at: new Date(), companions })
}
