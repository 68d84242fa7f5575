/** Opens a PDF for verification: its revisions and signatures, from the newest state that can be read. Pure. */
import { ExchangeError } from '../../errors.ts'
import {
  documentStates,
  latin1,
  listRevisions,
  readPdf,
  type PdfDocument,
  type RevisionList,
} from '../../pdf/index.ts'
import { listSignatures, type PdfSignature } from './signatures.ts'

/** States tried from the newest backwards: a damaged file is not worth more. */
const maxStates = 20

/** An opened file. */
export interface Opened {
  /** The newest state that can be read. */
  readonly document: PdfDocument
  readonly whole: PdfDocument
  readonly list: RevisionList
  /** By index of revision. */
  readonly states: readonly PdfDocument[]
  readonly signatures: readonly PdfSignature[]
}

/** Opens a file; the error where it cannot be read at all. */
export function openSealed(bytes: Uint8Array): Opened | ExchangeError {
  try {
    const document = readPdf(bytes)
    return newestReadable(document, listRevisions(document))
  } catch (error) {
    if (error instanceof ExchangeError) return error
    throw error
  }
}

/** The newest state whose form can be read: what a later revision damages must not hide what an earlier one signed. */
function newestReadable(document: PdfDocument, list: RevisionList): Opened {
  let first: ExchangeError | undefined
  const states = documentStates(document, list)
  for (const state of states.slice(-maxStates).toReversed()) {
    try {
      const signatures = listSignatures(state, list, states)
      return { document: state, whole: document, list, states, signatures }
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error
      first ??= error
    }
  }
  throw first ?? new ExchangeError('PDF_MALFORMED', 'damaged PDF: no revision')
}

/** Ends of revisions that are tried. */
const maxEnds = 8

/**
 * Whether a file that says it is encrypted was in the clear before, up to one of its ends: then an update took back to itself what was signed for all to read. A file
 * that was encrypted from the beginning never was.
 */
export function isEncryptedLater(bytes: Uint8Array): boolean {
  const ends = [...latin1(bytes).matchAll(/%%EOF\r?\n?/g)].slice(0, maxEnds)
  return ends.some(({ index, 0: word }) => {
    const opened = openSealed(bytes.subarray(0, index + word.length))
    return !('code' in opened)
  })
}
