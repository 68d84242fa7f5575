/** Appends a document timestamp (ISO 32000-2 12.8.5; EN 319 142-1 5.4.3): an RFC 3161 token over the whole file, in a field without a mark. */
import { ExchangeError } from '../errors.ts'
import { appendBytes, putContents, type PdfDocument } from '../pdf/index.ts'
import { stampOrRefuse, type Stamp } from './complete.ts'
import { appendSignature } from './field.ts'
import { digestAround, notAllowed, openSource, type PdfSource, type SealableFile } from './file.ts'

/** Room for a token with its chain, with RSA and to spare. */
const usualContentsBytes = 12_288
/** Two tokens of one key differ by an octet or two of their numbers. */
const spareBytes = 64

export interface DocumentTimestampRequest {
  readonly pdf: PdfSource
  readonly stamp: Stamp
  /** New to the file; the first free `Timestamp1`, `Timestamp2`, … unless told. */
  readonly fieldName?: string
  readonly contentsBytes?: number
  /** Length of another token of this authority: room is left for one more like it, and for more only if that proves too little. */
  readonly likeTokenBytes?: number | undefined
}

/** A file with its newest document timestamp. */
export interface Timestamped {
  readonly pdf: Uint8Array
  readonly document: PdfDocument
  readonly file: SealableFile
}

/** The PDF with the timestamp. `SEAL_LEVEL_UNREACHABLE` if `stamp` fails; `SEAL_NOT_ALLOWED`, `SEAL_PLACEHOLDER_TOO_SMALL`. */
export async function appendDocumentTimestamp(
  request: DocumentTimestampRequest,
): Promise<Timestamped> {
  const file = openSource(request.pdf)
  const { contentsBytes, likeTokenBytes } = request
  const room = contentsBytes ?? (likeTokenBytes ?? Infinity) + spareBytes
  if (contentsBytes !== undefined || room >= usualContentsBytes) {
    return timestamp(file, request, contentsBytes ?? usualContentsBytes)
  }
  try {
    return await timestamp(file, request, room)
  } catch (error) {
    const isShort = error instanceof ExchangeError && error.code === 'SEAL_PLACEHOLDER_TOO_SMALL'
    if (!isShort) throw error
    // Another key stamps since then.
    return timestamp(file, request, usualContentsBytes)
  }
}

async function timestamp(
  file: SealableFile,
  request: DocumentTimestampRequest,
  contentsBytes: number,
): Promise<Timestamped> {
  const [page] = file.pages
  if (page === undefined) throw notAllowed('the file has no page')
  const { finished, placeholder, form } = appendSignature(file, {
    field: request.fieldName ?? freeName(file.form.names),
    page,
    rect: [0, 0, 0, 0],
    dictionary: '/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161',
    contentsBytes,
    certifies: false,
  })
  const { added } = finished
  const { digest, hashed } = digestAround(file, { added, placeholder })
  const token = await stampOrRefuse(request.stamp, digest, 'B-LTA')
  putContents(added, { cms: token, placeholder, from: file.document.bytes.length })
  const pdf = appendBytes(file.document.bytes, added)
  const document = finished.over(pdf)
  return { pdf, document, file: { document, pages: file.pages, form, hashed } }
}

function freeName(names: ReadonlySet<string>): string {
  let count = 1
  while (names.has(`Timestamp${String(count)}`)) count++
  return `Timestamp${String(count)}`
}
