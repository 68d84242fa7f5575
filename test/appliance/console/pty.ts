/** A program on a terminal of its own (`script` of util-linux makes it), typed at and read as a person would. Test support. */
import { spawn } from 'node:child_process'
import type { ExecutionContext } from 'ava'
import { watch, type Watched } from './watched.ts'

export interface Pty extends Watched {
  type(text: string): void
  /** Waits for a question and answers it with Enter. */
  answer(question: string, answer: string): Promise<void>
  /** The terminal goes away. */
  hangUp(): Promise<void>
}

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
  const { shown, see } = watch(child.stdout)
  const hangUp = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  t.teardown(hangUp)
  const type = (text: string): void => {
    child.stdin.write(text)
  }
  return {
    shown,
    see,
    type,
    async answer(question, answer) {
      await see(question)
      type(`${answer}\r`)
    },
    hangUp,
  }
}
