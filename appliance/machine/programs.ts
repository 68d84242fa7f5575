/** Programs that acts may start: by absolute path, with arguments in a list, never through a shell. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Closed: an act names a program by its key. */
export const programs = {
  networkctl: '/usr/bin/networkctl',
  systemctl: '/usr/bin/systemctl',
} as const

export type Program = keyof typeof programs

/** Runs a program to its end; gives what it printed. Rejects if it exits with another status than 0, prints too much, or is aborted. */
export type Execute = (
  program: Program,
  args: readonly string[],
  options?: { readonly signal?: AbortSignal; readonly input?: string },
) => Promise<string>

/** No program of ours says more. */
const maxOutputBytes = 1024 * 1024
const patienceMs = 120_000

const run = promisify(execFile)

/** Starts the programs of this machine; nothing of our own environment goes along. */
export const executeProgram: Execute = async (program, args, { signal, input } = {}) => {
  const running = run(programs[program], args, {
    env: { LC_ALL: 'C.UTF-8', PATH: '/usr/sbin:/usr/bin' },
    maxBuffer: maxOutputBytes,
    timeout: patienceMs,
    ...(signal && { signal }),
  })
  running.child.stdin?.end(input)
  const { stdout } = await running
  return stdout
}
