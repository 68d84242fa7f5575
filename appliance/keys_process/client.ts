/** The box's side: the keys of another process as a `KeyFolder`, and what else that process is asked. */
import { existsSync } from 'node:fs'
import { Agent, request } from 'node:http'
import {
  CaError,
  signerWith,
  suiteOf,
  type CaErrorCode,
  type KeyFolder,
  type ProvenPublicKey,
  type Signer,
} from '../../ca/index.ts'
import {
  issuingKeyName,
  keySchema,
  keysSocket,
  maxBodyBytes,
  refusalSchema,
  statusSchema,
  type KeysStatus,
} from './protocol.ts'

export interface KeysProcess {
  /**
   * Its keys. None is made there, and none leaves: `generate` and `exportPem` refuse. `open` of a process that does not answer gives a
   * signer that opens the key when it is first asked to sign: the box goes on, but for what that key signs.
   */
  readonly keys: KeyFolder
  /** What it says to have signed. Throws `CA_KEYS_SILENT`. */
  status(): Promise<KeysStatus>
  /** Its sealed files, encrypted by itself to a backup's recipient (`age1…`): an age file. Throws `CA_KEYS_SILENT`, `CA_KEYS_RECIPIENT_CHANGED`. */
  sealedKeys(recipient: string): Promise<Uint8Array>
}

/** Undefined where no such process is: outside the image. */
export function openKeysProcess(socketPath: string = keysSocket): KeysProcess | undefined {
  return existsSync(socketPath) ? keysProcessAt(socketPath) : undefined
}

/** Whether a key is one of those that the process holds. */
export function isIssuingKey(name: string): boolean {
  return issuingKeyName.test(name)
}

/** Whether something was not signed because the process does not answer, or does not trust its record: the rest of the box goes on. */
export function isWithoutKeys(error: unknown): boolean {
  return error instanceof CaError && without.has(error.code)
}

const without: ReadonlySet<CaErrorCode> = new Set<CaErrorCode>([
  'CA_KEYS_SILENT',
  'CA_KEY_RECORD_DAMAGED',
])

/** The process starts with the service or when it is first asked, and stretches a passphrase then. */
const patienceMs = 30_000

function keysProcessAt(socketPath: string): KeysProcess {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const ask = (method: 'GET' | 'POST', path: string, body?: Uint8Array): Promise<Answer> =>
    send({ agent, socketPath, method, path, body })
  const openKey: KeyFolder['openKey'] = async (name) => {
    const { status, body } = await ask('GET', `/keys/${name}`)
    if (status === 404) throw new CaError('CA_KEY_FILE_MISSING', `there is no key named ${name}`)
    const { algorithm, publicKey } = keySchema.parse(JSON.parse(Buffer.from(body).toString()))
    return {
      algorithm,
      publicKey: new Uint8Array(Buffer.from(publicKey, 'base64')) as ProvenPublicKey,
      sign: async (bytes) => (await ask('POST', `/keys/${name}/sign`, bytes)).body,
    }
  }
  const openNow = async (name: string, certificate: Uint8Array): Promise<Signer> => {
    const signer = signerWith(await openKey(name), certificate)
    await ask('POST', `/keys/${name}/certificate`, certificate)
    return signer
  }
  return {
    keys: {
      openKey,
      has: async (name) => (await ask('GET', `/keys/${name}`)).status !== 404,
      async open(name, certificate) {
        try {
          return await openNow(name, certificate)
        } catch (error) {
          if (!isWithoutKeys(error)) throw error
          return {
            ...{ certificate, algorithm: suiteOf(certificate) },
            sign: async (bytes) => (await openNow(name, certificate)).sign(bytes),
          }
        }
      },
      generate: (name) => Promise.reject(notThere(name)),
      exportPem: (name) => Promise.reject(notThere(name)),
    },
    async status() {
      const { body } = await ask('GET', '/status')
      return statusSchema.parse(JSON.parse(Buffer.from(body).toString()))
    },
    sealedKeys: async (recipient) => (await ask('POST', '/backup', Buffer.from(recipient))).body,
  }
}

interface Answer {
  readonly status: number
  readonly body: Uint8Array
}

function send(of: {
  readonly agent: Agent
  readonly socketPath: string
  readonly method: string
  readonly path: string
  readonly body: Uint8Array | undefined
}): Promise<Answer> {
  const { body, ...rest } = of
  return new Promise((resolve, reject) => {
    const silent = (cause?: unknown): void => {
      reject(
        new CaError('CA_KEYS_SILENT', 'the process of the issuing keys does not answer', { cause }),
      )
    }
    const asked = request({ ...rest, timeout: patienceMs }, (response) => {
      const parts: Uint8Array[] = []
      let length = 0
      response.on('error', silent).on('data', (part: Uint8Array) => {
        length += part.length
        if (length <= maxBodyBytes) parts.push(part)
        else asked.destroy()
      })
      response.on('end', () => {
        const answer = {
          status: response.statusCode ?? 0,
          body: new Uint8Array(Buffer.concat(parts)),
        }
        if (answer.status === 422) reject(refusal(answer.body))
        else if (answer.status >= 500) silent()
        else resolve(answer)
      })
    })
    asked.on('error', silent).on('timeout', () => asked.destroy())
    asked.end(body)
  })
}

/** Codes that the process refuses with. */
const refusals: ReadonlySet<CaErrorCode> = new Set<CaErrorCode>([
  'CA_PROFILE_VIOLATED',
  'CA_KEY_FILE_MISSING',
  'CA_KEY_FILE_LOCKED',
  'CA_KEY_FILE_MALFORMED',
  'CA_KEY_RECORD_DAMAGED',
  'CA_KEYS_RECIPIENT_CHANGED',
])

function refusal(body: Uint8Array): CaError {
  const { code, message, lint } = refusalSchema.parse(JSON.parse(Buffer.from(body).toString()))
  const known = [...refusals].find((one) => one === code) ?? 'CA_KEYS_SILENT'
  return new CaError(known, message, { details: lint.length > 0 ? { lint } : {} })
}

const notThere = (name: string): CaError =>
  new CaError(
    'CA_KEY_NOT_EXPORTABLE',
    `${name} is in a process of its own, which makes and gives no key`,
  )
