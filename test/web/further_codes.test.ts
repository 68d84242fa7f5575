/** Appointments, further codes and kept key files over HTTPS: each rule with what it refuses. */
import test from 'ava'
import { toBase64, utf8, type Sha256 } from '../../ca/index.ts'
import { enrolUnit, registerUnits } from '../../appliance/demo/district.ts'
import { approveEnrolment, issueCode } from '../../appliance/unit/officer.ts'
import { modelDistrict, readKeyFile } from '../../provisioning/index.ts'
import { clerkClient } from '../appliance/in_process.ts'
import { newKeys, redeem } from './enrolling.ts'
import { openCode, openTestBox, refusalOf, type Reply, type TestBox } from './box_fixture.ts'

let box: TestBox

test.before(async () => {
  box = await openTestBox({
    parts: (parts) => ({ ...parts, limits: { refusedPerMinute: 10_000 } }),
  })
})

test.after.always(() => box.close())

test.serial(
  'a further code voids the earlier ones, and is not for who enrolled or waits',
  async (t) => {
    const { options } = box.officer
    const code = await openCode(box, {
      id: 'auditor-further',
      role: 'auditor',
      approval: 'officer',
    })
    const { code: further } = await issueCode(options, 'auditor-further')
    t.is((await redeem(box, { code, keys: await newKeys() })).code, 'ENROLMENT_CODE_REPLACED')
    const keys = await newKeys()
    t.is((await redeem(box, { code: further, keys })).status, 202)
    t.is(await refusalOf(issueCode(options, 'auditor-further')), 'ENROLMENT_REQUEST_UNDECIDED')
    await approveEnrolment(options, keys.id)
    t.is(await refusalOf(issueCode(options, 'auditor-further')), 'ENROLMENT_DONE')
    const [unit] = modelDistrict
    t.is(await refusalOf(issueCode(options, unit?.uscc ?? '')), 'ENROLMENT_DONE')
    t.is(await refusalOf(issueCode(options, 'nobody')), 'HOLDER_UNKNOWN')
    t.is(await refusalOf(issueCode(options, modelDistrict[9]?.uscc ?? '')), 'HOLDER_UNKNOWN')
    const signed = await box.sign(box.officer.signing, {
      type: 'sealbox.code',
      signer: box.officer.holder,
      who: 'auditor-further',
    })
    const path = '/api/v1/people/auditor-further/acts/issue-code'
    t.is((await box.act(path, { as: box.officer.login, json: signed })).code, 'ENROLMENT_DONE')
    await openCode(box, { id: 'auditor-open', role: 'auditor', approval: 'officer' })
    const open = '/api/v1/people/auditor-open/acts/issue-code'
    t.is((await box.act(open, { as: box.officer.login, json: signed })).code, 'STATEMENT_MISMATCH')
  },
)

test.serial('an appointment is signed, names person and role, and is made once', async (t) => {
  const { officer } = box
  const post = async (fields: object, body: object): Promise<Reply> => {
    const signed = await box.sign(officer.signing, {
      type: 'sealbox.appointment',
      signer: officer.holder,
      ...fields,
    })
    return box.act('/api/v1/people/acts/appoint', {
      as: officer.login,
      json: { ...signed, ...body },
    })
  }
  const right = { id: 'administrator-5', role: 'administrator' }
  t.is((await post({ ...right, role: 'officer' }, right)).code, 'STATEMENT_MISMATCH')
  t.is((await post({ ...right, id: 'administrator-6' }, right)).code, 'STATEMENT_MISMATCH')
  t.is((await post(right, { ...right, role: 'clerk' })).code, 'BODY_MALFORMED')
  for (const id of ['', 'UPPER', '青禾', 'a/b', 'a'.repeat(41), '11999901PDY9000425']) {
    t.is((await post({ ...right, id }, { ...right, id })).code, 'BODY_MALFORMED', id)
  }
  const made = await post(right, right)
  t.is(made.status, 201)
  t.is((await post(right, right)).code, 'PERSON_KNOWN')
  const keys = await newKeys('administrator')
  t.is(
    (await redeem(box, { code: String(made.json['code']), keys })).status,
    202,
    'it waits like every other',
  )
  const { json } = await box.request({ path: '/api/v1/people', as: officer.login })
  const people = json['items'] as { id: string; enrolled: boolean }[]
  t.false(people.find(({ id }) => id === right.id)?.enrolled)
  t.true(people.find(({ id }) => id === 'officer-1')?.enrolled)
})

test.serial('of several key files for the same keys the first stays', async (t) => {
  const code = await openCode(box, { id: 'auditor-file', role: 'auditor', approval: 'officer' })
  const keys = await newKeys()
  const text = (words: string): string => toBase64(Buffer.from(words))
  t.is((await redeem(box, { code, keys, keyFile: text('mine') })).status, 202)
  t.is((await redeem(box, { code, keys, keyFile: text('theirs') })).status, 202)
  const name = `p/key-file/person:auditor-file`
  t.is(await box.parts.journal.views.get(name), undefined, 'not kept for nobody')
  await approveEnrolment(box.officer.options, keys.id)
  const kept = await box.parts.journal.views.get(name)
  t.deepEqual(await box.parts.blobs.get(kept?.value as Sha256), utf8('mine'))
})

test.serial('both seats of a unit get its key file, and nobody else', async (t) => {
  const unit = modelDistrict[5]
  if (unit === undefined) throw new TypeError('a sixth unit')
  const { officer, rootPem: root, id, port } = box
  const { journalCertificate } = box.parts.box
  const known = { url: `https://localhost:${String(port)}`, root, id, journalCertificate }
  const codes = await registerUnits(officer.options, [unit])
  const code = codes.get(unit.uscc) ?? ''
  const enrolled = await enrolUnit(known, unit, { code, officer: officer.options })
  const path = '/api/v1/key-file'
  const clerk = clerkClient(known, enrolled)
  t.teardown(() => {
    clerk.close()
    enrolled.close()
  })
  const file = readKeyFile(await clerk.bytes(path))
  t.is(file.owner.id, unit.uscc)
  t.is(file.keys.length, 3)
  for (const as of [officer.login, box.units[0].keys.clerk, box.units[0].keys.leader]) {
    t.is((await box.request({ path, as })).code, 'KEY_FILE_ABSENT')
  }
  t.is((await box.request({ path })).code, 'CERTIFICATE_REQUIRED')
})
