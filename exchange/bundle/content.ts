/** What of a document goes into a bundle for whom: which entries of the journal, which files, under which paths. Pure. */
import type { Entry, Sha256 } from '../../ca/index.ts'
import { sees, unitOf } from '../access.ts'
import type { Principal } from '../directory/types.ts'
import { safeName } from '../document/file_names.ts'
import type { Attachment, Binding, Copy, DocumentRecord } from '../document/types.ts'
import type { BundleScope } from '../verify/bundle/contents.ts'

/** What the actor may have; undefined where nothing. An auditor reads no content (design 8). */
export function scopeFor(
  actor: Principal,
  document: DocumentRecord,
  copy: Copy | undefined,
): BundleScope | undefined {
  if (actor.kind === 'person') {
    return actor.role === 'auditor' && document.stage === 'dispatched' ? 'record' : undefined
  }
  if (sees(actor, document, copy) !== 'content') return undefined
  return document.issuers.includes(unitOf(actor)) ? 'whole' : 'own'
}

/** Whether a bundle of this scope shows the entry: a recipient what happened to it alone, and no leader's opinion. */
export function showsEntry(entry: Entry, scope: BundleScope, unit: string): boolean {
  if (scope !== 'own') return true
  const { type, data } = entry
  if (type === 'document.sealed' || type === 'document.dispatched') return true
  const isAnswer = type === 'document.receipted' || type === 'document.returned'
  return (isAnswer || type === 'document.received') && data['unit'] === unit
}

/** A file of the bundle: its path, and the blob that it is. */
export interface BundleFilePlan {
  readonly path: string
  readonly blob: Sha256
  /** Its detached signature, beside it under the same path with `.p7s`. */
  readonly signature?: Sha256
  /** Of an attachment, what the PDF calls it. */
  readonly attachment?: string
}

/** What names of files are made of. */
export interface Naming {
  readonly document: DocumentRecord
  /** Number and title, safe for any system. */
  readonly name: string
  readonly attachments: readonly Attachment[]
  readonly unitNames: ReadonlyMap<string, string>
}

/** The files, the PDF first; statements by the entries that are shown. */
export function planFiles(
  entries: readonly Entry[],
  scope: BundleScope,
  naming: Naming,
): BundleFilePlan[] {
  const { document, name, attachments } = naming
  const pdf = pdfAfter(entries, document)
  const content: BundleFilePlan[] =
    scope === 'record'
      ? []
      : [
          ...(pdf === undefined ? [] : [{ path: `${name}.pdf`, blob: pdf }]),
          // Of an upload the PDF is what was approved; what stands beside it is for the box alone.
          ...(document.form === 'laid-out' ? [{ path: 'draft.json', blob: document.draft }] : []),
          ...document.attachments.map(({ sha256 }, at) => {
            const fileName = attachments[at]?.fileName ?? ''
            const path = `attachments/${safeName(fileName, sha256)}`
            return { path, blob: sha256, attachment: fileName }
          }),
        ]
  return [...content, ...entries.flatMap((entry) => statementFiles(entry, scope, naming))]
}

/** The PDF as it was last sealed or rendered; of an upload that is not registered yet, the upload. */
export function pdfAfter(entries: readonly Entry[], document: DocumentRecord): Sha256 | undefined {
  const last = entries.findLast(({ type }) => type === 'document.sealed')
  if (last) return last.data['file'] as Sha256
  if ('file' in document) return document.file
  return document.form === 'uploaded' ? document.approvedHash : undefined
}

const statementPlaces = {
  'document.approved': { field: 'approval', folder: 'statements', ending: 'approval' },
  'document.dispatched': { field: 'dispatch', folder: 'statements', ending: 'dispatch' },
  'document.receipted': { field: 'answer', folder: 'receipts', ending: 'receipt' },
  'document.returned': { field: 'answer', folder: 'receipts', ending: 'return' },
} as const

function isStatementType(type: string): type is keyof typeof statementPlaces {
  return Object.hasOwn(statementPlaces, type)
}

/** A statement with its signature; a record for an auditor has neither opinions nor reasons of returns. */
function statementFiles(
  { type, data }: Entry,
  scope: BundleScope,
  { unitNames }: Naming,
): BundleFilePlan[] {
  if (!isStatementType(type)) return []
  if (scope === 'record' && (type === 'document.approved' || type === 'document.returned'))
    return []
  const { field, folder, ending } = statementPlaces[type]
  const { unit, statement, signature } = data[field] as unknown as Binding
  const path = `${folder}/${safeName(unitNames.get(unit) ?? unit, unit)}.${ending}.json`
  return [{ path, blob: statement, signature }]
}
