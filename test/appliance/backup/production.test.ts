/** A production box: its backups open by the custodians' shares and no other way, and what comes back is opened by the box's passphrase. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { pino } from 'pino'
import { ageKeyPair } from '../../../appliance/backup/age/index.ts'
import { openBox } from '../../../appliance/box/box.ts'
import { openBackupShares } from '../../../appliance/backup/key_ceremony.ts'
import { signManifest } from '../../../appliance/backup/manifest.ts'
import { manifestName } from '../../../appliance/backup/names.ts'
import { journalSigner } from '../../../appliance/backup/of_box.ts'
import { readKnown } from '../../../appliance/backup/read.ts'
import { readRestoration } from '../../../appliance/backup/restoration.ts'
import { restoreBackup, type RestoreOptions } from '../../../appliance/backup/restore.ts'
import { openAtRest } from '../../../appliance/ceremony/box_at_rest.ts'
import { readBackupShare } from '../../../ca/keys/root_share.ts'
import { custodians, initIn, passphrase, sharesIn } from '../ceremony/production.ts'
import { full, run, sealbox, temporaryFolder } from '../places.ts'
import { putTogether, takeApart } from './small_box.ts'

const log = pino({ level: 'silent' })

test('init makes the key of the backups with the root’s custodians; shares open the backup, passphrase the box', async (t) => {
  const folder = await temporaryFolder(t)
  const { papers, root } = await initIn(folder)
  const data = join(folder, 'data')
  const secret = join(folder, 'passphrase')
  await writeFile(secret, passphrase)
  const file = join(folder, 'one.sealbox-backup')
  const backup = await run(sealbox, ['backup', file, '--data', data, '--passphrase-file', secret])
  t.is(backup.status, 0, backup.stderr)
  const names = (await readdir(papers)).filter((name) => name.startsWith('backup-share-'))
  t.is(names.length, 2)
  const shares = await Promise.all(
    names.toSorted().map(async (name, at) => ({
      text: await readFile(join(papers, name), 'utf8'),
      passphrase: custodians[at]?.passphrase ?? '',
    })),
  )
  t.regex(readBackupShare(shares[0]?.text ?? '').recipient, /^age1/)
  // Of the root's shares none opens a backup, nor one share alone, nor another's passphrase.
  await t.throwsAsync(openBackupShares(await sharesIn(papers)), { code: 'CA_SHARE_MALFORMED' })
  await t.throwsAsync(openBackupShares(shares.slice(0, 1)), { code: 'CA_SHARES_TOO_FEW' })
  const mixed = shares.map(({ text }) => ({ text, passphrase: 'another' }))
  await t.throwsAsync(openBackupShares(mixed), { code: 'CA_SHARE_LOCKED' })
  const opened = await openBackupShares(shares)
  const directory = join(folder, 'restored')
  const wish = {
    ...{ paths: [file], identities: [opened.secret], directory, confirm: false },
    at: new Date(),
  }
  // Anybody can encrypt to the custodians: whose box it is only the root says.
  await t.throwsAsync(restoreBackup(wish), { code: 'USAGE' })
  const wrong = createHash('sha256').update('another root').digest('hex')
  await t.throwsAsync(restoreBackup({ ...wish, root: wrong }), { code: 'BACKUP_FOREIGN' })
  await restoreBackup({ ...wish, root })
  // Two officers, whatever was asked for.
  t.true(readRestoration(directory)?.confirm)
  await callItTrial(t, { data, file, wish, root })
  // Nor does it help to edit what waits.
  const waits = join(directory, 'restored.json')
  const text = await readFile(waits, 'utf8')
  await writeFile(waits, text.replace('"confirm": true', '"confirm": false'))
  const url = 'https://localhost:8443'
  await t.throwsAsync(openBox({ directory, log, url, secrets: { passphrase: 'wrong' } }), {
    code: 'CA_KEY_FILE_LOCKED',
  })
  const box = await openBox({ directory, log, url, secrets: { passphrase } })
  t.truthy(box.parts.restored())
  await box.close()
})

/** Whoever is the service signs each night's manifest, and could write the other kind into it. */
async function callItTrial(
  t: ExecutionContext,
  of: {
    readonly data: string
    readonly file: string
    readonly wish: RestoreOptions
    readonly root: string
  },
): Promise<void> {
  const { data, file, wish, root } = of
  const [secret = new Uint8Array()] = wish.identities
  const box = await openAtRest({ directory: data, secrets: { passphrase } })
  const signer = await journalSigner(box.services, box.keys)
  await box.close()
  const { manifest } = await readKnown(file, [secret])
  const content = Buffer.from(await signManifest({ ...manifest, mode: 'trial' }, signer))
  const [, ...files] = await takeApart(file, secret)
  const path = await putTogether(`${file}-trial`, ageKeyPair(secret).recipient, [
    { name: manifestName, content },
    ...files,
  ])
  const directory = join(data, '..', 'other')
  for (const named of [undefined, root]) {
    await t.throwsAsync(restoreBackup({ ...wish, directory, paths: [path], root: named }), {
      code: 'BACKUP_FORGED',
    })
  }
  t.false(existsSync(directory))
}

// Stretching a dozen passphrases takes seconds; the parts of it are tested each time.
const fullTest = full ? test : test.skip

fullTest(
  'the custodians make another key later; old backups open with old shares alone',
  async (t) => {
    const folder = await temporaryFolder(t)
    const { papers } = await initIn(folder)
    const data = join(folder, 'data')
    const secret = join(folder, 'passphrase')
    await writeFile(secret, passphrase)
    const answers = join(folder, 'answers.json')
    await writeFile(answers, JSON.stringify({ custodians, needed: 2 }), { mode: 0o600 })
    const args = ['--data', data, '--passphrase-file', secret]
    const out = join(folder, 'later')
    const made = await run(sealbox, [
      'ceremony',
      'backup-key',
      '--papers',
      out,
      '--answers',
      answers,
      ...args,
    ])
    t.is(made.status, 0, made.stderr)
    const [ceremony = ''] = await readdir(out)
    const later = await Promise.all(
      [1, 3].map(async (number) => ({
        text: await readFile(
          join(out, ceremony, `backup-share-${String(number)}-of-3.json`),
          'utf8',
        ),
        passphrase: custodians[number - 1]?.passphrase ?? '',
      })),
    )
    const { recipient } = await openBackupShares(later)
    t.regex(made.stdout, new RegExp(recipient))
    const old = await readFile(join(papers, 'backup-share-1-of-2.json'), 'utf8')
    await t.throwsAsync(
      openBackupShares([
        ...later.slice(0, 1),
        { text: old, passphrase: custodians[0]?.passphrase ?? '' },
      ]),
      { code: 'CA_SHARE_FOREIGN' },
    )
    const file = join(folder, 'two.sealbox-backup')
    t.is((await run(sealbox, ['backup', file, ...args])).status, 0)
  },
)
