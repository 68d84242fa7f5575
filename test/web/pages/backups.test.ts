/** The administrator's page of backups: key, backup, download that the real `age` opens, drill, schedule; and who is kept out. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { drillOf } from '../../../appliance/backup/beside.ts'
import { openTestBox, type Identity, type Reply, type TestBox } from '../box_fixture.ts'
import { dispatched } from '../trip.ts'

let box: TestBox
let admin: Identity

test.before(async () => {
  box = await openTestBox()
  admin = (await box.appoint('administrator-1', 'administrator')).login
  const [one, two] = box.units
  await dispatched({ issuers: [one], main: [two] })
})
test.after.always(async () => {
  await box.close()
  // The shelf lies beside the folder of data.
  await rm(`${box.directory}.backups`, { recursive: true, force: true })
})

const post = (
  path: string,
  fields: Readonly<Record<string, string>> = {},
  as: Identity = admin,
): Promise<Reply> =>
  box.request({
    ...{ method: 'POST', path, as, body: new URLSearchParams(fields).toString() },
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
    },
  })

async function settled(): Promise<string> {
  for (let tried = 0; tried < 600; tried++) {
    const { text } = await box.request({ path: '/backups', as: admin })
    if (!text.includes('data-again')) return text
    await pause(100)
  }
  throw new Error('it did not end')
}

test.serial(
  'before there is a key nothing is made, and the page says what comes first',
  async (t) => {
    const { text } = await box.request({ path: '/backups', as: admin })
    t.regex(text, /先要有备份密钥/)
    t.is((await post('/backups/make', { kind: 'full' })).status, 409)
    t.is((await post('/backups/drill')).status, 409)
  },
)

let identity = ''

test.serial('the administrator, who has the backups, does not get what opens them', async (t) => {
  for (const path of ['/trust/backup-key', '/backups/key']) {
    t.true([403, 404].includes((await post(path)).status), path)
  }
  t.is((await box.request({ path: '/trust/backup-key', as: admin })).status, 403)
  t.is((await box.parts.backups.state()).key, null)
})

test.serial('a trial box hands its key to an officer, as a file of age-keygen', async (t) => {
  const asOfficer = { as: box.officer.login }
  const path = '/trust/backup-key'
  t.regex((await box.request({ path, ...asOfficer })).text, /先要有备份密钥/)
  const lost = await post(path, {}, box.officer.login)
  t.is(lost.status, 200)
  // Its answer may not have arrived; nothing stands on it yet.
  t.regex((await box.request({ path, ...asOfficer })).text, /还没有备份用过这把密钥/)
  const reply = await post(path, {}, box.officer.login)
  t.is(reply.status, 200)
  t.regex(String(reply.headers['content-disposition']), /sealbox-backup-key-[0-9a-z]{8}\.txt/)
  identity = reply.text
  t.regex(identity, /AGE-SECRET-KEY-1[0-9A-Z]{58}\n$/)
  t.not(reply.text, lost.text)
  const kept = await box.request({ path: '/backups', as: admin })
  t.false(kept.text.includes('AGE-SECRET-KEY'))
})

test.serial('a backup that is downloaded opens with age and tar', async (t) => {
  t.is((await post('/backups/make', { kind: 'full' })).status, 303)
  const page = await settled()
  const [, name = ''] = /\/backups\/([0-9a-f]{64})\/file/.exec(page) ?? []
  const file = await box.request({ path: `/backups/${name}/file`, as: admin })
  t.is(file.status, 200)
  const key = join(box.directory, 'key.txt')
  await writeFile(key, identity)
  // From here on a backup stands on it.
  t.is((await post('/trust/backup-key', {}, box.officer.login)).status, 409)
  const tar = execFileSync('age', ['-d', '-i', key], { input: file.bytes, maxBuffer: 1e9 })
  const listed = execFileSync('tar', ['-tf', '-'], { input: tar, encoding: 'utf8' })
  t.regex(listed, /^manifest\.txt\n/)
  t.regex(listed, /\nblobs\/[0-9a-f]{64}\n/)
  t.is((await box.request({ path: `/backups/${'0'.repeat(64)}/file`, as: admin })).status, 404)
  t.is((await box.request({ path: '/backups/..%2Fbox.json/file', as: admin })).status, 404)
})

test.serial('a drill restores, verifies, says so, and leaves nothing behind', async (t) => {
  t.is((await post('/backups/drill')).status, 303)
  // One thing at a time.
  t.is((await post('/backups/make', { kind: 'full' })).status, 409)
  const page = await settled()
  t.regex(page, /通过/, page)
  const [drilled] = await box.entries(0, 'backup.drilled')
  t.true(Number(drilled?.data['documents']) > 0)
  t.false(existsSync(drillOf(box.directory)))
})

test.serial('the schedule is kept as it was set, and nonsense is refused', async (t) => {
  const wanted = { isOn: 'on', fullEveryDays: '3', hour: '23', keep: '2' }
  t.is((await post('/backups/schedule', wanted)).status, 303)
  const { schedule } = await box.parts.backups.state()
  t.like(schedule, { isOn: true, fullEveryDays: 3, hour: 23, keep: 2 })
  for (const wrong of [
    { hour: '24' },
    { keep: '0' },
    { isOn: 'perhaps' },
    { fullEveryDays: 'x' },
  ]) {
    t.is(
      (await post('/backups/schedule', { ...wanted, ...wrong })).status,
      400,
      JSON.stringify(wrong),
    )
  }
})

test.serial('officers, auditors and units get neither the page nor the files', async (t) => {
  const auditor = await box.appoint('auditor-1', 'auditor')
  const [unit] = box.units
  for (const as of [box.officer.login, auditor.login, unit.keys.clerk, undefined]) {
    const given = as === undefined ? {} : { as }
    t.true([401, 403].includes((await box.request({ path: '/backups', ...given })).status))
    const { made } = await box.parts.backups.state()
    const path = `/backups/${made[0]?.backup ?? ''}/file`
    t.true([401, 403].includes((await box.request({ path, ...given })).status))
  }
})
