/** Reads what HTML forms send: fields as they were typed, and files, within limits. */
import type { IncomingMessage } from 'node:http'
import busboy from 'busboy'
import { maxUploadBytes, readBodySoon } from './body.ts'
import { WebError } from './errors.ts'

/** A draft of 200,000 characters, each of nine octets when encoded. Of all that is typed together, also beside files. */
export const maxFormBytes = 4 * 1024 * 1024
/** Recipients are ticked one by one. */
const maxFields = 2000
/** As many as a draft may have attachments. */
const maxFiles = 100

export interface FormFile {
  /** As the browser named it, without a path. */
  readonly fileName: string
  readonly bytes: Uint8Array
}

export interface Form {
  readonly fields: URLSearchParams
  /** Files that were chosen, by field; one field may take several. */
  readonly files: ReadonlyMap<string, readonly FormFile[]>
}

/**
 * `application/x-www-form-urlencoded`, or of a row with `files` also `multipart/form-data`: files need room in memory that only such
 * a row has reserved. Throws `BODY_MALFORMED`, `BODY_TOO_LARGE`.
 */
export async function readForm(message: IncomingMessage, takes: 'fields' | 'files'): Promise<Form> {
  const type = message.headers['content-type'] ?? ''
  if (takes === 'files' && /^multipart\/form-data/i.test(type)) return readMultipart(message)
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new WebError('BODY_MALFORMED', 'the body is no form')
  }
  const text = (await readBodySoon(message, maxFormBytes)).toString('utf8')
  return { fields: new URLSearchParams(text), files: new Map() }
}

function readMultipart(message: IncomingMessage): Promise<Form> {
  const fields = new URLSearchParams()
  const files = new Map<string, FormFile[]>()
  let length = 0
  let typed = 0
  return new Promise((resolve, reject) => {
    const refuse = (code: 'BODY_MALFORMED' | 'BODY_TOO_LARGE', words: string): void => {
      message.unpipe()
      message.resume()
      reject(
        new WebError(code, words, code === 'BODY_TOO_LARGE' ? { maxBytes: maxUploadBytes } : {}),
      )
    }
    const parser = reader(message, refuse)
    if (parser === undefined) return
    parser.on('field', (name, value, { nameTruncated, valueTruncated }) => {
      typed += Buffer.byteLength(name) + Buffer.byteLength(value)
      // No room was reserved for words, and what is cut short would be kept as if it had been typed so.
      if (typed > maxFormBytes || nameTruncated || valueTruncated) {
        refuse('BODY_TOO_LARGE', 'the fields are too large')
      } else fields.append(name, value)
    })
    for (const limit of ['fieldsLimit', 'filesLimit'] as const) {
      parser.on(limit, () => {
        refuse('BODY_TOO_LARGE', 'the form has too many parts')
      })
    }
    parser.on('file', (name, stream, { filename }) => {
      const parts: Buffer[] = []
      // A body without its closing boundary: the parser tells the file's stream, and an error that nobody hears ends the process.
      stream.on('error', () => {
        refuse('BODY_MALFORMED', 'the form ended early')
      })
      stream.on('data', (part: Buffer) => {
        parts.push(part)
        length += part.length
        // Room was reserved for so much, however many files there are.
        if (length > maxUploadBytes) refuse('BODY_TOO_LARGE', 'the files are too large')
      })
      stream.on('limit', () => {
        refuse('BODY_TOO_LARGE', 'the file is too large')
      })
      stream.on('end', () => {
        // A file field that was left empty comes without a name.
        if (!filename) return
        const file = { fileName: filename, bytes: Buffer.concat(parts) }
        files.set(name, [...(files.get(name) ?? []), file])
      })
    })
    parser.on('close', () => {
      resolve({ fields, files })
    })
    parser.on('error', () => {
      refuse('BODY_MALFORMED', 'the form cannot be read')
    })
    message.on('aborted', () => {
      refuse('BODY_MALFORMED', 'the form ended early')
    })
    message.pipe(parser)
  })
}

function reader(
  message: IncomingMessage,
  refuse: (code: 'BODY_MALFORMED', words: string) => void,
): busboy.Busboy | undefined {
  try {
    return busboy({
      headers: message.headers,
      defParamCharset: 'utf8',
      limits: {
        ...{ fileSize: maxUploadBytes, files: maxFiles },
        ...{ fields: maxFields, fieldSize: 1024 * 1024 },
      },
    })
  } catch {
    refuse('BODY_MALFORMED', 'the form cannot be read')
    return undefined
  }
}
