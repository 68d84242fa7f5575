/**
 * What looks at an upload before it is kept: the structure of PDFs, what acts, hides or could show something else after sealing, and the classified mark on the
 * first page (design 8). Virus scan and OCR will join this list.
 */
import { isClassifiedMark, mentionsSecrets } from '../draft/classified.ts'
import { inspectPdf } from '../pdf/index.ts'
import type { PdfTextReader } from '../search/index.ts'
import type { Inspector } from './types.ts'

/** Lines of the first page among which a mark may stand: everything above and a little below a title. */
const markLines = 40

/** The inspectors, in the order in which they look. */
export function createInspectors(parts: { readonly pdfText: PdfTextReader }): readonly Inspector[] {
  return [structureOfDocument, structureOfAttachment, classifiedMark(parts.pdfText)]
}

/** A document to be sealed must be a PDF without anything that acts, hides or reaches out, and without foreign signatures. */
const structureOfDocument: Inspector = {
  name: 'structure',
  purposes: ['document'],
  inspect: ({ bytes }) =>
    Promise.resolve(
      inspectPdf(bytes).findings.map((finding) =>
        // Nobody here could vouch for a signature that came along: such a file travels as an attachment.
        finding.code === 'ALREADY_SIGNED' ? { ...finding, severity: 'refuse' as const } : finding,
      ),
    ),
}

/** An attachment may be of any kind; where it is a PDF it is held to the same. */
const structureOfAttachment: Inspector = {
  name: 'structure',
  purposes: ['attachment'],
  inspect: ({ bytes }) => Promise.resolve(isPdf(bytes) ? inspectPdf(bytes).findings : []),
}

function classifiedMark(pdfText: PdfTextReader): Inspector {
  return {
    name: 'classified mark',
    purposes: ['document', 'attachment'],
    inspect: async ({ bytes }) => {
      if (!isPdf(bytes)) return []
      const text = await pdfText.read(bytes)
      // A page whose text cannot be read has no mark that could be seen here: said, not refused (OCR joins later).
      if ('failure' in text) return [warning('TEXT_UNREADABLE', `no text: ${text.failure}`)]
      const lines = (text.pages[0] ?? '').split(/\r?\n/).slice(0, markLines)
      if (lines.some(isClassifiedMark)) {
        return [
          {
            code: 'CLASSIFIED_MARK',
            severity: 'refuse',
            message: 'the first page bears a classified mark; nothing classified is stored here',
            page: 1,
          },
        ]
      }
      return text.pages.some(mentionsSecrets)
        ? [warning('CLASSIFIED_WORDS', 'the text speaks of secrets; make sure that it holds none')]
        : []
    },
  }
}

function warning(code: string, message: string): Awaited<ReturnType<Inspector['inspect']>>[number] {
  return { code, severity: 'warn', message }
}

function isPdf(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 1024))
  return head.includes('%PDF-')
}
