/** Serves a box: HTTPS for people and the API, plain HTTP for what verifies by itself. Closing lets answers go out first. */
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { toPem } from '../../ca/index.ts'
import { createApp, createPkiHandler } from '../../web/index.ts'
import type { Box } from './box.ts'
import { ApplianceError } from '../errors.ts'

export interface Serving {
  readonly port: number
  readonly pkiPort: number
  close(): Promise<void>
}

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly pkiPort: number
  readonly bind: string
}

/** Slow lines: headers may take a while, but not for ever. */
const headersTimeoutMs = 30_000
/** 100 MB over 512 kbit/s take 27 minutes. */
const requestTimeoutMs = 45 * 60_000
/** Certificates of a chain and an address of 6,000 octets fit; more is refused with 431. */
const maxHeaderSize = 16 * 1024
/** 91 units with a few browsers of six connections each, twice over. */
const maxConnections = 4000

const minVersion = 'TLSv1.2'

export async function serve(box: Box, options: ServeOptions): Promise<Serving> {
  const pem = (der: Uint8Array): string => toPem('CERTIFICATE', der)
  const app = createApp(box.parts)
  const identity = async (): Promise<SecureContextOptions> => {
    const { key, certificates } = await box.trust.tls()
    return { key, cert: certificates.map(pem).join(''), ca: box.parts.authority.chain.map(pem) }
  }
  const handle = app.callback()
  const pages = createHttpsServer(
    {
      ...(await identity()),
      // A certificate is asked for, and judged on each request by its bytes: without one there is a page that explains.
      requestCert: true,
      rejectUnauthorized: false,
      minVersion,
      handshakeTimeout: headersTimeoutMs,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      maxHeaderSize,
    },
    (request, response) => void handle(request, response),
  )
  // Connections that stand go on with the old certificate.
  box.trust.onReload(() => {
    identity().then(
      (now) => {
        pages.setSecureContext({ ...now, minVersion })
      },
      (error: unknown) => {
        box.parts.log.error({ err: String(error) }, 'the TLS server goes on with its old key')
      },
    )
  })
  const pki = createHttpServer(
    { headersTimeout: headersTimeoutMs, requestTimeout: headersTimeoutMs, maxHeaderSize },
    createPkiHandler(box.parts, {
      openTimeStamping: box.file.mode === 'trial' || box.file.openTimeStamping === true,
    }),
  )
  for (const server of [pages, pki]) server.maxConnections = maxConnections
  const port = await listen(pages, options.port, options.bind)
  const pkiPort = await listen(pki, options.pkiPort, options.bind).catch(async (error: unknown) => {
    await stop(pages)
    throw error
  })
  return {
    port,
    pkiPort,
    close: async () => {
      app.close()
      await Promise.all([stop(pages), stop(pki)])
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES'
      const words = `port ${String(port)} is not to be had (${String(error.code)}); choose another with --port or --pki-port`
      reject(taken ? new ApplianceError('PORT_TAKEN', words, { cause: error }) : error)
    })
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** Answers in hand may go out for this long. */
const graceMs = 3000

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const end = setTimeout(() => {
      server.closeAllConnections()
    }, graceMs)
    server.close(() => {
      clearTimeout(end)
      resolve()
    })
    server.closeIdleConnections()
  })
}
