/** Pages of certificates: an officer sees and narrows all of them, everybody else sees their own and no others. */
import { execFileSync } from 'node:child_process'
import test from 'ava'
import { revocationReasons, sha256Hex } from '../../../ca/index.ts'
import { readCertificate } from '../../../ca/path/index.ts'
import { fingerprintWords } from '../../../provisioning/index.ts'
import { inZone } from '../../../web/view.ts'
import { openTestBox, type TestBox } from '../box_fixture.ts'
import { dispatched } from '../trip.ts'
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

test('an officer is led to the signer with a reason, after what it means; not for what is revoked or the box’s own', async (t) => {
  const { name } = box.units[1].keys.clerk
  const path = `/certificates/${name}`
  t.true((await officer.get(path)).text.includes(`href="${path}/revoke"`))
  const form = await officer.get(`${path}/revoke`)
  for (const reason of Object.keys(revocationReasons)) {
    t.true(form.text.includes(`value="${reason}"`), reason)
  }
  // The certificate began ten minutes before it was made.
  const minute = new Date(Math.floor(Date.now() / 60_000 - 2) * 60_000)
  const since = inZone('Asia/Shanghai', minute).slice(0, 16).replace(' ', 'T')
  const fields = { reason: 'keyCompromise', since }
  const asked = await officer.post(`${path}/revoke`, { fields })
  t.is(asked.status, 200)
  const link = `/signer.html#act=revoke&amp;certificate=${name}&amp;reason=keyCompromise`
  t.true(
    asked.text.includes(`${link}&amp;invalidityDate=${encodeURIComponent(minute.toISOString())}`),
  )
  t.true(asked.text.includes('不能撤回'))
  const goneName = box.units[2].keys.leader.name
  const gone = await officer.get(`/certificates/${goneName}`)
  t.true(gone.text.includes('不再使用'))
  t.false(gone.text.includes('/revoke"'))
  t.is((await officer.get(`/certificates/${goneName}/revoke`)).status, 409)
  const [root] = (await box.parts.authority.certificates({ limit: 1 })).items
  const own = await officer.get(`/certificates/${root?.sha256 ?? ''}`)
  t.true(own.text.includes('一名安全员不能单独吊销'))
  t.false(own.text.includes('/revoke"'))
  t.is((await officer.get(`/certificates/${root?.sha256 ?? ''}/revoke`)).status, 404)
})

test('the delay that was measured, and a hold with its ways on, stand on the sheet', async (t) => {
  const { name } = box.units[2].keys.clerk
  const signed = await box.sign(box.officer.signing, {
    ...{ type: 'sealbox.revocation', signer: box.officer.holder, certificate: name },
    ...{ holder: `seat:${box.units[2].unit.uscc}/clerk`, reason: 'certificateHold' },
    serial: (await box.parts.authority.certificate(name))?.serial,
    invalidityDate: null,
  })
  const held = await box.act(`/api/v1/certificates/${name}/acts/revoke`, {
    as: box.officer.login,
    json: { ...signed, reason: 'certificateHold', invalidityDate: null },
  })
  t.is(held.status, 200, held.text)
  const { text } = await officer.get(`/certificates/${name}`)
  t.true(text.includes('暂停使用'))
  t.regex(text, /实测：\d+ ms 后拒绝访问/)
  t.true(text.includes(`/signer.html#act=release&amp;certificate=${name}`))
  const form = await officer.get(`/certificates/${name}/revoke`)
  t.is(form.status, 200)
  t.false(form.text.includes('value="certificateHold"'))
})

test('a form of revocation without a reason, or with a time to come, comes back with what is wrong', async (t) => {
  const path = `/certificates/${box.units[1].keys.clerk.name}/revoke`
  const wrong = [
    { since: '' },
    { reason: 'removeFromCRL' },
    { reason: 'superseded', since: '2999-01-01T00:00' },
    // Before the certificate began.
    { reason: 'superseded', since: '2020-01-01T00:00' },
    { reason: 'superseded', since: '<script>' },
  ]
  for (const fields of wrong) {
    const { status, text } = await officer.post(path, { fields })
    t.is(status, 422, JSON.stringify(fields))
    t.true(text.includes('role="alert"'))
    t.false(text.includes('signer.html#act=revoke'))
    t.false(text.includes('<script>'))
  }
})

test('certificates are found by name, code, serial number, fingerprint and holder', async (t) => {
  const [one] = box.units
  const { name } = one.keys.seal
  const state = await box.parts.authority.certificate(name)
  const found = async (q: string): Promise<string[]> =>
    linked((await officer.get(`/certificates?q=${encodeURIComponent(q)}`)).text)
  const colons = (name.match(/../g) ?? []).join(':').toUpperCase()
  for (const q of [name, name.slice(0, 10), colons, state?.serial ?? '', `unit:${one.unit.uscc}`]) {
    t.deepEqual(await found(q), [name], q)
  }
  for (const q of [one.unit.name, one.unit.uscc]) t.is((await found(q)).length, 5, q)
  t.is((await found('officer-1')).length, 2)
  t.deepEqual(await found('<script>没有'), [])
  const wide = await officer.get(`/certificates?q=${'a'.repeat(101)}`)
  t.is(wide.status, 400)
})

test('the sheet says every extension in words, and the chain up to the root', async (t) => {
  const { items } = await box.parts.authority.certificates({ limit: 100 })
  for (const { sha256, certificate } of items) {
    const { text } = await officer.get(`/certificates/${sha256}`, 'en')
    t.false(text.includes('does not know this extension'), sha256)
    for (const [oid, { value }] of readCertificate(certificate).extensions) {
      t.true(text.includes(oid), oid)
      t.true(text.includes(Buffer.from(value).toString('hex')), oid)
    }
    t.true(text.length < 60_000)
  }
  const { text } = await officer.get(`/certificates/${box.units[0].keys.clerk.name}`)
  const chain = box.parts.authority.chain.map((der) => sha256Hex(der))
  for (const name of chain) t.true(text.includes(`/certificates/${name}`))
  const own = await clerk.get(`/certificates/${box.units[0].keys.clerk.name}`)
  t.false(own.text.includes(`/certificates/${chain[0] ?? ''}`))
})

test('openssl reads the PEM file, and the tree of its encoding has the same elements', async (t) => {
  const path = `/certificates/${box.units[0].keys.seal.name}`
  const pem = await officer.get(`${path}/pem`)
  t.regex(String(pem.headers['content-disposition']), /^attachment; .*\.pem/)
  const options = ['asn1parse', '-inform', 'PEM']
  const listing = execFileSync('openssl', options, { input: pem.text, encoding: 'utf8' })
  const { text } = await officer.get(`${path}/asn1`)
  // Offsets of every element that openssl names; ours are more, since strings that hold DER are opened.
  for (const [, offset = ''] of listing.matchAll(/^\s*(\d+):d=/gm)) {
    t.true(text.includes(`<li>\n<i>${offset}</i>`), offset)
  }
  t.true(text.includes('id-ce-keyUsage'))
})

test('what the time-stamping key signed is counted by the journal, and listed entry by entry', async (t) => {
  const tsa = (await box.parts.authority.certificatesOf('box')).find(
    ({ profile }) => profile === 'timestamping',
  )
  const path = `/certificates/${tsa?.sha256 ?? ''}/signed`
  await box.parts.timeStamping.stamp(new Uint8Array(32))
  const entries = await box.entries(0, 'timestamps.granted')
  const { text } = await officer.get(path, 'en')
  const shown = Number(/(\d+) time-stamps signed/.exec(text)?.[1])
  t.true(shown >= entries.length && shown > 0)
  t.is((await officer.get(`${path}?before=x`)).status, 400)
})

test('what a certificate signed is listed by number without a title, and for officers only', async (t) => {
  const [one, two] = box.units
  const title = '关于只有两个单位知道的事的通知'
  const { id } = await dispatched({ issuers: [one], main: [two] }, { title: one.unit.name + title })
  const path = `/certificates/${one.keys.seal.name}/signed`
  const { text } = await officer.get(path)
  t.true(text.includes(`document:${id}`))
  t.regex(text, /〔\d{4}〕\d+号/)
  t.false(text.includes(title))
  t.is((await clerk.get(path)).status, 403)
  t.is((await officer.get(`${path}?part=before`)).status, 400)
  t.is((await officer.get(`${path}?after=x`)).status, 400)
})
