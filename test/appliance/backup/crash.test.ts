/** Power cuts and full disks: a backup or a restore that broke off leaves nothing under its name, and the next one works. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { restoreOf } from '../../../appliance/backup/beside.ts'
import { full, run, sealbox, seed, seededNumbers } from '../places.ts'
import { restoreInto, smallBox } from './small_box.ts'

const kills = full ? 40 : 5

/** Runs the command and kills it after so many milliseconds; whether it had ended before. */
async function killed(args: readonly string[], afterMs: number): Promise<boolean> {
  const child = spawn(sealbox, args, { stdio: 'ignore' })
  const ended = new Promise<boolean>((resolve) => {
    child.once('exit', (status) => {
      resolve(status === 0)
    })
  })
  await pause(afterMs)
  child.kill('SIGKILL')
  return ended
}

test(`kill -9 at any moment of a backup leaves a whole file or none (${String(kills)} times; seed ${String(seed)})`, async (t) => {
  const box = await smallBox(t)
  await box.fill(150)
  await box.backUp('first')
  await box.close()
  const draw = seededNumbers('kill backup')
  const path = join(box.folder, 'killed')
  for (let round = 0; round < kills; round++) {
    const args = ['backup', path, '--data', box.data]
    await killed(args, 150 + draw(900))
    if (existsSync(path)) {
      const directory = join(box.folder, `back-${String(round)}`)
      await t.notThrowsAsync(restoreInto(box, [path], { directory }))
    }
  }
  const ended = await run(sealbox, ['backup', path, '--data', box.data])
  t.is(ended.status, 0, ended.stderr)
  await restoreInto(box, [path])
  t.deepEqual(
    (await readdir(box.folder)).filter((name) => name.endsWith('.partial')),
    [],
  )
})

test(`kill -9 at any moment of a restore leaves a whole box or none (${String(kills)} times; seed ${String(seed)})`, async (t) => {
  const box = await smallBox(t)
  await box.fill(150)
  const path = await box.backUp('whole')
  const draw = seededNumbers('kill restore')
  const directory = join(box.folder, 'killed')
  const args = ['restore', path, '--data', directory, '--identity', await box.identityFile()]
  for (let round = 0; round < kills; round++) {
    const isDone = await killed(args, 200 + draw(1200))
    if (!existsSync(directory)) continue
    // There under its name: whole.
    const verified = await run(sealbox, ['journal', 'verify', '--data', directory])
    t.is(verified.status, 0, `${verified.stdout} ${String(isDone)}`)
    return
  }
  const ended = await run(sealbox, args)
  t.is(ended.status, 0, ended.stderr)
  t.false(existsSync(restoreOf(directory)))
})

test('a full disk keeps neither half a backup nor half a box, and says so', async (t) => {
  const box = await smallBox(t)
  await box.fill(60)
  const disk = join(box.folder, 'disk')
  await mkdir(disk)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
  if (mounted.status !== 0) {
    t.pass('no disk of its own can be made here')
    return
  }
  t.teardown(() => spawnSync('umount', [disk]))
  await t.throwsAsync(box.backUp('disk/backup'), { code: 'BACKUP_DISK_FULL' })
  t.deepEqual(await readdir(disk), [])
  const path = await box.backUp('backup')
  const directory = join(disk, 'box')
  await t.throwsAsync(restoreInto(box, [path], { directory }), { code: 'BACKUP_DISK_FULL' })
  t.deepEqual(await readdir(disk), [])
})
