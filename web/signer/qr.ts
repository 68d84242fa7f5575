/** QR codes as drawings, for sheets that are scanned by a hand-held reader. The only file that imports uqr. */
import { encode } from 'uqr'
import { svg } from '../one_file/dom.ts'
import type { Words } from '../one_file/language.ts'

/** A code for `text`, dark on white with the quiet zone that readers need. */
export function qrCode(text: string, label: Words): SVGElement {
  const { size, data } = encode(text, { ecc: 'M', border: 4 })
  const path = data
    .flatMap((row, y) =>
      row.flatMap((dark, x) => (dark ? [`M${String(x)} ${String(y)}h1v1h-1z`] : [])),
    )
    .join('')
  const box = `0 0 ${String(size)} ${String(size)}`
  return svg(
    'svg',
    {
      class: 'qr',
      viewBox: box,
      role: 'img',
      'aria-label': label,
      'shape-rendering': 'crispEdges',
    },
    svg('rect', { width: size, height: size, fill: '#fff' }),
    svg('path', { d: path, fill: '#000' }),
  )
}
