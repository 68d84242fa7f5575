/**
 * A running box has its stores to itself, so the command asks it over a socket in the folder of data: whoever may open the folder's
 * files may connect, and nobody else (its owner alone may write to it). One line of JSON asks, lines of JSON answer, the last with `done`.
 */
import { existsSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import { ApplianceError, type ApplianceErrorCode } from '../errors.ts'

const askSchema = z.strictObject({
  act: z.literal('backup'),
  /** Absolute: the box has another folder of work. */
  path: z.string().startsWith('/').max(4000),
  since: z.string().max(100),
  /** Where the key of a trial box is kept, should it be made now. */
  keyFolder: z.string().startsWith('/').max(4000),
})
export type ControlAsk = z.infer<typeof askSchema>

const answerSchema = z.union([
  z.strictObject({ progress: z.number() }),
  z.strictObject({ done: z.record(z.string(), z.unknown()) }),
  z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) }),
])

export type Handler = (
  ask: ControlAsk,
  tell: (share: number) => void,
) => Promise<Record<string, unknown>>

export const socketIn = (directory: string): string => join(directory, 'control.sock')

/** Paths of sockets have 107 octets on Linux (unix(7)). */
const maxPathBytes = 107

/** Listens; undefined where the path is too long for a socket. The caller holds the lock of the folder, so an old socket is nobody's. */
export async function serveControl(
  directory: string,
  handle: Handler,
): Promise<{ close(): Promise<void> } | undefined> {
  const path = socketIn(directory)
  if (Buffer.byteLength(path) > maxPathBytes) return undefined
  rmSync(path, { force: true })
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    void answer(socket, handle)
  })
  await listening(server, path)
  await chmod(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => {
          resolve()
        })
      }),
  }
}

async function answer(socket: Socket, handle: Handler): Promise<void> {
  const say = (line: z.infer<typeof answerSchema>): void => {
    if (socket.writable) socket.write(`${JSON.stringify(line)}\n`)
  }
  for await (const line of createInterface({ input: socket })) {
    const ask = askSchema.safeParse(parse(line))
    if (!ask.success) break
    let told = -1
    const tell = (share: number): void => {
      const percent = Math.floor(share * 100)
      if (percent > told) say({ progress: (told = percent) / 100 })
    }
    try {
      say({ done: await handle(ask.data, tell) })
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
      say({ error: { code, message: error instanceof Error ? error.message : String(error) } })
    }
    break
  }
  socket.end()
}

/** Asks the running box; throws its refusal, or `BOX_UNREACHABLE` where none answers. */
export async function askControl(
  directory: string,
  ask: ControlAsk,
  tell: (share: number) => void,
): Promise<Record<string, unknown>> {
  const path = socketIn(directory)
  if (!existsSync(path)) throw unreachable()
  const socket = createConnection(path)
  socket.on('error', () => undefined)
  socket.write(`${JSON.stringify(ask)}\n`)
  for await (const line of createInterface({ input: socket })) {
    const answered = answerSchema.safeParse(parse(line)).data
    if (answered === undefined) break
    if ('progress' in answered) tell(answered.progress)
    else if ('done' in answered) return answered.done
    else {
      const { code, message } = answered.error
      throw new ApplianceError(code as ApplianceErrorCode, message)
    }
  }
  throw unreachable()
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      resolve()
    })
  })
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function unreachable(): ApplianceError {
  return new ApplianceError('BOX_UNREACHABLE', 'the box that holds this folder does not answer')
}
