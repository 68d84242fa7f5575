/** The tree of a certificate's encoding, and extensions in words, also of what is hostile. */
import fc from 'fast-check'
import test from 'ava'
import { fromHex } from '../../../ca/index.ts'
import {
  asn1Tree,
  maxElements,
  maxLevels,
  type Asn1Element,
} from '../../../web/pages/certificates/asn1_tree.ts'

const count = (one: Asn1Element): number =>
  1 + one.parts.reduce((sum, part) => sum + count(part), 0)
const depth = (one: Asn1Element): number => 1 + Math.max(0, ...one.parts.map(depth))
const der = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const contents = Buffer.concat(parts)
  const { length } = contents
  const head = length < 128 ? [length] : [0x82, length >> 8, length & 255]
  return Uint8Array.from(Buffer.concat([Uint8Array.of(tag, ...head), contents]))
}

test('elements stand with their offsets, types and values; strings that hold DER are opened', (t) => {
  const inner = fromHex('300506032a0304')
  const { root, isCut } = asn1Tree(
    der(0x30, fromHex('02012a'), der(0x04, inner), fromHex('0c03e58db0')),
  )
  t.false(isCut)
  const [number, octets, text] = root.parts
  t.deepEqual([number?.type, number?.value, number?.offset], ['INTEGER', '42', 2])
  t.true(octets?.isWrapped)
  t.is(octets?.parts[0]?.parts[0]?.oid, '1.2.3.4')
  t.is(octets?.parts[0]?.parts[0]?.offset, 9)
  t.deepEqual([text?.type, text?.value], ['UTF8String', '印'])
})

test('a flood of elements and a well of levels are cut, and it is said', (t) => {
  const wide = asn1Tree(der(0x30, ...Array.from({ length: 9000 }, () => fromHex('0500'))))
  t.true(wide.isCut)
  t.true(count(wide.root) <= maxElements)
  let well: Uint8Array = fromHex('0500')
  for (let at = 0; at < 60; at++) well = der(0x30, well)
  const deep = asn1Tree(well)
  t.true(deep.isCut)
  t.true(depth(deep.root) <= maxLevels)
})

test('text that turns the reading direction, or is none, is shown as octets', (t) => {
  const { root } = asn1Tree(
    der(0x30, der(0x0c, Buffer.from('a\u202eb')), der(0x0c, fromHex('ff00'))),
  )
  t.deepEqual(
    root.parts.map(({ value }) => value),
    ['61e280ae62', 'ff00'],
  )
})

test('no bytes at all make it fail but by the one code', (t) => {
  // 2,000 runs, seed 91.
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(bytes, fc.constantFrom(0x30, 0x31, 0xa0, 0x04, 0x03), (contents, tag) => {
      const { root } = asn1Tree(der(tag, contents))
      return count(root) <= maxElements
    }),
    { numRuns: 2000, seed: 91 },
  )
  t.throws(() => asn1Tree(fromHex('30')), { code: 'DER_MALFORMED' })
})
