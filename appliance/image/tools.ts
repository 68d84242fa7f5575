/** Runs the machine's own tools for the builder: no shell, no locale, one time zone, one time. */
import { spawn } from 'node:child_process'
import { pipeline } from 'node:stream'
import { ImageError } from './errors.ts'

export interface ToolOptions {
  /** Bytes for its standard input. */
  readonly input?: Uint8Array
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** All files of an image bear this time unless the build is told another: 2026-01-01T00:00:00Z, in seconds. */
export const defaultEpoch = 1_767_225_600

/** The time that stands in what is built, in seconds since 1970; `SOURCE_DATE_EPOCH` of reproducible-builds.org sets it. */
export function sourceDateEpoch(): number {
  const given = Number(process.env['SOURCE_DATE_EPOCH'])
  return Number.isSafeInteger(given) && given > 0 ? given : defaultEpoch
}

const toolPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Of the caller's own environment the way to the mirror, and another clock if there is one; nothing that should change what is built. */
function toolEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = ['HOME', 'http_proxy', 'https_proxy', 'LD_PRELOAD', 'FAKETIME', 'FAKETIME_SHARED']
  const own = kept.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    PATH: toolPath,
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    SOURCE_DATE_EPOCH: String(sourceDateEpoch()),
    MTOOLS_SKIP_CHECK: '1',
    ...Object.fromEntries(own),
    ...extra,
  }
}

/** Of what a failed tool said, the end. */
const saidBytes = 2000

/** Runs one tool and gives its standard output; `IMAGE_TOOL_MISSING`, or `IMAGE_TOOL_FAILED` with what it said. */
export function tool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: toolEnvironment(options.env),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    const out: Buffer[] = []
    const said: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => out.push(part))
    child.stderr.on('data', (part: Buffer) => said.push(part))
    child.once('error', (cause) => {
      const words = `${command} cannot be run; test/setup image installs what the builder needs`
      reject(new ImageError('IMAGE_TOOL_MISSING', words, { cause }))
    })
    child.once('close', (status, signal) => {
      if (status === 0) {
        resolve(Buffer.concat(out))
        return
      }
      const words = Buffer.concat([...said, ...out])
        .toString()
        .slice(-saidBytes)
      const details = { args: args.slice(0, 12), status, signal, said: words }
      reject(new ImageError('IMAGE_TOOL_FAILED', `${command} failed`, { details }))
    })
    // A tool that ends without reading all is judged by its status.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input)
  })
}

/** Runs a tool that would write the present time into what it makes, with a clock that stands at the build's. */
export function frozenTool(command: string, args: readonly string[]): Promise<Buffer> {
  const at = new Date(sourceDateEpoch() * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return tool('faketime', ['-f', at, command, ...args])
}

/** The output of one tool as the input of another, for streams too large to hold. */
export function pipeTools(
  from: readonly [string, ...string[]],
  to: readonly [string, ...string[]],
): Promise<void> {
  const [[giver, ...giverArgs], [taker, ...takerArgs]] = [from, to]
  return new Promise((resolve, reject) => {
    const env = toolEnvironment()
    const source = spawn(giver, giverArgs, { stdio: ['ignore', 'pipe', 'inherit'], env })
    const sink = spawn(taker, takerArgs, { stdio: ['pipe', 'ignore', 'inherit'], env })
    // What breaks on the way shows in a status.
    pipeline(source.stdout, sink.stdin, () => undefined)
    const ended = [source, sink].map(
      (child) =>
        new Promise<number | null>((done, failed) => {
          child.once('error', failed)
          child.once('close', done)
        }),
    )
    Promise.all(ended).then((statuses) => {
      if (statuses.every((status) => status === 0)) resolve()
      else
        reject(
          new ImageError('IMAGE_TOOL_FAILED', `${giver} | ${taker} failed`, {
            details: { statuses, giverArgs, takerArgs },
          }),
        )
    }, reject)
  })
}
