/** Runs the system's programs: cryptsetup, tpm2, mkfs.ext4, mount. No shell; secrets go by standard input or a file, not by arguments. */
import { spawn } from 'node:child_process'
import { DiskError } from './errors.ts'

export interface ToolRun {
  /** What it reads from standard input. */
  readonly input?: Uint8Array | undefined
  readonly env?: Readonly<Record<string, string>>
  /** Exit statuses that are no failure; 0 by default. */
  readonly passes?: readonly number[]
}

export interface ToolEnded {
  readonly status: number
  readonly stdout: Uint8Array
}

/** Deriving a key from a passphrase takes seconds, making a file system on a large disk minutes. */
const timeoutMs = 600_000
const keptErrorCharacters = 2000

/** What it wrote to standard output. Throws `DISK_TOOL_FAILED` with `details.status` and the end of its error output. */
export async function runTool(
  program: string,
  args: readonly string[],
  run: ToolRun = {},
): Promise<ToolEnded> {
  const { input, env = {}, passes = [0] } = run
  const { status, stdout, said } = await ended(program, args, { input, env })
  if (passes.includes(status)) return { status, stdout }
  const name = [program, args.find((arg) => !arg.startsWith('-')) ?? ''].join(' ')
  throw new DiskError('DISK_TOOL_FAILED', `${name} ended with status ${String(status)}`, {
    details: { program, status, said },
  })
}

function ended(
  program: string,
  args: readonly string[],
  { input, env }: Pick<ToolRun, 'input' | 'env'>,
): Promise<ToolEnded & { readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', ...env },
      timeout: timeoutMs,
    })
    const out: Buffer[] = []
    let said = ''
    child.stdout.on('data', (part: Buffer) => out.push(part))
    child.stderr.on('data', (part: Buffer) => {
      said = (said + part.toString()).slice(-keptErrorCharacters)
    })
    child.on('error', (cause) => {
      reject(new DiskError('DISK_TOOL_FAILED', `${program} could not be started`, { cause }))
    })
    child.on('close', (status) => {
      resolve({ status: status ?? -1, stdout: new Uint8Array(Buffer.concat(out)), said })
    })
    // It may end before it has read everything: its status says why.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
