/** Asks at a terminal, in both languages; secrets are typed twice and not shown. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { refused } from './plan.ts'

export interface Terminal {
  say(line: string): void
  /** What was typed, trimmed; `or` where nothing was. */
  ask(question: string, or?: string): Promise<string>
  /** A secret, typed twice. Throws `CEREMONY_REFUSED` after three slips. */
  askSecret(question: string): Promise<string>
  close(): void
}

const maxSlips = 3

/** Over any pair of streams; `echo` where a person sees what is typed. */
export function openTerminal(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  echo: boolean,
): Terminal {
  let isMuted = false
  const shown = new Writable({
    write: (part: Buffer, _encoding, done) => {
      if (!isMuted) output.write(part)
      done()
    },
  })
  const reader = createInterface({ input, output: shown, terminal: echo })
  const lines = reader[Symbol.asyncIterator]()
  const read = async (question: string): Promise<string> => {
    output.write(`${question}: `)
    const next = await lines.next()
    if (next.done === true) throw refused('the terminal was closed')
    return next.value
  }
  const hidden = async (question: string): Promise<string> => {
    isMuted = true
    try {
      return await read(question)
    } finally {
      isMuted = false
      output.write('\n')
    }
  }
  return {
    say(line) {
      output.write(`${line}\n`)
    },
    async ask(question, or) {
      const typed = (await read(or === undefined ? question : `${question} [${or}]`)).trim()
      return typed === '' && or !== undefined ? or : typed
    },
    async askSecret(question) {
      for (let slip = 0; slip < maxSlips; slip++) {
        // Trimmed, as whatever asks for it later does: what ends in a blank would open nothing ever again.
        const once = (await hidden(question)).trim()
        if (once === (await hidden('再输一遍 again')).trim()) return once
        output.write('两次不一样。 They differ.\n')
      }
      throw refused('the passphrase was typed differently each time')
    },
    close() {
      reader.close()
    },
  }
}
