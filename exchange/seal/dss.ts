/**
 * Appends the Document Security Store (ISO 32000-2 12.8.4.3; EN 319 142-1 5.4.2): certificates, CRLs and OCSP answers, so that a verifier needs no network.
 * Merges with the store that is there and writes nothing twice. No /VRI, which is optional.
 */
import { equal } from '../../ca/index.ts'
import {
  appendBytes,
  beginUpdate,
  changeObject,
  dictionaryAt,
  inflate,
  nameOf,
  rawStream,
  referenceText,
  type Changes,
  type PdfDocument,
  type Update,
} from '../pdf/index.ts'
import { openSource, type PdfSource, type SealableFile } from './file.ts'

/** What a verifier needs later, all DER. */
export interface Evidence {
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  /** Whole OCSPResponses (RFC 6960 4.2.1). */
  readonly ocspResponses: readonly Uint8Array[]
}

/** One piece of an existing store is not unpacked beyond this to see whether it is the same. */
const maxPieceBytes = 16 * 1024 * 1024

/** The PDF with the evidence in its store; the same bytes if it all was there already. */
export function appendDss(options: Evidence & { readonly pdf: PdfSource }): {
  readonly pdf: Uint8Array
  readonly document: PdfDocument
  readonly file: SealableFile
} {
  const file = openSource(options.pdf)
  const { document } = file
  const update = beginUpdate(document)
  const changes: Record<string, Changes[string]> = {}
  const pieces = {
    Certs: options.certificates,
    CRLs: options.crls,
    OCSPs: options.ocspResponses,
  }
  for (const [key, values] of Object.entries(pieces)) {
    const references = putMissing(update, key, values)
    if (references.length > 0) changes[key] = { append: references }
  }
  if (Object.keys(changes).length === 0) return { pdf: document.bytes, document, file }
  const catalog = document.catalog()
  const isNew = dictionaryAt(document, catalog.value.entries.get('DSS')) === undefined
  if (isNew) changes['Type'] = { set: '/DSS' }
  changeObject(update, catalog.number, { DSS: { change: changes } })
  const finished = update.finish()
  const pdf = appendBytes(document.bytes, finished.added)
  const after = finished.over(pdf)
  return { pdf, document: after, file: { ...file, document: after } }
}

/** Writes the pieces that the store does not hold yet; answers references to them. */
function putMissing(update: Update, key: string, values: readonly Uint8Array[]): string[] {
  const known = knownPieces(update.document, key)
  const references: string[] = []
  for (const value of values) {
    if (known.some((piece) => equal(piece, value))) continue
    known.push(value)
    const number = update.allocate()
    update.putStream(number, '', value)
    references.push(referenceText(number))
  }
  return references
}

/** Contents of the streams that an array of the store names. */
function knownPieces(document: PdfDocument, key: string): Uint8Array[] {
  const store = dictionaryAt(document, document.catalog().value.entries.get('DSS'))
  const array = document.resolve(store?.entries.get(key))
  const known: Uint8Array[] = []
  for (const item of array?.kind === 'array' ? array.items : []) {
    const stream = document.resolve(item)
    if (stream?.kind !== 'stream') continue
    const raw = rawStream(document, stream)
    const filter = stream.dictionary.entries.get('Filter')
    if (filter === undefined) known.push(raw)
    // Packed otherwise, it is only taken for another: a piece written twice does no harm.
    else if (nameOf(filter) === 'FlateDecode') {
      known.push(inflate(raw, maxPieceBytes, stream.start))
    }
  }
  return known
}
