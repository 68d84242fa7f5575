/**
 * A full backup of a box with files of 50 kB, against `cp` of its folder and `openssl enc` of the same bytes, in one run. Both read from
 * the page cache and write to the same disk; both are synced.
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAtRest, type BoxAtRest } from '../../appliance/ceremony/box_at_rest.ts'
import { createBackupDesk, type BackupDesk } from '../../appliance/backup/desk.ts'
import { journalSigner, sourceOf } from '../../appliance/backup/of_box.ts'
import { pathsOf } from '../../appliance/box/data_folder.ts'
import { firstBoot } from '../../appliance/box/first_boot.ts'
import { boxActor } from '../../ca/index.ts'
import { figure, turnAbout, type Figure } from './figure.ts'

const rounds = 3
const files = 6000
const fileBytes = 50_000

export async function backup(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-bench-'))
  const directory = join(folder, 'data')
  await firstBoot({
    ...{ directory, districtName: '测试区', hostNames: ['localhost'], zone: 'Asia/Shanghai' },
    pkiUrl: 'http://localhost:8080',
  })
  const box = await openAtRest({ directory, secrets: {} })
  try {
    await fill(box)
    const desk = await deskOf(box, directory)
    await desk.makeKey(boxActor, () => Promise.resolve())
    const path = join(folder, 'backup')
    const { value, reached } = await turnAbout({
      rounds,
      ours: async () => {
        await rm(path, { force: true })
        const seconds = await timed(() => desk.make({ path, since: 'full', target: 'file' }))
        return (await stat(path)).size / 1e6 / seconds
      },
      theirs: async () => {
        const seconds = await timed(() => copyAndEncrypt(folder, directory))
        return (await stat(join(folder, 'copy.enc'))).size / 1e6 / seconds
      },
    })
    return [figure('backup: full, against cp and openssl enc', value, 'MB/s', reached)]
  } finally {
    await box.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function fill({ data, journal }: BoxAtRest): Promise<void> {
  for (let at = 0; at < files; at += 100) {
    const names = await Promise.all(
      Array.from({ length: 100 }, () => data.blobs.put(new Uint8Array(randomBytes(fileBytes)))),
    )
    const entry = { type: 'test.happened', actor: boxActor, subject: 'test', data: {} }
    await journal.commit({ entries: names.map((name) => ({ ...entry, files: [name] })) })
  }
}

async function deskOf(box: BoxAtRest, directory: string): Promise<BackupDesk> {
  const signer = await journalSigner(box.services, box.keys)
  return createBackupDesk({
    ...{ journal: box.journal, clock: box.clock, random: box.random, mode: 'trial' },
    source: () => sourceOf({ ...box, directory, signer }),
  })
}

/** What somebody without us would do to files that nobody writes to: a copy, then one encrypted file of it. */
function copyAndEncrypt(folder: string, directory: string): Promise<void> {
  const [copy, sealed] = [join(folder, 'copy'), join(folder, 'copy.enc')]
  const { journal, blobs, keys } = pathsOf(directory)
  const script = `rm -rf "$0" "$1"; mkdir "$0"; cp -r "$2" "$3" "$4" "$0"; tar -C "$0" -cf - . | openssl enc -chacha20 -pbkdf2 -iter 1 -pass pass:x -out "$1"; sync "$1"`
  execFileSync('sh', ['-c', script, copy, sealed, journal, blobs, keys])
  return Promise.resolve()
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}
