/**
 * The ceremony that makes a production box (design 1, 5): rehearsed, then done; whole or absent. The root key is made in memory, leaves
 * in shares, and is never on the box's disk.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  boxActor,
  boxKeyNames,
  createDistrict,
  createKeyFolder,
  createKeyStores,
  createMemoryKeys,
  createTokenKeys,
  openJournal,
  openRootKey,
  openToken,
  sha256Hex,
  splitRootKey,
  syncFolder,
  toBase64,
  toHex,
  urlsBelow,
  type Clock,
  type District,
  type KeyFolder,
  type MemoryKeys,
  type Random,
  type SecretStrength,
  type SplitRoot,
} from '../../ca/index.ts'
import {
  appointment,
  minutesFormat,
  type IssuedCode,
  type Minutes,
} from '../../provisioning/index.ts'
import type { PageHashes } from '../../web/index.ts'
import {
  isEmptyFolder,
  openDataFolder,
  pathsOf,
  writeBoxFile,
  type BoxFile,
} from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { backupSharePapers, makeBackupKey, type MadeBackupKey } from '../backup/key_ceremony.ts'
import { journalStorage } from '../box/folds.ts'
import { isTokenKey } from '../box/keys.ts'
import { version } from '../version.ts'
import {
  codesPaper,
  minutesPapers,
  papersFolder,
  pemPaper,
  rootPapers,
  writePapers,
} from './papers.ts'
import type { InitPlan, Keeping } from './plan.ts'
import { certificateRow, listRow, signMinutes, type SignedMinutes } from './record.ts'
import { rehearseInit, type Rehearsal } from './rehearse.ts'

export interface InitOptions {
  /** The folder of data that is to be. */
  readonly directory: string
  /** Folder below which the papers go; not inside `directory`. */
  readonly out: string
  readonly clock: Clock
  readonly random: Random
  /** SHA-256 of the pages of one file, for the minutes. */
  readonly pageHashes: () => Promise<PageHashes>
  /** How the box's keys are stretched; a test spares itself the time. */
  readonly secretStrength?: SecretStrength
  /** Told after each step, for the terminal; a test ends the process there. */
  readonly onStep?: (step: InitStep) => void
  /** Hands the papers over while there is no box yet: if it throws, there will be none, and the papers are of nothing. */
  readonly handOver?: (written: WrittenPapers) => Promise<void>
}

/** What an interruption after each step leaves. */
export type InitStep =
  /** Nothing. */
  | 'rehearsed'
  /** Keys in a folder beside, of no box; the next ceremony throws it away. */
  | 'keys-made'
  /** Beside, as before. */
  | 'filled'
  /** Papers of a box that is not there, to be destroyed. */
  | 'papers-written'
  /** The whole box. */
  | 'held'

export interface HeldInit {
  readonly codes: readonly IssuedCode[]
  readonly minutes: Minutes
  /** SHA-256 of the root certificate. */
  readonly root: string
  /** Folder of the papers. */
  readonly papers: string
  /** To whom backups are encrypted. */
  readonly recipient: string
}

/** The papers as they lie in their folder, before the box is made. */
export type WrittenPapers = Pick<HeldInit, 'codes' | 'minutes' | 'papers'> & {
  /** What the shares of the backups' key recover the disk with, where the box is an image. */
  readonly recovery: string
}

/** Rehearses alone: changes nothing. Throws as `holdInit` does before it makes anything. */
export async function dryRunInit(plan: InitPlan, options: InitOptions): Promise<Rehearsal> {
  requireEmpty(options.directory)
  return rehearseInit(plan, options)
}

/**
 * Holds the ceremony. Throws `DATA_FOLDER_FOREIGN` for a folder that holds anything, `CEREMONY_REFUSED`, `CA_PROFILE_VIOLATED`, and
 * what tokens throw; then nothing was made.
 */
export async function holdInit(plan: InitPlan, options: InitOptions): Promise<HeldInit> {
  const { directory, random, onStep } = options
  const rehearsal = await dryRunInit(plan, options)
  onStep?.('rehearsed')
  const draft = `${directory}.first-boot`
  // What a ceremony that was cut short left behind attests nothing.
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(pathsOf(draft).keys, { recursive: true, mode: 0o700 })
  const ids = { box: `sealbox-${toHex(random(8))}`, ceremony: toHex(random(16)) }
  const making: Making = { plan, options, draft, ids, rehearsal }
  const made = await makeDistrict(making)
  onStep?.('keys-made')
  const { districtName, custodians, needed } = plan
  const backupKey = await makeBackupKey({
    ...{ districtName, custodians, needed, random, ceremony: ids.ceremony },
  })
  const filled = await fill(making, made, backupKey)
  onStep?.('filled')
  const papers = papersFolder(options.out, ids.ceremony)
  await writePapers(papers, [
    ...(await papersOf(making, made, filled)),
    ...backupSharePapers(backupKey.shares),
  ])
  onStep?.('papers-written')
  const { codes, signed } = filled
  const { minutes } = signed
  await options.handOver?.({ codes, minutes, papers, recovery: backupKey.recovery })
  // The commit point: before it there is no box, after it the whole one.
  await rename(draft, directory)
  await syncFolder(dirname(directory))
  onStep?.('held')
  return { codes, minutes, root: minutes.root, papers, recipient: backupKey.recipient }
}

interface Making {
  readonly plan: InitPlan
  readonly options: InitOptions
  readonly draft: string
  readonly ids: { readonly box: string; readonly ceremony: string }
  readonly rehearsal: Rehearsal
}

interface Made {
  readonly district: District
  /** Holds the root key, and it alone. */
  readonly memory: MemoryKeys
}

function requireEmpty(directory: string): void {
  if (isEmptyFolder(directory)) return
  throw new ApplianceError(
    'DATA_FOLDER_FOREIGN',
    `${directory} is not empty; a production box is made in a folder of its own`,
  )
}

async function makeDistrict({ plan, options, draft, ids }: Making): Promise<Made> {
  const { clock, random } = options
  const { districtName, hostNames, passphrase, algorithm, pkiUrl } = plan
  const memory = createMemoryKeys()
  const files = createKeyFolder({
    directory: pathsOf(draft).keys,
    ...{ passphrase, random, secretStrength: options.secretStrength ?? 'passphrase' },
  })
  const token = plan.token && (await openToken(plan.token))
  const onToken = token && createTokenKeys(token, `${ids.box}-`)
  const storeOf = (name: string): KeyFolder => {
    if (name === 'root') return memory
    return onToken && isTokenKey(name) ? onToken : files
  }
  try {
    const district = await createDistrict({
      box: { mode: 'production', districtName, hostNames },
      keys: createKeyStores(storeOf),
      ...{ clock, random, algorithm, urls: urlsBelow(pkiUrl) },
    })
    return { district, memory }
  } finally {
    await token?.close()
  }
}

interface Filled {
  readonly codes: readonly IssuedCode[]
  readonly signed: SignedMinutes
}

/** The first commit, and `box.json`. */
async function fill(making: Making, { district }: Made, backupKey: MadeBackupKey): Promise<Filled> {
  const { plan, options, draft, ids } = making
  const { clock, random } = options
  const signed = await signMinutes(await minutesOf(making, district), district.root)
  // The first officer's code needs no approval, there is nobody to give it; the second one is approved by the first.
  const officers = plan.officers.map((id, at) =>
    appointment(
      { clock, random },
      { actor: boxActor, id, role: 'officer', approval: at === 0 ? 'none' : 'officer' },
    ),
  )
  const data = await openDataFolder(draft)
  const journal = await openJournal({ ...journalStorage(data), clock, random })
  await data.blobs.put(signed.bytes)
  await journal.commit({
    entries: [
      ...district.entries,
      signed.entry,
      backupKey.entry,
      ...officers.flatMap(({ entries }) => entries),
    ],
  })
  await journal.close()
  await data.close()
  await writeBoxFile(draft, boxFileOf(plan, { id: ids.box, district, at: clock.now() }))
  return { codes: officers.map(({ issued }) => issued), signed }
}

function boxFileOf(
  plan: InitPlan,
  { id, district, at }: { readonly id: string; readonly district: District; readonly at: Date },
): BoxFile {
  const { districtName, hostNames, zone, pkiUrl, token, openTimeStamping } = plan
  return {
    ...{ id, districtName, zone, pkiUrl, openTimeStamping, mode: 'production' },
    hostNames: [...hostNames],
    createdAt: at.toISOString(),
    certificates: Object.fromEntries(
      Object.entries(district.certificates).map(([name, der]) => [name, toBase64(der)]),
    ),
    ...(token && { token: { module: token.module, label: token.label } }),
  }
}

async function minutesOf(
  { plan, options, ids, rehearsal }: Making,
  { certificates, root, rootCrl }: District,
): Promise<Minutes> {
  const { districtName, hostNames, pkiUrl, zone, place, present, officers } = plan
  const { clock, pageHashes } = options
  const stores = (role: string) => {
    if (role === 'root') return 'shares'
    return plan.token && isTokenKey(role) ? 'token' : 'file'
  }
  return {
    ...{ format: minutesFormat, kind: 'init', ceremony: ids.ceremony, place, rehearsal },
    box: {
      ...{ id: ids.box, mode: 'production', districtName, pkiUrl, zone },
      hostNames: [...hostNames],
    },
    heldAt: clock.now().toISOString(),
    present: present.map(({ name, part }) => ({ name, part })),
    software: { version, ...(await pageHashes()) },
    root: sha256Hex(root.certificate),
    certificates: boxKeyNames.map((role) =>
      certificateRow({
        ...{ key: role, role, generation: 1, store: stores(role) },
        algorithm: role === 'journal' ? 'ed25519' : plan.algorithm,
        certificate: certificates[role],
      }),
    ),
    lists: rootCrl ? [listRow('root', rootCrl)] : [],
    shares: { needed: plan.needed, custodians: plan.custodians.map(({ name }) => name) },
    opened: [],
    officers: [...officers],
    dismissed: [],
    reason: '',
  }
}

async function papersOf(
  { plan, options, ids }: Making,
  { district, memory }: Made,
  { codes, signed }: Filled,
): Promise<Parameters<typeof writePapers>[1]> {
  const { districtName, custodians, needed } = plan
  const { certificate } = district.root
  const split = await splitRootKey({
    ...{ privateKey: memory.exportPkcs8('root'), root: certificate },
    ...{ districtName, custodians, needed, ceremony: ids.ceremony, random: options.random },
  })
  await tryShares(plan, { split, root: certificate })
  return [
    ...minutesPapers(signed),
    ...rootPapers(split),
    pemPaper('root.pem', { certificates: [certificate] }),
    codesPaper(codes),
  ]
}

/** Before anything stands on them: the first and the last of the shares, as many as are needed, open the key. */
export async function tryShares(
  { custodians, needed }: Keeping,
  { split, root }: { readonly split: SplitRoot; readonly root: Uint8Array },
): Promise<void> {
  const offered = split.shares.map((text, at) => ({
    text,
    passphrase: custodians[at]?.passphrase ?? '',
  }))
  const last = offered.length > needed ? [offered.slice(-needed)] : []
  for (const shares of [offered.slice(0, needed), ...last]) {
    await openRootKey({ keyFile: split.keyFile, root, shares })
  }
}
