/** Filters of contents: what was packed comes out, bombs meet the bound. */
import { deflateSync } from 'node:zlib'
import test from 'ava'
import { unpack } from '../../../exchange/pdf/analysis/filters.ts'
import { freshWork, WorkExhausted } from '../../../exchange/pdf/analysis/work.ts'
import { latin1, readPdf } from '../../../exchange/pdf/index.ts'
import { samplePdf, stream } from './sample.ts'

const content = Buffer.from('0 0 m 100 100 l S\n'.repeat(500))

/** What the stream 4 of a page unpacks to. */
function unpacked(data: string, filter: string, work = freshWork()): string | undefined {
  const document = readPdf(samplePdf({ 4: stream(data, `/Filter ${filter}`) }))
  const found = document.object(4)?.value
  const bytes = found?.kind === 'stream' ? unpack(document, found, { work }) : undefined
  return bytes && latin1(bytes)
}

/** LZW as TIFF 6.0 13 describes it, with clear codes and codes that grow one early. */
function lzw(bytes: Uint8Array): string {
  let bits = ''
  let table = new Map<string, number>()
  let width = 9
  const put = (code: number): void => {
    bits += code.toString(2).padStart(width, '0')
  }
  const clear = (): void => {
    put(256)
    width = 9
    table = new Map(Array.from({ length: 256 }, (_, code) => [String.fromCharCode(code), code]))
  }
  clear()
  let next = 258
  let sequence = ''
  for (const byte of bytes) {
    const longer = sequence + String.fromCharCode(byte)
    if (table.has(longer)) {
      sequence = longer
      continue
    }
    put(table.get(sequence) ?? 0)
    table.set(longer, next++)
    if (next > 511) width = next > 1023 ? (next > 2047 ? 12 : 11) : 10
    if (next > 4093) {
      clear()
      next = 258
    }
    sequence = String.fromCharCode(byte)
  }
  put(table.get(sequence) ?? 0)
  put(257)
  return latin1(
    Buffer.from(
      (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)),
    ),
  )
}

/** ISO 32000-1 7.4.3. */
function a85(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4) {
    const part = bytes.subarray(at, at + 4)
    let value = [0, 1, 2, 3].reduce((sum, index) => sum * 256 + (part[index] ?? 0), 0)
    const digits = [0, 0, 0, 0, 0]
    for (let digit = 4; digit >= 0; digit--) {
      digits[digit] = value % 85
      value = Math.floor(value / 85)
    }
    const all = String.fromCharCode(...digits.map((digit) => digit + 33))
    text += part.length === 4 && all === '!!!!!' ? 'z' : all.slice(0, part.length + 1)
  }
  return `${text}~>`
}

test('each filter gives back what was packed', (t) => {
  const text = content.toString('latin1')
  const flate = deflateSync(content)
  const cases: readonly (readonly [string, string])[] = [
    ['/FlateDecode', latin1(flate)],
    ['/LZWDecode', lzw(content)],
    ['/ASCIIHexDecode', `${content.toString('hex')}>`],
    ['/ASCII85Decode', a85(content)],
    ['[/ASCII85Decode/FlateDecode]', a85(flate)],
    [
      '/RunLengthDecode',
      text.replace(/[^]{1,128}/g, (part) => String.fromCharCode(part.length - 1) + part) + '\x80',
    ],
  ]
  for (const [filter, data] of cases) t.is(unpacked(data, filter), text, filter)
})

test('long sequences of LZW are unpacked through several tables', (t) => {
  const long = Buffer.concat([
    Buffer.alloc(60_000),
    Buffer.from(Array.from({ length: 60_000 }, (_, at) => (at * at) % 251)),
  ])
  t.is(unpacked(lzw(long), '/LZWDecode'), long.toString('latin1'))
})

test('an unknown filter, broken data or too many filters give nothing', (t) => {
  for (const [filter, data] of [
    ['/Secret', 'x'],
    ['/FlateDecode', 'no zlib'],
    ['/LZWDecode', '\x80\x7f\xff'],
    ['[/FlateDecode/FlateDecode/FlateDecode/FlateDecode/FlateDecode]', 'x'],
  ] as const) {
    t.is(unpacked(data, filter), undefined, filter)
  }
})

test('a bomb of any filter meets the bound', (t) => {
  for (const [filter, data] of [
    ['/FlateDecode', latin1(deflateSync(Buffer.alloc(100_000)))],
    ['/LZWDecode', lzw(Buffer.alloc(100_000))],
    ['/RunLengthDecode', '\x81a'.repeat(1000)],
    ['/ASCII85Decode', 'z'.repeat(30_000)],
    ['[/ASCIIHexDecode/FlateDecode]', deflateSync(Buffer.alloc(100_000)).toString('hex')],
  ] as const) {
    const work = { ...freshWork(), decodedBytes: 90_000 }
    t.throws(() => unpacked(data, filter, work), { instanceOf: WorkExhausted }, filter)
    t.not(unpacked(data, filter), undefined, filter)
  }
})
