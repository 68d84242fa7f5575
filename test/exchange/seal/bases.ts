/** PDFs to append to, one of each kind of cross-reference. */
import { PDFDocument } from 'pdf-lib'
import { qpdf } from './tools.ts'

/** A page of pdf-lib, with a table or with object streams. */
export async function pdfLibBase(useObjectStreams: boolean, pages = 1): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  for (let index = 0; index < pages; index++) {
    const page = document.addPage([595, 842])
    page.drawText(`Page ${String(index + 1)}`, { x: 60, y: 760, size: 20 })
  }
  document.setTitle('A test')
  return document.save({ useObjectStreams })
}

/**
 * A hybrid (ISO 32000-1 7.5.8.4) by hand: objects 5 and 6 are in an object stream that only the additional cross-reference stream tells of.
 */
export function hybridBase(): Uint8Array {
  let text = '%PDF-1.5\n%\u00e2\u00e3\u00cf\u00d3\n'
  const at: Record<number, number> = {}
  const add = (number: number, body: string): void => {
    at[number] = text.length
    text += `${String(number)} 0 obj\n${body}\nendobj\n`
  }
  const content = 'BT /F1 20 Tf 60 760 Td (Hybrid) Tj ET'
  add(1, '<</Type/Catalog/Pages 2 0 R>>')
  add(2, '<</Type/Pages/Kids[3 0 R]/Count 1>>')
  add(
    3,
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>',
  )
  add(4, `<</Length ${String(content.length)}>>\nstream\n${content}\nendstream`)
  const inside = '5 0 6 12 <</Extra 1>><</Extra 2>>'
  const first = inside.indexOf('<')
  add(
    7,
    `<</Type/ObjStm/N 2/First ${String(first)}/Length ${String(inside.length)}>>\nstream\n${inside}\nendstream`,
  )
  const streamAt = text.length
  const row = (type: number, second: number, third: number): string =>
    String.fromCharCode(type, second >> 8, second & 255, third)
  const rows = row(2, 7, 0) + row(2, 7, 1) + row(1, at[7] ?? 0, 0) + row(1, streamAt, 0)
  add(
    8,
    `<</Type/XRef/W[1 2 1]/Index[5 4]/Size 9/Root 1 0 R/Length ${String(rows.length)}>>\nstream\n${rows}\nendstream`,
  )
  const tableAt = text.length
  text += 'xref\n0 5\n0000000000 65535 f\r\n'
  for (const number of [1, 2, 3, 4])
    text += `${String(at[number] ?? 0).padStart(10, '0')} 00000 n\r\n`
  text += `trailer\n<</Size 9/Root 1 0 R/XRefStm ${String(streamAt)}/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\nstartxref\n${String(tableAt)}\n%%EOF\n`
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

/** One base of each kind. */
export async function allBases(folder: string): Promise<{ kind: string; pdf: Uint8Array }[]> {
  const table = await pdfLibBase(false, 2)
  return [
    { kind: 'table', pdf: table },
    { kind: 'stream', pdf: await pdfLibBase(true, 2) },
    { kind: 'hybrid', pdf: hybridBase() },
    {
      kind: 'linearized table',
      pdf: qpdf(folder, table, '--linearize', '--object-streams=disable'),
    },
    {
      kind: 'linearized stream',
      pdf: qpdf(folder, table, '--linearize', '--object-streams=generate'),
    },
    { kind: 'objects in streams', pdf: qpdf(folder, table, '--object-streams=generate') },
  ]
}

/** A red ring with a bar, drawn as vectors in ink that multiplies: stands for the layout's seal. */
export function testMark(size: number): { content: Uint8Array; size: number } {
  const s = String(size)
  const text =
    `q /Multiply gs 0.8 0 0 RG 3 w 3 3 ${String(size - 6)} ${String(size - 6)} re S ` +
    `0.8 0 0 rg ${String(size * 0.4)} ${String(size * 0.2)} ${String(size * 0.1)} ${String(size * 0.6)} re f ` +
    `0 0 m ${s} 0 l S Q`
  return { content: Uint8Array.from(text, (char) => char.charCodeAt(0)), size }
}
