/** Reads the Document Security Store of a PDF (ISO 32000-2 12.8.4.3): certificates, CRLs, OCSP answers. What cannot be read is left out. Pure. */
import { ExchangeError } from '../../errors.ts'
import {
  dictionaryAt,
  inflate,
  nameOf,
  rawStream,
  type PdfDocument,
  type PdfObject,
} from '../../pdf/index.ts'
import type { PlacedPiece } from '../evidence/existence.ts'

export interface SecurityStore {
  readonly certificates: readonly PlacedPiece[]
  readonly crls: readonly PlacedPiece[]
  readonly ocspResponses: readonly PlacedPiece[]
}

/** Pieces of one kind, and octets of one piece: above what any district needs. */
const maxPieces = 500
const maxPieceBytes = 16 * 1024 * 1024
/** Octets of all pieces of one kind, unpacked. */
const maxBytesOfKind = 64 * 1024 * 1024

/** The store of the newest state; empty if there is none. */
export function readSecurityStore(document: PdfDocument): SecurityStore {
  const store = dictionaryAt(document, document.catalog().value.entries.get('DSS'))
  const read = (key: string) => readPieces(document, store?.entries.get(key))
  return { certificates: read('Certs'), crls: read('CRLs'), ocspResponses: read('OCSPs') }
}

function readPieces(document: PdfDocument, value: PdfObject | undefined): PlacedPiece[] {
  const array = resolveOr(document, value)
  const items = array?.kind === 'array' ? array.items : []
  let left = maxBytesOfKind
  return items.slice(0, maxPieces).flatMap((item) => {
    const stream = resolveOr(document, item)
    const pieces = stream?.kind === 'stream' && left > 0 ? readPiece(document, stream) : []
    for (const piece of pieces) left -= piece.length
    const { start = 0, end = 0 } = stream?.kind === 'stream' ? stream.data : {}
    return pieces.map((piece) => ({ piece, start, end }))
  })
}

function resolveOr(document: PdfDocument, value: PdfObject | undefined) {
  try {
    return document.resolve(value)
  } catch (error) {
    if (error instanceof ExchangeError) return undefined
    throw error
  }
}

function readPiece(
  document: PdfDocument,
  stream: Parameters<typeof rawStream>[1],
): readonly Uint8Array[] {
  const raw = rawStream(document, stream)
  const filter = stream.dictionary.entries.get('Filter')
  if (filter === undefined) return [raw]
  if (nameOf(filter) !== 'FlateDecode' || stream.dictionary.entries.has('DecodeParms')) return []
  try {
    return [inflate(raw, maxPieceBytes, stream.start)]
  } catch (error) {
    if (error instanceof ExchangeError) return []
    throw error
  }
}
