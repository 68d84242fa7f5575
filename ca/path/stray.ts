/**
 * What a CMS carries along unsigned (certificates, CRLs, OCSP answers) must be authentic piece by piece, so that no octet of a file is beyond
 * judgement: each is verified by some certificate at hand. Says nothing of trust. Pure but for the port.
 */
import { equal } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { createSignatureBudget, type Signed } from './budget.ts'
import type { Certificate } from './certificate.ts'
import { readOrSkip } from './cms_verify.ts'
import { sameName, type Name } from './names.ts'
import { createPieces, type PathPorts, type Pieces } from './pieces.ts'

/** Signature checks for all pieces of one CMS. */
const maxSignatureChecks = 200

/** Pieces in DER, as `SignedData` gives them. */
export interface Carried {
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  readonly ocspResponses: readonly Uint8Array[]
}

/** Number of the carried pieces that are unreadable, or that none of the carried or `known` certificates (DER) verifies. */
export async function countStray(options: {
  readonly carried: Carried
  readonly known: readonly Uint8Array[]
  readonly ports?: PathPorts | undefined
}): Promise<number> {
  const { carried, known, ports } = options
  const pieces = ports?.pieces ?? createPieces()
  const budget = createSignatureBudget({
    max: maxSignatureChecks,
    verifySignature: ports?.verifySignature,
  })
  const found = [
    ...carried.certificates
      .filter((piece) => !known.some((other) => equal(other, piece)))
      .map((piece): Piece | undefined => readPiece(() => pieces.certificate(piece))),
    ...carried.crls.map((piece): Piece | undefined => readPiece(() => pieces.crl(piece))),
    ...carried.ocspResponses.flatMap((piece) => ocspPieces(piece, pieces)),
  ]
  const inside = found.flatMap((piece) => piece?.brings ?? [])
  const issuers = [...known, ...carried.certificates]
    .flatMap((piece) => readOrSkip(piece, pieces))
    .concat(inside)
  let stray = 0
  for (const piece of found) {
    let isAuthentic = false
    for (const issuer of piece ? issuers : []) {
      if (!piece || isAuthentic) break
      if (piece.issuer && !sameName(issuer.subject, piece.issuer)) continue
      isAuthentic = await budget.verify(piece, issuer.publicKey)
    }
    if (!isAuthentic) stray++
  }
  return stray
}

interface Piece extends Signed {
  /** Who must have signed it; undefined: anyone at hand. */
  readonly issuer?: Name
  /** Certificates that it brings itself. */
  readonly brings?: readonly Certificate[]
}

/** An answer, and each certificate inside it. */
function ocspPieces(bytes: Uint8Array, pieces: Pieces): readonly (Piece | undefined)[] {
  const response = readPiece(() => pieces.ocsp(bytes))
  if (!response) return [undefined]
  const inside = response.certificates.map((piece) => readPiece(() => pieces.certificate(piece)))
  return [{ ...response, brings: inside.filter((piece) => piece !== undefined) }, ...inside]
}

function readPiece<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof CaError) return undefined
    throw error
  }
}
