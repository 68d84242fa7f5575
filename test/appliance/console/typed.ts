/** A terminal of streams, typed at and read as a person would, for a console in this process. Test support. */
import { PassThrough } from 'node:stream'
import { openLines } from '../../../appliance/console/lines.ts'
import type { Terminal } from '../../../appliance/console/console.ts'

export interface Typed {
  readonly terminal: Terminal
  /** All that was shown so far. */
  shown(): string
  /** Waits until a text is shown behind the last one that was waited for. */
  see(text: string): Promise<void>
  /** Waits for a question and answers it with Enter. */
  answer(question: string, answer: string): Promise<void>
  /** The terminal goes away. */
  hangUp(): void
}

/** On a loaded machine keys take seconds. */
const patienceMs = 90_000

export function typedTerminal(): Typed {
  const [input, output] = [new PassThrough(), new PassThrough()]
  let shown = ''
  let seen = 0
  let news = (): void => undefined
  output.on('data', (part: Buffer) => {
    shown += part.toString('utf8')
    news()
  })
  const see = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        news = () => undefined
        reject(new Error(`not shown: ${text}\nbut: ${shown.slice(seen)}`))
      }, patienceMs)
      news = () => {
        const at = shown.indexOf(text, seen)
        if (at < 0) return
        seen = at + text.length
        news = () => undefined
        clearTimeout(late)
        resolve()
      }
      news()
    })
  return {
    terminal: { lines: openLines(input, output), drawsChinese: true },
    shown: () => shown,
    see,
    async answer(question, answer) {
      await see(question)
      // A question is asked and then listened for.
      await new Promise((resolve) => setImmediate(resolve))
      input.write(`${answer}\r`)
    },
    hangUp() {
      input.destroy()
    },
  }
}
