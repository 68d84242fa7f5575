/** The names of files in a backup: a closed set, each with its place in a folder of data. Anything else is refused. Pure. */
import type { Sha256 } from '../../ca/index.ts'

/** First in the archive. */
export const manifestName = 'manifest.txt'
/** Last in the archive. */
export const endName = 'end.json'
/** Records of the scratch area, a line each. */
export const scratchName = 'scratch.jsonl'

/** In the image: the issuing keys, encrypted by the process that holds them. */
export const sealedKeysName = 'keys-process.age'

/** Files that the manifest lists by their hash, and where they go. */
const listed =
  /^(?:box\.json|VERSION|scratch\.jsonl|keys-process\.age|keys\/[a-z][a-z0-9-]{0,63}\.(?:key|secret)|seal-pictures\/[0-9A-Z]{1,32}\.(?:png|jpe?g))$/
const piece = /^journal\/(\d{8})\.seg(?:\+(\d{1,10}))?$/
const blob = /^blobs\/([0-9a-f]{64})$/

export function isListedName(name: string): boolean {
  return listed.test(name)
}

/** A part of a segment of the journal, from `offset` on. */
export interface PiecePlace {
  readonly segment: number
  readonly offset: number
}

export function pieceName({ segment, offset }: PiecePlace): string {
  const name = `journal/${String(segment).padStart(8, '0')}.seg`
  return offset === 0 ? name : `${name}+${String(offset)}`
}

/** Undefined if it is no name of a piece, in its one spelling. */
export function readPieceName(name: string): PiecePlace | undefined {
  const found = piece.exec(name)
  if (found === null) return undefined
  const place = { segment: Number(found[1]), offset: Number(found[2] ?? 0) }
  return pieceName(place) === name ? place : undefined
}

export function blobName(name: Sha256): string {
  return `blobs/${name}`
}

export function readBlobName(name: string): Sha256 | undefined {
  return blob.exec(name)?.[1] as Sha256 | undefined
}
