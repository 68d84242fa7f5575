/** `sealbox console`: the box's own console, on the terminal it is called from or on the machine's; in the image it runs by itself. */
import { openSync, constants } from 'node:fs'
import { join, resolve } from 'node:path'
import { isatty, ReadStream, WriteStream } from 'node:tty'
import { createSystemClock, systemRandom } from '../../ca/index.ts'
import { isRestored, publicBox, readBoxState, type BoxState } from '../box/box_state.ts'
import { runConsole, type Terminal } from '../console/console.ts'
import { openLines } from '../console/lines.ts'
import type { Place } from '../console/place.ts'
import { unlockFolders } from '../console/unlock.ts'
import { ApplianceError } from '../errors.ts'
import { refuseInside } from '../ceremony/outside.ts'
import { dataDirectory, options, portOf } from './options.ts'

const known = {
  data: { type: 'string' },
  papers: { type: 'string' },
  port: { type: 'string' },
  'pki-port': { type: 'string' },
  terminal: { type: 'string', multiple: true },
  image: { type: 'boolean' },
} as const

/** In the image: the machine's own folders (docs/formats/set-up.md), and its acts. */
const imagePlace = {
  data: '/var/lib/sealbox/data',
  making: '/var/lib/sealbox-machine/console/box',
  setUp: '/var/lib/sealbox-machine/console/setup.json',
  // Memory, of this process alone.
  papers: '/run/sealbox-console/papers',
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const place = values.image === true ? await placeOfImage(values) : placeHere(values)
  const ending = new AbortController()
  const terminals = openTerminals(values.terminal ?? [])
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

interface Values {
  readonly data?: string | undefined
  readonly papers?: string | undefined
  readonly port?: string | undefined
  readonly 'pki-port'?: string | undefined
}

const partsOf = (values: Values) => ({
  port: portOf(values.port, 8443),
  pkiPort: portOf(values['pki-port'], 8080),
  clock: createSystemClock(),
  random: systemRandom,
})

async function placeOfImage(values: Values): Promise<Place> {
  const { imageMachine } = await import('../console/image_machine.ts')
  return {
    ...imagePlace,
    ...partsOf(values),
    machine: imageMachine(),
    unlock: unlockFolders,
    state: readBoxState,
  }
}

function placeHere(values: Values): Place {
  const data = resolve(dataDirectory(values.data))
  const papers = resolve(values.papers ?? 'papers')
  refuseInside(papers, data)
  return {
    ...{ data, papers, making: data, machine: undefined, unlock: [], ...partsOf(values) },
    state: () => Promise.resolve(stateHere(data)),
    setUp: join(`${data}.set-up`, 'setup.json'),
  }
}

/** Of a box whose folder lies open before us: its processes ask for a passphrase themselves, and who has enrolled is not known. */
function stateHere(data: string): BoxState {
  const box = publicBox(data) ?? null
  return {
    version: 1,
    box,
    phase: box === null ? 'not-set-up' : 'serving',
    restored: isRestored(data),
    awaitsFirstOfficer: true,
    refused: null,
  }
}

/** Those that can be opened; throws why not where none can. */
function openTerminals(paths: readonly string[]): OpenedTerminal[] {
  let failure: Error | undefined
  const opened = paths.flatMap((path) => {
    try {
      return [openTerminal(path)]
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
      return []
    }
  })
  if (opened.length === 0 && failure !== undefined) throw failure
  return opened
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
