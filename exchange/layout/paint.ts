/**
 * Painting: composed pages become a PDF. Decides nothing about layout. The same pages, faces and facts give the same bytes: no clock, no chance, characters in
 * sorted order, streams packed by pdf-lib's own deflate, which is the same code on every machine. Plain cross-reference table, so that seals are appended to it simply.
 *
 * ISO 32000-1; fonts in `pdf_font.ts`, metadata in `pdf_info.ts`.
 */
import { PDFContext, PDFHeader, type PDFRef, PDFWriter } from 'pdf-lib'
import type { Fonts, FontFace } from './fonts.ts'
import {
  type Colour,
  type ComposedDocument,
  type ComposedPage,
  type FontName,
  paper,
  type Rule,
  type Run,
} from './page.ts'
import { type EmbeddedFont, embedFont } from './pdf_font.ts'
import { attachInfo, type PaintInfo } from './pdf_info.ts'

const colours = {
  black: '0 0 0',
  red: '0.86 0.06 0.08',
  grey: '0.35 0.35 0.35',
  green: '0.1 0.42 0.25',
  amber: '0.62 0.4 0.02',
  white: '1 1 1',
} as const satisfies Record<Colour, string>

/** A PDF 1.7 file of the composed pages; `info` becomes its metadata. */
export async function paint(options: {
  document: ComposedDocument
  fonts: Fonts
  info: PaintInfo
}): Promise<Uint8Array> {
  const { document, fonts, info } = options
  const context = PDFContext.create()
  context.header = PDFHeader.forVersion(1, 7)
  const embedded = embedFonts(context, document, fonts)
  const resources = context.register(
    context.obj({
      Font: Object.fromEntries([...embedded.values()].map(({ name, ref }) => [name, ref])),
    }),
  )
  const tree = context.nextRef()
  const pages = document.pages.map((page) => {
    const content = contentOf(page, (font) => embedded.get(fonts.face(font)))
    return addPage(context, { tree, resources, content })
  })
  context.assign(tree, context.obj({ Type: 'Pages', Kids: pages, Count: pages.length }))
  attachInfo(context, { tree, info, content: document })
  return PDFWriter.forContext(context, Number.POSITIVE_INFINITY).serializeToBuffer()
}

interface NamedFont extends EmbeddedFont {
  name: string
}

/** One font object for each face that is used, with all its characters. */
function embedFonts(
  context: PDFContext,
  document: ComposedDocument,
  fonts: Fonts,
): Map<FontFace, NamedFont> {
  const used = new Map<FontFace, Set<string>>()
  for (const { runs } of document.pages) {
    for (const { font, text } of runs) {
      const face = fonts.face(font)
      const characters = used.get(face) ?? new Set<string>()
      for (const character of text) characters.add(character)
      used.set(face, characters)
    }
  }
  const embedded = new Map<FontFace, NamedFont>()
  for (const [face, characters] of used) {
    const name = `F${String(embedded.size + 1)}`
    embedded.set(face, { name, ...embedFont(context, face, characters) })
  }
  return embedded
}

function addPage(
  context: PDFContext,
  page: { tree: PDFRef; resources: PDFRef; content: string },
): PDFRef {
  return context.register(
    context.obj({
      Type: 'Page',
      Parent: page.tree,
      MediaBox: [0, 0, rounded(paper.width), rounded(paper.height)],
      Resources: page.resources,
      Contents: context.register(context.flateStream(page.content)),
    }),
  )
}

/** The content stream: rules first, then text, so that nothing covers a character. */
function contentOf(page: ComposedPage, fontOf: (font: FontName) => NamedFont | undefined): string {
  const lines = page.rules.map(ruleOperators)
  const text = page.runs.map((run) => runOperators(run, fontOf(run.font)))
  return `${lines.join('')}BT\n${text.join('')}ET\n`
}

function ruleOperators({ x1, y1, x2, y2, width, colour }: Rule): string {
  const path = `${number(x1)} ${number(y1)} m ${number(x2)} ${number(y2)} l S`
  return `${colours[colour]} RG ${number(width)} w ${path}\n`
}

function runOperators(run: Run, font: NamedFont | undefined): string {
  if (font === undefined) return ''
  const codes = Array.from(run.text, font.codeOf).join('')
  const state = `${colours[run.colour]} rg /${font.name} ${number(run.size)} Tf`
  const spacing = `${number(run.charSpacing)} Tc ${number(run.horizontalScale)} Tz`
  return `${state} ${spacing} 1 0 0 1 ${number(run.x)} ${number(run.y)} Tm <${codes}> Tj\n`
}

function rounded(value: number): number {
  return Number(value.toFixed(3))
}

function number(value: number): string {
  return String(rounded(value))
}
