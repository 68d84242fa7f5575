/** The acts of a restore at the console, over folders in place of sticks: what they bring, what they leave, and when they refuse. */
import { lstatSync, mkdirSync } from 'node:fs'
import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { machinePaths, type AnyMachineAct, type Machine } from '../../../appliance/machine/act.ts'
import { adoptBox } from '../../../appliance/machine/adopt_box.ts'
import { readBackup, readHeads, readOpeners } from '../../../appliance/machine/restore_acts.ts'
import { exchangePaths } from '../../../appliance/machine/stick_acts.ts'
import { runSpool, emptySpool, putRequest, requestOf } from './spools.ts'
import { machineActs } from '../../../appliance/machine/acts.ts'
import { temporaryFolder } from '../places.ts'

const asRoot = process.getuid?.() === 0 ? test : test.skip

interface Bench {
  readonly of: Machine
  readonly stick: string
  readonly restore: string
  readonly papers: string
  readonly perform: (act: AnyMachineAct, params?: object) => Promise<unknown>
}

async function bench(t: ExecutionContext): Promise<Bench> {
  const folder = await temporaryFolder(t)
  const at = (name: string): string => join(folder, name)
  const of: Machine = {
    paths: {
      ...{ ...machinePaths, state: at('machine'), run: at('run'), exchange: at('exchange') },
      ...{ box: at('sealbox/data'), keys: at('keys'), stick: at('stick') },
    },
    execute: (_, args) => Promise.resolve(args[0] === 'show' ? 'ActiveState=active\n' : ''),
    asker: 'console',
    signal: AbortSignal.timeout(60_000),
  }
  const { restore } = exchangePaths(of.paths.exchange)
  const papers = join(of.paths.run, 'sealbox-papers')
  for (const path of [restore, papers, of.paths.stick, at('sealbox')]) {
    await mkdir(path, { recursive: true })
  }
  const perform = (act: AnyMachineAct, params = {}): Promise<unknown> => act.perform(params, of)
  return { of, stick: of.paths.stick, restore, papers, perform }
}

const [full, part] = ['full.sealbox-backup', 'part.sealbox-backup']

asRoot(
  'backups come one by one, for the console to read; what an earlier attempt left goes',
  async (t) => {
    const { stick, restore, perform } = await bench(t)
    await writeFile(join(restore, 'old.sealbox-backup'), 'old')
    await mkdir(join(restore, 'heads'))
    await writeFile(join(stick, full), 'a full one')
    await writeFile(join(stick, part), 'a part')
    t.deepEqual(await perform(readBackup, { names: [full, part], isFirst: true }), { bytes: 10 })
    t.deepEqual(await readdir(restore), [full])
    t.deepEqual(await perform(readBackup, { names: [part], isFirst: false }), { bytes: 6 })
    t.deepEqual((await readdir(restore)).toSorted(), [full, part])
    const { uid, gid, mode } = lstatSync(join(restore, part))
    t.deepEqual([uid, gid, mode & 0o777], [0, 702, 0o640])
    // Chosen again: it lies there, and is not read once more; a shorter one would be another.
    const { ino } = lstatSync(join(restore, part))
    t.deepEqual(await perform(readBackup, { names: [part], isFirst: false }), { bytes: 6 })
    t.is(lstatSync(join(restore, part)).ino, ino)
    await writeFile(join(restore, part), 'cut')
    t.deepEqual(await perform(readBackup, { names: [part], isFirst: false }), { bytes: 6 })
    t.is(await readFile(join(restore, part), 'utf8'), 'a part')
    for (const names of [['../x.sealbox-backup'], ['x.sealbox-upgrade'], []]) {
      await t.throwsAsync(perform(readBackup, { names, isFirst: true }), {
        code: 'MACHINE_REQUEST_MALFORMED',
      })
    }
  },
)

asRoot(
  'where there is no room for all of them and the box they make, nothing is copied',
  async (t) => {
    const { stick, restore, perform } = await bench(t)
    await writeFile(join(stick, full), 'small')
    await writeFile(join(stick, part), '')
    // A hole of four terabytes.
    await truncate(join(stick, part), 4 * 1024 ** 4)
    await t.throwsAsync(perform(readBackup, { names: [full, part], isFirst: true }), {
      code: 'STICK_SPACE_MISSING',
    })
    t.deepEqual(await readdir(restore), [])
  },
)

asRoot(
  'what opens backups waits in memory, from the stick itself and from folders of ceremonies, and no link is followed',
  async (t) => {
    const { of, stick, papers, perform } = await bench(t)
    const [share, key] = ['backup-share-1-of-3.json', 'sealbox-backup-key-0a1b2c3d.txt']
    const folder = join(stick, 'ceremony-0123abcd')
    await mkdir(folder)
    await writeFile(join(folder, share), 'a share')
    await writeFile(join(folder, 'share-1-of-3.json'), 'of the root')
    await writeFile(join(stick, key), 'a key')
    await writeFile(join(of.paths.run, 'secret'), 'root’s')
    await symlink(join(of.paths.run, 'secret'), join(stick, 'backup-share-2-of-3.json'))
    t.deepEqual(await perform(readOpeners), { names: [key, share] })
    t.deepEqual((await readdir(papers)).toSorted(), ['opener-0', 'opener-1'])
    t.is(await readFile(join(papers, 'opener-1'), 'utf8'), 'a share')
    const { gid, mode } = lstatSync(join(papers, 'opener-0'))
    t.deepEqual([gid, mode & 0o777], [702, 0o640])
  },
)

asRoot(
  'what units kept comes from one folder, by kinds that may hold a head, and not more than is read',
  async (t) => {
    const { stick, restore, perform } = await bench(t)
    t.deepEqual(await perform(readHeads), { files: 0 })
    await mkdir(join(stick, 'heads'))
    const long = `${'关于'.repeat(38)}.receipt.json`
    for (const name of [long, `${long}.p7s`, 'bundle.asice', 'holiday.jpg', '.hidden.json']) {
      await writeFile(join(stick, 'heads', name), name)
    }
    await mkdir(join(stick, 'heads', '甲局'))
    await writeFile(join(stick, 'heads', '甲局', 'a.receipt.json.p7s'), 'of a unit')
    await symlink('/etc', join(stick, 'heads', 'link'))
    t.deepEqual(await perform(readHeads), { files: 4 })
    t.is(lstatSync(join(restore, 'heads', '甲局', 'a.receipt.json.p7s')).gid, 702)
    t.is(lstatSync(join(restore, 'heads', '甲局')).gid, 702)
    // Names of a FAT stick may be longer than those of the disk: statement and signature stay a pair.
    const names = (await readdir(join(restore, 'heads'))).toSorted()
    const [statement = ''] = names.filter((name) => name.endsWith('.json'))
    t.deepEqual(names, ['bundle.asice', statement, `${statement}.p7s`, '甲局'].toSorted())
    t.is(await readFile(join(restore, 'heads', statement), 'utf8'), long)
    t.true(Buffer.byteLength(statement) < 200)
    await truncate(join(stick, 'heads', 'bundle.asice'), 150 * 1024 * 1024)
    await t.throwsAsync(perform(readHeads), { code: 'STICK_FOLDER_LARGE' })
  },
)

asRoot('a link in the place of the folder with what units kept leads nowhere', async (t) => {
  const { of, stick, perform } = await bench(t)
  const elsewhere = join(of.paths.run, 'elsewhere')
  await mkdir(elsewhere)
  await writeFile(join(elsewhere, 'a.json'), 'root’s')
  await symlink(elsewhere, join(stick, 'heads'))
  t.deepEqual(await perform(readHeads), { files: 0 })
})

asRoot('folders count as files do, and no look goes on beyond the time of its act', async (t) => {
  const { of, stick, perform } = await bench(t)
  const heads = join(stick, 'heads')
  await mkdir(heads)
  await t.throwsAsync(readHeads.perform({}, { ...of, signal: AbortSignal.abort() }), {
    name: 'AbortError',
  })
  for (let at = 0; at < 5000; at++) mkdirSync(join(heads, String(at)))
  await t.throwsAsync(perform(readHeads), { code: 'STICK_FOLDER_LARGE' })
})

asRoot(
  'once there is a box nothing is brought any more, and the service brings nothing at all',
  async (t) => {
    const { of, perform } = await bench(t)
    const spool = emptySpool()
    for (const [at, name] of ['read-backup', 'read-openers', 'read-heads'].entries()) {
      putRequest(spool, String(at), requestOf(name, { names: [full], isFirst: true }))
    }
    const lines = await runSpool(spool, { acts: machineActs, paths: of.paths, asker: 'box' })
    t.is(lines.filter((line) => line.includes('may not ask for')).length, 3)
    await mkdir(of.paths.box)
    await writeFile(join(of.paths.box, 'VERSION'), '1\n')
    await t.throwsAsync(perform(readBackup, { names: [full], isFirst: true }), {
      code: 'BOX_THERE',
    })
    await t.throwsAsync(perform(readOpeners), { code: 'BOX_THERE' })
    await t.throwsAsync(perform(readHeads), { code: 'BOX_THERE' })
  },
)

asRoot(
  'a box is adopted without keys of an attempt that was cut off; what it came from is gone then',
  async (t) => {
    const { of, restore, perform } = await bench(t)
    const { keys, state, box } = of.paths
    await mkdir(keys)
    for (const name of ['issuing.key', 'issuing-2.key', 'unattended.secret']) {
      await writeFile(join(keys, name), 'of the attempt')
    }
    await writeFile(join(restore, full), 'a full one')
    const made = join(state, 'console', 'box')
    await mkdir(join(made, 'keys'), { recursive: true })
    for (const name of ['VERSION', 'box.json', 'keys/issuing.key']) {
      await writeFile(join(made, name), name)
    }
    await perform(adoptBox)
    t.deepEqual(await readdir(keys), ['issuing.key'])
    t.is(await readFile(join(keys, 'issuing.key'), 'utf8'), 'keys/issuing.key')
    t.deepEqual(await readdir(restore), [])
    // A folder that holds anything is somebody's box, whatever is missing in it: its keys stay.
    await rm(join(box, 'VERSION'))
    await mkdir(join(made, 'keys'), { recursive: true })
    await t.throwsAsync(perform(adoptBox), { code: 'BOX_THERE' })
    t.deepEqual(await readdir(keys), ['issuing.key'])
  },
)

/** A box that the console made of what lies in the folder to restore from. */
async function makeBox({ of, restore }: Bench): Promise<void> {
  await writeFile(join(restore, full), 'a full one')
  const made = join(of.paths.state, 'console', 'box')
  await mkdir(join(made, 'keys'), { recursive: true })
  for (const name of ['VERSION', 'box.json']) await writeFile(join(made, name), name)
  await mkdir(of.paths.keys, { recursive: true })
}

asRoot(
  'a box is adopted though what it came from cannot be taken away; the next run takes it',
  async (t) => {
    const at = await bench(t)
    const { of, restore, perform } = at
    await makeBox(at)
    await rename(restore, `${restore}.kept`)
    // Whose files nobody deletes.
    await symlink('/proc/self/fdinfo', restore)
    t.deepEqual(await perform(adoptBox), {})
    await rm(restore)
    await rename(`${restore}.kept`, restore)
    await mkdir(join(of.paths.state, 'adopting', 'box'), { recursive: true })
    await runSpool(emptySpool(), { paths: of.paths })
    t.deepEqual(await readdir(restore), [])
    t.false((await readdir(of.paths.state)).includes('adopting'))
  },
)

asRoot(
  'a run before there is a box keeps what a restore needs; a restore begun anew takes away what an adoption that was cut off left',
  async (t) => {
    const at = await bench(t)
    const { of, restore, stick, perform } = at
    await makeBox(at)
    const adopting = join(of.paths.state, 'adopting', 'box')
    await mkdir(adopting, { recursive: true })
    await runSpool(emptySpool(), { paths: of.paths })
    t.deepEqual(await readdir(restore), [full])
    await writeFile(join(stick, full), 'a full one')
    await perform(readBackup, { names: [full], isFirst: true })
    t.deepEqual(await readdir(of.paths.state), ['console'])
  },
)
