/**
 * HarfBuzz's subsetter, called directly: each face is loaded once, when it is first used, so that a subset costs half a millisecond instead of copying 14 MB for every document. Each face has
 * an instance of its own, since the memory of one is bounded. Only the subsetter's small C interface is used. I/O: reads the WebAssembly module.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExchangeError } from '../errors.ts'

/** A face that stays loaded. */
export interface SubsettableFace {
  /** A TrueType file with the glyphs of these code points only, without hints and layout tables. Same set, same bytes. */
  subset: (codePoints: Iterable<number>) => Uint8Array
}

/** Functions of harfbuzz-subset.wasm; pointers and sizes are numbers. */
interface Exports {
  memory: WebAssembly.Memory
  _initialize: () => void
  malloc: (bytes: number) => number
  hb_blob_create: (
    data: number,
    length: number,
    mode: number,
    user: number,
    destroy: number,
  ) => number
  hb_blob_destroy: (blob: number) => void
  hb_blob_get_data: (blob: number, length: number) => number
  hb_blob_get_length: (blob: number) => number
  hb_face_create: (blob: number, index: number) => number
  hb_face_destroy: (face: number) => void
  hb_face_reference_blob: (face: number) => number
  hb_set_add: (set: number, value: number) => void
  hb_set_clear: (set: number) => void
  hb_subset_input_create_or_fail: () => number
  hb_subset_input_destroy: (input: number) => void
  hb_subset_input_set: (input: number, which: number) => number
  hb_subset_input_set_flags: (input: number, flags: number) => void
  hb_subset_input_unicode_set: (input: number) => number
  hb_subset_or_fail: (face: number, input: number) => number
}

/** HB_MEMORY_MODE_READONLY, HB_SUBSET_SETS_*, HB_SUBSET_FLAGS_* of hb-subset.h. */
const readOnly = 1
const dropTables = 3
const layoutFeatures = 6
const flags = { noHinting: 0x1, notdefOutline: 0x40, noLayoutClosure: 0x200 }
/** Tables that a PDF has no use for. */
const dropped = [
  'BASE',
  'GDEF',
  'GPOS',
  'GSUB',
  'OS/2',
  'STAT',
  'VORG',
  'gasp',
  'name',
  'post',
  'vhea',
  'vmtx',
]

/** The subsetter's code, compiled once for all faces, when the first subset is wanted. */
export type Subsetter = () => WebAssembly.Module

export function createSubsetter(): Subsetter {
  const file = fileURLToPath(import.meta.resolve('harfbuzzjs/dist/harfbuzz-subset.wasm'))
  let compiled: WebAssembly.Module | undefined
  return () => (compiled ??= new WebAssembly.Module(readFileSync(file)))
}

/**
 * A TrueType file for subsetting. `read` is called when a subset is first wanted; from then on it stays in memory. A box that lays nothing
 * out does without.
 */
export function loadFace(subsetter: Subsetter, read: () => Uint8Array): SubsettableFace {
  let loaded: { readonly hb: Exports; readonly face: number } | undefined
  return {
    subset: (codePoints) => {
      loaded ??= instanceWith(subsetter(), read())
      return subset(loaded.hb, loaded.face, codePoints)
    },
  }
}

function instanceWith(
  code: WebAssembly.Module,
  font: Uint8Array,
): { readonly hb: Exports; readonly face: number } {
  const hb = new WebAssembly.Instance(code).exports as unknown as Exports
  hb._initialize()
  const data = hb.malloc(font.length)
  if (data === 0) throw failed('no memory for the font')
  new Uint8Array(hb.memory.buffer).set(font, data)
  const blob = hb.hb_blob_create(data, font.length, readOnly, 0, 0)
  const face = hb.hb_face_create(blob, 0)
  hb.hb_blob_destroy(blob)
  return { hb, face }
}

function subset(hb: Exports, face: number, codePoints: Iterable<number>): Uint8Array {
  const input = hb.hb_subset_input_create_or_fail()
  if (input === 0) throw failed('no memory for the request')
  hb.hb_set_clear(hb.hb_subset_input_set(input, layoutFeatures))
  const drop = hb.hb_subset_input_set(input, dropTables)
  for (const name of dropped) hb.hb_set_add(drop, tag(name))
  hb.hb_subset_input_set_flags(input, flags.noHinting | flags.notdefOutline | flags.noLayoutClosure)
  const wanted = hb.hb_subset_input_unicode_set(input)
  for (const codePoint of codePoints) hb.hb_set_add(wanted, codePoint)
  const result = hb.hb_subset_or_fail(face, input)
  hb.hb_subset_input_destroy(input)
  if (result === 0) throw failed('HarfBuzz refuses the font')
  const blob = hb.hb_face_reference_blob(result)
  const start = hb.hb_blob_get_data(blob, 0)
  const length = hb.hb_blob_get_length(blob)
  const bytes = new Uint8Array(hb.memory.buffer).slice(start, start + length)
  hb.hb_blob_destroy(blob)
  hb.hb_face_destroy(result)
  if (length === 0) throw failed('the subset is empty')
  return bytes
}

function tag(name: string): number {
  return Array.from(name).reduce((sum, char) => (sum << 8) | char.charCodeAt(0), 0)
}

function failed(why: string): ExchangeError {
  return new ExchangeError('FONT_UNUSABLE', `the font cannot be subset: ${why}`)
}
