/** The command line (design 6): finds the command, runs it, turns what it throws into a sentence and an exit status. */
import { ApplianceError, exitStatus } from './errors.ts'
import { commands, help, helpOf, type Command } from './commands/table.ts'
import { isRefusal, refusalLines } from './refusal.ts'
import { version } from './version.ts'
import { visible } from './visible.ts'

/** Runs the command that the words name, and gives the exit status; what it throws is said on standard error. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  // Whoever reads our output may stop reading (`| head`): that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  return run(words).catch(report)
}

/** The command that the first words name: by two words if there is such a one. */
export function commandOf([first = '', second = '']: readonly string[]): Command | undefined {
  const pair = `${first} ${second}`
  return commands.find(({ name }) => name === pair) ?? commands.find(({ name }) => name === first)
}

async function run(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(help())
    return first === undefined ? exitStatus.usage : 0
  }
  if (first === '--version') {
    process.stdout.write(`${version}\n`)
    return 0
  }
  const command = commandOf(words)
  if (rest.some((word) => word === '--help' || word === '-h')) {
    const lines = helpOf(command?.name ?? first)
    if (lines !== undefined) {
      process.stdout.write(lines)
      return 0
    }
  }
  if (command === undefined) {
    process.stderr.write(`sealbox: there is no command ${first}; see sealbox --help\n`)
    return exitStatus.usage
  }
  const module = await command.load()
  return module.run(command.name.includes(' ') ? rest.slice(1) : rest)
}

const statusOf: Partial<Record<ApplianceError['code'], number>> = {
  USAGE: exitStatus.usage,
  FILE_MISSING: exitStatus.noInput,
  FILE_MALFORMED: exitStatus.data,
  PORT_TAKEN: exitStatus.unavailable,
  DATA_FOLDER_BUSY: exitStatus.unavailable,
  BOX_UNREACHABLE: exitStatus.unavailable,
}

async function report(error: unknown): Promise<number> {
  if (isRefusal(error)) {
    // It may name what somebody else wrote: a file in a sign request, what the box answered.
    const text = (await refusalLines(error)).join('\n')
    process.stderr.write(`sealbox: ${visible(text)}\n`)
    if (!(error instanceof ApplianceError)) return exitStatus.failed
    return statusOf[error.code] ?? exitStatus.failed
  }
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`sealbox: ${visible(message)}\n`)
  if (
    error instanceof Error &&
    'code' in error &&
    String(error.code).startsWith('ERR_PARSE_ARGS')
  ) {
    return exitStatus.usage
  }
  // What the permission model refuses (ADR 34) names neither in its message.
  if (error instanceof Error && 'permission' in error && 'resource' in error) {
    process.stderr.write(`${String(error.permission)} ${visible(String(error.resource))}\n`)
  }
  if (process.env['SEALBOX_DEBUG'] === '1' && error instanceof Error) {
    process.stderr.write(`${String(error.stack)}\n`)
  }
  return exitStatus.software
}
