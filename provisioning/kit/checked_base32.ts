/**
 * Bytes as text that a person copies from paper: base32 in groups, with two check characters that find every typing error in
 * one or two characters, every swap of two, and every lost or extra one. Pure. Finds errors, never mends them.
 * Alphabet: the digits and letters without I, L, O and U. The check is a Reed-Solomon code over GF(32) (field polynomial
 * x^5 + x^2 + 1, generator (x + 1)(x + 2)), whose words of up to 31 characters differ in at least three places.
 */

/** The 32 characters; a character's place is its value. */
export const base32Alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Longest input that is looked at: a code of 31 characters with generous separators. */
const maxTextCharacters = 200
/** Beyond 31 characters two errors could hide each other. */
const maxSymbols = 31

/** Writes `bytes` in groups of `groupSize` characters joined by `-`; throws a `RangeError` if they are too many (18). */
export function writeCheckedBase32(bytes: Uint8Array, groupSize: number): string {
  const data = toSymbols(bytes)
  const symbols = [...data, ...remainder([...data, 0, 0])]
  if (symbols.length > maxSymbols) throw new RangeError('too many bytes for a checked code')
  const text = symbols.map((symbol) => base32Alphabet.charAt(symbol)).join('')
  return (text.match(new RegExp(`.{1,${String(groupSize)}}`, 'g')) ?? []).join('-')
}

/**
 * Reads what `writeCheckedBase32` wrote of `byteLength` bytes; undefined if anything was typed wrong. Accepted as meant: small
 * and full-width letters, any spaces and dashes, O for 0, I and L for 1.
 */
export function readCheckedBase32(text: string, byteLength: number): Uint8Array | undefined {
  const symbols = Array.from(normalizeBase32(text), (char) => base32Alphabet.indexOf(char))
  if (symbols.length !== Math.ceil((byteLength * 8) / 5) + 2 || symbols.includes(-1)) {
    return undefined
  }
  if (remainder(symbols).some((symbol) => symbol !== 0)) return undefined
  return fromSymbols(symbols.slice(0, -2), byteLength)
}

/** The characters that count, in the one way they are hashed: no separators, capital letters, look-alikes replaced. */
export function normalizeBase32(text: string): string {
  return text
    .slice(0, maxTextCharacters)
    .normalize('NFKC')
    .replace(/[\s\p{Pd}]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
}

/** Remainder of the word by the generator x^2 + 3x + 2; two symbols, both 0 for a word of the code. */
function remainder(symbols: readonly number[]): [number, number] {
  let high = 0
  let low = 0
  for (const symbol of symbols) {
    const out = high
    high = low ^ multiply(out, 3)
    low = symbol ^ multiply(out, 2)
  }
  return [high, low]
}

/** Product in GF(32). */
function multiply(a: number, b: number): number {
  let product = 0
  for (let bit = 4; bit >= 0; bit--) {
    product <<= 1
    if (product & 0x20) product ^= 0x25
    if ((b >> bit) & 1) product ^= a
  }
  return product
}

/** Five bits a symbol, the last filled with zeros. */
function toSymbols(bytes: Uint8Array): number[] {
  return Array.from({ length: Math.ceil((bytes.length * 8) / 5) }, (_, at) => {
    const bit = at * 5
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0)
    return (pair >> (11 - (bit & 7))) & 31
  })
}

/** Undefined if bits beyond the last byte are set: each value has one text only. */
function fromSymbols(symbols: readonly number[], byteLength: number): Uint8Array | undefined {
  const bytes = new Uint8Array(byteLength + 1)
  for (const [at, symbol] of symbols.entries()) {
    const bit = at * 5
    const shifted = symbol << (11 - (bit & 7))
    const byte = bit >> 3
    bytes[byte] = (bytes[byte] ?? 0) | (shifted >> 8)
    if (byte + 1 < bytes.length) bytes[byte + 1] = (bytes[byte + 1] ?? 0) | (shifted & 255)
  }
  return bytes[byteLength] === 0 ? bytes.subarray(0, byteLength) : undefined
}
