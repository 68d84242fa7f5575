/**
 * Restores a box from a full backup and its increments into a folder that holds nothing: beside, checked as a whole, then renamed, so that
 * a power cut leaves nothing or all of it. What is checked: the box's own signature, the journal against its signed head, every file
 * that the journal names, the views made anew from it. What a restore cannot know, heads that others saw, is `heads.ts`'s.
 */
import { mkdir, open, readdir, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import {
  caKeys,
  createViews,
  currentService,
  fromBase64,
  openJournalFiles,
  readServices,
  rebuildViews,
  sha256Hex,
  syncFolder,
  verifyJournal,
  visitEntries,
  type Blobs,
  type BoxRecord,
  type Sha256,
} from '../../ca/index.ts'
import {
  isEmptyFolder,
  openDataFolder,
  pathsOf,
  readBoxFile,
  type DataFolder,
} from '../box/data_folder.ts'
import { diskRoom, type LookAtRoom } from '../disk_room.ts'
import { lastNumbersAbove, maxRestoredNumbers, type RestoredNumber } from '../../exchange/index.ts'
import { ApplianceError } from '../errors.ts'
import { journalStorage } from '../box/folds.ts'
import { dropAside, makeAside, restoreOf } from './beside.ts'
import { layBackup, type Laid } from './lay.ts'
import { chainOf, readBackup, readKnown, type KnownBackup } from './read.ts'
import { noSeenHeads, type SeenByOthers } from './seen.ts'
import { requireFree, reserveOn, watchRoom } from './room.ts'
import { writeRestoration, type Restoration } from './restoration.ts'

export interface RestoreOptions {
  readonly paths: readonly string[]
  /** Secrets of age identities, 32 octets each. */
  readonly identities: readonly Uint8Array[]
  /** The folder of data that is to be. */
  readonly directory: string
  /** SHA-256 of the root certificate that people read from paper. */
  readonly root?: string | undefined
  /** Whether two officers must confirm it before the box acts; of a production box always. */
  readonly confirm: boolean
  /** Looks for heads of its journal that others saw; given the box's name, the draft's journal and the root certificates (DER). */
  readonly seen?: (of: {
    readonly box: string
    readonly journal: string
    readonly roots: readonly Uint8Array[]
  }) => Promise<SeenByOthers>
  /** Goes on although somebody saw a later head, or none of those that were handed in is one. */
  readonly acceptStale?: boolean
  /** Of a drill, whose backup is the box's own: no person compares the root. */
  readonly anyRoot?: boolean
  readonly at: Date
  readonly look?: LookAtRoom | undefined
  readonly onStep?: ((step: RestoreStep) => void) | undefined
  /** Asked last, when all was checked: what it throws leaves nothing. */
  readonly agree?: (restored: Restored) => Promise<void>
}

/** What an interruption after each step leaves: a folder beside, which the next restore throws away; at the end the whole box. */
export type RestoreStep =
  | { readonly step: 'files'; readonly files: number }
  | { readonly step: 'journal' | 'views' | 'checked' | 'restored' }

/** What was restored. */
export interface Restored {
  readonly restoration: Restoration
  readonly manifest: KnownBackup['manifest']
  /** As the journal has it. */
  readonly districtName: string
  /** SHA-256 of the root certificate. */
  readonly root: string
  readonly entries: number
  readonly files: number
  /** What was held against the journal; null where nothing was handed in. */
  readonly compared: Pick<SeenByOthers, 'heads' | 'notTrusted'> | null
  /** Documents that were dispatched. */
  readonly documents: number
}

/** Throws the codes that begin with `BACKUP_`, `DATA_FOLDER_FOREIGN` for a folder that holds anything; then nothing was made. */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { directory } = options
  const draft = await restoreAside(options)
  try {
    await options.agree?.(draft.restored)
    // The commit point: before it there is no box, after it the whole one.
    await rename(draft.directory, directory)
    await syncFolder(dirname(directory))
  } catch (error) {
    await dropQuietly(draft.aside)
    throw error
  }
  await dropQuietly(draft.aside)
  options.onStep?.({ step: 'restored' })
  return draft.restored
}

/** Does all but the last step: what a drill looks at. `aside`, in which it lies, is the caller's to throw away (`dropAside`). */
export async function restoreAside(options: RestoreOptions): Promise<{
  readonly directory: string
  readonly aside: string
  readonly restored: Restored
}> {
  const { directory } = options
  if (!isEmptyFolder(directory)) {
    const words = `${directory} is not empty; a backup is restored into a folder of its own`
    throw new ApplianceError('DATA_FOLDER_FOREIGN', words)
  }
  const chain = await knownChain(options)
  const aside = restoreOf(directory)
  const draft = join(aside, basename(directory))
  const keepRoom = await requireRoom(options, dirname(directory))
  try {
    await makeAside(aside)
    await mkdir(draft, { mode: 0o700 })
    return { directory: draft, aside, restored: await fill(draft, chain, { ...options, keepRoom }) }
  } catch (error) {
    await dropQuietly(aside)
    throw asSaid(error)
  }
}

/** Why nothing was restored says more than why a rest of it stays; the next restore or start throws it away. */
const dropQuietly = (aside: string): Promise<void> => dropAside(aside).catch(() => undefined)

/** What the backups say of themselves, in their order; nothing of their files is read. Throws as `restoreBackup`. */
export async function knownChain({
  paths,
  identities,
  root,
  anyRoot,
}: Pick<RestoreOptions, 'paths' | 'identities' | 'root' | 'anyRoot'>): Promise<KnownBackup[]> {
  const given: KnownBackup[] = []
  for (const path of paths) given.push(await readKnown(path, identities))
  const chain = chainOf(given)
  // Of each: the last one alone decides what the restored box is, and anybody may add one to a chain.
  const foreign = root === undefined ? undefined : chain.find((one) => one.root !== root)
  if (foreign !== undefined) {
    const words = 'the root certificate of this backup is not the one that was named'
    throw new ApplianceError('BACKUP_FOREIGN', words, { details: { root: foreign.root } })
  }
  if (root === undefined && anyRoot !== true && chain.some(isOfProduction)) {
    const words =
      'name the root by --root-fingerprint: anybody can encrypt to the custodians, and only the root says whose box this is'
    throw new ApplianceError('USAGE', words)
  }
  return chain
}

const isOfProduction = ({ manifest }: KnownBackup): boolean => manifest.mode === 'production'

type Filling = RestoreOptions & { readonly keepRoom: ReturnType<typeof watchRoom> }

async function fill(
  draft: string,
  chain: readonly KnownBackup[],
  options: Filling,
): Promise<Restored> {
  const data = await openDataFolder(draft)
  const close = async (): Promise<void> => {
    await data.journalFiles.close()
    await data.close()
  }
  let restored: Restored
  try {
    restored = await fillOpened(data, chain, { ...options, draft })
  } catch (error) {
    await close().catch(() => undefined)
    throw error
  }
  await close()
  await syncTree(draft)
  options.onStep?.({ step: 'checked' })
  return restored
}

async function fillOpened(
  data: DataFolder,
  chain: readonly KnownBackup[],
  options: Filling & { readonly draft: string },
): Promise<Restored> {
  const { draft, identities, keepRoom, onStep } = options
  const { blobs } = data
  const laid: Omit<Laid, 'scratch'>[] = []
  // Of the last backup alone, and of no two in memory.
  let lines: Uint8Array = new Uint8Array()
  const onFiles = (count: number): void => onStep?.({ step: 'files', files: count })
  for (const { path, backup } of chain) {
    await readBackup(path, identities, async (known, files) => {
      if (known.backup !== backup) throw new ApplianceError('BACKUP_ALTERED', 'the file changed')
      const into = { directory: draft, blobs, identities, onFiles, keepRoom }
      lines = new Uint8Array()
      const { scratch, ...rest } = await layBackup(known, files, into)
      lines = scratch
      laid.push(rest)
    })
  }
  await putScratch(data, lines)
  await requireJournal(draft, chain)
  onStep?.({ step: 'journal' })
  const damaged = new Set(laid.flatMap((one) => one.damaged))
  const { missing, entries, documents } = await requireFiles(draft, data.blobs, damaged)
  const last = lastOf(chain)
  await rebuildViews(journalStorage(data))
  onStep?.({ step: 'views' })
  const roots = await requireTrust(data, draft, last)
  const { mode, districtName } = await requireMode(data, draft, chain)
  const seen = await seenBy(options, { draft, roots, box: last.manifest.box })
  const numbers = await lastNumbers(data, seen)
  const confirm = options.confirm || mode === 'production'
  const restoration = restorationOf(last, {
    ...{ at: options.at, confirm, missing, seen: { ...seen, numbers } },
  })
  await writeRestoration(draft, restoration)
  const files = laid.reduce((sum, one) => sum + one.files, 0)
  const compared =
    options.seen === undefined ? null : { heads: seen.heads, notTrusted: seen.notTrusted }
  const counts = { entries, files, documents }
  const { manifest, root } = last
  return { restoration, manifest, districtName, root, ...counts, compared }
}

const lastOf = (chain: readonly KnownBackup[]): KnownBackup => {
  const last = chain.at(-1)
  if (last === undefined) throw new TypeError('an empty chain')
  return last
}

/** All frames, entries and the tree, at the head of each backup; and nothing beyond the last. */
async function requireJournal(draft: string, chain: readonly KnownBackup[]): Promise<void> {
  const files = openJournalFiles(pathsOf(draft).journal)
  const heads = chain.map(({ manifest: { head } }) => ({
    size: head.size,
    rootHash: fromBase64(head.root),
  }))
  const report = await verifyJournal({ files, heads })
  await files.close()
  const [finding] = report.findings
  if (finding !== undefined) {
    const words = `the journal in this backup is not the one that its box signed: ${finding.message}`
    throw new ApplianceError('BACKUP_FORGED', words, { details: { code: finding.code } })
  }
  if (report.entries !== lastOf(chain).manifest.head.size) {
    const words = 'this backup claims a smaller journal than it holds'
    throw new ApplianceError('BACKUP_FORGED', words, { details: { entries: report.entries } })
  }
}

/** Every file that an entry names must be there, but for those that the box itself said were damaged. */
async function requireFiles(
  draft: string,
  blobs: Blobs,
  damaged: ReadonlySet<Sha256>,
): Promise<{ readonly missing: Sha256[] } & Pick<Restored, 'entries' | 'documents'>> {
  const files = openJournalFiles(pathsOf(draft).journal)
  const named = new Set<Sha256>()
  let entries = 0
  let documents = 0
  await visitEntries(files, (entry) => {
    entries += 1
    if (entry.type === 'document.dispatched') documents += 1
    for (const file of entry.files) named.add(file)
  })
  await files.close()
  const missing: Sha256[] = []
  for (const name of named) if (!(await blobs.has(name))) missing.push(name)
  const unsaid = missing.filter((name) => !damaged.has(name))
  if (unsaid.length > 0) {
    const words = `${String(unsaid.length)} files that the journal names are not in this backup`
    throw new ApplianceError('BACKUP_INCOMPLETE', words, {
      details: { missing: unsaid.slice(0, 20) },
    })
  }
  return { missing, entries, documents }
}

/** The journal itself must know the key that signed the backup, and the root: else it is another box's under a borrowed name. */
async function requireTrust(
  data: DataFolder,
  draft: string,
  { manifest, root }: KnownBackup,
): Promise<Uint8Array[]> {
  const services = await readServices(createViews(data.views))
  const roots = services.root.map(({ certificate }) => certificate)
  const signer = fromBase64(manifest.certificates[0] ?? '')
  const isOwn =
    sha256Hex(currentService(services, 'journal').certificate) === sha256Hex(signer) &&
    roots.some((one) => sha256Hex(one) === root) &&
    readBoxFile(draft).id === manifest.box
  if (isOwn) return roots
  throw new ApplianceError('BACKUP_FORGED', 'its journal knows another key or another root')
}

/** What the box is, in all places that say it: whoever signs a backup could write `trial` into it, and a trial box asks no officer. */
async function requireMode(
  { views }: DataFolder,
  draft: string,
  chain: readonly KnownBackup[],
): Promise<Pick<BoxRecord, 'mode' | 'districtName'>> {
  const file = readBoxFile(draft)
  const box = ((await createViews(views).get(caKeys.box))?.value as BoxRecord | undefined) ?? file
  const said = [file.mode, ...chain.map(({ manifest }) => manifest.mode)]
  if (said.every((mode) => mode === box.mode)) return box
  const words = 'trial in one place of it, production in another'
  throw new ApplianceError('BACKUP_FORGED', `this backup contradicts itself: ${words}`)
}

async function seenBy(
  { seen, acceptStale }: RestoreOptions,
  of: { readonly draft: string; readonly roots: readonly Uint8Array[]; readonly box: string },
): Promise<SeenByOthers> {
  if (seen === undefined) return noSeenHeads
  const { draft, roots, box } = of
  const found = await seen({ box, journal: pathsOf(draft).journal, roots })
  if (found.heads === 0 && acceptStale !== true) {
    const words = `in what was handed in nothing proves a head of this box, so that nobody can tell whether the backup is stale. Look whether the signatures (.p7s) lie beside, or go on with --accept-stale. Not trusted: ${inWords(found.notTrusted)}`
    const files = found.notTrusted.slice(0, shownNames)
    throw new ApplianceError('BACKUP_HEADS_UNUSABLE', words, {
      details: { notTrusted: found.notTrusted.length, files },
    })
  }
  if (found.forks.length > 0) {
    const words = `others have seen another journal than the one in this backup: ${found.forks.join('; ')}`
    throw new ApplianceError('BACKUP_FORKED', words, {
      details: { files: found.forks.slice(0, shownNames) },
    })
  }
  if (found.later !== null && acceptStale !== true) {
    const { size, file } = found.later
    const words = `this backup is stale: ${file} has seen the journal with ${String(size)} entries. What came after the backup is lost if it is restored; look for a later one, or accept that with --accept-stale`
    throw new ApplianceError('BACKUP_STALE', words, { details: { ...found.later, files: [file] } })
  }
  return found
}

/** Of many files the first ones: enough to go and look. */
export const shownNames = 10

function inWords(names: readonly string[]): string {
  if (names.length === 0) return '0'
  const more = names.length > shownNames ? ` … (${String(names.length)})` : ''
  return names.slice(0, shownNames).join('; ') + more
}

/** Throws `BACKUP_HEADS_UNUSABLE` where nobody could order so many. */
async function lastNumbers(data: DataFolder, seen: SeenByOthers): Promise<RestoredNumber[]> {
  const numbers = await lastNumbersAbove(createViews(data.views), seen.numbers)
  if (numbers.length <= maxRestoredNumbers) return numbers
  const words = `the files of --heads name numbers of ${String(numbers.length)} series, and no district has so many; hand in fewer`
  throw new ApplianceError('BACKUP_HEADS_UNUSABLE', words, { details: { series: numbers.length } })
}

function restorationOf(
  { backup, manifest }: KnownBackup,
  of: Pick<RestoreOptions, 'at' | 'confirm'> & {
    readonly missing: readonly Sha256[]
    readonly seen: SeenByOthers
  },
): Restoration {
  const { later, numbers } = of.seen
  return {
    ...{ format: 'sealbox-restored/1', backup, madeAt: manifest.madeAt, head: manifest.head },
    restoredAt: of.at.toISOString(),
    seen: later === null ? null : { size: later.size, root: later.root },
    numbers: [...numbers],
    missing: [...of.missing],
    confirm: of.confirm,
  }
}

async function putScratch({ scratch }: DataFolder, lines: Uint8Array): Promise<void> {
  const text = new TextDecoder()
  // Line by line: the image's console has not the room for all of them as text.
  for (let from = 0, to; from < lines.length; from = to + 1) {
    const feed = lines.indexOf(0x0a, from)
    to = feed < 0 ? lines.length : feed
    if (to === from) continue
    const record: unknown = JSON.parse(text.decode(lines.subarray(from, to)))
    const [key, value] = Array.isArray(record) ? (record as unknown[]) : []
    if (typeof key === 'string' && typeof value === 'string') await scratch.put(key, value)
  }
}

/**
 * Before hours of work: the backups' own size, as much again for the views, and what a box on the same disk needs; then while it is
 * written.
 */
async function requireRoom(
  { paths, look = diskRoom }: Pick<RestoreOptions, 'paths' | 'look'>,
  folder: string,
): Promise<ReturnType<typeof watchRoom>> {
  let bytes = 0
  for (const path of paths) bytes += (await stat(path)).size
  const reserve = await reserveOn(folder, look)
  await requireFree(folder, { bytes: bytes * 1.2 + reserve, look })
  return watchRoom(folder, { reserve, look })
}

/** Names and contents through to the disk before the folder gets its name. */
async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await syncTree(path)
    else {
      await using file = await open(path, 'r')
      await file.sync()
    }
  }
  await syncFolder(directory)
}

function asSaid(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new ApplianceError('BACKUP_DISK_FULL', 'the disk is full; nothing was restored', {
    cause: error,
  })
}
