/** The administrator's page of alarms: what stands, and the form that says who is told. */
import test from 'ava'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noReporting } from '../../../web/index.ts'
import { readReportingForm } from '../../../web/pages/administrator/reporting_form.ts'
import { openTestBox, type Identity, type TestBox } from '../box_fixture.ts'
import { browserOf, type Browser } from './browse.ts'

let box: TestBox
let administrator: Browser
let login: Identity
let pem: string

test.before(async () => {
  box = await openTestBox()
  login = (await box.appoint('administrator-1', 'administrator')).login
  administrator = browserOf(box, login)
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-ca-'))
  const args = ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', 'k', '-out', 'c.pem']
  execFileSync('openssl', [...args, '-subj', '/CN=CA'], { cwd: folder, stdio: 'pipe' })
  pem = readFileSync(join(folder, 'c.pem'), 'utf8')
  rmSync(folder, { recursive: true })
})
test.after.always(() => box.close())

const fields = (more: Readonly<Record<string, string>> = {}) => ({
  ...{ silentAfterHours: '16', collectorPort: '6514', mailPort: '25' },
  ...{ mailSecurity: 'starttls', mailLanguage: 'zh', ...more },
})
const post = (path: string, form: Readonly<Record<string, string>>, as: Identity = login) =>
  box.request({
    ...{ method: 'POST', path, as, body: new URLSearchParams(form).toString() },
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })

test.serial('a fresh box has no alarms and tells nobody', async (t) => {
  const { status, text } = await administrator.get('/alarms', 'en')
  t.is(status, 200)
  t.regex(text, /Collector \(syslog over TLS\)/)
  t.deepEqual(await box.parts.alarms.reporting(), noReporting)
  t.regex((await administrator.get('/alarms')).text, /告诉谁/)
})

test.serial('what is kept is journalled by hash, and the page shows it again', async (t) => {
  const from = box.parts.journal.size
  const collector = { collectorHost: '127.0.0.1', collectorName: 'logs.example', collectorCa: pem }
  const mail = {
    mailHost: 'mail.example',
    mailCa: pem,
    mailFrom: 'a@b.example',
    mailTo: 'c@d.example',
  }
  const { status } = await post('/alarms/reporting', fields({ ...collector, ...mail }))
  t.is(status, 303)
  const [entry] = await box.entries(from, 'monitoring.configured')
  t.is(entry?.actor.holder, 'person:administrator-1')
  t.regex(String(entry?.data['settings']), /^[0-9a-f]{64}$/)
  const { text } = await administrator.get('/alarms', 'en')
  for (const value of ['logs.example', 'mail.example', 'c@d.example']) t.true(text.includes(value))
})

test.serial('what is wrong is not kept, is said, and stays in the form', async (t) => {
  const from = box.parts.journal.size
  const { status, text } = await post('/alarms/reporting', fields({ collectorHost: 'x y' }))
  t.is(status, 422)
  t.regex(text, /没有保存/)
  t.true(text.includes('value="x y"'))
  t.deepEqual(await box.entries(from, 'monitoring.configured'), [])
})

for (const path of ['/alarms/reporting', '/alarms/trial']) {
  test(`${path} is the administrator’s alone`, async (t) => {
    const [one] = box.units
    for (const as of [box.officer.login, one.keys.clerk]) {
      t.is((await post(path, fields(), as)).status, 403)
    }
  })
}

const wrong: readonly (readonly [title: string, field: string, form: Record<string, string>])[] = [
  ['a collector without a certificate', 'collector', { collectorHost: 'a', collectorCa: '' }],
  ['a collector of port 0', 'collector', { collectorHost: 'a', collectorPort: '0' }],
  ['a host with a newline', 'collector', { collectorHost: 'a\nb' }],
  ['mail without a recipient', 'mail', { mailHost: 'a', mailFrom: 'a@b.example', mailTo: '' }],
  [
    'mail encrypted without an issuer',
    'mail',
    { mailHost: 'a', mailFrom: 'a@b.example', mailTo: 'c@d.example' },
  ],
  [
    'a recipient with a header in it',
    'mail',
    { mailHost: 'a', mailFrom: 'a@b.example\nBcc: x@y.example', mailTo: 'c@d.example' },
  ],
  ['silence after no hours', 'silent', { silentAfterHours: '0' }],
]

for (const [title, field, form] of wrong) {
  test(`${title} is refused`, (t) => {
    const read = readReportingForm(new URLSearchParams(fields(form)), false)
    t.deepEqual(read.wrong, [field])
    t.is(read.reporting, undefined)
  })
}

test('where the packet filter knows no names, a name is refused and an address is not', (t) => {
  const form = (host: string) =>
    new URLSearchParams(fields({ collectorHost: host, collectorCa: pem }))
  t.deepEqual(readReportingForm(form('logs.example'), true).wrong, ['collector'])
  t.deepEqual(readReportingForm(form('10.0.0.7'), true).wrong, [])
  t.deepEqual(readReportingForm(form('logs.example'), false).wrong, [])
})
