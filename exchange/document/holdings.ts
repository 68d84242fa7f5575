/**
 * All that a unit has of a document, as one zip that explains itself: the PDF, attachments, statements and receipts, certificates, and
 * how to verify them. What it may have is `own_files.ts`'s to say.
 */
import { zipSync, type Zippable } from 'fflate'
import { toPem, type Blobs, type Views } from '../../ca/index.ts'
import { sees, unitOf } from '../access.ts'
import type { Directory } from '../directory/directory.ts'
import type { Principal } from '../directory/types.ts'
import { paintNumber } from '../draft/number.ts'
import { ExchangeError } from '../errors.ts'
import type { Archive, EvidenceObject } from '../renewal/index.ts'
import { statedFiles } from '../order/stated_files.ts'
import { createTurns } from '../turns.ts'
import { loadFor } from './acts.ts'
import { createUniquePaths, safeName } from './file_names.ts'
import type { Heads } from './heads.ts'
import { readmeText } from './holdings_readme.ts'
import { ownFiles, type OwnFile } from './own_files.ts'
import { attachmentsOf, copiesOf } from './stored.ts'
import type { Attachment, DocumentRecord } from './types.ts'

export interface Holdings {
  /** Name for the zip, ending in `.zip`. */
  readonly fileName: string
  readonly bytes: Uint8Array
}

/** Throws `NOT_FOUND` where the actor does not see the content, `HOLDINGS_TOO_LARGE` beyond `maxHoldingsBytes`. */
export type HoldingsReader = (actor: Principal, id: string) => Promise<Holdings>

/** The zip is made in memory; two attachments of 100 MB fit no longer. */
export const maxHoldingsBytes = 200 * 1024 * 1024

interface HoldingsParts {
  readonly views: Views
  readonly blobs: Blobs
  readonly heads: Heads
  readonly directory: Directory
  readonly archive: Pick<Archive, 'recordOf'>
  /** Issuing and root certificate, DER. */
  readonly chain: readonly Uint8Array[]
  readonly districtName: string
}

export function createHoldings(parts: HoldingsParts): HoldingsReader {
  const inTurn = createTurns()
  // One at a time, so that memory holds one.
  return (actor, id) => inTurn('zip', () => holdingsOf(parts, actor, id))
}

async function holdingsOf(parts: HoldingsParts, actor: Principal, id: string): Promise<Holdings> {
  const { document, copy } = await loadFor(parts.views, actor, id)
  if (sees(actor, document, copy) !== 'content') {
    throw new ExchangeError('NOT_FOUND', 'no such document')
  }
  const copies = await copiesOf(parts.views, id)
  const files = ownFiles(document, copies, unitOf(actor))
  const { title } = await parts.heads(document.head)
  const number = 'number' in document ? paintNumber(document.number) : undefined
  const name = safeName([number, title].filter((part) => part !== undefined).join(' '), id)
  const packed = await packFiles(parts, files, {
    document,
    name,
    attachments: await attachmentsOf(parts.blobs, document),
    unitNames: new Map((await parts.directory.units()).map((unit) => [unit.uscc, unit.name])),
  })
  // The newest of them, however old the document is: a later reader is to know.
  const stated = await statedFiles(parts)
  const has = (as: OwnFile['as']): boolean => files.some((file) => file.as === as)
  const readme = readmeText({
    ...{ title, number, districtName: parts.districtName },
    pdf: has('pdf') ? `${name}.pdf` : undefined,
    draft: document.form === 'laid-out',
    attachments: has('attachment'),
    statements: has('dispatch') || has('approval'),
    receipts: has('receipt') || has('return'),
    compromises: stated.length > 0,
  })
  const [issuing, root] = parts.chain.map((der) => text(toPem('CERTIFICATE', der)))
  const zip: Zippable = {
    ...packed,
    ...(root && { 'root.pem': root }),
    ...(issuing && { 'issuing.pem': issuing }),
    ...Object.fromEntries(stated.map((file) => [`compromise/${file.name}`, file.bytes])),
    'README.txt': text(readme),
  }
  // What does not change is zipped as the same bytes each time: the last signed moment stands for the time of all files.
  return { fileName: `${name}.zip`, bytes: zipSync(zip, { mtime: new Date(lastMoment(document)) }) }
}

interface Naming {
  readonly document: DocumentRecord
  readonly name: string
  readonly attachments: readonly Attachment[]
  readonly unitNames: ReadonlyMap<string, string>
}

async function packFiles(
  { blobs, archive }: HoldingsParts,
  files: readonly OwnFile[],
  naming: Naming,
): Promise<Zippable> {
  const unique = createUniquePaths()
  const packed: Zippable = {}
  let total = files.reduce((sum, file) => sum + ('bytes' in file ? file.bytes : 0), 0)
  requireRoom(total)
  for (const file of files) {
    const path = pathOf(file, naming)
    if (path === undefined) continue
    const to = unique(path)
    const bytes = await blobs.get(file.name)
    if (!('bytes' in file)) requireRoom((total += bytes.length))
    // PDFs and most attachments are compressed already.
    packed[to] = path.endsWith('.json') ? bytes : [bytes, { level: 0 }]
    if ('signature' in file) packed[`${to}.p7s`] = await blobs.get(file.signature)
    // Not yet there for what came in since the last night.
    const record = await archive.recordOf(evidenceObject(file))
    if (record) packed[`${to}.ers`] = record
  }
  return packed
}

/** What its evidence record covers: a statement together with its signature. */
function evidenceObject(file: OwnFile): EvidenceObject {
  return 'signature' in file ? [file.name, file.signature] : [file.name]
}

/** Where the file lies in the zip; undefined for what the PDF already is. */
function pathOf(
  file: OwnFile,
  { document, name, attachments, unitNames }: Naming,
): string | undefined {
  const unit = (code: string): string => safeName(unitNames.get(code) ?? code, code)
  switch (file.as) {
    case 'pdf':
      return `${name}.pdf`
    case 'draft':
      // Of an upload the PDF is what was approved; what stands beside it is for the box alone.
      return document.form === 'laid-out' ? 'draft.json' : undefined
    case 'approved':
      return undefined
    case 'attachment':
      return `attachments/${safeName(attachments[file.at]?.fileName ?? '', file.name)}`
    case 'approval':
      return `statements/${unit(file.unit)}.approval.json`
    case 'dispatch':
      return `statements/${unit(file.unit)}.dispatch.json`
    case 'receipt':
    case 'return':
      return `receipts/${unit(file.unit)}.${file.as}.json`
  }
}

function requireRoom(bytes: number): void {
  if (bytes <= maxHoldingsBytes) return
  throw new ExchangeError('HOLDINGS_TOO_LARGE', 'this is too much for one zip', {
    details: { maxBytes: maxHoldingsBytes },
  })
}

function lastMoment(document: DocumentRecord): string {
  if ('dispatch' in document) return document.dispatch.at
  return 'numberedAt' in document ? document.numberedAt : document.draftedAt
}

function text(of: string): Uint8Array {
  return new TextEncoder().encode(of)
}
