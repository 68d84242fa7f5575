/**
 * The faces: Noto Serif SC and Noto Sans SC from their npm packages, or the district's own licensed ones from a folder. A character that a face lacks is
 * taken from Noto Serif SC. Only TrueType outlines will do: readers paint subsets of CFF faces wrongly or not at all. I/O: reads the font files; a
 * packaged one, of ten megabytes, not before it is used.
 */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ExchangeError } from '../errors.ts'
import { createSubsetter, loadFace, type SubsettableFace, type Subsetter } from './harfbuzz.ts'
import type { FontMetrics } from './metrics.ts'
import { createOutlines, type GlyphOutlines } from './outlines.ts'
import { type FontName, type FontRole, fontRoles } from './page.ts'
import { readSfnt, type Sfnt } from './sfnt.ts'

/** One loaded file. Two roles that share a file share the face, and so the subset in the PDF. */
export interface FontFace extends SubsettableFace {
  /** Name in the PDF, letters, figures and hyphens. */
  readonly name: string
  readonly sfnt: Sfnt
}

/** All faces of a box: loaded once, shared by all documents. */
export interface Fonts extends FontMetrics {
  face: (font: FontName) => FontFace
  /** Outlines for seals, from the face of titles. */
  outlines: GlyphOutlines
}

/**
 * What stands in for each role where the district has no face of its own: there is no free 仿宋 or 小标宋 with TrueType outlines and full coverage.
 */
const standIns = {
  fangsong: 'noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
  song: 'noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
  kai: 'noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
  hei: 'noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf',
  xiaobiaosong: 'noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf',
} as const satisfies Record<FontRole, string>

/**
 * Loads the faces. `directory` may hold `fangsong.ttf`, `kai.ttf`, `xiaobiaosong.ttf`, `hei.ttf` and `song.ttf`; what it lacks is stood in for.
 * `FONT_UNUSABLE` if a file there is no TrueType font.
 */
export async function loadFonts(options: { directory?: string } = {}): Promise<Fonts> {
  const subsetter = createSubsetter()
  const loaded = new Map<string, FontFace>()
  const load = (file: string, read: typeof readFace) => {
    const known = loaded.get(file) ?? read(subsetter, file)
    loaded.set(file, known)
    return known
  }
  const entries = await Promise.all(
    fontRoles.map(async (role) => {
      const own =
        options.directory === undefined ? undefined : join(options.directory, `${role}.ttf`)
      if (own !== undefined && (await exists(own))) return [role, load(own, readFace)] as const
      const standIn = packaged(standIns[role])
      // One that is not there is told now, not to the first document.
      await access(standIn)
      return [role, load(standIn, whenUsed)] as const
    }),
  )
  const fallback = load(packaged(standIns.song), whenUsed)
  const faces = Object.fromEntries([...entries, ['fallback', fallback]]) as Record<
    FontName,
    FontFace
  >
  return {
    face: (font) => faces[font],
    glyph: createLookup(faces),
    outlines: createOutlines(faces.xiaobiaosong),
  }
}

/** Looks characters up once each: role first, then the fallback, then the box of a missing glyph. */
function createLookup(faces: Readonly<Record<FontName, FontFace>>): FontMetrics['glyph'] {
  const known = new Map<string, ReturnType<FontMetrics['glyph']>>()
  return (role, character) => {
    const key = role + character
    const found = known.get(key) ?? lookUp(faces, role, character)
    known.set(key, found)
    return found
  }
}

function lookUp(
  faces: Readonly<Record<FontName, FontFace>>,
  role: FontRole,
  character: string,
): ReturnType<FontMetrics['glyph']> {
  const codePoint = character.codePointAt(0) ?? 0
  const font = [role, 'fallback' as const].find((name) => faces[name].sfnt.glyphOf(codePoint) > 0)
  const { sfnt } = faces[font ?? role]
  const advance = sfnt.advanceOf(sfnt.glyphOf(codePoint)) / sfnt.unitsPerEm
  return { font: font ?? role, advance, missing: font === undefined }
}

function packaged(path: string): string {
  return fileURLToPath(import.meta.resolve(`@expo-google-fonts/${path}`))
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function readFace(subsetter: Subsetter, file: string): FontFace {
  const bytes = readFileSync(file)
  const digest = hash('sha256', bytes)
  const { subset } = loadFace(subsetter, () => readAgain(file, digest))
  return { name: nameOf(file), sfnt: readSfnt(bytes), subset }
}

function whenUsed(subsetter: Subsetter, file: string): FontFace {
  let read: FontFace | undefined
  const face = (): FontFace => (read ??= readFace(subsetter, file))
  return {
    name: nameOf(file),
    get sfnt() {
      return face().sfnt
    },
    subset: (codePoints) => face().subset(codePoints),
  }
}

function nameOf(file: string): string {
  return (file.split(/[/\\]/).at(-1) ?? '').replace(/\.ttf$/, '').replace(/[^A-Za-z0-9]/g, '-')
}

/** The file's bytes are not kept: what is read later must be what was measured. */
function readAgain(file: string, digest: string): Uint8Array {
  const bytes = readFileSync(file)
  if (hash('sha256', bytes) === digest) return bytes
  throw new ExchangeError('FONT_UNUSABLE', `${file} was changed while the box runs; start it again`)
}
