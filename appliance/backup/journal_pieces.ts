/** The parts of the journal's segments that a backup holds: whole commits, from where the last one ended up to the head. */
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { segmentNumber, cutSegment } from '../box/journal_copy.ts'
import type { PiecePlace } from './names.ts'

/** A part of a segment. */
export interface Piece extends PiecePlace {
  readonly bytes: number
}

/** The parts from `from` on that hold the first `size` entries, and where they end. */
export async function journalPieces(
  directory: string,
  { from, size }: { readonly from: PiecePlace; readonly size: number },
): Promise<{ readonly pieces: readonly Piece[]; readonly end: PiecePlace }> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.seg')).toSorted()
  const pieces: Piece[] = []
  let end = from
  for (const [at, name] of names.entries()) {
    const segment = segmentNumber(name)
    if (segment < from.segment) continue
    const next = names[at + 1]
    // A segment is closed once another follows; all of it belongs to the head if the other begins before it ends.
    const isWhole = next !== undefined && (await firstIndex(join(directory, next))) <= size
    const path = join(directory, name)
    const length = isWhole ? (await stat(path)).size : cutSegment(await readFile(path), size).length
    const offset = segment === from.segment ? from.offset : 0
    if (length > offset) {
      pieces.push({ segment, offset, bytes: length - offset })
      end = { segment, offset: length }
    }
    if (!isWhole) break
  }
  return { pieces, end }
}

async function firstIndex(path: string): Promise<number> {
  await using file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
  const [line = ''] = buffer.toString('latin1', 0, bytesRead).split('\n')
  const index = Number(line.split(' ')[2])
  // Just made, and not written yet: it begins behind whatever head there is.
  return Number.isSafeInteger(index) && line.startsWith('sealbox-journal/1') ? index : Infinity
}
