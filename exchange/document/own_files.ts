/** Which blobs of a document a viewer who sees its content may have: the one decision, for single files and for all in a zip. Pure. */
import type { Sha256 } from '../../ca/index.ts'
import type { Binding, Copy, DocumentRecord } from './types.ts'

export type OwnFile =
  /** The PDF as it is now: rendered, with the seals so far; of an upload that is not registered yet, the upload. */
  | { readonly as: 'pdf'; readonly name: Sha256 }
  /** What the approvals name besides: the canonical draft, or an upload and what stands beside it. */
  | { readonly as: 'draft' | 'approved'; readonly name: Sha256 }
  /** `at`: its place among the document's attachments. */
  | {
      readonly as: 'attachment'
      readonly name: Sha256
      readonly at: number
      readonly bytes: number
    }
  /** A signed statement with its signature. */
  | {
      readonly as: 'approval' | 'dispatch' | 'receipt' | 'return'
      readonly name: Sha256
      readonly signature: Sha256
      readonly unit: string
    }

/** Everything the unit may have; a recipient no leader's opinion and no other unit's receipt. */
export function ownFiles(
  document: DocumentRecord,
  copies: readonly Copy[],
  unit: string,
): readonly OwnFile[] {
  const issuing = document.issuers.includes(unit)
  const pdf = pdfOf(document)
  return [
    ...(pdf === undefined ? [] : [{ as: 'pdf' as const, name: pdf }]),
    { as: 'draft', name: document.draft },
    { as: 'approved', name: document.approvedHash },
    ...document.attachments.map(({ sha256, bytes }, at): OwnFile => {
      return { as: 'attachment', name: sha256, at, bytes }
    }),
    // A leader's opinion is the issuers' own matter.
    ...(issuing ? document.approvals.map((approval) => statementFile('approval', approval)) : []),
    ...('dispatch' in document ? [statementFile('dispatch', document.dispatch)] : []),
    ...copies
      .filter((copy) => issuing || copy.unit === unit)
      .flatMap(({ state, answer }) => {
        if (answer === null) return []
        return [statementFile(state === 'returned' ? 'return' : 'receipt', answer)]
      }),
  ]
}

/** The hashes of these files, with those of the signatures. */
export function hashesOf(files: readonly OwnFile[]): ReadonlySet<Sha256> {
  return new Set(
    files.flatMap((file) => ('signature' in file ? [file.name, file.signature] : [file.name])),
  )
}

/** The PDF that there is of a document; undefined of a draft that is not laid out yet. */
export function pdfOf(document: DocumentRecord): Sha256 | undefined {
  if ('file' in document) return document.file
  return document.form === 'uploaded' ? document.approvedHash : undefined
}

function statementFile(
  as: 'approval' | 'dispatch' | 'receipt' | 'return',
  { statement, signature, unit }: Binding,
): OwnFile {
  return { as, name: statement, signature, unit }
}
