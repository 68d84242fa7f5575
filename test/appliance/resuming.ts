/** Asks a box over a TLS connection that offers a session of before. */
import { connect, type SecureVersion, type TLSSocket } from 'node:tls'

/** What a client connects with. */
export interface Login {
  readonly port: number
  readonly ca: string
  readonly key: string
  readonly cert: string
}

export interface Resumed {
  readonly status: number
  readonly resumed: boolean
  readonly session: Buffer | undefined
}

/** Status of `GET /api/v1/me` over a connection of its own that offers `session`, and the session to offer next. */
export function askResuming(
  login: Login,
  version: SecureVersion,
  session?: Buffer,
): Promise<Resumed> {
  return new Promise((resolve, reject) => {
    let latest = session
    let answer = ''
    let resumed = false
    const socket: TLSSocket = connect(
      {
        ...login,
        host: 'localhost',
        minVersion: version,
        maxVersion: version,
        ...(session && { session }),
      },
      () => {
        resumed = socket.isSessionReused()
        socket.write('GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      },
    )
    socket.on('session', (given: Buffer) => {
      latest = given
    })
    socket.on('data', (part: Buffer) => {
      answer += part.toString('latin1')
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
      resolve({ status, resumed, session: latest })
    })
  })
}
