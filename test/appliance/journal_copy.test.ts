/** The copy of a running box's journal ends with the commit of its checkpoint, whatever is being appended meanwhile. */
import test from 'ava'
import { cutSegment } from '../../appliance/box/journal_copy.ts'
import { sha256Hex, utf8 } from '../../ca/index.ts'

const previous = '0'.repeat(64)
const frame = (first: number, entries: readonly string[]): string => {
  const payload = entries.map((entry) => `${entry}\n`).join('')
  const head = `sealbox-commit/1 ${String(first)} ${String(entries.length)}`
  return `${head} ${String(utf8(payload).length)} ${sha256Hex(utf8(payload))} ${previous}\n${payload}`
}
const header = 'sealbox-journal/1 2 10\n'
const frames = [frame(10, ['{"甲":1}']), frame(11, ['{}', '{}']), frame(13, ['{}'])]
const segment = header + frames.join('')
const cut = (text: string, size: number): string =>
  new TextDecoder().decode(cutSegment(utf8(text), size))

test('a segment keeps the commits before the head', (t) => {
  t.is(cut(segment, 14), segment)
  t.is(cut(segment, 13), header + frames.slice(0, 2).join(''))
  t.is(cut(segment, 11), header + (frames[0] ?? ''))
})

test('a segment that begins behind the head is left out', (t) => {
  t.is(cut(segment, 10), '')
  t.is(cut(segment, 3), '')
})

test('what is being appended after the head is left out', (t) => {
  for (const rest of ['sealbox-commit/1 14', frame(14, ['{}']).slice(0, -3), '\0\0\0']) {
    t.is(cut(segment + rest, 14), segment)
  }
})

test('a segment whose first line is being written gives nothing, one that has another is given whole', (t) => {
  for (const text of ['', 'x', 'sealbox-journal/1 2']) t.is(cut(text, 14), '')
  t.is(cut('a b c\n', 14), 'a b c\n')
})

test('no flipped bit behind the first line makes a copy shorter: what is damaged is copied to its end', (t) => {
  for (const size of [11, 13, 14]) {
    const wanted = utf8(cut(segment, size)).length
    for (let bit = header.length * 8; bit < wanted * 8; bit++) {
      const bytes = utf8(segment)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const { length } = cutSegment(bytes, size)
      t.true(length === wanted || length === bytes.length, `bit ${String(bit)}: ${String(length)}`)
    }
  }
})
