/** A terminal of streams, typed at and read as a person would, for a console in this process. Test support. */
import { PassThrough } from 'node:stream'
import { openLines } from '../../../appliance/console/lines.ts'
import type { Terminal } from '../../../appliance/console/console.ts'
import { watch, type Watched } from './watched.ts'

export interface Typed extends Watched {
  readonly terminal: Terminal
  /** Waits for a question and answers it with Enter. */
  answer(question: string, answer: string): Promise<void>
  /** The terminal goes away. */
  hangUp(): void
}

export function typedTerminal(): Typed {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const { shown, see } = watch(output)
  return {
    terminal: { lines: openLines(input, output), drawsChinese: true },
    shown,
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
