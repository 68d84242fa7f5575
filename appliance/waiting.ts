/**
 * What a box in the image serves while there is nothing to serve: before its set-up is finished, and a production box before its passphrase
 * was typed at the console. One page over a throw-away certificate, whatever is asked for; the PKI port stays closed.
 */
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import {
  buildCertificate,
  createMemoryKeys,
  drawSerial,
  systemRandom,
  toPem,
  urlsBelow,
} from '../ca/index.ts'
import { unlockFile } from './console/unlock.ts'
import { isEmptyFolder, readBoxFile } from './data_folder.ts'
import type { ServiceManager } from './service_manager.ts'
import { waitingPage, waitingPolicy, type WaitingState } from '../web/index.ts'

/**
 * In the image (`start --set-up-at-console`): waits until the console has made the box and, of a production box, has its passphrase. Undefined if it was told to end before;
 * else where the passphrase lies.
 */
export async function waitAtConsole(of: {
  readonly directory: string
  readonly port: number
  readonly manager: ServiceManager
}): Promise<{ readonly 'passphrase-file'?: string } | undefined> {
  const { directory, port, manager } = of
  const ending = new AbortController()
  const end = (): void => {
    ending.abort()
  }
  process.once('SIGTERM', end)
  // From then on systemd looks for signs of life, until the process ends.
  const onServing = (): void => {
    manager.ready()
    manager.keepAlive(new AbortController().signal)
  }
  const served = { port, bind: everywhere, signal: ending.signal, onServing }
  const isMade = () => Promise.resolve(!isEmptyFolder(directory))
  const isOpen = () => Promise.resolve(existsSync(unlockFile))
  try {
    if (!(await waitServing({ ...served, state: 'not-set-up', look: isMade }))) return undefined
    if (readBoxFile(directory).mode === 'trial') return {}
    if (!(await waitServing({ ...served, state: 'locked', look: isOpen }))) return undefined
    return { 'passphrase-file': unlockFile }
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
