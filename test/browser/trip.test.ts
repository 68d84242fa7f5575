/**
 * The whole trip in real browsers with real certificate stores: an officer enrols two units in the page, the .p12 files are imported by
 * pk12util, one unit composes, approves, registers, seals and sends, the other signs for it and finds it, the officer revokes. What went
 * over the line and what lies on the box's disk is searched for every secret of it.
 */
import { createPrivateKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import test, { type ExecutionContext } from 'ava'
import { argon2id } from '../../appliance/unit/argon2id.ts'
import { fromPem, sha256Hex } from '../../ca/index.ts'
import {
  checkKeyFile,
  modelDistrict,
  openKeyFile,
  readUnitSecret,
  writeRoster,
} from '../../provisioning/index.ts'
import { run } from '../appliance/places.ts'
import { askResuming, type Login } from '../appliance/resuming.ts'
import { findSecrets, keySecret, textSecret, type Secret } from '../appliance/secret_finder.ts'
import { diskOf } from '../appliance/secrets_of.ts'
import { tapServers } from '../appliance/traffic.ts'
import { openCode, openTestBox, type TestBox } from '../web/box_fixture.ts'
import {
  askInPage,
  passphrase,
  signInPage,
  takeInPage,
  unlockInPage,
  wordsOn,
} from '../web/signer/browser.ts'
import { returnToDesk, signAndReturn } from './acts.ts'
import { chooseCertificates, newPerson, type Person } from './person.ts'

const traffic = tapServers()
let box: TestBox
let undo: () => void
test.before(async () => {
  box = await openTestBox()
  undo = chooseCertificates()
})
test.after.always(async () => {
  undo()
  await box.close()
  traffic.stop()
})

const at = (path: string): string => `https://localhost:${String(box.port)}${path}`

async function sitDown(t: ExecutionContext): Promise<Person> {
  const person = await newPerson({ rootPem: box.rootPem })
  t.teardown(() => person.close())
  return person
}

interface Taken {
  /** Files by the end of their names: `clerk.p12`, `unit.json` … */
  readonly file: (ending: string) => string
  /** As it is printed. */
  readonly unitSecret: string
}

/** Step 6 of enrolment: saves the files, and reads the sheet that is printed. */
async function take(person: Person): Promise<Taken> {
  // There is no printer: the sheet stays on the page.
  await person.page.evaluate(() => {
    window.print = () => undefined
  })
  const paths = await takeInPage(person.page, person)
  const sheet = (await person.page.locator('.sheets').textContent()) ?? ''
  const unitSecret = /(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}/.exec(sheet)?.[0] ?? ''
  return {
    unitSecret,
    file: (ending) =>
      paths.find((path) => path.endsWith(ending)) ?? `no ${ending} in ${paths.join()}`,
  }
}

/** Opens the signer by a link of the page that is in front, as a person does. */
async function openSigner({ page, context }: Person, link: string): Promise<Page> {
  await page.waitForSelector(link)
  const known = context.pages().find((one) => one.url().includes('/signer.html'))
  if (known !== undefined) {
    await page.click(link)
    await known.bringToFront()
    return known
  }
  const [opened] = await Promise.all([context.waitForEvent('page'), page.click(link)])
  await opened.waitForLoadState()
  return opened
}

async function logIn(person: Person, file: string): Promise<void> {
  person.importPkcs12(file, passphrase)
  await person.restart()
  await person.page.goto(at('/'))
}

/** A whole unit: asks in the page, waits while the officer compares and approves, takes what it made, logs in. */
async function enrolUnit(
  t: ExecutionContext,
  officer: Person,
  code: string,
): Promise<{ clerk: Person; taken: Taken }> {
  const clerk = await sitDown(t)
  await clerk.page.goto(at('/'))
  t.regex((await clerk.page.textContent('main')) ?? '', /没有出示本平台签发的证书/)
  await askInPage(clerk.page, box, code)
  await clerk.page.waitForSelector('.words')
  const words = (await wordsOn(clerk.page)).map((word) => word.trim())
  t.is(words.length, 32)

  await officer.page.goto(at('/requests'))
  await officer.page.click('[data-row] a[href^="/requests/"]')
  await officer.page.waitForURL(/\/requests\/./)
  const shown = (await officer.page.textContent('main')) ?? ''
  for (const word of words) t.true(shown.includes(word.split(/\s+/)[0] ?? word), word)
  const signer = await openSigner(officer, 'a[href*="act=approve-request"]')
  await signer.waitForSelector('#compared')
  await signer.check('#compared')
  t.regex(await signAndReturn(officer, signer), /批准/)

  const taken = await take(clerk)
  await logIn(clerk, taken.file('clerk.p12'))
  t.regex((await clerk.page.textContent('h1')) ?? '', /今日/)
  return { clerk, taken }
}

test('an officer enrols two units in the page, and a document makes its trip between them', async (t) => {
  t.timeout(300_000)
  // The officer.
  const officer = await sitDown(t)
  const code = await openCode(box, { id: 'officer-9', role: 'officer', approval: 'none' })
  await askInPage(officer.page, box, code)
  const officerTaken = await take(officer)
  await logIn(officer, officerTaken.file('officer.p12'))

  // Two units of a roster.
  const [a, b] = modelDistrict.slice(5, 7)
  if (a === undefined || b === undefined) throw new TypeError('two units')
  const roster = join(officer.folder, 'roster.csv')
  writeFileSync(roster, writeRoster([a, b]))
  await officer.page.goto(at('/units/register'))
  await officer.page.setInputFiles('input[type="file"]', roster)
  await officer.page.click('main form button')
  const registering = await openSigner(officer, 'a[href*="act=register"]')
  await unlockInPage(registering)
  await registering.click('.btn.seal.act:enabled')
  await registering.waitForSelector('.previews')
  const codes = [
    ...((await registering.textContent('.previews')) ?? '').matchAll(
      /[0-9A-Z]{6}-[0-9A-Z]{6}-[0-9A-Z]{6}/g,
    ),
  ].map(([one]) => one)
  t.is(new Set(codes).size, 2)
  // The codes are shown once only: leaving asks first.
  await registering.evaluate(() => {
    location.hash = ''
  })
  await returnToDesk(officer, registering)
  const first = await enrolUnit(t, officer, codes[0] ?? '')
  const second = await enrolUnit(t, officer, codes[1] ?? '')

  // The first unit: the clerk composes, the leader approves, the clerk registers, seals and sends.
  const { clerk } = first
  await clerk.page.goto(at('/compose'))
  await clerk.page.fill('#title', `${a.name}关于开展河堤巡查工作的通知`)
  await clerk.page.fill('#main', b.name)
  await clerk.page.fill('#body', '一、巡查范围\n青石桥至柳塘口的河堤，逐段登记隐患。')
  await clerk.page.click('button[value="hand-on"]')
  await clerk.page.waitForURL(/\/documents\//)
  const sent = clerk.page.url()

  const leader = await sitDown(t)
  await logIn(leader, first.taken.file('leader.p12'))
  await leader.page.click('[data-row] a[href^="/documents/"]')
  const approving = await openSigner(leader, '.acts a[href*="act=approve"]')
  await unlockInPage(approving, first.taken.unitSecret)
  t.regex(await signAndReturn(leader, approving), /签发/)
  await leader.close()

  await clerk.page.reload()
  await clerk.page.click('#register button')
  const signer = await openSigner(clerk, '.acts a[href*="act=seal"]')
  await unlockInPage(signer)
  t.regex(await signAndReturn(clerk, signer), /用印/)
  const dispatching = await openSigner(clerk, '.acts a[href*="act=dispatch"]')
  t.regex(await signAndReturn(clerk, dispatching), /发出/)

  // The second unit hears of it, signs for it, and finds it.
  const other = second.clerk
  await other.page.waitForSelector('.toast, [data-row]')
  await other.page.goto(at('/'))
  await other.page.click('[data-row] a[href^="/documents/"]')
  await other.page.waitForSelector('.closed')
  const receiving = await openSigner(other, '.acts a[href*="act=sign-for"]')
  await unlockInPage(receiving)
  t.regex(await signAndReturn(other, receiving), /签收/)
  await other.page.goto(at(`/search?q=${encodeURIComponent('"青石桥至柳塘口的河堤"')}`))
  t.regex((await other.page.textContent('[data-row]')) ?? '', /河堤巡查/)

  await clerk.page.goto(sent)
  t.regex((await clerk.page.textContent('.crumb')) ?? '', /已签收 1 \/ 1/)
  t.is(await clerk.page.locator('.map .receipted').count(), 1)
  t.regex((await clerk.page.textContent('.verdict')) ?? '', /印章有效，内容未改动/)

  // The officer revokes the second unit's clerk: refused on the open connection, the stream, and a resumed session.
  const login = await loginOf(second.taken.file('clerk.p12'))
  const session = await askResuming(login, 'TLSv1.3')
  t.is(session.status, 200)
  await other.page.goto(at('/'))
  const [certificate] = fromPem('CERTIFICATE', login.cert)
  if (certificate === undefined) throw new TypeError('a certificate')
  await officer.page.goto(at(`/certificates/${sha256Hex(certificate)}/revoke`))
  await officer.page.check('input[name=reason][value=cessationOfOperation]')
  await officer.page.click('form[action$="/revoke"] button')
  const revoking = await openSigner(
    officer,
    'a[href*="act=revoke"][href*="reason=cessationOfOperation"]',
  )
  const mark = await signInPage(revoking)
  t.regex(mark, /吊销/)
  // The stream was ended, and the page that heard of it loaded itself anew.
  await other.page.waitForFunction(() => document.querySelector('nav') === null)
  const status = await other.page.evaluate(async () => (await fetch('/api/v1/me')).status)
  t.is(status, 401)
  const resumed = await askResuming(login, 'TLSv1.3', session.session)
  t.true(resumed.resumed)
  t.is(resumed.status, 401)

  // Nothing secret went over the line or lies on the disk.
  const secrets = (
    await Promise.all([
      secretsOf(first.taken, ['clerk.p12', 'leader.p12']),
      secretsOf(second.taken, ['clerk.p12', 'leader.p12']),
      secretsOf(officerTaken, ['officer.p12']),
    ])
  ).flat()
  t.true(secrets.length >= 5 + 5 + 2 + 3)
  await clerk.page.goto('about:blank')
  const seen = traffic.all()
  const all = Buffer.concat([...seen.values()])
  for (const words of [
    'POST /api/v1/requests/acts/redeem ',
    '/acts/seal ',
    '/acts/sign-for ',
    'GET /signer.html',
  ])
    t.true(all.includes(words), words)
  t.deepEqual(findSecrets(seen, secrets), [])
  await box.stop()
  t.deepEqual(findSecrets(await diskOf(box.directory), secrets), [])
})

async function loginOf(p12: string): Promise<Login> {
  const read = (...what: string[]) =>
    run('openssl', ['pkcs12', '-in', p12, '-nodes', ...what, '-passin', `pass:${passphrase}`])
  const [key, cert] = await Promise.all([read('-nocerts'), read('-clcerts', '-nokeys')])
  return { key: key.stdout, cert: cert.stdout, ca: box.rootPem, port: box.port }
}

/** The passphrase, the unit secret, and every private key: of the .p12 files, and of the key file. */
async function secretsOf(taken: Taken, logins: readonly string[]): Promise<Secret[]> {
  const keys: Secret[] = []
  for (const login of logins) {
    const { key } = await loginOf(taken.file(login))
    keys.push(keySecret(login, createPrivateKey(key)))
  }
  const unitFile = JSON.parse(readFileSync(taken.file('.unit.json'), 'utf8')) as {
    keyFile: unknown
  }
  const secret = readUnitSecret(taken.unitSecret)
  for (const { use, pkcs8 } of await openKeyFile(checkKeyFile(unitFile.keyFile), {
    passphrase,
    unitSecret: secret,
    argon2id,
  })) {
    keys.push(
      keySecret(use, createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })),
    )
  }
  return [
    ...keys,
    textSecret('passphrase', passphrase),
    textSecret('unit secret', taken.unitSecret, Buffer.from(secret)),
  ]
}
