/** Handing in what the signer made from disk: it is performed by the API's own handler, once, and its codes are shown once. */
import { randomUUID } from 'node:crypto'
import test from 'ava'
import { sha256Hex, toBase64, type Sha256 } from '../../../ca/index.ts'
import { modelDistrict, writeRoster } from '../../../provisioning/index.ts'
import { placeOf } from '../../../web/pages/signed.ts'
import { openTestBox, type TestBox } from '../box_fixture.ts'
import { browserOf, type Browser } from './browse.ts'

let box: TestBox
let officer: Browser

test.before(async () => {
  box = await openTestBox()
  officer = browserOf(box, box.officer.login)
})
test.after.always(() => box.close())

const handedIn = (value: unknown) => ({
  files: [
    {
      field: 'file',
      fileName: 'x.signed',
      bytes: typeof value === 'string' ? value : JSON.stringify(value),
    },
  ],
})

async function signed(act: string, path: string, of: { fields: object; body?: object }) {
  const { signing, holder } = box.officer
  const made = await box.sign(signing, { signer: holder, ...of.fields })
  const body = { ...made, ...of.body }
  return { type: 'sealbox-signed', v: 1, act, path, once: randomUUID(), body }
}

async function revocation(certificate: Sha256): Promise<object> {
  const reason = 'superseded'
  const found = await box.parts.authority.certificate(certificate)
  const whose = { holder: found?.holder ?? '', serial: found?.serial ?? '' }
  return signed('revoke', `/api/v1/certificates/${certificate}/acts/revoke`, {
    fields: {
      type: 'sealbox.revocation',
      ...{ certificate, ...whose, reason, invalidityDate: null },
    },
    body: { reason },
  })
}

test('an order is carried out and leads to where its effect is seen', async (t) => {
  const { name } = box.units[1].keys.leader
  const { status, headers } = await officer.post('/signed', handedIn(await revocation(name)))
  t.is(status, 303)
  t.is(headers['location'], `/certificates/${name}`)
  t.is((await box.parts.authority.certificate(name))?.revoked?.reason, 'superseded')
})

test('codes that a registration gives out are shown, as sheets', async (t) => {
  const units = modelDistrict.slice(3, 5)
  const roster = writeRoster(units)
  const file = await signed('register', '/api/v1/units/acts/register', {
    fields: {
      type: 'sealbox.registration',
      roster: sha256Hex(roster),
      units: units.map(({ uscc }) => uscc),
    },
    body: { roster: toBase64(roster) },
  })
  const { status, text } = await officer.post('/signed', handedIn(file))
  t.is(status, 200)
  for (const { name } of units) t.true(text.includes(name), name)
  t.is([...text.matchAll(/<p class="code">\S+<\/p>/g)].length, 2)
})

test('what is no signed file is refused at its field and changes nothing', async (t) => {
  const good = await revocation(box.units[2].keys.seal.name)
  const large = JSON.stringify({ ...good, body: { x: 'x'.repeat(4 * 1024 * 1024) } })
  for (const value of [
    large,
    '',
    'x',
    '[]',
    '{"__proto__":1}',
    { ...good, v: 2 },
    { ...good, path: 5 },
  ]) {
    const { status, text } = await officer.post('/signed', handedIn(value))
    t.is(status, 422)
    t.regex(text, /id="file"[^>]*aria-invalid="true"/)
  }
  const nothing = await officer.post('/signed', { files: [] }, 'en')
  t.is(nothing.status, 422)
  t.true(nothing.text.includes('Choose the .signed file.'))
  t.is((await box.parts.authority.certificate(box.units[2].keys.seal.name))?.revoked, undefined)
})

test('what the act refuses is a page of the act’s refusal, and stands in the journal', async (t) => {
  const from = box.parts.journal.size
  const file = await revocation(box.units[2].keys.leader.name)
  const clerk = browserOf(box, box.units[0].keys.clerk)
  const refused = await clerk.post('/signed', handedIn(file))
  t.is(refused.status, 403)
  t.regex(String(refused.headers['content-type']), /^text\/html/)
  const entries = await box.entries(from, 'act.refused')
  t.true(entries.some(({ data }) => data['code'] === 'ROLE_WRONG'))
  const foreign = { ...file, path: '/api/v1/people/acts/appoint' }
  t.is((await officer.post('/signed', handedIn(foreign))).status, 400)
})

test('the page answers in both languages', async (t) => {
  t.true((await officer.get('/signed')).text.includes('提交签署结果'))
  t.true((await officer.get('/signed', 'en')).text.includes('Hand in what was signed'))
})

test('an act leads to the page of what its path names', (t) => {
  const id = 'a'.repeat(26)
  t.is(placeOf(`/api/v1/documents/${id}/acts/sign-for`), `/documents/${id}`)
  t.is(placeOf(`/api/v1/requests/${'0'.repeat(64)}/acts/approve`), `/requests/${'0'.repeat(64)}`)
  for (const path of ['/api/v1/units/acts/register', '//evil.example/', '/api/v1/documents/../x']) {
    t.is(placeOf(path), '/')
  }
})
