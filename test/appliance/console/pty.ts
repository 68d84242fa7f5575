/** A program on a terminal of its own (`script` of util-linux makes it), typed at and read as a person would. Test support. */
import { spawn } from 'node:child_process'
import type { ExecutionContext } from 'ava'

export interface Pty {
  /** All that was shown so far. */
  shown(): string
  /** Waits until a text is shown behind the last one that was waited for. */
  see(text: string): Promise<void>
  type(text: string): void
  /** Waits for a question and answers it with Enter. */
  answer(question: string, answer: string): Promise<void>
  /** The terminal goes away. */
  hangUp(): Promise<void>
}

/** On a loaded machine Node alone takes seconds. */
const patienceMs = 60_000

/** Starts a shell command on a terminal; it goes when the test ends. */
export function startOnPty(t: ExecutionContext, command: string): Pty {
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, SHELL: '/bin/sh' },
  })
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve()
    }),
  )
  let shown = ''
  let seen = 0
  let news: (() => void) | undefined
  child.stdout.on('data', (part: Buffer) => {
    shown += part.toString('utf8')
    news?.()
  })
  const hangUp = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  t.teardown(hangUp)
  const see = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        news = undefined
        reject(new Error(`not shown: ${text}\nbut: ${shown.slice(seen)}`))
      }, patienceMs)
      news = () => {
        const at = shown.indexOf(text, seen)
        if (at < 0) return
        seen = at + text.length
        news = undefined
        clearTimeout(late)
        resolve()
      }
      news()
    })
  const type = (text: string): void => {
    child.stdin.write(text)
  }
  return {
    shown: () => shown,
    see,
    type,
    async answer(question, answer) {
      await see(question)
      type(`${answer}\r`)
    },
    hangUp,
  }
}
