/** Files of a form as they come over the line, one after the other, for what is too large to be held in memory. */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import busboy from 'busboy'
import { WebError } from './errors.ts'

export interface StreamedFile {
  /** As the browser named it, without a path. */
  readonly name: string
  /** To be read to its end before the next one is asked for. */
  readonly content: Readable
}

/** More are no set of files that somebody chose. */
const maxFiles = 40

/**
 * The files of a `multipart/form-data` body; fields are passed over. Who reads limits the bytes of each. Throws `BODY_MALFORMED`, also
 * out of a file's stream that ends early.
 */
export async function* streamedFiles(message: IncomingMessage): AsyncGenerator<StreamedFile> {
  const parser = parserOf(message)
  const waiting: StreamedFile[] = []
  let isOver = false
  let failure: WebError | undefined
  let wake = (): void => undefined
  let open: Readable | undefined
  const end = (error?: WebError): void => {
    failure ??= error
    isOver = true
    if (error !== undefined) open?.destroy(error)
    wake()
  }
  parser.on('file', (_field, content, { filename }) => {
    open = content
    // Who reads it is told by the stream; where nobody does, an error that nobody hears would end the process.
    content.on('error', () => undefined)
    // A file field that was left empty comes without a name.
    if (filename === undefined || filename === '') {
      content.resume()
      return
    }
    waiting.push({ name: filename, content })
    wake()
  })
  parser.on('filesLimit', () => {
    end(new WebError('BODY_TOO_LARGE', 'too many files'))
  })
  parser.on('close', () => {
    end()
  })
  for (const [source, event] of [
    [parser, 'error'],
    [message, 'aborted'],
    [message, 'error'],
  ] as const) {
    source.on(event, () => {
      end(new WebError('BODY_MALFORMED', 'the form ended early'))
    })
  }
  message.pipe(parser)
  const state = () => ({ next: waiting.shift(), isOver })
  for (let now = state(); now.next !== undefined || !now.isOver; now = state()) {
    if (now.next !== undefined) yield now.next
    else
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  if (failure !== undefined) throw failure
}

function parserOf(message: IncomingMessage): busboy.Busboy {
  try {
    return busboy({
      headers: message.headers,
      defParamCharset: 'utf8',
      limits: { files: maxFiles, fields: 100, fieldSize: 64 * 1024 },
    })
  } catch {
    throw new WebError('BODY_MALFORMED', 'the form cannot be read')
  }
}
