/**
 * What a box in the image serves while there is nothing to serve: before its set-up is finished, and a production box before its passphrase
 * was typed at the console. One page over a throw-away certificate, whatever is asked for; the PKI port stays closed.
 */
import { createServer, type Server } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import {
  buildCertificate,
  createMemoryKeys,
  drawSerial,
  systemRandom,
  toPem,
  urlsBelow,
} from '../../ca/index.ts'
import { isRestored, publicBox, writeBoxState, type BoxState } from './box_state.ts'
import { stampOf, takePassphrase, unlockFile } from '../console/unlock.ts'
import type { BoxSecrets } from './keys.ts'
import { readBoxFile } from './data_folder.ts'
import type { ServiceManager } from './service_manager.ts'
import { waitingPage, waitingPolicy, type WaitingState } from '../../web/index.ts'

/** A service that waits for its console. */
export interface AtConsole {
  /**
   * Waits until the console has made the box and, of a production box, left a passphrase. Undefined if it was told to end before.
   */
  secrets(): Promise<BoxSecrets | undefined>
  /** The last passphrase does not open the keys: the next one is waited for. */
  refuse(): Promise<void>
  /** The box serves now. */
  serving(told: Pick<BoxState, 'restored' | 'awaitsFirstOfficer'>): Promise<void>
}

/** In the image (`start --set-up-at-console`): tells the console how far it is, and serves one page while it waits. */
export function waitAtConsole(of: {
  readonly directory: string
  readonly port: number
  readonly manager: ServiceManager
  /** Where the console leaves the passphrase, and where it is told; tests have their own. */
  readonly unlock?: string
  readonly stateFolder?: string
}): AtConsole {
  const { directory, port, manager, unlock = unlockFile } = of
  // systemd names the unit's own folder of memory (systemd.exec(5)).
  const { stateFolder = process.env['RUNTIME_DIRECTORY'] } = of
  let refused: string | null = null
  let taken: string | undefined
  const tell = (
    phase: BoxState['phase'],
    told = { restored: isRestored(directory), awaitsFirstOfficer: false },
  ): Promise<void> =>
    writeBoxState({ phase, refused, box: publicBox(directory) ?? null, ...told }, stateFolder)
  // Once it answers anything, systemd looks for signs of life until the process ends.
  let onServing = (): void => {
    onServing = () => undefined
    manager.ready()
    manager.keepAlive(new AbortController().signal)
  }
  const wait = async (state: WaitingState, look: () => Promise<boolean>): Promise<boolean> => {
    if (await look()) return true
    await tell(state)
    return untilTold((signal) =>
      waitServing({
        ...{ port, bind: everywhere, state, look, signal },
        onServing: () => {
          onServing()
        },
      }),
    )
  }
  return {
    async secrets() {
      const isMade = () => Promise.resolve(publicBox(directory) !== undefined)
      if (!(await wait('not-set-up', isMade))) return undefined
      if (readBoxFile(directory).mode === 'production') {
        const isLeft = async (): Promise<boolean> => {
          taken = await stampOf(unlock)
          return taken !== undefined && taken !== refused
        }
        if (!(await wait('locked', isLeft))) return undefined
      }
      await tell('opening')
      return taken === undefined ? {} : { passphrase: await takePassphrase(unlock) }
    },
    async refuse() {
      refused = taken ?? null
      await tell('locked')
    },
    serving: (told) => tell('serving', told),
  }
}

/** Runs until it ends by itself, or a signal of systemd says so. */
async function untilTold<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController()
  const end = (): void => {
    ending.abort()
  }
  process.once('SIGTERM', end)
  try {
    return await work(ending.signal)
  } finally {
    process.off('SIGTERM', end)
  }
}

const everywhere = '0.0.0.0'

export interface WaitOptions {
  readonly port: number
  readonly bind: string
  readonly state: WaitingState
  /** What is waited for; undefined while it is not there. */
  readonly look: () => Promise<boolean>
  /** Called once the page is served. */
  readonly onServing?: (port: number) => void
  readonly signal: AbortSignal
}

/** Somebody types at the console meanwhile; half a second more is nothing. */
const lookEveryMs = 500

/** Serves the page until what is waited for is there; gives false if `signal` aborted before. Throws as `listen` does. */
export async function waitServing(options: WaitOptions): Promise<boolean> {
  const { port, bind, state, look, onServing, signal } = options
  if (await look()) return true
  const server = createServer(await throwAwayIdentity(), (request, response) => {
    request.resume()
    response.writeHead(503, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': waitingPolicy,
      'Cache-Control': 'no-store',
      'Retry-After': '30',
      'Sealbox-State': state,
      'X-Content-Type-Options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : waitingPage(state))
  })
  // Whoever sends slowly keeps nobody else out.
  server.headersTimeout = server.requestTimeout = maxRequestMs
  server.maxConnections = maxConnections
  onServing?.(await listen(server, port, bind))
  try {
    while (!(await look())) {
      if (signal.aborted) return false
      await pause(lookEveryMs, undefined, { signal }).catch(() => undefined)
    }
    return true
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const maxRequestMs = 10_000
const maxConnections = 200

/** A certificate that says nothing and is trusted by nobody: no name, no district, gone with the process. */
async function throwAwayIdentity(): Promise<{ readonly key: string; readonly cert: string }> {
  const keys = createMemoryKeys()
  const publicKey = await keys.generate('waiting', 'ecdsa-p256-sha256')
  const certificate = await buildCertificate(
    {
      ...{ profile: 'tls-server', publicKey, serial: drawSerial(systemRandom) },
      subject: { organization: 'Sealbox', commonName: 'Sealbox waits at its console' },
      notBefore: new Date(),
      hostNames: ['localhost'],
      urls: urlsBelow('http://localhost:8080'),
    },
    await keys.openKey('waiting'),
  )
  return { key: await keys.exportPem('waiting'), cert: toPem('CERTIFICATE', certificate) }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
