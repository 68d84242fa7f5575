/**
 * All evidence inside a PDF, with the place of each piece: its security store, and what signatures and their timestamps carry. One seal's pieces
 * serve all the others, whoever is judged first. Pure.
 */
import { oids, readOrExplain, signedDataOf, type Pieces } from '../../../ca/path/index.ts'
import type { BroughtPieces } from '../evidence/evidence.ts'
import type { PlacedPiece } from '../evidence/existence.ts'
import type { SecurityStore } from './security_store.ts'
import type { PdfSignature } from './signatures.ts'

export interface InsidePieces extends BroughtPieces {
  readonly placed: readonly PlacedPiece[]
}

/** Gathers the pieces; what cannot be read is left out. */
export function piecesInside(
  store: SecurityStore | undefined,
  signatures: readonly PdfSignature[],
  pieces: Pieces | undefined,
): InsidePieces {
  const stored = store ? [store] : []
  const all = [...stored, ...signatures.map((signature) => carriedBy(signature, pieces))]
  const [certificates, crls, ocspResponses] = [
    all.flatMap((one) => one.certificates),
    all.flatMap((one) => one.crls),
    all.flatMap((one) => one.ocspResponses),
  ]
  const bare = (placed: readonly PlacedPiece[]) => placed.map(({ piece }) => piece)
  return {
    certificates: bare(certificates),
    crls: bare(crls),
    ocspResponses: bare(ocspResponses),
    placed: [...certificates, ...crls, ...ocspResponses],
  }
}

function carriedBy({ contents, value }: PdfSignature, pieces: Pieces | undefined): SecurityStore {
  const { offset: start = 0, length = 0 } = value.contents ?? {}
  const outer = readOrExplain(() => signedDataOf(contents, true, pieces))
  if ('message' in outer) return { certificates: [], crls: [], ocspResponses: [] }
  const tokens = outer.signerInfos.flatMap(
    ({ unsignedAttributes }) => unsignedAttributes.get(oids.signatureTimeStampToken) ?? [],
  )
  const inner = tokens.flatMap((token) => {
    const read = readOrExplain(() => signedDataOf(token, false, pieces))
    return 'message' in read ? [] : [read]
  })
  const place = (list: readonly Uint8Array[]) =>
    list.map((piece) => ({ piece, start, end: start + length }))
  const all = [outer, ...inner]
  return {
    certificates: place(all.flatMap((one) => one.certificates)),
    crls: place(all.flatMap((one) => one.crls)),
    ocspResponses: place(all.flatMap((one) => one.ocspResponses)),
  }
}
