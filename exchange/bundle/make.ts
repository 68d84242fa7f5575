/**
 * The evidence bundle of a document (`docs/formats/bundle.md`): all that the reader may have of it, what the journal proves about it, what it takes to verify all
 * that offline, and the box's signature over the whole. For issuers, recipients and auditors; who may have what `content.ts` says.
 */
import {
  CaError,
  parseCheckpoint,
  toPem,
  utf8,
  type Blobs,
  type Entry,
  type Journal,
} from '../../ca/index.ts'
import { unitOf } from '../access.ts'
import type { Directory } from '../directory/directory.ts'
import type { Principal } from '../directory/types.ts'
import { entriesAbout } from '../document/about.ts'
import { createUniquePaths, safeName } from '../document/file_names.ts'
import type { Heads } from '../document/heads.ts'
import { attachmentsOf } from '../document/stored.ts'
import type { Attachment, Copy, DocumentRecord } from '../document/types.ts'
import { paintNumber } from '../draft/number.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import type { Archive } from '../renewal/index.ts'
import { statedFiles } from '../order/stated_files.ts'
import { createTurns } from '../turns.ts'
import { contentsName, writeContents, type BundleScope } from '../verify/bundle/contents.ts'
import { readStatement } from '../verify/statement/read.ts'
import type { Attest } from './attest.ts'
import { planFiles, pdfAfter, scopeFor, showsEntry, type BundleFilePlan } from './content.ts'
import { journalFiles } from './journal_files.ts'
import { packBundle } from './pack.ts'
import { readmeText } from './readme.ts'
import type { ZipMember } from './zip_write.ts'

export interface Bundle {
  /** Name for the file, ending in `.asice`. */
  readonly fileName: string
  readonly bytes: Uint8Array
}

/** Throws `NOT_FOUND` where the actor may have nothing of it, `HOLDINGS_TOO_LARGE` beyond `maxHoldingsBytes`, `JOURNAL_READ_ONLY`. */
export type BundleMaker = (actor: Principal, id: string) => Promise<Bundle>

/** The bundle is made in memory; two attachments of 100 MB fit no longer. */
export const maxHoldingsBytes = 200 * 1024 * 1024

/** The page that verifies, ready to be packed. */
export type PackedPage = Pick<ZipMember, 'bytes' | 'deflated'>

export interface BundleParts {
  readonly journal: Pick<
    Journal,
    'views' | 'state' | 'entry' | 'inclusionProof' | 'consistencyProof'
  >
  readonly blobs: Blobs
  readonly heads: Heads
  readonly directory: Directory
  readonly districtName: string
  readonly box: {
    readonly id: string
    /** The signed head now. */
    readonly checkpoint: () => Promise<string>
    readonly attest: Attest
    /** By what they are called: `root`, `issuing`, `journal` and so on, DER. */
    readonly certificates: () => Readonly<Record<string, Uint8Array>>
    /** The lists as they are now, DER. */
    readonly crls: () => Promise<readonly Uint8Array[]>
  }
  /** Absent where there is none to be packed. */
  readonly verifier?: () => Promise<PackedPage>
  readonly archive: Pick<Archive, 'recordOf'>
}

export function createBundles(parts: BundleParts): BundleMaker {
  const inTurn = createTurns()
  // One at a time, so that memory holds one.
  return (actor, id) => inTurn('bundle', () => bundleOf(parts, actor, id))
}

/** A document as of a head of the journal: nothing in a bundle is newer than its checkpoint. */
interface Opened {
  readonly scope: BundleScope
  readonly document: DocumentRecord
  readonly checkpoint: string
  readonly size: number
  readonly entries: readonly Entry[]
}

async function bundleOf(parts: BundleParts, actor: Principal, id: string): Promise<Bundle> {
  const opened = await open(parts, actor, id)
  const { document, scope, entries, size } = opened
  const naming = await namingOf(parts, document)
  const plans = planFiles(entries, scope, naming)
  requireRoom(document.attachments.reduce((sum, { bytes }) => sum + bytes, 0))
  const { files, paths } = await readPlans(parts, plans)
  const heads = files.flatMap(({ bytes, name }) =>
    name.endsWith('.json') ? (readStatement(bytes)?.head?.size ?? []) : [],
  )
  const pdf = plans.findIndex(({ path }) => path === `${naming.name}.pdf`)
  const contents = writeContents({
    ...{ type: 'sealbox.bundle', v: 1, box: parts.box.id, document: id, scope },
    pdf: paths[pdf] ?? null,
    documentHash: pdfAfter(entries, document) ?? null,
    attachments: plans.flatMap(({ attachment }, at) =>
      attachment === undefined ? [] : [{ path: paths[at] ?? '', fileName: attachment }],
    ),
    size,
    entries: entries.map(({ index }) => index),
    units: unitsIn(naming.unitNames, document, entries),
  })
  const journal = await journalFiles(parts.journal, { ...opened, heads })
  const evidence = await evidenceFiles(parts)
  const readme = {
    name: 'README.txt',
    bytes: utf8(readmeOf(parts, naming, [...files, ...evidence])),
  }
  const members = [...files, { name: contentsName, bytes: contents }, ...journal, ...evidence]
  const bytes = await packBundle([...members, readme], parts.box.attest)
  return { fileName: `${naming.name}.asice`, bytes }
}

async function open(parts: BundleParts, actor: Principal, id: string): Promise<Opened> {
  const { journal, box } = parts
  // The head first: what comes after it is left out, so that what is in the bundle is all that there was by then.
  const checkpoint = await box.checkpoint()
  const { size } = parseCheckpoint(checkpoint)
  const unit = unitOf(actor)
  const [record, copyRecord] = await journal.views.getMany([keys.document(id), keys.copy(id, unit)])
  const document = record?.value as unknown as DocumentRecord | undefined
  const copy = copyRecord?.value as unknown as Copy | undefined
  const scope = document && scopeFor(actor, document, copy)
  if (document === undefined || scope === undefined) {
    throw new ExchangeError('NOT_FOUND', 'no such document')
  }
  // While views lag behind the journal nobody could say that nothing is left out.
  if (journal.state === 'read-only') {
    throw new CaError('JOURNAL_READ_ONLY', 'the views are not written yet')
  }
  const entries: Entry[] = []
  for (const index of await entriesAbout(journal.views, id, size)) {
    const entry = await journal.entry(index)
    if (entry && showsEntry(entry, scope, unit)) entries.push(entry)
  }
  return { scope, document, checkpoint, size, entries }
}

interface NamingParts {
  readonly document: DocumentRecord
  readonly title: string
  readonly number: string | undefined
  readonly name: string
  readonly attachments: readonly Attachment[]
  readonly unitNames: ReadonlyMap<string, string>
}

async function namingOf(parts: BundleParts, document: DocumentRecord): Promise<NamingParts> {
  const { title } = await parts.heads(document.head)
  const number = 'number' in document ? paintNumber(document.number) : undefined
  const name = safeName([number, title].filter((part) => part !== undefined).join(' '), document.id)
  const units = await parts.directory.units()
  return {
    ...{ document, title, number, name },
    attachments: await attachmentsOf(parts.blobs, document),
    unitNames: new Map(units.map((unit) => [unit.uscc, unit.name])),
  }
}

/** The files with their signatures and evidence records, each path once; `paths` are those of the plans. */
async function readPlans(
  { blobs, archive }: BundleParts,
  plans: readonly BundleFilePlan[],
): Promise<{ readonly files: ZipMember[]; readonly paths: readonly string[] }> {
  const unique = createUniquePaths()
  const paths = plans.map(({ path }) => unique(path))
  const files: ZipMember[] = []
  let total = 0
  const add = (name: string, bytes: Uint8Array): void => {
    requireRoom((total += bytes.length))
    files.push({ name, bytes })
  }
  for (const [at, { blob, signature }] of plans.entries()) {
    const name = paths[at] ?? ''
    add(name, await blobs.get(blob))
    if (signature !== undefined) add(`${name}.p7s`, await blobs.get(signature))
    // Not yet there for what came in since the last night; of a statement it covers the signature, too.
    const record = await archive.recordOf(signature === undefined ? [blob] : [blob, signature])
    if (record) add(`${name}.ers`, record)
  }
  return { files, paths }
}

/** Certificates, lists and statements of compromise as of now, and the page that verifies. */
async function evidenceFiles(parts: BundleParts): Promise<ZipMember[]> {
  const { box, journal, blobs } = parts
  const stated = await statedFiles({ views: journal.views, blobs })
  const crls = await box.crls()
  const page = await parts.verifier?.()
  return [
    ...Object.entries(box.certificates()).map(([name, der]) => {
      return { name: `certificates/${name}.pem`, bytes: utf8(toPem('CERTIFICATE', der)) }
    }),
    ...crls.map((bytes, at) => ({ name: `revocation/${String(at + 1)}.crl`, bytes })),
    ...stated.map(({ name, bytes }) => ({ name: `compromise/${name}`, bytes })),
    ...(page ? [{ name: 'verifier.html', ...page }] : []),
  ]
}

function unitsIn(
  names: ReadonlyMap<string, string>,
  { issuers, main, copies }: DocumentRecord,
  entries: readonly Entry[],
): Record<string, string> {
  const dispatched = entries.find(({ type }) => type === 'document.dispatched')?.data
  const named = [dispatched?.['main'], dispatched?.['copies']].flat()
  const codes = [...issuers, ...main, ...copies, ...named].filter(
    (code) => typeof code === 'string',
  )
  return Object.fromEntries(
    [...new Set(codes)].flatMap((code) => {
      const name = names.get(code)
      return name === undefined ? [] : [[code, name] as const]
    }),
  )
}

function readmeOf(
  parts: BundleParts,
  { title, number, name }: NamingParts,
  files: readonly ZipMember[],
): string {
  const has = (pattern: RegExp): boolean => files.some((file) => pattern.test(file.name))
  return readmeText({
    ...{ title, number, districtName: parts.districtName },
    bundle: `${name}.asice`,
    pdf: files.find((file) => file.name.endsWith('.pdf') && !file.name.includes('/'))?.name,
    draft: has(/^draft\.json$/),
    attachments: has(/^attachments\//),
    statements: has(/^statements\//),
    receipts: has(/^receipts\//),
    compromises: has(/^compromise\//),
    verifier: has(/^verifier\.html$/),
  })
}

function requireRoom(bytes: number): void {
  if (bytes <= maxHoldingsBytes) return
  throw new ExchangeError('HOLDINGS_TOO_LARGE', 'this is too much for one bundle', {
    details: { maxBytes: maxHoldingsBytes },
  })
}
