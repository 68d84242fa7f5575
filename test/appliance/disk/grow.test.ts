/** A larger disk: the data partition gets the room, the others stay where they are. On a file, with systemd's own tool. */
import { execFileSync } from 'node:child_process'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { createVolume } from '../../../appliance/disk/volume.ts'
import { diskBytes, mebibyte, partitions } from '../../../appliance/image/layout.ts'
import { run, temporaryFolder } from '../places.ts'

const definitions = 'appliance/image/tree/usr/lib/repart.d'

test('on a larger disk the data partition grows to its end, once, and no other changes', async (t) => {
  const disk = join(await temporaryFolder(t), 'disk.img')
  writeFileSync(disk, '')
  truncateSync(disk, diskBytes())
  const rows = partitions().map(
    ({ name, type, uuid, startBytes, sizeBytes }) =>
      `start=${String(startBytes / 512)},size=${String(sizeBytes / 512)},type=${type},uuid=${uuid},name=${name}`,
  )
  const options = { input: `label: gpt\n${rows.join('\n')}\n`, stdio: ['pipe', 'ignore', 'ignore'] }
  execFileSync('sfdisk', ['-q', disk], options as { input: string })
  const before = await tableOf(disk)
  truncateSync(disk, 8 * 1024 ** 3)
  const args = ['--dry-run=no', `--definitions=${definitions}`, disk]
  t.is((await run('systemd-repart', args)).status, 0)
  const after = await tableOf(disk)
  t.deepEqual(after.slice(0, -1), before.slice(0, -1))
  const [old, grown] = [before.at(-1) ?? '', after.at(-1) ?? '']
  t.is(grown.replace(/size= *\d+/, ''), old.replace(/size= *\d+/, ''))
  const sectors = Number(/size= *(\d+)/.exec(grown)?.[1])
  t.true(sectors * 512 > 6 * 1024 ** 3, grown)
  t.is((await run('systemd-repart', args)).status, 0)
  t.deepEqual(await tableOf(disk), after)
})

async function tableOf(disk: string): Promise<readonly string[]> {
  const { stdout } = await run('sfdisk', ['-d', disk])
  return stdout.split('\n').filter((line) => line.includes('start='))
}

test('on a larger partition the file system grows with it, once, also one that was in use', async (t) => {
  const opened = join(await temporaryFolder(t), 'opened.img')
  writeFileSync(opened, '')
  truncateSync(opened, 64 * mebibyte)
  const volume = createVolume({ device: '', volumeKeyFile: '', opened })
  await volume.makeFileSystem()
  // Less than a group of blocks is not worth it.
  truncateSync(opened, 100 * mebibyte)
  t.true(await volume.growFileSystem())
  t.is(await bytesOf(opened), 64 * mebibyte)
  // As after it was mounted: its last check is older.
  execFileSync('debugfs', ['-w', '-R', 'set_super_value lastcheck 20200101', opened], {
    stdio: 'ignore',
  })
  truncateSync(opened, 1024 * mebibyte)
  t.true(await volume.growFileSystem())
  t.is(await bytesOf(opened), 1024 * mebibyte)
  t.is((await run('e2fsck', ['-n', '-f', opened])).status, 0)
  t.true(await volume.growFileSystem())
})

async function bytesOf(file: string): Promise<number> {
  const { stdout } = await run('tune2fs', ['-l', file])
  const [count, size] = ['count', 'size'].map((what) =>
    Number(new RegExp(`^Block ${what}: +(\\d+)$`, 'm').exec(stdout)?.[1]),
  )
  return (count ?? 0) * (size ?? 0)
}
