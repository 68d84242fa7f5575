/** PDFs written object by object, honest and hostile ones. */
import { deflateSync } from 'node:zlib'

/** A PDF of given objects (number 1 is the catalog), with a right cross-reference table. */
export function pdf(objects: (string | Buffer)[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const offsets: number[] = []
  let at = parts[0]?.length ?? 0
  objects.forEach((body, index) => {
    offsets.push(at)
    const bytes = Buffer.concat([
      Buffer.from(`${String(index + 1)} 0 obj\n`),
      Buffer.from(body),
      Buffer.from('\nendobj\n'),
    ])
    parts.push(bytes)
    at += bytes.length
  })
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = String(objects.length + 1)
  const trailer = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${String(at)}\n%%EOF\n`
  return new Uint8Array(Buffer.concat([...parts, Buffer.from(trailer)]))
}

export function stream(content: Buffer, dictionary = ''): Buffer {
  const head = `<< /Length ${String(content.length)} ${dictionary} >>\nstream\n`
  return Buffer.concat([Buffer.from(head), content, Buffer.from('\nendstream')])
}

/** A page's content of 300 KB that becomes 300 MB. */
export function inflatesWithoutEnd(): Buffer {
  return stream(deflateSync(Buffer.alloc(300_000_000, ' q Q')), '/Filter /FlateDecode')
}

/** A form that paints itself three times each time it is painted, in a tree of pages that contains itself. */
export function paintsItself(): Uint8Array {
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>',
    stream(Buffer.from('/X Do')),
    stream(
      Buffer.from('/X Do /X Do /X Do'),
      '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>',
    ),
  ])
}

/** A file that asks for a password. */
export function encryptedPdf(): Uint8Array {
  const plain = pdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>'])
  const encrypt = `/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${'00'.repeat(32)}> /U <${'00'.repeat(32)}> >>`
  const text = Buffer.from(plain).toString('latin1')
  return new Uint8Array(
    Buffer.from(text.replace('/Root 1 0 R', `/Root 1 0 R ${encrypt}`), 'latin1'),
  )
}
