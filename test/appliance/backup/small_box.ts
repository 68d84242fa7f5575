/** A trial box at rest with a few entries and files, the quickest one there is; and its backups taken apart and put together anew. Test support. */
import { randomBytes } from 'node:crypto'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { openAtRest, type BoxAtRest } from '../../../appliance/ceremony/box_at_rest.ts'
import {
  ageKeyPair,
  createAgeWriter,
  openAge,
  readIdentity,
  readRecipient,
} from '../../../appliance/backup/age/index.ts'
import { createBackupDesk, type BackupDesk } from '../../../appliance/backup/desk.ts'
import { journalSigner, sourceOf } from '../../../appliance/backup/of_box.ts'
import {
  restoreBackup,
  type Restored,
  type RestoreOptions,
} from '../../../appliance/backup/restore.ts'
import { readTar, tarEnd, tarHeader, tarPadding } from '../../../appliance/backup/tar.ts'
import { boxActor, systemRandom, type Sha256 } from '../../../ca/index.ts'
import { firstBoot } from '../../../appliance/box/first_boot.ts'
import { newFolder, temporaryFolder } from '../places.ts'

let template: Promise<string> | undefined

/** First boot is done once a process. */
async function firstBox(): Promise<string> {
  const data = join(await newFolder(), 'data')
  await firstBoot({
    directory: data,
    districtName: '测试区',
    hostNames: ['localhost'],
    pkiUrl: 'http://localhost:8080',
    zone: 'Asia/Shanghai',
  })
  return data
}

export interface SmallBox {
  readonly folder: string
  readonly data: string
  readonly box: BoxAtRest
  readonly desk: BackupDesk
  /** Opens its backups. */
  readonly identity: Uint8Array
  readonly recipient: string
  /** So many entries, each with a file of its own of up to 100 kB. */
  fill(entries: number): Promise<Sha256[]>
  /** Writes what opens its backups to a file. */
  identityFile(): Promise<string>
  /** A backup; gives its path. */
  backUp(name: string, since?: string): Promise<string>
  close(): Promise<void>
}

export async function smallBox(t: ExecutionContext, { fresh = false } = {}): Promise<SmallBox> {
  const folder = await temporaryFolder(t)
  const data = join(folder, 'data')
  template ??= firstBox()
  await cp(fresh ? await firstBox() : await template, data, { recursive: true })
  const box = await openAtRest({ directory: data, secrets: {} })
  const signer = await journalSigner(box.services, box.keys)
  const desk = createBackupDesk({
    ...{ journal: box.journal, clock: box.clock, random: box.random, mode: 'trial' },
    source: () => sourceOf({ ...box, directory: data, signer }),
  })
  const key = await desk.makeKey(boxActor, () => Promise.resolve())
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => (closed ??= box.close())
  t.teardown(close)
  return {
    ...{ folder, data, box, desk, close, recipient: key.recipient },
    identity: readIdentity(key.identity.split('\n')[2] ?? ''),
    fill: (entries) => fill(box, entries),
    async identityFile() {
      const path = join(folder, 'identity.txt')
      await writeFile(path, key.identity)
      return path
    },
    async backUp(name, since = 'full') {
      const path = join(folder, name)
      await desk.make({ path, since, target: 'file' })
      return path
    },
  }
}

async function fill({ data, journal }: BoxAtRest, entries: number): Promise<Sha256[]> {
  const names: Sha256[] = []
  for (let at = 0; at < entries; at++) {
    const name = await data.blobs.put(new Uint8Array(randomBytes(1000 * (1 + (at % 100)))))
    names.push(name)
    await journal.commit({
      entries: [
        { type: 'test.happened', actor: boxActor, subject: 'test', files: [name], data: {} },
      ],
    })
  }
  return names
}

/** Restores beside the box. */
export function restoreInto(
  { folder, identity }: SmallBox,
  paths: readonly string[],
  more: Partial<RestoreOptions> = {},
): Promise<Restored> {
  return restoreBackup({
    ...{ paths, identities: [identity], directory: join(folder, 'restored') },
    ...{ confirm: false, at: new Date() },
    ...more,
  })
}

export interface ArchiveFile {
  readonly name: string
  readonly content: Buffer
}

/** The files in a backup, as the custodians could see them. */
export async function takeApart(path: string, identity: Uint8Array): Promise<ArchiveFile[]> {
  const bytes = await readFile(path)
  let at = 0
  const { chunks } = await openAge(
    (length) => {
      const part = bytes.subarray(at, at + length)
      at += part.length
      return Promise.resolve(part)
    },
    [identity],
  )
  const files: ArchiveFile[] = []
  for await (const { name, content } of readTar(chunks)) {
    const parts: Uint8Array[] = []
    for await (const part of content) parts.push(part)
    files.push({ name, content: Buffer.concat(parts) })
  }
  return files
}

/** A file that anybody can make who knows the recipient: the encryption says nothing about who wrote it. */
export async function putTogether(
  path: string,
  recipient: string,
  files: readonly ArchiveFile[],
): Promise<string> {
  const parts: Uint8Array[] = []
  const writer = await createAgeWriter({
    recipients: [readRecipient(recipient)],
    random: systemRandom,
    out: (pieces) => {
      parts.push(...pieces.map((piece) => Buffer.from(piece)))
      return Promise.resolve()
    },
  })
  for (const { name, content } of files) {
    await writer.write(tarHeader({ name, bytes: content.length }, new Date(0)))
    await writer.write(content)
    await writer.write(tarPadding(content.length))
  }
  await writer.write(tarEnd)
  await writer.finish()
  await writeFile(path, Buffer.concat(parts))
  return path
}

/** A key that opens nothing of this box. */
export function strangersKey(): Uint8Array {
  return readIdentity(ageKeyPair(systemRandom(32)).identity)
}
