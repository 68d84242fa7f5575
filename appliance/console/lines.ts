/**
 * Lines typed at one terminal, one question at a time. What is typed while nobody asks is dropped unseen, so that an impatient Enter
 * answers nothing and a passphrase typed too early stands nowhere. Editing is readline's; the keys that reach it are `keys.ts`'s.
 */
import { createInterface, type Interface } from 'node:readline'
import { Transform, Writable, type TransformOptions } from 'node:stream'
import { createKeyFilter } from './keys.ts'

export interface Lines {
  /** What was typed up to Enter; rejects when `signal` aborts or the terminal is gone. One at a time. */
  read(
    prompt: string,
    how?: { readonly hidden?: boolean; readonly signal?: AbortSignal },
  ): Promise<string>
  print(text: string): void
  /** Whether the terminal is gone. */
  isClosed(): boolean
  close(): void
}

/** A line that was lost, or a serial port with nothing behind it (EIO): this terminal is gone, and no more than that. */
function endWith(sides: readonly NodeJS.EventEmitter[], reader: Interface): void {
  for (const side of sides) {
    side.on('error', () => {
      reader.close()
    })
  }
}

/** Over any pair of streams. `columns`: width of the terminal, in cells. */
export function openLines(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  columns = 80,
): Lines {
  const filter = createKeyFilter()
  const transform: TransformOptions['transform'] = (typed: Buffer, _encoding, done) => {
    done(null, Buffer.from(filter(typed)))
  }
  const keys = new Transform({ transform })
  let isShown = false
  const shown = Object.assign(
    new Writable({
      write: (part: Buffer, _encoding, done) => {
        if (isShown) output.write(part)
        done()
      },
    }),
    { columns },
  )
  // No history: it would bring a passphrase back at the next question.
  const reader = createInterface({ input: keys, output: shown, terminal: true, historySize: 0 })
  input.pipe(keys)
  endWith([input, output], reader)
  let waiting: Waiting | undefined
  let isClosed = false
  reader.on('line', (line) => {
    waiting?.answer(line)
  })
  reader.on('close', () => {
    isClosed = true
    waiting?.fail(new Error('the terminal is gone'))
  })

  return {
    read(prompt, { hidden = false, signal } = {}) {
      return new Promise((resolve, reject) => {
        const end = (): void => {
          waiting = undefined
          isShown = false
          signal?.removeEventListener('abort', abort)
        }
        const fail = (error: Error): void => {
          end()
          reject(error)
        }
        const abort = (): void => {
          output.write('\n')
          fail(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
        }
        if (signal?.aborted === true) {
          abort()
          return
        }
        if (isClosed) {
          reject(new Error('the terminal is gone'))
          return
        }
        signal?.addEventListener('abort', abort)
        // What was begun before the question goes.
        reader.write(null, { ctrl: true, name: 'u' })
        output.write(prompt)
        reader.setPrompt(prompt)
        isShown = !hidden
        waiting = {
          fail,
          answer: (line) => {
            end()
            if (hidden) output.write('\n')
            resolve(line)
          },
        }
      })
    },
    print(text) {
      output.write(text)
    },
    isClosed: () => isClosed,
    close() {
      reader.close()
    },
  }
}

interface Waiting {
  readonly answer: (line: string) => void
  readonly fail: (error: Error) => void
}
