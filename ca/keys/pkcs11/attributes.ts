/** Attributes of objects on a token (PKCS#11 base 4) in the memory layout of 64-bit Linux: `CK_ATTRIBUTE` is three words of 8 octets. Pure. */
import { utf8 } from '../../bytes.ts'

/** Attribute types that a box reads or sets (PKCS#11 base, header `pkcs11t.h`). */
export const attributeTypes = {
  class: 0x0,
  token: 0x1,
  private: 0x2,
  label: 0x3,
  value: 0x11,
  keyType: 0x100,
  id: 0x102,
  sensitive: 0x103,
  encrypt: 0x104,
  decrypt: 0x105,
  wrap: 0x106,
  unwrap: 0x107,
  sign: 0x108,
  verify: 0x10a,
  derive: 0x10c,
  modulus: 0x120,
  modulusBits: 0x121,
  publicExponent: 0x122,
  extractable: 0x162,
  local: 0x163,
  neverExtractable: 0x164,
  modifiable: 0x170,
  alwaysSensitive: 0x165,
  ecParams: 0x180,
  ecPoint: 0x181,
} as const satisfies Record<string, number>

export type AttributeType = keyof typeof attributeTypes

/** Values: a truth, a number (`CK_ULONG`), text in UTF-8, or octets. */
export type Attributes = Partial<Record<AttributeType, boolean | number | string | Uint8Array>>

/** `CK_UNAVAILABLE_INFORMATION`: the token does not give this attribute. */
const unavailable = 2n ** 64n - 1n
const entryBytes = 24

/** A template in memory: the array, how many, and the values it points to, which must be kept as long. */
export interface Template {
  readonly bytes: Uint8Array
  readonly count: number
  readonly values: readonly Uint8Array[]
}

/** Lays out a template; `address` says where octets lie. */
export function templateOf(
  attributes: Attributes,
  address: (bytes: Uint8Array) => bigint,
): Template {
  const rows = Object.entries(attributes)
  const values = rows.map(([, value]) => encodeValue(value))
  const bytes = new Uint8Array(rows.length * entryBytes)
  const view = new DataView(bytes.buffer)
  rows.forEach(([type], at) => {
    const value = values[at] ?? new Uint8Array()
    const row = at * entryBytes
    view.setBigUint64(row, BigInt(attributeTypes[type as AttributeType]), true)
    view.setBigUint64(row + 8, address(value), true)
    view.setBigUint64(row + 16, BigInt(value.length), true)
  })
  return { bytes, count: rows.length, values }
}

/** The value in a template of one attribute once the token has filled it; undefined where the token gives none. */
export function filledValue({ bytes, values }: Template): Uint8Array | undefined {
  const length = new DataView(bytes.buffer).getBigUint64(16, true)
  return length === unavailable ? undefined : values[0]?.slice(0, Number(length))
}

/** `CK_ULONG` in memory. */
export function wordOf(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true)
  return bytes
}

/** The `CK_ULONG` at a place, in words. */
export function wordAt(bytes: Uint8Array, place = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return Number(view.getBigUint64(place * 8, true))
}

function encodeValue(value: boolean | number | string | Uint8Array): Uint8Array {
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0)
  if (typeof value === 'number') return wordOf(value)
  // A copy: what is handed to the module lies in memory of its own.
  return typeof value === 'string' ? new Uint8Array(utf8(value)) : new Uint8Array(value)
}
