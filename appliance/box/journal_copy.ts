/** The journal of a running box as files for an auditor: whole commits up to the head of a checkpoint, and nothing after it. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint, sha256Hex, toPem, utf8 } from '../../ca/index.ts'
import type { StatedFile } from '../../exchange/index.ts'
import type { BoxFacts, JournalCopy } from '../../web/index.ts'

export function createJournalCopy(options: {
  /** Folder of the segments. */
  readonly directory: string
  readonly box: Pick<BoxFacts, 'checkpoint' | 'journalCertificate'>
  /** Issuing authority and root, DER. */
  readonly chain: readonly Uint8Array[]
  /** Statements of compromise, for whoever verifies what the journal attests. */
  readonly stated: () => Promise<readonly StatedFile[]>
}): JournalCopy {
  const { directory, box, chain, stated } = options
  const segments = async (): Promise<string[]> =>
    (await readdir(directory)).filter((name) => name.endsWith('.seg')).toSorted()
  const [issuing, root] = chain
  return {
    async bytes() {
      const sizes = await Promise.all(
        (await segments()).map(async (name) => (await stat(join(directory, name))).size),
      )
      return sizes.reduce((sum, size) => sum + size, 0)
    },
    async files() {
      const checkpoint = await box.checkpoint()
      const { size } = parseCheckpoint(checkpoint)
      const files: { readonly name: string; readonly bytes: Uint8Array }[] = [
        { name: 'checkpoint.txt', bytes: utf8(checkpoint) },
        ...Object.entries({ root, issuing, journal: box.journalCertificate }).map(
          ([name, der]) => ({
            name: `${name}.pem`,
            bytes: utf8(toPem('CERTIFICATE', der ?? new Uint8Array())),
          }),
        ),
      ]
      for (const { name, bytes } of await stated())
        files.push({ name: `compromise/${name}`, bytes })
      for (const name of await segments()) {
        const bytes = cutSegment(await readFile(join(directory, name)), size)
        if (bytes.length > 0) files.push({ name, bytes })
      }
      return files
    },
  }
}

/**
 * The part of a segment (docs/formats/journal.md) with the first `size` entries of the journal; empty if it begins later. A head is
 * always that of a whole commit, so no frame is cut. A segment that is damaged before the head is given whole: whoever reads it finds
 * the damage, and nothing behind it is left out.
 */
export function cutSegment(segment: Uint8Array, size: number): Uint8Array {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.length)
  let at = endOfLine(bytes, 0)
  const header = bytes.toString('latin1', 0, at)
  let next = Number(header.split(' ')[2])
  if (next >= size || !header.endsWith('\n')) return new Uint8Array()
  while (next < size && at < bytes.length) {
    const end = endOfLine(bytes, at)
    const [word, first, entries, length, hash] = bytes.toString('latin1', at, end).split(' ')
    const payload = bytes.subarray(end, end + Number(length))
    const lines = payload.toString('latin1').split('\n').length - 1
    const follows = word === 'sealbox-commit/1' && Number(first) === next
    if (!follows || lines !== Number(entries) || sha256Hex(payload) !== hash) return segment
    next += lines
    at = end + payload.length
  }
  return new Uint8Array(bytes.subarray(0, at))
}

/** The number in the name of a segment. */
export function segmentNumber(name: string): number {
  return Number(name.slice(0, 8))
}

/** Offset behind the line that begins at `from`. */
function endOfLine(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(0x0a, from)
  return at === -1 ? bytes.length : at + 1
}
