/** Pages of the security officer: what waits, comparing and refusing, units, registering, appointing. Each leads on to the signer. */
import test from 'ava'
import { sha256Hex } from '../../../ca/index.ts'
import {
  fingerprintWords,
  modelDistrict,
  writeRoster,
  type RosterUnit,
} from '../../../provisioning/index.ts'
import { refuseEnrolment } from '../../../appliance/unit/officer.ts'
import { openCode, openTestBox, type TestBox } from '../box_fixture.ts'
import { waiting, type KeySet } from '../enrolling.ts'
import { browserOf, type Browser } from './browse.ts'

let box: TestBox
let officer: Browser
let keys: KeySet

test.before(async () => {
  box = await openTestBox()
  officer = browserOf(box, box.officer.login)
  keys = (await waiting(box, 'auditor-2')).keys
  const past = new Date(Date.now() - 86_400_000).toISOString()
  await openCode(box, { id: 'auditor-3', role: 'auditor', approval: 'officer', expires: past })
  await openCode(box, { id: 'auditor-4', role: 'auditor', approval: 'officer' })
})
test.after.always(() => box.close())

const paths = [
  ['/', '今日待办', 'to do today'],
  ['/requests', '注册申请', 'Enrolment'],
  ['/units', '单位 3 个', '3 units'],
  ['/units/register', '登记单位', 'Register units'],
  ['/people', '管理人员', 'Administrators'],
] as const

test('each page answers an officer in both languages and refuses a seat as a page', async (t) => {
  const clerk = browserOf(box, box.units[0].keys.clerk)
  for (const [path, zh, en] of paths) {
    t.true((await officer.get(path)).text.includes(zh), path)
    t.true((await officer.get(path, 'en')).text.includes(en), path)
    if (path === '/') continue
    const refused = await clerk.get(path)
    t.is(refused.status, 403, path)
    t.regex(String(refused.headers['content-type']), /^text\/html/)
  }
})

test('the first page lists what waits: the request to compare, the code that ended', async (t) => {
  const { text } = await officer.get('/')
  t.true(text.includes(`href="/requests/${keys.id}"`))
  t.true(text.includes('/signer.html#act=issue-code&amp;id=auditor-3'))
  t.true(text.indexOf('auditor-2') < text.indexOf('auditor-3'))
  t.regex(text, /data-count="tasks"/)
})

test('the list of enrolments narrows by state', async (t) => {
  const open = await officer.get('/requests?state=open')
  t.true(open.text.includes('auditor-4'))
  t.false(open.text.includes('auditor-2'))
  const none = await officer.get('/requests?state=refused', 'en')
  t.is(none.status, 200)
  for (const query of ['state=x', 'offset=-1', 'offset=x', 'offset=100001']) {
    t.is((await officer.get(`/requests?${query}`)).status, 400, query)
  }
})

test('a request shows its words in both languages and leads to the signer', async (t) => {
  const { status, text } = await officer.get(`/requests/${keys.id}`)
  t.is(status, 200)
  const words = fingerprintWords(keys.id)
  for (const word of [...words.chinese, ...words.english].flat()) t.true(text.includes(word), word)
  t.true(text.includes(`/signer.html#act=approve-request&amp;request=${keys.id}`))
  for (const id of ['0'.repeat(64), 'x', 'a'.repeat(26)]) {
    t.is((await officer.get(`/requests/${id}`)).status, 404, id)
  }
})

test('refusing takes a reason; what was typed is kept, as text', async (t) => {
  const path = `/requests/${keys.id}/refuse`
  for (const reason of ['', '   ', 'x'.repeat(301)]) {
    const { status, text } = await officer.post(path, { fields: { reason } })
    t.is(status, 422)
    t.regex(text, /id="reason"[^>]*aria-invalid="true"/)
    t.true(text.includes(`value="${reason.trim()}"`))
  }
  const reason = '词不一致 <script>alert(1)</script>'
  const { status, text } = await officer.post(path, { fields: { reason } })
  t.is(status, 200)
  t.false(text.includes('<script>alert'))
  const encoded = new URLSearchParams({ reason }).toString()
  t.true(text.includes(`act=refuse-request&amp;request=${keys.id}&amp;${encoded}`))
})

test('a request that was decided says who decided, and offers nothing more', async (t) => {
  const decided = (await waiting(box, 'auditor-5')).keys
  await refuseEnrolment(box.officer.options, decided.id, '对不上')
  const { text } = await officer.get(`/requests/${decided.id}`)
  t.true(text.includes('已拒绝'))
  t.true(text.includes('officer-1'))
  t.false(text.includes('act=approve-request'))
})

test('units narrow by state and name; what is none is refused', async (t) => {
  const [one, two] = box.units
  const named = await officer.get(`/units?q=${encodeURIComponent(one.unit.shortName)}`)
  t.true(named.text.includes(one.unit.uscc))
  t.false(named.text.includes(two.unit.uscc))
  const enrolled = await officer.get('/units?state=enrolled')
  for (const { unit } of box.units) t.true(enrolled.text.includes(unit.uscc))
  const none = await officer.get('/units?q=%3Cscript%3Ealert(1)%3C/script%3E', 'en')
  t.true(none.text.includes('No unit fits'))
  t.false(none.text.includes('<script>alert'))
  t.is((await officer.get('/units?state=x')).status, 400)
})

test('a unit shows its facts, duties and certificates', async (t) => {
  const { unit, keys: held } = box.units[0]
  const { text } = await officer.get(`/units/${unit.uscc}`)
  for (const words of [unit.name, unit.agencyCode, '用印', '已注册']) t.true(text.includes(words))
  for (const { name } of Object.values(held)) t.true(text.includes(`/certificates/${name}`))
  for (const uscc of ['A'.repeat(18), 'x', 'register0']) {
    t.is((await officer.get(`/units/${uscc}`)).status, 404, uscc)
  }
})

const csv = (units: readonly RosterUnit[]): string => new TextDecoder().decode(writeRoster(units))
const handedIn = (bytes: Uint8Array | string) => ({
  files: [{ field: 'file', fileName: 'roster.csv', bytes }],
})

test('a good roster is shown row by row and kept for the signer; nothing is registered', async (t) => {
  const units = modelDistrict.slice(3, 6)
  const roster = writeRoster(units)
  const { status, text } = await officer.post('/units/register', handedIn(roster))
  t.is(status, 200)
  for (const { name } of units) t.true(text.includes(name), name)
  const name = sha256Hex(roster)
  t.true(text.includes(`/signer.html#act=register&amp;roster=${name}`))
  t.deepEqual(await box.parts.rosters.get('person:officer-1', name), roster)
  for (const { uscc } of units) t.is(await box.parts.directory.unit(uscc), undefined)
  // Pasted, it is as good as a file.
  const pasted = await officer.post('/units/register', { fields: { text: csv(units) }, files: [] })
  t.is(pasted.status, 200)
})

test('a roster with a fault names the rows and keeps what was handed in, as text', async (t) => {
  const text = csv(modelDistrict.slice(3, 6)).replace(
    modelDistrict[4]?.name ?? '',
    '=<script>alert(1)</script>',
  )
  const refused = await officer.post('/units/register', handedIn(text))
  t.is(refused.status, 422)
  t.true(refused.text.includes('1 行有误，一行未录'))
  t.regex(refused.text, /<td class="num">3<\/td>\s*<td>[^<]*公式注入/)
  t.true(refused.text.includes('=&lt;script&gt;'))
  t.false(refused.text.includes('<script>alert'))
  t.false(refused.text.includes('act=register'))
  const english = await officer.post('/units/register', handedIn(text), 'en')
  t.true(english.text.includes('formula injection'))
})

test('a roster in GB18030 comes back readable', async (t) => {
  // 单位 in GB18030, as a column that is not known.
  const bytes = Uint8Array.from([0xb5, 0xa5, 0xce, 0xbb, 0x0a])
  const { status, text } = await officer.post('/units/register', handedIn(bytes))
  t.is(status, 422)
  t.regex(text, /<textarea[^>]*>\s*单位/)
})

test('what is no roster, or one that is registered already, is refused', async (t) => {
  const known = await officer.post(
    '/units/register',
    handedIn(writeRoster(modelDistrict.slice(0, 1))),
  )
  t.is(known.status, 422)
  t.true(known.text.includes('这个单位已经登记过'))
  for (const bytes of ['x', csv([]), Uint8Array.from([0xff, 0xff])]) {
    t.is((await officer.post('/units/register', handedIn(bytes))).status, 422)
  }
  const nothing = await officer.post('/units/register', { files: [] })
  t.is(nothing.status, 422)
  t.regex(nothing.text, /id="file"[^>]*aria-invalid="true"/)
})

test('the example roster is one that is taken', async (t) => {
  const { status, headers, text } = await officer.get('/units/register/file')
  t.is(status, 200)
  t.regex(String(headers['content-disposition']), /roster\.csv/)
  t.is(text, csv(modelDistrict))
})

test('an appointment is checked and leads to the signer; nothing is done yet', async (t) => {
  const good = await officer.post('/people', { fields: { id: 'auditor-8', role: 'auditor' } })
  t.is(good.status, 200)
  t.true(good.text.includes('/signer.html#act=appoint&amp;id=auditor-8&amp;role=auditor'))
  const cases = [
    { id: '', role: 'auditor' },
    { id: 'Auditor', role: 'auditor' },
    { id: '<script>', role: 'auditor' },
    { id: 'officer-1', role: 'auditor' },
    { id: 'auditor-8', role: 'king' },
    { id: 'auditor-8', role: '' },
  ]
  for (const fields of cases) {
    const { status, text } = await officer.post('/people', { fields })
    t.is(status, 422, JSON.stringify(fields))
    t.true(text.includes('class="wrong"'))
    t.true(text.includes(`value="${fields.id.replace('<', '&lt;').replace('>', '&gt;')}"`))
    t.false(text.includes('act=appoint&amp;'))
  }
  t.is(await box.parts.directory.person('auditor-8'), undefined)
})
