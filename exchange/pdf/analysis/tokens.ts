/**
 * Reads a content stream (ISO 32000-1 7.8.2), a CMap or a glyph procedure: operands, then an operator. Lenient, as readers are: what is no token is skipped.
 */
import { hexDigit, kinds, regular, white } from '../lexer.ts'
import { WorkExhausted } from './work.ts'

/** A number, a name with its slash, a string, an array, or a dictionary as its keys and values in a row. */
export type Operand = number | string | Uint8Array | readonly Operand[] | OperandDictionary

export interface OperandDictionary {
  readonly pairs: readonly Operand[]
}

/** Called for each operator with its operands, which are its own. */
export type OnOperator = (operator: string, operands: readonly Operand[]) => void

const maxOperands = 400
const maxNesting = 16
const maxItems = 100_000
const maxStringBytes = 65_536

/** Reads all operators. An inline image is one operator `EI` with its dictionary and its data's length. */
export function readOperators(bytes: Uint8Array, on: OnOperator): void {
  const reader = { bytes, at: 0 }
  let operands: Operand[] = []
  for (;;) {
    const token = nextToken(reader, 0)
    if (token === undefined) return
    if (!isWord(token)) {
      if (operands.length < maxOperands) operands.push(token)
      continue
    }
    if (token.word === 'BI') {
      on('EI', readInlineImage(reader))
    } else on(token.word, operands)
    operands = []
  }
}

interface Reader {
  readonly bytes: Uint8Array
  at: number
}

interface Word {
  readonly word: string
}

function isWord(token: Operand | Word): token is Word {
  return typeof token === 'object' && 'word' in token
}

function nextToken(reader: Reader, depth: number): Operand | Word | undefined {
  const { bytes } = reader
  let at = reader.at
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x25) while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at++
    else if (kinds[byte] !== white) break
  }
  reader.at = at
  if (at >= bytes.length) return undefined
  const byte = bytes[at] ?? 0
  if (kinds[byte] === regular) return regularToken(reader)
  if (byte === 0x2f) return nameToken(reader)
  if (byte === 0x28) return literalString(reader)
  if (byte === 0x5b) return listToken(reader, depth, 0x5d)
  if (byte === 0x3c) {
    return bytes[at + 1] === 0x3c ? listToken(reader, depth, 0x3e) : hexString(reader)
  }
  reader.at++
  return { word: String.fromCharCode(byte) }
}

function regularToken(reader: Reader): number | Word {
  const { bytes, at: start } = reader
  let at = start
  while (at < bytes.length && kinds[bytes[at] ?? 0] === regular) at++
  reader.at = at
  const first = bytes[start] ?? 0
  if ((first >= 48 && first <= 57) || first === 0x2d || first === 0x2e || first === 0x2b) {
    const value = numberIn(bytes, start, at)
    if (value !== undefined) return value
  }
  return { word: text(bytes, start, Math.min(at, start + 32)) }
}

function numberIn(bytes: Uint8Array, start: number, end: number): number | undefined {
  let [at, sign, value, scale] = [start, 1, 0, 0]
  while (bytes[at] === 0x2d || bytes[at] === 0x2b) if (bytes[at++] === 0x2d) sign = -1
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x2e && scale === 0) scale = 1
    else if (byte >= 48 && byte <= 57) {
      value = value * 10 + byte - 48
      scale *= 10
      // Some programs write `12-34`; readers take the number before.
    } else if (byte === 0x2d && at > start) break
    else return undefined
  }
  return (sign * value) / (scale || 1)
}

function text(bytes: Uint8Array, start: number, end: number): string {
  let out = ''
  for (let at = start; at < end; at++) out += String.fromCharCode(bytes[at] ?? 0)
  return out
}

function nameToken(reader: Reader): string {
  const { bytes, at: start } = reader
  let at = start + 1
  while (at < bytes.length && kinds[bytes[at] ?? 0] === regular) at++
  reader.at = at
  const name = text(bytes, start, at)
  if (!name.includes('#')) return name
  return name.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

const escapes: Readonly<Record<number, number>> = { 0x6e: 10, 0x72: 13, 0x74: 9, 0x62: 8, 0x66: 12 }

function literalString(reader: Reader): Uint8Array {
  const { bytes } = reader
  const out: number[] = []
  let open = 1
  let at = reader.at + 1
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x5c) {
      const next = bytes[++at] ?? 0
      if (next >= 48 && next <= 55) {
        let value = 0
        let used = 0
        for (; used < 3 && isOctal(bytes[at + used]); used++)
          value = value * 8 + (bytes[at + used] ?? 48) - 48
        at += used - 1
        out.push(value & 255)
      } else if (next === 13) {
        if (bytes[at + 1] === 10) at++
      } else if (next !== 10) out.push(escapes[next] ?? next)
      continue
    }
    if (byte === 0x28) open++
    else if (byte === 0x29 && --open === 0) break
    if (out.length < maxStringBytes) out.push(byte)
  }
  reader.at = at + 1
  return Uint8Array.from(out)
}

const isOctal = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 48 && byte <= 55

function hexString(reader: Reader): Uint8Array {
  const { bytes } = reader
  const out: number[] = []
  let high = -1
  let at = reader.at + 1
  for (; at < bytes.length && bytes[at] !== 0x3e; at++) {
    const digit = hexDigit(bytes[at] ?? 0)
    if (digit < 0) continue
    if (high < 0) high = digit
    else {
      if (out.length < maxStringBytes) out.push(high * 16 + digit)
      high = -1
    }
  }
  if (high >= 0) out.push(high * 16)
  reader.at = at + 1
  return Uint8Array.from(out)
}

/** An array, or a dictionary as its pairs. Words inside count as names without a slash. */
function listToken(reader: Reader, depth: number, close: number): Operand {
  if (depth > maxNesting) throw new WorkExhausted('nesting')
  const { bytes } = reader
  const isDictionary = close === 0x3e
  reader.at += isDictionary ? 2 : 1
  const items: Operand[] = []
  for (;;) {
    const token = nextToken(reader, depth + 1)
    if (token === undefined) break
    if (!isWord(token)) {
      if (items.length < maxItems) items.push(token)
    } else if (token.word === String.fromCharCode(close)) {
      if (isDictionary && bytes[reader.at] === close) reader.at++
      break
    } else if (items.length < maxItems) items.push(token.word)
  }
  return isDictionary ? { pairs: items } : items
}

/** From `BI` to `EI` (8.9.7): its dictionary and the length of its data. */
function readInlineImage(reader: Reader): readonly Operand[] {
  const pairs: Operand[] = []
  for (;;) {
    const token = nextToken(reader, 0)
    if (token === undefined) return [{ pairs }, 0]
    if (isWord(token)) {
      if (token.word === 'ID') break
      pairs.push(token.word)
    } else if (pairs.length < maxOperands) pairs.push(token)
  }
  const { bytes } = reader
  const start = reader.at + 1
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] !== 0x45 || bytes[at + 1] !== 0x49) continue
    if (kinds[bytes[at - 1] ?? 0] !== white || !endsHere(bytes, at + 2)) continue
    reader.at = at + 2
    return [{ pairs }, at - start]
  }
  reader.at = bytes.length
  return [{ pairs }, bytes.length - start]
}

/** White space and then something that reads like content: the two letters may stand in the data. */
function endsHere(bytes: Uint8Array, at: number): boolean {
  if (at < bytes.length && kinds[bytes[at] ?? 0] !== white) return false
  for (let next = at; next < Math.min(at + 12, bytes.length); next++) {
    const byte = bytes[next] ?? 0
    if (byte > 126 || (byte < 32 && kinds[byte] !== white)) return false
  }
  return true
}
