/** What stands behind the pages, asked of a whole box as each seat: it gets its own, and of another unit's document nothing. */
import test from 'ava'
import { unzipSync } from 'fflate'
import { fromPem, sha256Hex } from '../../ca/index.ts'
import {
  checkDraft,
  historyOf,
  nextStep,
  receiptMap,
  type DocumentView,
  type Principal,
} from '../../exchange/index.ts'
import { verifyFile } from '../../exchange/verify/index.ts'
import { openTestBox, type TestBox, type TestUnit } from './box_fixture.ts'
import {
  approved,
  attachmentOf,
  dispatched,
  drafted,
  notice,
  numbered,
  plainPdf,
  sealed,
  textBytes,
  uploadedNotice,
} from './trip.ts'

let box: TestBox
/** From the first unit to the second; the third has nothing to do with it. */
let sent: DocumentView
let inMaking: DocumentView

test.before(async () => {
  box = await openTestBox()
  const [one, two] = box.units
  sent = await dispatched({ issuers: [one], main: [two] })
  inMaking = await drafted({ issuers: [one], main: [two] })
})
test.after.always(() => box.close())

async function seat(of: TestUnit, name: 'clerk' | 'leader' = 'clerk'): Promise<Principal> {
  const holder = `seat:${of.unit.uscc}/${name}`
  const principal = await box.parts.directory.principal(holder, of.keys[name].name)
  if (principal === undefined) throw new TypeError('no such seat')
  return principal
}

test.serial(
  'issuer and recipient see the verdict of what was sealed; a stranger nothing',
  async (t) => {
    const { reading } = box.parts
    const [one, two, three] = box.units
    for (const side of [one, two]) {
      const report = await reading.verdict(await seat(side), sent.id)
      t.is(report?.verdict, 'TOTAL-PASSED')
      t.is(report?.signatures[0]?.level, 'B-LTA')
    }
    t.is(await reading.verdict(await seat(one), inMaking.id), undefined)
    for (const id of [sent.id, inMaking.id, 'a'.repeat(26)]) {
      await t.throwsAsync(reading.verdict(await seat(three), id), { code: 'NOT_FOUND' })
    }
  },
)

const stepsOf = (view: DocumentView, name: (unit: string) => string): string[] =>
  historyOf(view).map(({ step, unit, seat: by }) => `${step} ${name(unit)}/${by}`)

test.serial('a document tells each viewer as much of its life as it may see', async (t) => {
  const { reading, office } = box.parts
  const [one, two, three] = box.units
  const name = (unit: string): string =>
    ['one', 'two', 'three'][box.units.findIndex((each) => each.unit.uscc === unit)] ?? unit
  const { id } = await dispatched({ issuers: [one, two], main: [three] })
  const own = ['drafted one/clerk', 'approved one/leader', 'approved two/leader']
  const seals = ['sealed one/clerk', 'sealed two/clerk']
  const made = [...own, 'numbered one/clerk', ...seals, 'dispatched one/clerk']
  const see = async (of: TestUnit): Promise<DocumentView> => reading.document(await seat(of), id)

  t.deepEqual(stepsOf(await see(two), name), made)
  t.deepEqual(nextStep(await see(two)), {
    task: 'sign-for',
    duty: 'sign-for',
    units: [three.unit.uscc],
  })
  t.deepEqual(stepsOf(await see(three), name), ['dispatched one/clerk'])
  await office.receive(id, { actor: await seat(three, 'leader') })
  t.deepEqual(stepsOf(await see(three), name), ['dispatched one/clerk', 'received three/leader'])
  await three.clerk.signFor(id)
  const answers = ['received three/leader', 'receipted three/clerk']
  t.deepEqual(stepsOf(await see(three), name), [...seals, 'dispatched one/clerk', ...answers])
  t.deepEqual(stepsOf(await see(one), name), [...made, ...answers])
  t.is(nextStep(await see(one)), undefined)
  t.is(nextStep(await see(three)), undefined)
})

test.serial('the next step of each stage, and whose it is', async (t) => {
  const [one, two] = box.units
  const codes = [one, two].map(({ unit }) => unit.uscc)
  const joint = { issuers: [one, two], main: [box.units[2]] }
  t.deepEqual(nextStep(await drafted(joint)), { task: 'approve', duty: 'approve', units: codes })
  const half = await one.leader.approve((await drafted(joint)).id)
  t.deepEqual(nextStep(half)?.units, codes.slice(1))
  t.deepEqual(nextStep(await approved(joint)), {
    task: 'number',
    duty: 'file',
    units: codes.slice(0, 1),
  })
  const toSeal = await numbered(joint)
  t.deepEqual(nextStep(toSeal), { task: 'seal', duty: 'seal', units: codes })
  await one.clerk.sealDocument(toSeal.id)
  t.deepEqual(nextStep(await one.clerk.document(toSeal.id))?.units, codes.slice(1))
  const toSend = await two.clerk.sealDocument(toSeal.id)
  t.deepEqual(nextStep(toSend), { task: 'dispatch', duty: 'seal', units: codes.slice(0, 1) })
})

test.serial(
  'the map of receipts stands in the order of the dispatch, for issuers alone',
  async (t) => {
    const [one, two, three] = box.units
    const { id } = await dispatched({ issuers: [one], main: [three], copies: [two] })
    await two.clerk.returnToSender(id, '错投')
    const map = receiptMap(await one.clerk.document(id))
    t.deepEqual(
      map?.places.map(({ unit, as, state, at }) => [unit, as, state, at !== null]),
      [
        [three.unit.uscc, 'main', 'dispatched', false],
        [two.unit.uscc, 'copy', 'returned', true],
      ],
    )
    t.deepEqual(map?.counts, { dispatched: 1, received: 0, receipted: 0, returned: 1 })
    t.is(receiptMap(await three.clerk.document(id)), undefined)
    t.is(receiptMap(inMaking), undefined)
  },
)

test.serial('a desk has what each seat has to do, and what its unit waits for', async (t) => {
  const [, two, three] = box.units
  const { reading, clock } = box.parts
  const deadline = new Date(clock.now().getTime() + 3_600_000)
  const { id } = await sealed({ issuers: [three], main: [two] })
  const before = (await reading.desk(await seat(three))).version
  await three.clerk.dispatch(id, { deadline })
  const desk = await reading.desk(await seat(three))
  t.true(desk.version > before)
  const row = desk.waiting.find((each) => each.id === id)
  t.is(row?.deadline, deadline.toISOString())
  t.false(row?.overdue)
  t.deepEqual(row?.progress, { of: 1, receipted: 0, returned: 0 })
  t.is(desk.counts.outbox, 1)

  const clerk = await reading.desk(await seat(two))
  const leader = await reading.desk(await seat(two, 'leader'))
  const task = clerk.mine.find((each) => each.id === id)
  t.deepEqual([task?.task, task?.duty, task?.role], ['sign-for', 'sign-for', 'recipient'])
  t.is(task?.head.issuers[0], three.unit.name)
  t.is(task?.number?.number, 1)
  t.true(leader.others.some((each) => each.id === id))
  t.false(leader.mine.some((each) => each.id === id))
  const approvals = leader.mine.filter((each) => each.task === 'approve')
  t.true(approvals.length > 0 && clerk.others.length === approvals.length)
  t.is(clerk.counts.inbox, clerk.mine.filter((each) => each.task === 'sign-for').length)

  await two.clerk.signFor(id)
  const done = await reading.desk(await seat(three))
  t.false(done.waiting.some((each) => each.id === id))
  t.is(done.counts.outbox, 0)
  const sent = await reading.rows(await seat(three), 'outbox', { limit: 10 })
  t.deepEqual(
    sent.items.map(({ id: each, progress }) => [each, progress]),
    [[id, { of: 1, receipted: 1, returned: 0 }]],
  )
  const got = await reading.rows(await seat(two), 'inbox', { limit: 1 })
  t.deepEqual(
    got.items.map(({ id: each, copy, overdue, progress }) => [each, copy, overdue, progress]),
    [[id, 'receipted', false, null]],
  )
  t.is(
    (await reading.rows(await seat(two), 'inbox', { limit: 1, after: got.next ?? '' })).items
      .length,
    1,
  )
})

test.serial('a desk and boxes of who has nothing to do with it are empty', async (t) => {
  const [one] = box.units
  const auditor: Principal = {
    kind: 'person',
    holder: 'person:x',
    certificate: (await seat(one)).certificate,
    id: 'x',
    role: 'auditor',
  }
  const stranger: Principal = { ...(await seat(one)), unit: '11999901PDY900099X' } as Principal
  for (const actor of [auditor, stranger]) {
    const { mine, others, waiting, counts } = await box.parts.reading.desk(actor)
    t.deepEqual([mine, others, waiting], [[], [], []])
    t.deepEqual(new Set(Object.values(counts)), new Set([0]))
    for (const list of ['inbox', 'outbox'] as const) {
      t.deepEqual(await box.parts.reading.rows(actor, list, { limit: 5 }), {
        items: [],
        next: undefined,
      })
    }
  }
})

test.serial('issuers see a draft as it will look; nobody else does', async (t) => {
  const { reading, pictures } = box.parts
  const [one, two, three] = box.units
  const pdf = await reading.preview(await seat(one, 'leader'), inMaking.id)
  t.is(Buffer.from(pdf.subarray(0, 5)).toString(), '%PDF-')
  t.deepEqual(await reading.preview(await seat(one), inMaking.id), pdf)
  const shown = await reading.pdf(await seat(one), inMaking.id)
  t.is(await shown.pages(), 1)
  t.true('png' in (await pictures.page(shown, 1, 300)))
  for (const other of [two, three]) {
    await t.throwsAsync(reading.preview(await seat(other), inMaking.id), { code: 'NOT_FOUND' })
    await t.throwsAsync(reading.pdf(await seat(other), inMaking.id), { code: 'NOT_FOUND' })
    await t.throwsAsync(reading.preview(await seat(other), sent.id), { code: 'NOT_FOUND' })
  }
})

test.serial('a preview of an upload, and of what is sealed, is the file itself', async (t) => {
  const { reading } = box.parts
  const [one, two] = box.units
  const upload = await plainPdf('uploaded', 3)
  await one.clerk.upload('document', 'a.pdf', upload)
  const body = uploadedNotice({ issuers: [one], main: [two] }, sha256Hex(upload))
  const { id } = await one.clerk.draft(body)
  const shown = await reading.pdf(await seat(one), id)
  t.is(await shown.pages(), 3)
  t.deepEqual(sha256Hex(await shown.read()), sha256Hex(upload))
  const file = await reading.file(await seat(one), sent.id, 'pdf')
  t.deepEqual(await reading.preview(await seat(one), sent.id), file)
})

test.serial('a recipient sees the pages once it signed for it, and not before', async (t) => {
  const { reading } = box.parts
  const [one, two, three] = box.units
  const { id } = await dispatched({ issuers: [one], main: [two] })
  await t.throwsAsync(reading.pdf(await seat(two), id), { code: 'NOT_FOUND' })
  await two.clerk.signFor(id)
  const shown = await reading.pdf(await seat(two), id)
  t.is(await shown.pages(), 1)
  t.is(sha256Hex(await shown.read()), shown.name)
  await t.throwsAsync(reading.pdf(await seat(three), id), { code: 'NOT_FOUND' })
})

test.serial('a draft that was never saved is laid out, the same each time', async (t) => {
  const [one, two] = box.units
  const { draft } = checkDraft(notice({ issuers: [one], main: [two] }))
  if (draft === undefined) throw new TypeError('no draft')
  const { previews } = box.parts
  const [first, again] = await Promise.all([previews.of(draft), previews.of(draft)])
  t.is(first, again)
  t.not((await previews.of({ ...draft, date: '2026-01-05' })).pdf, first.pdf)
  const odd = { ...draft, title: `${draft.title}\u{10ffff}` }
  t.is((await previews.of(odd)).findings[0]?.code, 'NO_GLYPH')
})

test.serial('what a unit holds of a document, as a bundle that verifies by itself', async (t) => {
  const [one, two, three] = box.units
  const table = textBytes('登记表')
  await one.clerk.upload('attachment', '附表.txt', table)
  const attachments = [attachmentOf(table)]
  const { id } = await dispatched({ issuers: [one], main: [two], copies: [three] }, { attachments })
  await t.throwsAsync(box.parts.bundles(await seat(two), id), { code: 'NOT_FOUND' })
  await two.clerk.signFor(id)
  await three.clerk.signFor(id)
  const { bytes, fileName } = await box.parts.bundles(await seat(one), id)
  const issued = unzipSync(bytes)
  const pdf = fileName.replace(/asice$/, 'pdf')
  const both = (name: string): string[] => [name, `${name}.p7s`]
  const certificates = ['root', 'issuing', 'journal', 'timestamping', 'ocsp'].map(
    (name) => `certificates/${name}.pem`,
  )
  const always = [
    ...['mimetype', 'META-INF/ASiCManifest.xml', 'META-INF/signature.p7s', 'bundle.json'],
    ...['checkpoint.txt', 'entries.jsonl', 'proofs.txt', 'consistency.txt'].map(
      (name) => `journal/${name}`,
    ),
    ...[...certificates, 'revocation/1.crl', 'revocation/2.crl', 'README.txt'],
  ]
  const sentBy = both(`statements/${one.unit.name}.dispatch.json`)
  const ownReceipt = both(`receipts/${two.unit.name}.receipt.json`)
  const forBoth = [pdf, 'draft.json', 'attachments/附表.txt', ...sentBy, ...ownReceipt]
  const forIssuers = [
    ...both(`statements/${one.unit.name}.approval.json`),
    ...both(`receipts/${three.unit.name}.receipt.json`),
  ]
  t.deepEqual(Object.keys(issued).toSorted(), [...forBoth, ...forIssuers, ...always].toSorted())
  const received = unzipSync((await box.parts.bundles(await seat(two), id)).bytes)
  t.deepEqual(Object.keys(received).toSorted(), [...forBoth, ...always].toSorted())
  t.true(new TextDecoder().decode(issued['README.txt']).includes(`sealbox verify "${fileName}"`))

  const trust = fromPem('CERTIFICATE', new TextDecoder().decode(issued['certificates/root.pem']))
  t.deepEqual(trust, [box.root])
  const whole = await verifyFile({ name: fileName, bytes, trust, at: new Date() })
  t.is(whole.verdict, 'TOTAL-PASSED', JSON.stringify(whole, null, 1))
  t.like(whole.bundle?.completeness, { recipients: 2, signedFor: 2, missing: [], proven: true })
  for (const [name, file] of Object.entries(issued)) {
    if (name.startsWith('META-INF/')) continue
    const signature = issued[`${name}.p7s`]
    if (name !== pdf && signature === undefined) continue
    const companions = signature
      ? { signature }
      : { attachments: [{ fileName: '附表.txt', bytes: issued['attachments/附表.txt'] ?? table }] }
    const report = await verifyFile({ name, bytes: file, trust, at: new Date(), companions })
    t.is(report.verdict, 'TOTAL-PASSED', name)
  }
  await t.throwsAsync(box.parts.bundles(await seat(three), inMaking.id), { code: 'NOT_FOUND' })
  await t.throwsAsync(box.parts.bundles(await seat(three), 'a'.repeat(26)), { code: 'NOT_FOUND' })
})

test.serial('of a draft its issuers hold what was approved', async (t) => {
  const [one] = box.units
  const { bytes } = await box.parts.bundles(await seat(one), inMaking.id)
  const names = Object.keys(unzipSync(bytes))
  t.true(names.includes('draft.json'))
  t.false(names.some((name) => name.endsWith('.pdf') || name.startsWith('receipts/')))
})
