/**
 * Talks to a box over HTTPS as one certificate: JSON in and out, problem documents as errors, connections kept. Trusts the root
 * it is given and nothing else.
 */
import { randomUUID } from 'node:crypto'
import { Agent, request as httpsRequest, type AgentOptions } from 'node:https'
import { ApplianceError } from '../errors.ts'

export interface BoxClient {
  get<T>(path: string): Promise<T>
  bytes(path: string): Promise<Uint8Array>
  text(path: string): Promise<string>
  /** An act; the same `once` again is the same act. */
  act<T>(path: string, body: unknown, once?: string): Promise<T>
  upload<T>(path: string, bytes: Uint8Array): Promise<T>
  close(): void
}

/** Who one is: a PKCS#12 with its passphrase, or key and certificate as PEM; nothing for someone not enrolled yet. */
export type Identity =
  | { readonly pfx: Uint8Array; readonly passphrase: string }
  | { readonly key: string; readonly cert: string }
  | Record<string, never>

const timeoutMs = 120_000

/** A box that waits shows a throw-away certificate (`appliance/box/waiting.ts`). */
export const otherRootWords =
  '该地址出示的证书不属于这台机器的根证书。尚未建立或尚未解锁的机器在控制台前等待时就是这样：请到它的控制台查看。 ' +
  'This address answers with a certificate that is not of this box’s root. A box that waits at its console (not set up, or locked) does so: look at its console.'

export function createBoxClient(options: {
  readonly url: string
  /** Root certificate, PEM. */
  readonly root: string
  readonly identity: Identity
  readonly agent?: AgentOptions
}): BoxClient {
  const { url, root, identity } = options
  const pfx = 'pfx' in identity ? { ...identity, pfx: Buffer.from(identity.pfx) } : identity
  const agent = new Agent({ keepAlive: true, ca: root, ...pfx, ...options.agent })
  const send = (
    method: 'GET' | 'POST',
    path: string,
    body?: { readonly type: string; readonly bytes: Uint8Array; readonly once: string },
  ): Promise<Buffer> => exchange({ agent, url: new URL(path, url), method, body })
  const json = async <T>(answer: Promise<Buffer>): Promise<T> =>
    JSON.parse((await answer).toString('utf8')) as T
  return {
    get: (path) => json(send('GET', path)),
    bytes: async (path) => new Uint8Array(await send('GET', path)),
    text: async (path) => (await send('GET', path)).toString('utf8'),
    act: (path, body, once = randomUUID()) =>
      json(
        send('POST', path, {
          type: 'application/json',
          bytes: Buffer.from(JSON.stringify(body)),
          once,
        }),
      ),
    upload: (path, bytes) =>
      json(send('POST', path, { type: 'application/octet-stream', bytes, once: randomUUID() })),
    close: () => {
      agent.destroy()
    },
  }
}

interface Sent {
  readonly agent: Agent
  readonly url: URL
  readonly method: string
  readonly body:
    { readonly type: string; readonly bytes: Uint8Array; readonly once: string } | undefined
}

function exchange(sent: Sent): Promise<Buffer> {
  const { agent, url, method, body } = sent
  const unreachable = (cause: NodeJS.ErrnoException): ApplianceError =>
    new ApplianceError('BOX_UNREACHABLE', `${url.host}: ${whyUnreachable(cause)}`, { cause })
  return new Promise((resolve, reject) => {
    let isAnswered = false
    const headers = body && {
      'Content-Type': body.type,
      'Content-Length': body.bytes.length,
      'Idempotency-Key': body.once,
    }
    const request = httpsRequest(
      url,
      { agent, method, headers, timeout: timeoutMs },
      (response) => {
        isAnswered = true
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', (error) => {
          reject(unreachable(error))
        })
        response.on('end', () => {
          const answer = Buffer.concat(parts)
          const status = response.statusCode ?? 0
          if (status < 300) resolve(answer)
          else reject(refused(status, answer, url))
        })
      },
    )
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The box closed an idle line in the moment it was used again: the same request once more, under the same key.
      const isStale = request.reusedSocket && !isAnswered && error.code === 'ECONNRESET'
      if (isStale) resolve(exchange(sent))
      else reject(unreachable(error))
    })
    request.end(body?.bytes)
  })
}

/** What OpenSSL says of a chain that does not lead to the root that was given (`openssl verify`, Node's tls documentation). */
const otherRoot = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
])

function whyUnreachable({ code = '', message }: NodeJS.ErrnoException): string {
  return otherRoot.has(code) ? otherRootWords : message
}

function refused(status: number, answer: Buffer, url: URL): ApplianceError {
  try {
    const { code, title, ...rest } = JSON.parse(answer.toString('utf8')) as Record<string, unknown>
    const words = `${url.pathname}: ${String(title)} (${String(code)})`
    return new ApplianceError('BOX_REFUSED', words, {
      details: { ...rest, code, asked: url.pathname },
    })
  } catch {
    return new ApplianceError('BOX_REFUSED', `${url.pathname}: HTTP ${String(status)}`)
  }
}
