/** What a restore makes of the evidence that units hand in: in whatever folders it lies, whoever else's lies beside; and none is told from some. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { seenIn } from '../../../appliance/backup/heads.ts'
import { journalSigner } from '../../../appliance/backup/of_box.ts'
import type { RestoreOptions } from '../../../appliance/backup/restore.ts'
import { signCheckpoint, toPem } from '../../../ca/index.ts'
import { run, sealbox } from '../places.ts'
import { restoreInto, smallBox, type SmallBox } from './small_box.ts'

/** A backup, and folders of checkpoints that the journal's key signed later: by another name, and by this box's. */
async function evidence(small: SmallBox) {
  const { folder, box } = small
  await small.fill(2)
  const backup = await small.backUp('full')
  await small.fill(3)
  const signer = await journalSigner(box.services, box.keys)
  const checkpoint = async (origin: string): Promise<string> =>
    signCheckpoint(await box.journal.head(), { origin, signer })
  const chain = [signer.certificate, ...box.authority.chainOf(signer.certificate)]
  const pem = chain.map((der) => toPem('CERTIFICATE', der)).join('')
  const place = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
    const at = join(folder, name)
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(at, path, '..'), { recursive: true })
      await writeFile(join(at, path), content)
    }
    return at
  }
  return { backup, pem, place, own: await checkpoint(box.file.id), other: await checkpoint('x') }
}

const at = new Date()
const seen =
  (...places: readonly string[]): Required<RestoreOptions>['seen'] =>
  (of) =>
    seenIn(places, { ...of, at })

test('later heads are found in folders of folders, and beside what another box signed', async (t) => {
  const small = await smallBox(t)
  const { backup, pem, place, own, other } = await evidence(small)
  const nested = await place('nested', { 'unit/2026/head.txt': own, 'unit/chain.pem': pem })
  await t.throwsAsync(restoreInto(small, [backup], { seen: seen(nested) }), {
    code: 'BACKUP_STALE',
  })
  const hidden = await place('hidden', { '0.txt': other, '1.txt': own, 'chain.pem': pem })
  const stale = await t.throwsAsync(restoreInto(small, [backup], { seen: seen(hidden) }), {
    code: 'BACKUP_STALE',
  })
  t.regex(String(stale), /1\.txt/)
  const { compared, restoration } = await restoreInto(small, [backup], {
    ...{ seen: seen(hidden), acceptStale: true },
  })
  t.is(compared?.heads, 1)
  t.regex(compared?.notTrusted.join() ?? '', /another box.*0\.txt, x/)
  t.is(restoration.seen?.size, small.box.journal.size)
})

test('evidence that proves nothing is refused and named, or accepted by a person', async (t) => {
  const small = await smallBox(t)
  const { backup, pem, place, own, other } = await evidence(small)
  const places = [
    await place('empty', { 'notes.doc': 'x' }),
    await place('unsigned', { 'head.txt': own }),
    await place('foreign', { 'head.txt': other, 'chain.pem': pem }),
  ]
  for (const path of places) {
    await t.throwsAsync(restoreInto(small, [backup], { seen: seen(path) }), {
      code: 'BACKUP_HEADS_UNUSABLE',
    })
  }
  await small.close()
  const directory = join(small.folder, 'restored')
  const args = ['restore', backup, '--data', directory, '--identity', await small.identityFile()]
  const [, unsigned = ''] = places
  const refused = await run(sealbox, [...args, '--heads', unsigned])
  t.is(refused.status, 1)
  t.regex(refused.stderr, /head\.txt/)
  const missing = await run(sealbox, [...args, '--heads', join(small.folder, 'nowhere')])
  t.regex(missing.stderr, /there is no file/)
  const taken = await run(sealbox, [...args, '--heads', unsigned, '--accept-stale'])
  t.is(taken.status, 0, taken.stderr)
  t.regex(taken.stdout, /heads compared: 0，未采信 not trusted: 1\n.*head\.txt/)
})

test('a refusal is told as it is, though the folder that it leaves cannot be written out', async (t) => {
  const small = await smallBox(t)
  const { backup, pem, place, own } = await evidence(small)
  const heads = await place('later', { 'head.txt': own, 'chain.pem': pem })
  const looking: Required<RestoreOptions>['seen'] = async (of) => {
    // What cannot be opened cannot be synced.
    await symlink('nowhere', join(of.journal, '..', 'dangling'))
    return seenIn([heads], { ...of, at })
  }
  await t.throwsAsync(restoreInto(small, [backup], { seen: looking }), { code: 'BACKUP_STALE' })
})
