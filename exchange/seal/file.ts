/**
 * A file that is being sealed: parsed once, and carried from step to step with what each needs of it (pages, signature fields, how far it is hashed), so that
 * no step reads or hashes again what the one before has left as it was. Not for files of strangers beyond what `readPdf` refuses; see `inspectPdf`.
 */
import { createHash, type Hash } from 'node:crypto'
import type { SuiteDigest } from '../../ca/index.ts'
import { ExchangeError } from '../errors.ts'
import {
  listPages,
  readPdf,
  readSignatureForm,
  type PdfDocument,
  type PdfPage,
  type Placeholder,
  type Rectangle,
} from '../pdf/index.ts'
import { locksOf, type FieldLock } from './locks.ts'

/** A signature field as far as further seals have to know of it. */
export interface KnownField {
  /** Fully qualified. */
  readonly name: string
  readonly isSigned: boolean
  readonly widgets: readonly {
    readonly object: number
    readonly page?: number
    readonly rect?: Rectangle
  }[]
  /** Number of the field; that of its widget where the two are one. */
  readonly object: number
}

export interface FormState {
  readonly fields: readonly KnownField[]
  /** Fully qualified names of fields of any kind. */
  readonly names: ReadonlySet<string>
  /** Whether a signature certifies the file (/Perms /DocMDP). */
  readonly isCertified: boolean
  /** Name of a signature that forbids any further one (DocMDP P=1). */
  readonly closedBy: string | undefined
  readonly locks: readonly FieldLock[]
}

export interface SealableFile {
  readonly document: PdfDocument
  readonly pages: readonly PdfPage[]
  readonly form: FormState
  readonly hashed?: RunningHash | undefined
}

/** A hash over the first `upTo` bytes of a file, to be copied and gone on with. */
export interface RunningHash {
  readonly algorithm: SuiteDigest
  readonly hash: Hash
  readonly upTo: number
}

/** A PDF as bytes, as a document that was read, or as the file that an earlier step left. */
export type PdfSource = Uint8Array | PdfDocument | SealableFile

/** The file of a source. Errors as `readPdf`. */
export function openSource(source: PdfSource): SealableFile {
  if ('form' in source) return source
  const document = source instanceof Uint8Array ? readPdf(source) : source
  return { document, pages: listPages(document), form: readForm(document) }
}

function readForm(document: PdfDocument): FormState {
  const { fields, names, certifying } = readSignatureForm(document)
  return {
    fields: fields.map(({ name, object, widgets, value }) => ({
      ...{ name, object, widgets },
      isSigned: value !== undefined,
    })),
    names,
    isCertified: certifying !== undefined,
    closedBy: fields.find(({ value }) => value?.docMdp === 1)?.name,
    locks: locksOf(document, fields),
  }
}

/** `SEAL_NOT_ALLOWED` with the reason. */
export function notAllowed(message: string, details: Record<string, unknown> = {}): ExchangeError {
  return new ExchangeError('SEAL_NOT_ALLOWED', message, { details })
}

/**
 * Hash of a file without its /Contents string, which is what /ByteRange covers: `file` and, behind it, `added` with the placeholder. Goes on from
 * where the file is hashed already.
 */
export function digestAround(
  file: SealableFile,
  update: { readonly added: Uint8Array; readonly placeholder: Placeholder },
  algorithm: SuiteDigest = 'sha256',
): { readonly digest: Uint8Array; readonly hashed: RunningHash } {
  const { bytes } = file.document
  const known = file.hashed?.algorithm === algorithm ? file.hashed : undefined
  const base = known ? known.hash.copy() : createHash(algorithm)
  base.update(bytes.subarray(known?.upTo ?? 0))
  const { contentsAt, contentsBytes } = update.placeholder
  const gapAt = contentsAt - bytes.length
  const hash = base.copy()
  hash.update(update.added.subarray(0, gapAt))
  hash.update(update.added.subarray(gapAt + 2 * contentsBytes + 2))
  const digest = new Uint8Array(hash.digest())
  return { digest, hashed: { algorithm, hash: base, upTo: bytes.length } }
}

/** The same of a whole file that was not carried along. */
export function digestOfWhole(
  pdf: Uint8Array,
  { contentsAt, contentsBytes }: Placeholder,
  algorithm: SuiteDigest,
): Uint8Array {
  const hash = createHash(algorithm)
  hash.update(pdf.subarray(0, contentsAt))
  hash.update(pdf.subarray(contentsAt + 2 * contentsBytes + 2))
  return new Uint8Array(hash.digest())
}
