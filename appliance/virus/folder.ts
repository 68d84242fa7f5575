/**
 * The folder of signatures that clamd reads and the box writes. New files are checked aside and take the place of older ones at once;
 * nothing is installed that is not genuine, older than what it replaces, or cannot be loaded.
 */
import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  sha256OfFile,
  syncFolder,
  writeWhole,
  type Authority,
  type Sha256,
} from '../../ca/index.ts'
import type {
  GivenFile,
  RefusedSignatures,
  SignatureRefusal,
  SignatureSet,
} from '../../web/index.ts'
import { diskRoom } from '../disk_room.ts'
import { cvdHeaderBytes, cvdPeekBytes, isNamedInside, readCvdHeader } from './cvd.ts'
import { isOwnSetName, judgeOwnSet, momentOfList } from './own_set.ts'
import { selfTestOf, selfTestPrefix, type FileOfFolder, type SelfTest } from './self_test.ts'

/** ClamAV's own databases; `main` has some 170 MB. */
const officialName = /^(main|daily|bytecode)\.cvd$/
const maxOfficialBytes = 400 * 1024 * 1024
/** A district's own list. */
const maxOwnBytes = 16 * 1024 * 1024
const maxFiles = 20
/** What stays free whatever is brought: the journal may lie on the same disk. */
const reserveBytes = 1024 * 1024 * 1024
/** A list is made on somebody's desk, whose clock need not be right to the hour. */
const maxAheadMs = 24 * 60 * 60_000
/** `sigtool` hashes a large file; `clamscan` loads a small one. */
const toolMs = 120_000

/** A file that passed, and by whom it is vouched for. */
export interface CheckedSet extends SignatureSet {
  readonly sha256: Sha256
  /** Holder whose signature it bears; `ClamAV` for its own. */
  readonly signedBy: string
}

export interface SignatureFolder {
  /** Makes the folder, with the self-test's list. */
  prepare(): Promise<void>
  /** What shows whether a scanner has read the folder as it is; its list is laid beside the sets where it is not there yet. */
  selfTest(): Promise<SelfTest>
  list(): Promise<readonly SignatureSet[]>
  /** Reads files in and checks them; nothing is installed yet. */
  stage(files: AsyncIterable<GivenFile>): Promise<Staged>
}

export interface Staged {
  readonly sets: readonly CheckedSet[]
  readonly refused: readonly RefusedSignatures[]
  /** Puts them in place. */
  commit(): Promise<void>
  /** Throws away what was not put in place. */
  drop(): Promise<void>
}

export function createSignatureFolder(parts: {
  readonly directory: string
  readonly authority: Pick<Authority, 'liveCertificate'>
  readonly now: () => Date
  /** Bytes left on the disk of the folder. */
  readonly free?: () => Promise<number>
}): SignatureFolder {
  const { directory, authority, now } = parts
  const { free = async () => (await diskRoom(directory)).free } = parts
  const aside = join(directory, 'incoming')
  const list = async (): Promise<readonly SignatureSet[]> => {
    const names = await readdir(directory).catch(() => [])
    const known = names.filter((name) => officialName.test(name) || isOwnSetName(name))
    const sets = await Promise.all(
      known.map((name) => describe(directory, name).catch(() => undefined)),
    )
    return sets.filter((set) => set !== undefined)
  }
  return {
    list,
    selfTest: () => laySelfTest(directory),
    async prepare() {
      await mkdir(directory, { recursive: true, mode: 0o755 })
      await rm(aside, { recursive: true, force: true })
      await laySelfTest(directory)
    },
    async stage(files) {
      await rm(aside, { recursive: true, force: true })
      await mkdir(aside, { recursive: true, mode: 0o700 })
      const drop = (): Promise<void> => rm(aside, { recursive: true, force: true })
      const names = new Set<string>()
      const refused: RefusedSignatures[] = []
      for await (const file of files) {
        const reason =
          names.size < maxFiles ? await receive({ aside, free }, file) : passOver(file, 'TOO_LARGE')
        if (reason === undefined) names.add(file.name)
        else refused.push({ name: file.name, reason })
      }
      const before = new Map((await list()).map((set) => [set.name, set]))
      const sets: CheckedSet[] = []
      const by = { authority, at: now() }
      for (const name of [...names].filter((one) => !one.endsWith('.p7s'))) {
        const checked = await check(aside, name, { by, before: before.get(name) })
        if (typeof checked === 'string') refused.push({ name, reason: checked })
        else sets.push(checked)
      }
      return {
        ...{ sets, refused, drop },
        async commit() {
          for (const { name } of sets) await rename(join(aside, name), join(directory, name))
          // Crash in between: some are new, some old; each of them is whole.
          await syncFolder(directory)
          await drop()
        },
      }
    },
  }
}

async function laySelfTest(directory: string): Promise<SelfTest> {
  const files = await filesIn(directory)
  const test = selfTestOf(files)
  if (files.some(({ name }) => name === test.file)) return test
  await writeWhole(join(directory, test.file), test.text, 0o644)
  for (const { name } of files) {
    // A scanner that is reading meanwhile may miss one; it is told to read once more.
    if (name.startsWith(selfTestPrefix)) await rm(join(directory, name), { force: true })
  }
  return test
}

/** What lies there now, without the folder of what is on its way in. */
async function filesIn(directory: string): Promise<FileOfFolder[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    names.map(async (name) => {
      // One that is put in place or goes meanwhile.
      const found = await stat(join(directory, name), { bigint: true }).catch(() => undefined)
      const { size = 0n, ino: id = 0n, mtimeNs: changedNs = 0n } = found ?? {}
      return { name, bytes: Number(size), id, changedNs }
    }),
  )
}

/** Whoever sends is answered only once all was read. */
function passOver({ content }: GivenFile, reason: SignatureRefusal): SignatureRefusal {
  content.resume()
  return reason
}

/** Writes one file aside; gives why not. */
async function receive(
  { aside, free }: { readonly aside: string; readonly free: () => Promise<number> },
  file: GivenFile,
): Promise<SignatureRefusal | undefined> {
  const { name, content } = file
  const isOfficial = officialName.test(name)
  const isOwn = isOwnSetName(name) || isOwnSetName(name.replace(/\.p7s$/, ''))
  if (!isOfficial && !isOwn) return passOver(file, 'NAME_UNKNOWN')
  const maxBytes = isOfficial ? maxOfficialBytes : maxOwnBytes
  if ((await free()) < reserveBytes + maxBytes) return passOver(file, 'NO_ROOM')
  let bytes = 0
  const limited = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const part of source) {
      bytes += part.length
      // The rest is read and thrown away: whoever sends is answered.
      if (bytes <= maxBytes) yield part
    }
  }
  const path = join(aside, name)
  await pipeline(content, limited, createWriteStream(path, { mode: 0o644 }))
  if (bytes > maxBytes) {
    await rm(path)
    return 'TOO_LARGE'
  }
  await using written = await open(path, 'r')
  await written.sync()
  return undefined
}

/** What a file in a folder is; throws where it is none that could be. */
async function describe(folder: string, name: string): Promise<SignatureSet> {
  const path = join(folder, name)
  const { size } = await stat(path)
  if (officialName.test(name)) {
    const header = readCvdHeader(await startOf(path, cvdHeaderBytes))
    if (header === undefined) throw new TypeError('no header')
    return { name, bytes: size, ...header }
  }
  const builtAt = momentOfList(await readFile(path, 'utf8'))
  if (builtAt === undefined) throw new TypeError('no list')
  return { name, bytes: size, builtAt }
}

interface Judging {
  readonly by: { readonly authority: Pick<Authority, 'liveCertificate'>; readonly at: Date }
  readonly before: SignatureSet | undefined
}

async function check(
  aside: string,
  name: string,
  judging: Judging,
): Promise<CheckedSet | SignatureRefusal> {
  const path = join(aside, name)
  const isOfficial = officialName.test(name)
  const set = await describe(aside, name).catch(() => undefined)
  if (set === undefined) return isOfficial ? 'NOT_A_DATABASE' : 'NOT_A_LIST'
  const { before, by } = judging
  // As a set of tomorrow it would be fresh for ever, and no list could take its place.
  if (!isOfficial && set.builtAt.getTime() - by.at.getTime() > maxAheadMs) return 'AHEAD'
  // An old set that was genuine once hides what came since.
  if (before !== undefined && isOlder(set, before)) return 'OLDER'
  const signedBy = isOfficial ? await checkOfficial(path, name) : await checkOwn(path, judging)
  if (typeof signedBy === 'string') return signedBy
  return { ...set, sha256: await sha256OfFile(path), signedBy: signedBy.holder }
}

function isOlder(set: SignatureSet, before: SignatureSet): boolean {
  if (set.version !== undefined && before.version !== undefined) return set.version < before.version
  return set.builtAt < before.builtAt
}

type Vouched = { readonly holder: string } | SignatureRefusal

/** ClamAV's own signature is checked by ClamAV's own tool. */
async function checkOfficial(path: string, name: string): Promise<Vouched> {
  if (!isNamedInside(name.replace('.cvd', ''), await startOf(path, cvdPeekBytes))) {
    return 'NAMED_OTHERWISE'
  }
  const said = await runTool('sigtool', ['--stdout', `--info=${path}`])
  return said.isDone && /^Verification OK/m.test(said.output) ? { holder: 'ClamAV' } : 'NOT_GENUINE'
}

async function checkOwn(path: string, { by }: Judging): Promise<Vouched> {
  const content = await readFile(path)
  const signature = await readFile(`${path}.p7s`).catch(() => new Uint8Array())
  const verdict = await judgeOwnSet({ content, signature }, by)
  if ('refused' in verdict) return verdict.refused
  // clamd would end over a list that it cannot read, and uploads would wait.
  const { status } = await runTool('clamscan', ['--no-summary', `--database=${path}`, path])
  return status === 0 || status === 1 ? { holder: verdict.holder } : 'NOT_LOADABLE'
}

function runTool(
  tool: string,
  args: readonly string[],
): Promise<{ readonly isDone: boolean; readonly status: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(tool, args, { timeout: toolMs, maxBuffer: 1024 * 1024 }, (error, output) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ isDone: error === null, status, output })
    })
  })
}

async function startOf(path: string, bytes: number): Promise<Uint8Array> {
  await using file = await open(path, 'r')
  const { bytesRead, buffer } = await file.read(new Uint8Array(bytes), 0, bytes, 0)
  return buffer.subarray(0, bytesRead)
}
