/** Many requests approved by one signature, and enrolling anew after keys were lost. */
import test from 'ava'
import { registerUnits } from '../../appliance/demo/district.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { enrol, unitCertificates } from '../../appliance/unit/enrolment.ts'
import { approveEnrolments, issueCode } from '../../appliance/unit/officer.ts'
import {
  makeUscc,
  modelDistrict,
  requestedCertificates,
  type RosterUnit,
} from '../../provisioning/index.ts'
import { openTestBox, refusalOf, type TestBox, type TestKey } from './box_fixture.ts'
import { newKeys, redeem, rowOf, waiting, type KeySet } from './enrolling.ts'

let box: TestBox

test.before(async () => {
  box = await openTestBox({
    parts: (parts) => ({ ...parts, limits: { refusedPerMinute: 10_000 } }),
  })
})

test.after.always(() => box.close())

const named = (who: string, { id, keys }: KeySet): object => ({
  request: id,
  who,
  certificates: requestedCertificates(keys),
})

async function approve(requests: readonly object[], by: TestKey = box.officer.signing) {
  const type = 'sealbox.enrolment-approvals'
  const signed = await box.sign(by, { type, signer: box.officer.holder, requests })
  const post = () =>
    box.act('/api/v1/requests/acts/approve', { as: box.officer.login, json: signed })
  return { reply: await post(), again: post }
}

test.serial('one signature approves many, each in a commit of its own', async (t) => {
  const one = await waiting(box, 'auditor-many-1')
  const two = await waiting(box, 'auditor-many-2')
  const from = box.box.journal.size
  const answer = await approveEnrolments(box.officer.options, [one.keys.id, two.keys.id])
  t.deepEqual(answer, { approved: [one.keys.id, two.keys.id], refused: [] })
  const approved = await box.entries(from, 'enrolment.approved')
  t.is(approved.length, 2)
  t.is(new Set(approved.map(({ data }) => data['statement'])).size, 1, 'one statement')
  for (const { code, keys } of [one, two]) t.is((await redeem(box, { code, keys })).status, 201)
})

test.serial(
  'what is wrong with one request holds up no other, and is said of that one',
  async (t) => {
    const good = await waiting(box, 'auditor-many-3')
    const done = await waiting(box, 'auditor-many-4')
    await approveEnrolments(box.officer.options, [done.keys.id])
    const unknown = await newKeys()
    const { reply, again } = await approve([
      named('auditor-many-4', done.keys),
      named('auditor-many-x', unknown),
      named('auditor-many-3', good.keys),
    ])
    t.is(reply.status, 200)
    t.deepEqual(reply.json, {
      approved: [good.keys.id],
      refused: [
        { request: done.keys.id, code: 'ENROLMENT_REQUEST_DECIDED' },
        { request: unknown.id, code: 'ENROLMENT_REQUEST_UNKNOWN' },
      ],
    })
    const from = box.box.journal.size
    t.deepEqual((await again()).json, reply.json, 'sent again it is answered as before')
    t.deepEqual(await box.entries(from, 'certificate.issued'), [])
  },
)

test.serial(
  'an approval of many names every key, and nothing is issued where one is another',
  async (t) => {
    const one = await waiting(box, 'auditor-many-5')
    const two = await waiting(box, 'auditor-many-6')
    const swapped = { ...named('auditor-many-5', two.keys), request: one.keys.id }
    const other = { ...named('auditor-many-6', two.keys), who: 'auditor-many-5' }
    const from = box.box.journal.size
    for (const wrong of [swapped, other]) {
      const { reply } = await approve([named('auditor-many-5', one.keys), wrong])
      t.is(reply.code, 'STATEMENT_MISMATCH')
    }
    const { reply } = await approve([named('auditor-many-5', one.keys)], box.officer.login)
    t.is(reply.code, 'CERTIFICATE_NOT_LIVE')
    t.is((await approve([])).reply.code, 'STATEMENT_MALFORMED')
    t.deepEqual(await box.entries(from, 'certificate.issued'), [])
  },
)

/** Units of another division, as the model district's first one is in everything else. */
function rosterOf(count: number): RosterUnit[] {
  const [model] = modelDistrict
  if (model === undefined) throw new TypeError('a unit')
  const characters = Array.from('镇乡村街道办事处甲乙丙丁戊己庚辛壬癸')
  return Array.from({ length: count }, (_, at) => {
    const two = `${characters[Math.floor(at / 10)] ?? ''}${characters[9 + (at % 10)] ?? ''}`
    return {
      ...model,
      row: at + 2,
      uscc: makeUscc({
        prefix: '11',
        division: '999901',
        organisation: `PDY${String(91001 + at)}`,
      }),
      unitCode: `999901${String(101 + at)}`,
      name: `青禾区${two}局`,
      shortName: `${two}局`,
      agencyCode: `青${two}`,
      series: [`青${two}发`],
      archiveFonds: String(101 + at),
    }
  })
}

test.serial(
  'a roster of 91 units goes from its list to certificates by one signature',
  async (t) => {
    const units = rosterOf(91)
    const { officer, rootPem: root, port } = box
    const codes = await registerUnits(officer.options, units)
    const client = createBoxClient({ url: `https://localhost:${String(port)}`, root, identity: {} })
    const ids: string[] = []
    let told: () => void = () => undefined
    const all = new Promise<void>((resolve) => {
      told = resolve
    })
    const enrolling = units.map(({ uscc }) =>
      enrol(client, {
        code: codes.get(uscc) ?? '',
        wanted: unitCertificates,
        onWaiting: ({ request }) => {
          ids.push(request)
          if (ids.length === units.length) told()
        },
      }),
    )
    await all
    const from = box.box.journal.size
    const begun = performance.now()
    const answer = await approveEnrolments(officer.options, ids)
    t.log(
      `${String(units.length * 5)} certificates in ${(performance.now() - begun).toFixed(0)} ms`,
    )
    t.is(answer.approved.length, units.length)
    t.deepEqual(answer.refused, [])
    for (const { keys } of await Promise.all(enrolling)) t.is(keys.length, 5)
    t.is((await box.entries(from, 'certificate.issued')).length, units.length * 5)
    client.close()
  },
)

test.serial(
  'who lost the keys enrols anew when an officer says so, and says of the old certificates',
  async (t) => {
    const { options } = box.officer
    for (const old of ['keep', 'superseded', 'keyCompromise'] as const) {
      const id = `auditor-lost-${old.toLowerCase()}`
      t.is(await refusalOf(issueCode(options, id, old)), 'HOLDER_UNKNOWN')
      const first = await waiting(box, id)
      t.is(await refusalOf(issueCode(options, id, old)), 'ENROLMENT_NOT_DONE')
      await approveEnrolments(options, [first.keys.id])
      const before = await box.parts.authority.certificatesOf(`person:${id}`)
      t.is(await refusalOf(issueCode(options, id)), 'ENROLMENT_DONE')
      const { code } = await issueCode(options, id, old)
      const reasons = async (): Promise<unknown[]> =>
        Promise.all(
          before.map(
            async ({ sha256 }) => (await box.parts.authority.certificate(sha256))?.revoked?.reason,
          ),
        )
      const atOnce = old === 'keyCompromise' ? old : undefined
      t.deepEqual(await reasons(), [atOnce, atOnce], 'compromised keys end at once')
      t.is(
        (await redeem(box, { code: first.code, keys: await newKeys() })).code,
        'ENROLMENT_CODE_USED',
      )
      const keys = await newKeys()
      t.is((await redeem(box, { code, keys })).status, 202, 'approved by words as before')
      await approveEnrolments(options, [keys.id])
      t.is((await redeem(box, { code, keys })).status, 201)
      const ended = old === 'keep' ? undefined : old
      t.deepEqual(await reasons(), [ended, ended])
      t.is((await rowOf(box, id))?.state, 'redeemed')
    }
  },
)

test.serial('at most three certificates of a holder and profile are live', async (t) => {
  const { options } = box.officer
  const id = 'auditor-room'
  const first = await waiting(box, id)
  await approveEnrolments(options, [first.keys.id])
  const anew = async (old: 'keep' | 'superseded'): Promise<readonly string[]> => {
    const { code } = await issueCode(options, id, old)
    const keys = await newKeys()
    t.is((await redeem(box, { code, keys })).status, 202)
    const { refused } = await approveEnrolments(options, [keys.id])
    return refused.map(({ code: why }) => why)
  }
  t.deepEqual(await anew('keep'), [])
  t.deepEqual(await anew('keep'), [])
  t.deepEqual(await anew('keep'), ['CERTIFICATES_TOO_MANY'])
})
