/** Small PDFs by hand, for tests that need one object to be just so. */
import { latin1Bytes } from '../../../exchange/pdf/index.ts'

/**
 * A one-page PDF with a table. `objects` are bodies by number and replace or join the usual ones (1 catalog, 2 page tree, 3 page, 4 content); `trailer` is added to
 * the trailer.
 */
export function samplePdf(
  objects: Readonly<Record<number, string>> = {},
  options: { readonly trailer?: string; readonly header?: string; readonly after?: string } = {},
): Uint8Array {
  const bodies: Record<number, string> = {
    1: '<</Type/Catalog/Pages 2 0 R>>',
    2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    3: '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>',
    4: stream('0 0 m 100 100 l S'),
    ...objects,
  }
  let text = options.header ?? '%PDF-1.7\n'
  const numbers = Object.keys(bodies).map(Number)
  const size = Math.max(...numbers) + 1
  let rows = '0000000000 65535 f\r\n'
  for (let number = 1; number < size; number++) {
    const body = bodies[number]
    if (body === undefined) {
      rows += '0000000000 00000 f\r\n'
      continue
    }
    rows += `${String(text.length).padStart(10, '0')} 00000 n\r\n`
    text += `${String(number)} 0 obj\n${body}\nendobj\n`
  }
  const at = text.length
  text += `xref\n0 ${String(size)}\n${rows}trailer\n<</Size ${String(size)}/Root 1 0 R${options.trailer ?? ''}>>\n`
  text += `startxref\n${String(at)}\n%%EOF\n${options.after ?? ''}`
  return latin1Bytes(text)
}

/** Body of a stream object. */
export function stream(data: string, keys = ''): string {
  return `<<${keys}/Length ${String(data.length)}>>\nstream\n${data}\nendstream`
}

/** The sample's catalog with more keys. */
export const catalogWith = (keys: string): string => `<</Type/Catalog/Pages 2 0 R${keys}>>`

/** The sample's page with more keys. */
export const pageWith = (keys: string): string =>
  `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>${keys}>>`

/** Seeded pseudo-random numbers from 0 up to `below` (xorshift32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed | 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}
