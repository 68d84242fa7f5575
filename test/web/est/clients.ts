/** EST clients that are not ours: curl, and strongSwan's pki, each as a process with files of its own. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestBox } from '../box_fixture.ts'

/** How a process ended. */
export interface Ran {
  readonly status: number
  readonly out: Buffer
  readonly err: string
}

/** Runs a program; never throws for what it answers. */
export function run(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { encoding: 'buffer', timeout: 90_000, maxBuffer: 4 * 1024 * 1024 },
      (error, out, err) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ status, out, err: err.toString('utf8') })
      },
    )
  })
}

/** Runs it and throws unless it ended well. */
export async function mustRun(program: string, args: readonly string[]): Promise<Buffer> {
  const { status, out, err } = await run(program, args)
  if (status === 0) return out
  throw new Error(`${program} ${args.join(' ')}: ${err}`)
}

/** A folder with the box's root, and keys and requests as OpenSSL makes them. */
export interface Bench {
  readonly path: (name: string) => string
  readonly url: string
  /** A fresh key and request with a subject (`/C=CN/…`); gives the request's path, DER. */
  request(name: string, subject: string, more?: readonly string[]): Promise<string>
  /** The same as EST wants it: base64. */
  body(name: string): Promise<string>
  /** Certificates out of an EST answer, PEM, in their order. */
  certificatesIn(answer: { readonly text: string }): Promise<string[]>
  write(name: string, bytes: string | Uint8Array): Promise<string>
  close(): Promise<void>
}

export async function openBench(box: TestBox): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-est-'))
  const path = (name: string): string => join(folder, name)
  await writeFile(path('root.pem'), box.rootPem)
  return {
    path,
    url: `https://localhost:${String(box.port)}`,
    request: async (name, subject, more = []) => {
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
      await mustRun('openssl', [
        ...['req', '-new', '-utf8', '-subj', subject, ...key, ...more],
        ...['-keyout', path(`${name}.key`), '-outform', 'DER', '-out', path(`${name}.csr`)],
      ])
      return path(`${name}.csr`)
    },
    body: async (name) => (await readFile(path(`${name}.csr`))).toString('base64'),
    certificatesIn: async ({ text }) => {
      await writeFile(path('answer.p7'), Buffer.from(text, 'base64'))
      const read = ['pkcs7', '-inform', 'DER', '-in', path('answer.p7'), '-print_certs']
      const printed = (await mustRun('openssl', read)).toString()
      return printed.match(/-----BEGIN[^]*?END CERTIFICATE-----/g) ?? []
    },
    write: async (name, bytes) => {
      await writeFile(path(name), bytes)
      return path(name)
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
