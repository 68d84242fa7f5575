/** `sealbox console`: the box's own console, on the terminal it is called from or on the machine's; in the image it runs by itself. */
import { openSync, constants } from 'node:fs'
import { join, resolve } from 'node:path'
import { isatty, ReadStream, WriteStream } from 'node:tty'
import { createSystemClock, systemRandom } from '../../ca/index.ts'
import { pageHashes } from '../../web/index.ts'
import { runConsole, type Terminal } from '../console/console.ts'
import { openLines } from '../console/lines.ts'
import type { Place } from '../console/place.ts'
import { ApplianceError } from '../errors.ts'
import { refuseInside } from './init.ts'
import { dataDirectory, options, portOf } from './options.ts'

const known = {
  data: { type: 'string' },
  papers: { type: 'string' },
  port: { type: 'string' },
  'pki-port': { type: 'string' },
  terminal: { type: 'string', multiple: true },
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const data = resolve(dataDirectory(values.data))
  const place: Place = {
    ...{ data, making: data, machine: undefined, unlock: [] },
    setUp: join(`${data}.set-up`, 'setup.json'),
    papers: resolve(values.papers ?? 'papers'),
    port: portOf(values.port, 8443),
    pkiPort: portOf(values['pki-port'], 8080),
    ...{ clock: createSystemClock(), random: systemRandom, pageHashes },
  }
  refuseInside(place.papers, data)
  const ending = new AbortController()
  const terminals = (values.terminal ?? []).map(openTerminal)
  const here = terminals.length > 0 ? terminals : [ownTerminal(ending)]
  process.once('SIGTERM', () => {
    ending.abort()
  })
  try {
    await runConsole(place, here, ending.signal)
  } finally {
    // What is read from keeps the process alive.
    for (const { close } of here) close()
  }
  return 0
}

/** A terminal of the machine, by its path; it never becomes the one that controls us. */
function openTerminal(path: string): OpenedTerminal {
  const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants
  const fd = openSync(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
  if (!isatty(fd)) throw new ApplianceError('USAGE', `${path} is no terminal`)
  // The kernel's own screens have fonts of 512 letters at most.
  return terminalAt(new ReadStream(fd), new WriteStream(fd), !/^\/dev\/tty\d+$/.test(path))
}

/** The terminal that it was called from. There, outside the image, Control-C ends it. */
function ownTerminal(ending: AbortController): OpenedTerminal {
  if (!process.stdin.isTTY) throw new ApplianceError('USAGE', 'the console needs a terminal')
  process.stdin.prependListener('data', (typed: Buffer) => {
    if (typed.includes(controlC)) ending.abort()
  })
  return terminalAt(process.stdin, process.stdout, true)
}

const controlC = 0x03

interface OpenedTerminal extends Terminal {
  readonly close: () => void
}

function terminalAt(input: ReadStream, output: WriteStream, drawsChinese: boolean): OpenedTerminal {
  // Nothing that is typed is a signal any more.
  input.setRawMode(true)
  const lines = openLines(input, output, output.columns || 80)
  const close = (): void => {
    lines.close()
    input.setRawMode(false)
    input.destroy()
  }
  return { lines, drawsChinese, close }
}
