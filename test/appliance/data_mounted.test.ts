/** Waiting for folders to be mounted: file systems of this machine in the place of the box's. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { untilMounted } from '../../appliance/box/data_mounted.ts'

/** A folder that lies where others do, and how to have another file system appear in its place. */
function fixture() {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-mounted-'))
  const asked: number[] = []
  return {
    folder,
    manager: { startsFor: (milliseconds: number) => asked.push(milliseconds) },
    asked,
    mount: (name: string) => {
      rmSync(join(folder, name), { recursive: true, force: true })
      symlinkSync('/proc', join(folder, `${name}.new`))
      renameSync(join(folder, `${name}.new`), join(folder, name))
    },
  }
}

test('each folder is waited for, and the first process is asked for more time once a minute, not at each look', async (t) => {
  const { folder, manager, asked, mount } = fixture()
  let isThere = false
  const names = ['one', 'two'].map((name) => join(folder, name))
  const waiting = untilMounted(names, manager, folder).then(() => {
    isThere = true
  })
  mount('two')
  await pause(150)
  t.false(isThere, 'the first is still missing')
  mount('one')
  await waiting
  t.deepEqual(asked, [600_000, 600_000], 'at the first look and at the end')
})

test('a folder in memory, as the mount point is before, is not taken for the data', async (t) => {
  const { folder, manager, mount } = fixture()
  mkdirSync(join(folder, 'one'))
  const end = pause(200).then(() => 'still waiting')
  const waiting = untilMounted([join(folder, 'one')], manager, folder).then(() => 'mounted')
  t.is(await Promise.race([waiting, end]), 'still waiting')
  mount('one')
  t.is(await waiting, 'mounted')
})

test('what is mounted already, or nothing at all, is not waited for', async (t) => {
  const { folder, manager, asked } = fixture()
  await untilMounted(['/proc'], manager, folder)
  await untilMounted([], manager, folder)
  t.deepEqual(asked, [])
})

test('a path that cannot be looked at ends it with the reason', async (t) => {
  const { folder, manager } = fixture()
  symlinkSync('self', join(folder, 'self'))
  await t.throwsAsync(untilMounted([join(folder, 'self')], manager, folder), { code: 'ELOOP' })
})
