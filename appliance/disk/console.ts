/**
 * Asks at all consoles of the machine at once, before anything else runs there; whoever answers first is heard. The keys that a terminal
 * knows (Ctrl-C, Ctrl-Z) do nothing here. A console of the kernel's own font shows English only: it has no Chinese characters.
 */
import { openSync, readFileSync } from 'node:fs'
import { ReadStream, WriteStream } from 'node:tty'
import { diskQuestions, diskSentences, type DiskQuestion, type DiskSentence } from './words.ts'

export interface Console {
  say(sentence: DiskSentence, more?: string): void
  /** What was typed, without its end of line; it is not shown. */
  ask(question: DiskQuestion): Promise<string>
  close(): void
}

/** One terminal: what it reads and writes, and whether it can show Chinese. */
export interface Line {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly hasChinese: boolean
  readonly close: () => void
}

/** More than any passphrase; the rest is dropped. */
const maxTypedBytes = 1024

/** Over any lines; what is typed while nothing is asked counts for nothing. */
export function createConsole(lines: readonly Line[]): Console {
  const waiting: ((typed: string) => void)[] = []
  const hear = (text: string): void => {
    waiting.shift()?.(text)
  }
  const tell = (words: { zh: string; en: string }, end: string): void => {
    for (const { output, hasChinese } of lines) {
      output.write(`${hasChinese ? `${words.zh} ` : ''}${words.en}${end}`)
    }
  }
  for (const line of lines) {
    const feed = createFeed((text) => {
      for (const { output } of lines) output.write('\r\n')
      hear(text)
    })
    line.input.on('data', feed)
    // A console that goes away (a cable pulled) leaves the others.
    line.input.on('error', () => undefined)
    line.output.on('error', () => undefined)
  }
  return {
    say(sentence, more) {
      tell(diskSentences[sentence], `${more === undefined ? '' : ` ${more}`}\r\n`)
    },
    ask(question) {
      tell(diskQuestions[question], ': ')
      return new Promise((resolve) => waiting.push(resolve))
    },
    close() {
      for (const line of lines) line.close()
    },
  }
}

/** Makes lines of what is typed in raw mode. Backspace takes a character, Ctrl-U all; other control characters do nothing. */
function createFeed(hear: (line: string) => void): (part: Buffer | string) => void {
  const decoder = new TextDecoder()
  let line: string[] = []
  return (part) => {
    const text = typeof part === 'string' ? part : decoder.decode(part, { stream: true })
    for (const character of text) {
      if (character === '\r' || character === '\n') {
        const typed = line.join('')
        line = []
        hear(typed)
      } else if (character === '\x7f' || character === '\b') line.pop()
      else if (character === '\x15') line = []
      else if (character >= ' ' && line.length < maxTypedBytes) line.push(character)
    }
  }
}

/** The consoles that the kernel writes to: `/sys/class/tty/console/active`. */
export function openConsoles(): Console {
  const names = readFileSync('/sys/class/tty/console/active', 'utf8').trim().split(/\s+/)
  return createConsole(names.flatMap(openLine))
}

function openLine(name: string): Line[] {
  try {
    // Node opens a terminal without making it the controlling one, so that Ctrl-C is no signal.
    const input = new ReadStream(openSync(`/dev/${name}`, 'r+'))
    input.setRawMode(true)
    const output = new WriteStream(openSync(`/dev/${name}`, 'w'))
    const close = (): void => {
      input.setRawMode(false)
      input.destroy()
      output.destroy()
    }
    return [{ input, output, hasChinese: !/^tty\d*$/.test(name), close }]
  } catch {
    // A console that the kernel names but the machine lacks.
    return []
  }
}
