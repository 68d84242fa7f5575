/**
 * Reads the zip of an evidence bundle (APPNOTE 6.3.10, ISO/IEC 21320-1 and stricter): what any two programs could read in two ways is refused.
 * Members tile the file from its first byte to the central directory, which ends where the file ends; local and central headers say
 * the same; nothing is encrypted, split, over 4 GB, twice there, or announced after its data. Pure.
 */
import { crc32 } from './crc32.ts'
import { inflateRaw } from './inflate_raw.ts'

/** Members: two files an answer of 1,000 recipients, attachments, and the rest. */
export const maxBundleMembers = 5000
/** Of all members together, unpacked: what the box puts into one, and the verifier's page. */
export const maxBundleBytes = 300 * 1024 * 1024
/** Bytes of a path. */
const maxNameBytes = 512

/** Members by their paths in the order of the central directory, or why it is no zip that one can rely on. */
export type ZipReading =
  { readonly members: ReadonlyMap<string, Uint8Array> } | { readonly problem: string }

/** Whether the bytes begin as a zip does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === signatures.local
}

/** Reads a zip with all its members; answers for any bytes. */
export function readZip(bytes: Uint8Array): ZipReading {
  try {
    const directory = readEnd(bytes)
    const headers = readDirectory(bytes, directory)
    checkTiling(headers, directory)
    const total = headers.reduce((sum, { size }) => sum + size, 0)
    if (total > maxBundleBytes) throw new ZipProblem('it unpacks to too much')
    const files = headers.filter(({ name }) => !name.endsWith('/'))
    return { members: new Map(files.map((header) => [header.name, contentOf(bytes, header)])) }
  } catch (error) {
    if (error instanceof ZipProblem) return { problem: error.message }
    throw error
  }
}

class ZipProblem extends Error {}

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const
const sizes = { local: 30, central: 46, end: 22 } as const
const stored = 0
const deflated = 8
/** Bits 1 and 2 tell how hard deflate tried, bit 11 that names are UTF-8; any other changes how a member is read. */
const harmlessFlags = 0b1000_0000_0110
const utf8Flag = 0b1000_0000_0000
/** Extra fields that hold times and owners. Zip64, other names and encryption are in others. */
const harmlessExtras: readonly number[] = [0x5455, 0x7855, 0x7875, 0x000a]

interface Header {
  readonly name: string
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  /** Where its local header begins, its data begin, and it ends. */
  readonly at: number
  readonly dataAt: number
  readonly end: number
}

interface Directory {
  readonly at: number
  readonly end: number
  readonly count: number
}

/** 4.3.16: the record that ends the file, without a comment. */
function readEnd(bytes: Uint8Array): Directory {
  const end = bytes.length - sizes.end
  const view = viewOf(bytes)
  if (end < 0 || view.getUint32(end, true) !== signatures.end) {
    throw new ZipProblem('the central directory is not where the file ends')
  }
  const count = view.getUint16(end + 10, true)
  const length = view.getUint32(end + 12, true)
  const at = view.getUint32(end + 16, true)
  if (count === 0xffff || length === 0xffffffff || at === 0xffffffff) {
    throw new ZipProblem('zip64 is not accepted')
  }
  const isOnePart =
    view.getUint16(end + 4, true) === 0 &&
    view.getUint16(end + 6, true) === 0 &&
    view.getUint16(end + 8, true) === count
  if (!isOnePart) throw new ZipProblem('it is in several parts')
  if (view.getUint16(end + 20, true) !== 0) throw new ZipProblem('it has a comment')
  if (at + length !== end) throw new ZipProblem('there is something beside the central directory')
  if (count > maxBundleMembers) throw new ZipProblem('there are too many members')
  return { at, end, count }
}

/** 4.3.12: one header a member, and nothing else. */
function readDirectory(bytes: Uint8Array, directory: Directory): Header[] {
  const headers: Header[] = []
  const taken = new Set<string>()
  let at = directory.at
  for (let count = 0; count < directory.count; count++) {
    const { header, next } = readCentral(bytes, at, directory)
    // Systems differ in whether they tell case and composed characters apart.
    const key = header.name.normalize('NFC').toLowerCase()
    if (taken.has(key)) throw new ZipProblem(`twice there: ${header.name}`)
    taken.add(key)
    headers.push(header)
    at = next
  }
  if (at !== directory.end) throw new ZipProblem('the central directory has room for more')
  return headers
}

function readCentral(
  bytes: Uint8Array,
  at: number,
  directory: Directory,
): { readonly header: Header; readonly next: number } {
  const view = viewOf(bytes)
  if (at + sizes.central > directory.end || view.getUint32(at, true) !== signatures.central) {
    throw new ZipProblem('the central directory is damaged')
  }
  const lengths = [28, 30, 32].map((place) => view.getUint16(at + place, true))
  const [nameLength = 0, extraLength = 0, commentLength = 0] = lengths
  const nameAt = at + sizes.central
  const next = nameAt + nameLength + extraLength + commentLength
  if (next > directory.end) throw new ZipProblem('the central directory is damaged')
  const flags = view.getUint16(at + 8, true)
  const name = readName(bytes.subarray(nameAt, nameAt + nameLength), flags)
  checkExtras(bytes.subarray(nameAt + nameLength, nameAt + nameLength + extraLength), name)
  if (commentLength !== 0) throw new ZipProblem(`a comment on ${name}`)
  if (view.getUint16(at + 34, true) !== 0) throw new ZipProblem('it is in several parts')
  checkKind(view, at, name)
  const fields = readFields(view, at + 10, { name, flags })
  const central = { ...fields, time: view.getUint32(at + 12, true) }
  return { header: readLocal(bytes, view.getUint32(at + 42, true), central), next }
}

/** A link would be followed by whoever unpacks it (external attributes of Unix, 4.4.15). */
function checkKind(view: DataView, at: number, name: string): void {
  const isUnix = view.getUint8(at + 5) === 3
  const kind = (view.getUint16(at + 40, true) & 0xf000) >> 12
  const isPlain = kind === 0 || kind === 8 || (kind === 4 && name.endsWith('/'))
  if (isUnix && !isPlain) throw new ZipProblem(`not a plain file: ${name}`)
}

type Fields = Pick<Header, 'name' | 'flags' | 'method' | 'crc' | 'packed' | 'size'>

/** What local and central header both say, from the compression method on. */
function readFields(
  view: DataView,
  at: number,
  { name, flags }: Pick<Header, 'name' | 'flags'>,
): Fields {
  const method = view.getUint16(at, true)
  const [crc, packed, size] = [6, 10, 14].map((place) => view.getUint32(at + place, true))
  if (crc === undefined || packed === undefined || size === undefined) throw new ZipProblem('')
  if ((flags & 1) !== 0) throw new ZipProblem(`encrypted: ${name}`)
  if ((flags & 8) !== 0) throw new ZipProblem(`sizes stand only after the data: ${name}`)
  if ((flags & ~harmlessFlags) !== 0) throw new ZipProblem(`of a kind not accepted: ${name}`)
  if (method !== stored && method !== deflated) throw new ZipProblem(`compressed oddly: ${name}`)
  if (packed === 0xffffffff || size === 0xffffffff) throw new ZipProblem('zip64 is not accepted')
  if (method === stored && packed !== size) throw new ZipProblem(`sizes disagree: ${name}`)
  if (name.endsWith('/') && size !== 0) throw new ZipProblem(`a folder with content: ${name}`)
  return { name, flags, method, crc, packed, size }
}

/** 4.3.7: the header before the data says the same as the central one. */
function readLocal(
  bytes: Uint8Array,
  at: number,
  central: Fields & { readonly time: number },
): Header {
  const { name } = central
  const view = viewOf(bytes)
  if (at + sizes.local > bytes.length || view.getUint32(at, true) !== signatures.local) {
    throw new ZipProblem(`not where the directory says: ${name}`)
  }
  const flags = view.getUint16(at + 6, true)
  const nameAt = at + sizes.local
  const extraAt = nameAt + view.getUint16(at + 26, true)
  const dataAt = extraAt + view.getUint16(at + 28, true)
  const end = dataAt + central.packed
  if (end > bytes.length) throw new ZipProblem(`cut short: ${name}`)
  const localName = readName(bytes.subarray(nameAt, extraAt), flags)
  checkExtras(bytes.subarray(extraAt, dataAt), name)
  const local = readFields(view, at + 8, { name: localName, flags })
  // Times, too, though nobody relies on them: of two headers that differ one was changed.
  const isSame =
    view.getUint32(at + 10, true) === central.time &&
    (Object.keys(local) as (keyof typeof local)[]).every((key) => local[key] === central[key])
  if (!isSame) throw new ZipProblem(`two headers disagree: ${name}`)
  return { ...central, at, dataAt, end }
}

/** Every byte before the central directory belongs to one member. */
function checkTiling(headers: readonly Header[], directory: Directory): void {
  let at = 0
  for (const header of headers.toSorted((a, b) => a.at - b.at)) {
    if (header.at !== at) throw new ZipProblem(`something beside the members, at ${String(at)}`)
    at = header.end
  }
  if (at !== directory.at) throw new ZipProblem(`something beside the members, at ${String(at)}`)
}

function contentOf(bytes: Uint8Array, header: Header): Uint8Array {
  const { name, method, crc, size, dataAt, end } = header
  const packed = bytes.subarray(dataAt, end)
  const content = method === stored ? packed : inflateRaw(packed, size)
  if (content === undefined) throw new ZipProblem(`does not unpack to what it says: ${name}`)
  if (crc32(content) !== crc) throw new ZipProblem(`damaged: ${name}`)
  return content
}

/** A path that stays where it is unpacked, under any system. */
function readName(encoded: Uint8Array, flags: number): string {
  if (encoded.length === 0 || encoded.length > maxNameBytes)
    throw new ZipProblem('a path of no length, or too long')
  const name = decodeName(encoded)
  const isAscii = encoded.every((byte) => byte < 0x80)
  if (name === undefined || (!isAscii && (flags & utf8Flag) === 0)) {
    throw new ZipProblem('a path that is not UTF-8')
  }
  const segments = name.replace(/\/$/, '').split('/')
  const isSafe =
    !/[\p{Cc}\\:]/u.test(name) && segments.every((part) => !['', '.', '..'].includes(part))
  if (!isSafe) throw new ZipProblem(`a path that leads elsewhere: ${JSON.stringify(name)}`)
  return name
}

function decodeName(encoded: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(encoded)
  } catch {
    return undefined
  }
}

/** 4.5: blocks of identifier and length that fill the field. */
function checkExtras(extra: Uint8Array, name: string): void {
  const view = viewOf(extra)
  let at = 0
  while (at + 4 <= extra.length) {
    const id = view.getUint16(at, true)
    if (!harmlessExtras.includes(id)) throw new ZipProblem(`an extra field on ${name}`)
    at += 4 + view.getUint16(at + 2, true)
  }
  if (at !== extra.length) throw new ZipProblem(`an extra field on ${name}`)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
