/**
 * 附件校验页: attachments travel beside the PDF, so the sealed file names each by file name, size and SHA-256, on pages of their own after the last page of
 * the document. They are no part of the document's own layout (no number, no imprint), but the seal covers them. Pure.
 */
import type { Attachment } from '../../draft/schema.ts'
import { breakLines, setLine } from '../line_break.ts'
import { setGlyphs, type Shaper, widthOf } from '../metrics.ts'
import {
  area,
  baseline,
  type Colour,
  type ComposedPage,
  type FontRole,
  horizontalRule,
  pointsPerMm,
  size3,
} from '../page.ts'

const small = 10.5
const tiny = 9
const pitch = 5.2
const introduction =
  '下列附件随本文件一并传送。附件内容以文件名、字节数和 SHA-256 校验值与下表一致者为准，本页由印章一并覆盖。'

interface Row {
  text: string
  role: FontRole
  size: number
  colour: Colour
  indent: number
  hanging: number
  /** Blank above, mm. */
  above: number
}

/** As many pages as the attachments need; none without attachments. */
export function checkPages(attachments: readonly Attachment[], shaper: Shaper): ComposedPage[] {
  if (attachments.length === 0) return []
  const pages: ComposedPage[] = []
  let page = startPage(shaper)
  let top = area.top + 22
  const rows: Row[] = [note(introduction), ...attachments.flatMap(attachmentRows)]
  for (const row of rows) {
    const lines = rowLines(row, shaper)
    if (top + row.above + lines.length * pitch > area.bottom) {
      pages.push(page)
      page = startPage(shaper)
      top = area.top + 22
    }
    top += row.above
    for (const line of lines) {
      page.runs.push(
        ...setLine(line, {
          x: area.left * pointsPerMm,
          y: baseline(top, row.size),
          spacing: 0,
          colour: row.colour,
        }),
      )
      top += pitch
    }
  }
  return [...pages, page]
}

function note(text: string): Row {
  return {
    text,
    role: 'fangsong',
    size: small,
    colour: 'grey',
    indent: 2 * small,
    hanging: 0,
    above: 0,
  }
}

function attachmentRows({ name, fileName, bytes, sha256 }: Attachment, at: number): Row[] {
  const indent = 2 * small
  const facts = `文件名：${fileName}\u3000\u3000字节数：${bytes.toLocaleString('en')}`
  return [
    {
      text: `附件${String(at + 1)}\u3000${name}`,
      role: 'hei',
      size: small,
      colour: 'black',
      indent: 0,
      hanging: 3.5 * small,
      above: 4,
    },
    {
      text: facts,
      role: 'fangsong',
      size: tiny,
      colour: 'grey',
      indent,
      hanging: indent,
      above: 0.4,
    },
    {
      text: `SHA-256：${sha256}`,
      role: 'fangsong',
      size: tiny,
      colour: 'grey',
      indent,
      hanging: indent,
      above: 0,
    },
  ]
}

function rowLines(row: Row, shaper: Shaper) {
  return breakLines(shaper.shape(row.text, row.role, row.size), {
    width: area.width * pointsPerMm,
    firstIndent: row.indent,
    hangingIndent: row.hanging,
    spacing: 0,
  }).map((line) => ({ ...line, last: true }))
}

function startPage(shaper: Shaper): ComposedPage {
  const glyphs = shaper.shape('附件校验页', 'hei', size3)
  const x = (area.left + area.width / 2) * pointsPerMm - widthOf(glyphs) / 2
  return {
    runs: setGlyphs(glyphs, { x, y: baseline(area.top + 4, size3) }),
    rules: [
      horizontalRule({
        left: area.left,
        right: area.right,
        y: area.top + 16,
        width: 0.18,
        colour: 'grey',
      }),
    ],
  }
}
