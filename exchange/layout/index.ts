/**
 * Layout: a draft becomes a PDF as it will be sealed, by GB/T 9704-2012. `loadFonts` once, `layoutDraft` for each document; `compose` and `paint` are the two
 * halves. Same draft, number, date, fonts and mode: same bytes.
 */
import { draftHash } from '../draft/canonical.ts'
import { paintNumber } from '../draft/number.ts'
import type { DocumentNumber, Draft } from '../draft/schema.ts'
import { compose } from './compose.ts'
import type { Fonts } from './fonts.ts'
import type { GlyphOutlines } from './outlines.ts'
import type { FontRole, SealPlace, Substitution } from './page.ts'
import type * as Painting from './paint.ts'

export { compose, type ComposeOptions } from './compose.ts'
export { type FontFace, type Fonts, loadFonts } from './fonts.ts'
export type { FontMetrics } from './metrics.ts'
export type { GlyphOutline, GlyphOutlines, PathStep } from './outlines.ts'
export type {
  ComposedDocument,
  ComposedPage,
  FontName,
  FontRole,
  Rule,
  Run,
  SealPlace,
  Substitution,
} from './page.ts'
export type { PaintInfo } from './pdf_info.ts'

/** `paint.ts`, loaded for the first document: its library is one of a megabyte, which no start shall wait for. */
export const paint: typeof Painting.paint = async (options) =>
  (await import('./paint.ts')).paint(options)

/** The outlines that `sealMark` draws an organ's name with. */
export function markOutlines(fonts: Fonts): GlyphOutlines {
  return fonts.outlines
}

/** A character that no face has: a box is painted in its place, and the document should not be sealed. */
export interface LayoutFinding {
  code: 'NO_GLYPH'
  severity: 'refuse'
  character: string
  font: FontRole
  message: { zh: string; en: string }
}

/** A laid-out document: its bytes, the number of its pages, where the seals go, and what the faces lacked. */
export interface LaidOut {
  pdf: Uint8Array
  pages: number
  seals: SealPlace[]
  /** Characters painted in another face than their own. */
  substitutions: Substitution[]
  findings: LayoutFinding[]
}

/**
 * Lays a draft out. `number` and `date` are those drawn at registration; without them the draft's own are used, and without those blanks are left. `trial` puts
 * 试用 TRIAL on every page.
 */
export async function layoutDraft(options: {
  draft: Draft
  number?: DocumentNumber
  date?: string
  fonts: Fonts
  trial: boolean
}): Promise<LaidOut> {
  const { draft, fonts, trial } = options
  const number = options.number ?? draft.number
  const date = options.date ?? draft.date
  const drawn = {
    ...(number === undefined ? {} : { number }),
    ...(date === undefined ? {} : { date }),
  }
  const document = compose({ draft, fonts, trial, ...drawn })
  const pdf = await paint({
    document,
    fonts,
    info: {
      title: draft.title,
      author: draft.issuers.map(({ name }) => name).join('、'),
      ...(number === undefined ? {} : { number: paintNumber(number) }),
      ...(date === undefined ? {} : { date }),
      draftHash: draftHash(draft),
      attachments: draft.attachments,
    },
  })
  const { pages, seals, substitutions } = document
  return {
    pdf,
    pages: pages.length,
    seals,
    substitutions: substitutions.filter(({ missing }) => !missing),
    findings: substitutions.filter(({ missing }) => missing).map(noGlyph),
  }
}

function noGlyph({ character, font }: Substitution): LayoutFinding {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  return {
    code: 'NO_GLYPH',
    severity: 'refuse',
    character,
    font,
    message: {
      zh: `字库中没有字符“${character}”（${code}）`,
      en: `no font has the character ${character} (${code})`,
    },
  }
}
