/** The process of the issuing keys, started as in the image, and bytes to have signed by it. Test support. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { buildCertificate, drawSerial } from '../../../ca/certificates/build.ts'
import type { CertificateRequest } from '../../../ca/certificates/build.ts'
import { createMemoryKeys, urlsBelow } from '../../../ca/index.ts'
import { openKeysProcess, type KeysProcess } from '../../../appliance/keys_process/client.ts'
import { sealbox } from '../places.ts'

export interface RunningKeys {
  readonly socket: string
  readonly process: KeysProcess
  readonly child: ChildProcess
  /** Ends it in order. */
  stop(): Promise<void>
}

/** Starts the process over a folder that holds keys, waits until it serves; `node` are flags for Node itself. */
export async function startKeys(
  state: string,
  {
    more = [],
    node,
  }: { readonly more?: readonly string[]; readonly node?: readonly string[] } = {},
): Promise<RunningKeys> {
  const socket = join(state, 'socket')
  const args = ['keys', 'serve', '--state', state, '--socket', socket, ...more]
  const child =
    node === undefined
      ? spawn(sealbox, args, { stdio: ['ignore', 'ignore', 'pipe'] })
      : spawn(process.execPath, [...node, 'appliance/cli.ts', ...args], {
          stdio: ['ignore', 'ignore', 'pipe'],
        })
  let said = ''
  child.stderr.on('data', (part: Buffer) => (said += part.toString()))
  const end = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve()
    })
  })
  while (!existsSync(socket) && child.exitCode === null) await pause(20)
  const keysProcess = openKeysProcess(socket)
  if (keysProcess === undefined) throw new Error(said)
  // A socket is there a moment before anybody listens.
  const answers = (): Promise<boolean> =>
    keysProcess.status().then(
      () => true,
      () => false,
    )
  while (child.exitCode === null && !(await answers())) await pause(20)
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await end
  }
  return { socket, process: keysProcess, child, stop }
}

/** Moves the issuing key out of a new trial box into the folder of the process, as the image does after the ceremony. */
export async function moveKeys(data: string, state: string): Promise<void> {
  await mkdir(state, { recursive: true, mode: 0o700 })
  await rename(join(data, 'keys/issuing.key'), join(state, 'issuing.key'))
  await copyFile(join(data, 'keys/unattended.secret'), join(state, 'unattended.secret'))
}

/** A TBSCertificate as the box would hand it over, with what `changes` says. */
export async function tbsOf(
  issuer: Uint8Array,
  changes: Partial<CertificateRequest> = {},
): Promise<Uint8Array> {
  const keys = createMemoryKeys()
  const publicKey = await keys.generate('holder', 'ecdsa-p256-sha256')
  const taken: Uint8Array[] = []
  await buildCertificate(
    {
      profile: 'seat-client',
      subject: { organization: '测试局', commonName: '文书' },
      publicKey,
      serial: drawSerial((length) => new Uint8Array(length).fill(7)),
      notBefore: new Date(),
      urls: urlsBelow('http://localhost:8080'),
      ...changes,
    },
    {
      certificate: issuer,
      algorithm: 'ecdsa-p256-sha256',
      sign: (bytes) => {
        taken.push(bytes)
        return Promise.resolve(new Uint8Array(8))
      },
    },
  )
  return taken[0] ?? new Uint8Array()
}
