/** Pages of certificates: an officer sees and narrows all of them, everybody else sees their own and no others. */
import test from 'ava'
import { fingerprintWords } from '../../../provisioning/index.ts'
import { openTestBox, type TestBox } from '../box_fixture.ts'
import { browserOf, type Browser } from './browse.ts'

let box: TestBox
let officer: Browser
let clerk: Browser

test.before(async () => {
  box = await openTestBox()
  officer = browserOf(box, box.officer.login)
  clerk = browserOf(box, box.units[0].keys.clerk)
  await box.revoke(box.units[2].keys.leader)
})
test.after.always(() => box.close())

/** Certificates that a list links to. */
const linked = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/href="\/certificates\/([0-9a-f]{64})"/g)].map(([, name = '']) => name),
  ),
]

test('an officer sees every certificate in pages that neither repeat nor leave out', async (t) => {
  const all = (await box.parts.authority.certificates({ limit: 500 })).items
  const seen: string[] = []
  let path: string | undefined = '/certificates'
  for (let pages = 0; path !== undefined && pages < 10; pages++) {
    const { status, text } = await officer.get(path)
    t.is(status, 200)
    t.true(linked(text).length <= 30)
    seen.push(...linked(text))
    path = /href="(\/certificates\?after=[0-9a-f]+)" rel="next"/.exec(text)?.[1]
  }
  t.deepEqual(
    seen,
    all.map(({ sha256 }) => sha256),
  )
})

test('the list narrows by state, use and unit, and says so where nothing fits', async (t) => {
  const [one, , three] = box.units
  const revoked = await officer.get('/certificates?state=revoked')
  t.deepEqual(linked(revoked.text), [three.keys.leader.name])
  const seals = await officer.get('/certificates?use=seal')
  t.is(linked(seals.text).length, 3)
  const ofUnit = await officer.get(`/certificates?unit=${one.unit.uscc}`)
  t.deepEqual(
    linked(ofUnit.text).toSorted(),
    Object.values(one.keys)
      .map(({ name }) => name)
      .toSorted(),
  )
  const none = await officer.get('/certificates?state=ended', 'en')
  t.true(none.text.includes('No certificate fits'))
})

test('a filter that is none is refused, not taken for all', async (t) => {
  for (const query of ['state=x', 'use=x', 'unit=%3Cscript%3E', 'after=zz']) {
    const { status, text } = await officer.get(`/certificates?${query}`)
    t.is(status, 400, query)
    t.false(text.includes('<script>'))
  }
})

test('a seat sees its own and its unit’s seal, and nothing of others', async (t) => {
  const [one, two] = box.units
  const { text } = await clerk.get('/certificates')
  t.deepEqual(
    linked(text).toSorted(),
    [one.keys.clerk, one.keys.clerkSigning, one.keys.seal].map(({ name }) => name).toSorted(),
  )
  for (const { name } of [two.keys.seal, two.keys.clerk, one.keys.leader]) {
    for (const path of [`/certificates/${name}`, `/certificates/${name}/file`]) {
      t.is((await clerk.get(path)).status, 404, path)
    }
  }
  const { text: sheet } = await clerk.get(`/certificates/${one.keys.seal.name}`)
  t.true(sheet.includes(one.unit.name))
  t.false(sheet.includes('act=revoke'))
})

test('a seat sees what its seal looks like, an administrator sees none', async (t) => {
  const { text } = await clerk.get('/certificates')
  t.regex(text, /<svg viewBox="0 0 [\d.]+ [\d.]+" role="img"/)
  t.true(text.includes(`${box.units[0].unit.name}的印章图样`))
  t.true(text.length < 60_000)
  t.false((await officer.get('/certificates')).text.includes('role="img"'))
})

test('the sheet shows the fingerprint in words of the reader’s language, and gives the file', async (t) => {
  const { name } = box.units[0].keys.seal
  const path = `/certificates/${name}`
  const words = fingerprintWords(name)
  const [zh, en] = [await officer.get(path), await officer.get(path, 'en')]
  for (const word of words.chinese.flat()) t.true(zh.text.includes(word))
  for (const word of words.english.flat()) t.true(en.text.includes(word))
  const file = await officer.get(`${path}/file`)
  t.is(file.headers['content-type'], 'application/pkix-cert')
  t.regex(String(file.headers['content-disposition']), /^attachment; .*\.cer/)
  const found = await box.parts.authority.certificate(name)
  t.deepEqual(new Uint8Array(file.bytes), found?.certificate)
})

test('an officer is led to the signer with a reason; not for what is revoked or the box’s own', async (t) => {
  const { name } = box.units[1].keys.clerk
  const { text } = await officer.get(`/certificates/${name}`)
  t.true(text.includes(`/signer.html#act=revoke&amp;certificate=${name}&amp;reason=keyCompromise`))
  const gone = await officer.get(`/certificates/${box.units[2].keys.leader.name}`)
  t.true(gone.text.includes('不再使用'))
  t.false(gone.text.includes('act=revoke'))
  const [root] = (await box.parts.authority.certificates({ limit: 1 })).items
  const own = await officer.get(`/certificates/${root?.sha256 ?? ''}`)
  t.true(own.text.includes('一名安全员不能单独吊销'))
  t.false(own.text.includes('act=revoke'))
})
