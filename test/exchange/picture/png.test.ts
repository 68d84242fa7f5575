/** The small PNG encoder against a reader of its own kind, pixel by pixel. */
import test from 'ava'
import fc from 'fast-check'
import { encodePng } from '../../../exchange/picture/png.ts'
import { readPng } from './read_png.ts'

const near = (is: number, was: number): boolean => Math.abs(is - was) <= 8

test('every pixel comes back, each channel to half a step', (t) => {
  const bitmap = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .chain(([widthPx, heightPx]) => {
      const length = widthPx * heightPx * 4
      return fc.record({
        widthPx: fc.constant(widthPx),
        heightPx: fc.constant(heightPx),
        rgba: fc.uint8Array({ minLength: length, maxLength: length }),
      })
    })
  fc.assert(
    fc.property(bitmap, (given) => {
      const read = readPng(encodePng(given))
      t.deepEqual([read.width, read.height], [given.widthPx, given.heightPx])
      for (let y = 0; y < given.heightPx; y++) {
        for (let x = 0; x < given.widthPx; x++) {
          const was = given.rgba.subarray((y * given.widthPx + x) * 4)
          t.true(read.at(x, y).every((is, channel) => near(is, was[channel] ?? 0)))
        }
      }
    }),
    { seed: 1 },
  )
})

test('black and white stay black and white', (t) => {
  const rgba = Uint8Array.from([0, 0, 0, 255, 255, 255, 255, 255])
  const read = readPng(encodePng({ widthPx: 2, heightPx: 1, rgba }))
  t.deepEqual(
    [read.at(0, 0), read.at(1, 0)],
    [
      [0, 0, 0],
      [255, 255, 255],
    ],
  )
})

test('of more colours than a palette holds the frequent ones stay, the others go to the nearest', (t) => {
  const cells = Array.from({ length: 4096 }, (_, cell) => cell)
  const white = Array.from({ length: 100 }, () => 4095)
  const pixels = [...cells, ...white].flatMap((cell) => [
    (cell >> 8) * 17,
    ((cell >> 4) & 15) * 17,
    (cell & 15) * 17,
    255,
  ])
  const rgba = Uint8Array.from(pixels)
  const read = readPng(encodePng({ widthPx: cells.length + white.length, heightPx: 1, rgba }))
  t.is(read.colours, 256)
  t.deepEqual(read.at(4095, 0), [255, 255, 255])
  t.deepEqual(read.at(0, 0), [0, 0, 0])
})
