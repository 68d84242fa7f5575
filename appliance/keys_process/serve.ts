/** Serves the issuing keys over a Unix socket that systemd made, or, in tests, one of its own. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { CaError } from '../../ca/issuing_key.ts'
import type { IssuingKeys } from './keys.ts'
import { maxBodyBytes } from './protocol.ts'
import type { KeysStatus } from './protocol.ts'

export interface KeysServerParts {
  readonly keys: IssuingKeys
  readonly status: () => KeysStatus
  /** The sealed files encrypted for a backup's recipient, an age file. */
  readonly backup: (recipient: string) => Promise<Uint8Array>
  readonly log: (line: string) => void
}

/** Where it listens: a path, or the descriptor that systemd handed over (sd_listen_fds(3)). */
export type ListenAt = { readonly path: string } | { readonly fd: number }

/** Descriptor of the first socket from systemd; undefined if none was meant for this process. */
export function socketOfSystemd(env: NodeJS.ProcessEnv): { readonly fd: number } | undefined {
  const isOurs = env['LISTEN_PID'] === String(process.pid) && env['LISTEN_FDS'] === '1'
  return isOurs ? { fd: 3 } : undefined
}

/** Starts to serve. */
export async function serveKeys(parts: KeysServerParts, at: ListenAt): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, parts).then(
      ({ status, body }) => {
        response.writeHead(status).end(body)
      },
      (error: unknown) => {
        parts.log(`failed: ${String(error)}`)
        response.writeHead(500).end()
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(at, resolve)
  })
  return server
}

interface Answer {
  readonly status: number
  readonly body: Uint8Array | string
}

const json = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) })
const route = /^\/keys\/([a-z0-9-]{1,40})(?:\/(certificate|sign))?$/

async function answer(request: IncomingMessage, parts: KeysServerParts): Promise<Answer> {
  try {
    return await answerTo(request, parts)
  } catch (error) {
    if (!(error instanceof CaError)) throw error
    const { code, message, details } = error
    parts.log(`refused: ${code} ${message}`)
    const lint = Array.isArray(details['lint']) ? details['lint'].map(String) : []
    return { status: 422, body: JSON.stringify({ code, message: message.slice(0, 500), lint }) }
  }
}

async function answerTo(request: IncomingMessage, parts: KeysServerParts): Promise<Answer> {
  const { keys } = parts
  const { method, url = '' } = request
  if (method === 'GET' && url === '/status') return json(parts.status())
  if (method === 'POST' && url === '/backup') {
    const recipient = new TextDecoder().decode(await bodyOf(request))
    return { status: 200, body: await parts.backup(recipient) }
  }
  const [, name = '', what] = route.exec(url) ?? []
  if (method === 'GET' && name !== '' && what === undefined) {
    if (!(await keys.has(name))) return { status: 404, body: '' }
    const { algorithm, publicKey } = await keys.describe(name)
    return json({ algorithm, publicKey: Buffer.from(publicKey).toString('base64') })
  }
  if (method === 'POST' && what === 'certificate') {
    await keys.certify(name, await bodyOf(request))
    return { status: 204, body: '' }
  }
  if (method === 'POST' && what === 'sign') {
    return { status: 200, body: await keys.sign(name, await bodyOf(request)) }
  }
  return { status: 404, body: '' }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Uint8Array>) {
    length += part.length
    if (length > maxBodyBytes) throw new CaError('CA_PROFILE_VIOLATED', 'more than is signed here')
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}
