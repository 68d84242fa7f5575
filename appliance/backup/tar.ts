/**
 * The archive inside a backup: POSIX.1-1988 ustar, regular files alone, so that `age -d … | tar -x` gives back everything without our
 * software. Reading takes less than tar allows: no links, no folders, no devices, no extensions; which names may stand in a backup is
 * `names.ts`'s. Pure.
 */
import { ApplianceError } from '../errors.ts'

const blockBytes = 512
/** Eleven octal digits: 8 GiB; no segment and no file of ours comes near. */
const maxEntryBytes = 8 * 1024 ** 3 - 1
const maxNameBytes = 100
const ascii = /^[\x21-\x7e]+$/

/** A file in the archive. */
export interface TarEntry {
  readonly name: string
  readonly bytes: number
}

/** The header block of a file; `at` in whole seconds. */
export function tarHeader({ name, bytes }: TarEntry, at: Date): Uint8Array {
  if (!ascii.test(name) || name.length > maxNameBytes || bytes > maxEntryBytes) {
    throw new TypeError(`not to be put into an archive: ${name}`)
  }
  const block = Buffer.alloc(blockBytes)
  const put = (text: string, offset: number): void => {
    block.write(text, offset, 'latin1')
  }
  put(name, 0)
  put('0000600\0', 100)
  put('0000000\0', 108)
  put('0000000\0', 116)
  put(`${octal(bytes, 11)}\0`, 124)
  put(`${octal(Math.floor(at.getTime() / 1000), 11)}\0`, 136)
  put('        ', 148)
  put('0', 156)
  put('ustar\x0000', 257)
  put(`${octal(checksumOf(block), 6)}\0 `, 148)
  return block
}

/** What fills the last block of a file of so many bytes. */
export function tarPadding(bytes: number): Uint8Array {
  return new Uint8Array((blockBytes - (bytes % blockBytes)) % blockBytes)
}

/** Two blocks of zeros end an archive. */
export const tarEnd = new Uint8Array(2 * blockBytes)

/** A file on its way in; its octets must be taken before the next entry is asked for. */
export interface TarFile extends TarEntry {
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * The files of an archive, in order. Throws `BACKUP_MALFORMED` for any entry that is no plain file, for a wrong checksum, and for
 * whatever follows the end.
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const source = createSource(chunks)
  for (;;) {
    const block = await source.take(blockBytes)
    if (block === undefined) throw malformed('the archive has no end')
    if (isZero(block)) break
    const entry = readTarHeader(block)
    let left = entry.bytes
    yield {
      ...entry,
      content: (async function* () {
        while (left > 0) {
          const part = await source.some(left)
          if (part === undefined) throw malformed('the archive ends within a file')
          left -= part.length
          yield part
        }
      })(),
    }
    if (left > 0) throw new TypeError('the file before was not read')
    const padding = await source.take(tarPadding(entry.bytes).length)
    if (padding === undefined || !isZero(padding)) throw malformed('no padding after a file')
  }
  const end = await source.take(blockBytes)
  if (end === undefined || !isZero(end) || (await source.some(1)) !== undefined) {
    throw malformed('something follows the end of the archive')
  }
}

function readTarHeader(block: Uint8Array): TarEntry {
  const header = Buffer.from(block.buffer, block.byteOffset, block.length)
  const field = (from: number, length: number): string =>
    header.toString('latin1', from, from + length).replace(/\0[\s\S]*$/, '')
  if (header.toString('latin1', 257, 265) !== 'ustar\x0000') throw malformed('no ustar header')
  if (header[156] !== 0x30) throw malformed('an entry that is no plain file')
  const kept = Buffer.from(header)
  kept.fill(' ', 148, 156)
  if (Number.parseInt(field(148, 8), 8) !== checksumOf(kept)) throw malformed('a wrong checksum')
  // Link name and prefix of a longer path: none of ours has one.
  if (field(157, 100) !== '' || field(345, 155) !== '') throw malformed('a link or a prefix')
  const size = field(124, 12)
  if (!/^[0-7]{11}$/.test(size)) throw malformed('a size that is no number')
  return { name: field(0, maxNameBytes), bytes: Number.parseInt(size, 8) }
}

interface Source {
  /** Exactly `length` octets; undefined where fewer are left. */
  take(length: number): Promise<Uint8Array | undefined>
  /** At least one octet and at most `max`; undefined at the end. */
  some(max: number): Promise<Uint8Array | undefined>
}

function createSource(chunks: AsyncIterable<Uint8Array>): Source {
  const iterator = chunks[Symbol.asyncIterator]()
  let kept: Uint8Array = new Uint8Array()
  async function some(max: number): Promise<Uint8Array | undefined> {
    while (kept.length === 0) {
      const next = await iterator.next()
      if (next.done === true) return undefined
      kept = next.value
    }
    const part = kept.subarray(0, max)
    kept = kept.subarray(part.length)
    return part
  }
  return {
    some,
    async take(length) {
      const parts: Uint8Array[] = []
      for (let left = length; left > 0;) {
        const part = await some(left)
        if (part === undefined) return undefined
        parts.push(part)
        left -= part.length
      }
      return parts.length === 1 ? parts[0] : Buffer.concat(parts)
    },
  }
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')

function checksumOf(block: Uint8Array): number {
  return block.reduce((sum, octet) => sum + octet, 0)
}

const isZero = (block: Uint8Array): boolean => block.every((octet) => octet === 0)

function malformed(reason: string): ApplianceError {
  return new ApplianceError('BACKUP_MALFORMED', `this backup is not well formed: ${reason}`)
}
