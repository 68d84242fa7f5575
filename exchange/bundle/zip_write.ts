/**
 * Writes the zip of an evidence bundle: the same members give the same bytes on any machine, in the order given, under one fixed time. Members
 * are stored, except those handed in as packed. What it writes `readZip` reads, and `unzip`, too. Pure.
 */
import { crc32 } from 'node:zlib'
import { concat, utf8 } from '../../ca/index.ts'
import { ExchangeError } from '../errors.ts'

export interface ZipMember {
  readonly name: string
  readonly bytes: Uint8Array
  /** `bytes` deflated (RFC 1951), by whoever keeps that for later. */
  readonly deflated?: Uint8Array
}

/** 1 January 1980, 00:00: the first moment that a zip can say; times of files here are not evidence. */
const dosTime = 0x0000
const dosDate = 0x0021
const utf8Flag = 0x0800
const unix = 3
/** A file that its owner may write and all may read, as `stat` has it. */
const plainFile = 0o100644
const maxOffset = 0xfffffffe
const maxMembers = 0xfffe

/** The whole file; throws `HOLDINGS_TOO_LARGE` for what no zip without zip64 holds. */
export function writeZip(members: readonly ZipMember[]): Uint8Array {
  const locals: Uint8Array[] = []
  const centrals: Uint8Array[] = []
  let at = 0
  for (const member of members) {
    const packed = member.deflated ?? member.bytes
    const name = utf8(member.name)
    const fields = fieldsOf(member, packed, name)
    locals.push(record(0x04034b50, fields), name, packed)
    centrals.push(central(fields, at), name)
    at += 30 + name.length + packed.length
  }
  if (at > maxOffset || members.length > maxMembers) {
    throw new ExchangeError('HOLDINGS_TOO_LARGE', 'this is too much for one zip')
  }
  const directory = concat(...centrals)
  return concat(...locals, directory, end(members.length, directory.length, at))
}

/** From "version needed" to "extra field length" (APPNOTE 4.3.7). */
function fieldsOf(member: ZipMember, packed: Uint8Array, name: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(26)
  const view = new DataView(bytes.buffer)
  const isAscii = name.every((byte) => byte < 0x80)
  view.setUint16(0, member.deflated ? 20 : 10, true)
  view.setUint16(2, isAscii ? 0 : utf8Flag, true)
  view.setUint16(4, member.deflated ? 8 : 0, true)
  view.setUint16(6, dosTime, true)
  view.setUint16(8, dosDate, true)
  view.setUint32(10, crc32(member.bytes), true)
  view.setUint32(14, packed.length, true)
  view.setUint32(18, member.bytes.length, true)
  view.setUint16(22, name.length, true)
  return bytes
}

function record(signature: number, fields: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + fields.length)
  new DataView(bytes.buffer).setUint32(0, signature, true)
  bytes.set(fields, 4)
  return bytes
}

/** 4.3.12. */
function central(fields: Uint8Array, at: number): Uint8Array {
  const bytes = new Uint8Array(46)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x02014b50, true)
  // "Made by" Unix: of MS-DOS, Debian's unzip takes no UTF-8 names.
  view.setUint16(4, (unix << 8) | 20, true)
  bytes.set(fields, 6)
  view.setUint32(38, plainFile * 0x10000, true)
  view.setUint32(42, at, true)
  return bytes
}

/** 4.3.16. */
function end(count: number, length: number, at: number): Uint8Array {
  const bytes = new Uint8Array(22)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x06054b50, true)
  view.setUint16(8, count, true)
  view.setUint16(10, count, true)
  view.setUint32(12, length, true)
  view.setUint32(16, at, true)
  return bytes
}
