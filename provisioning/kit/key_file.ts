/**
 * The key file: a unit's signing keys, each wrapped, with the public facts about them, as one JSON object. Pure: the shape,
 * its limits, and which bytes are authenticated with each key; `wrap.ts` does the cryptography. Format, byte by byte:
 * `docs/formats/key-file.md`.
 */
import * as z from 'zod'
import { canonicalJson, fromBase64, toBase64 } from '../../ca/path/index.ts'
import { ProvisioningError } from '../errors.ts'

/** A unit has a key for each seat and one for its seal. */
export const maxKeysInFile = 64
/** 64 keys with certificates have 200 KB. */
export const maxKeyFileBytes = 512 * 1024
/** Bytes of the salt, of the initialisation vector and tag of AES-GCM (NIST SP 800-38D), and of the check value. */
export const keyFileSizes = { salt: 16, iv: 12, tag: 16, check: 16 } as const

/** Cost of argon2id (RFC 9106 3.1). */
export interface Argon2Cost {
  memoryKiB: number
  passes: number
  parallelism: number
}

/**
 * `standard` is the second recommended choice of RFC 9106 4 (64 MiB, three passes, four lanes), which a page can afford too.
 * `fast` is for tests and the demonstration only, never a default.
 */
export const argon2Costs = {
  standard: { memoryKiB: 65_536, passes: 3, parallelism: 4 },
  fast: { memoryKiB: 256, passes: 1, parallelism: 1 },
} as const satisfies Record<string, Argon2Cost>

/** What a file may ask of the reader: a forged file must not exhaust the machine. */
const maxArgon2 = { memoryKiB: 1_048_576, passes: 16, parallelism: 16 } as const

const base64Text = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
/** Base64 of `min` to `max` bytes, in its one spelling; one rule, since zod asks the next one even if this fails. */
const base64 = (bytes: { min: number; max: number }) =>
  z.string().refine((text) => {
    if (text.length > Math.ceil(bytes.max / 3) * 4 || !base64Text.test(text)) return false
    const value = fromBase64(text)
    return value.length >= bytes.min && value.length <= bytes.max && toBase64(value) === text
  })
const exactly = (bytes: number) => base64({ min: bytes, max: bytes })

const common = {
  certificate: base64({ min: 1, max: 8192 }).optional(),
  publicKey: base64({ min: 1, max: 1024 }),
  iv: exactly(keyFileSizes.iv),
  wrapped: base64({ min: keyFileSizes.tag + 1, max: 4096 }),
}
const keySchema = z.discriminatedUnion('use', [
  z.strictObject({ use: z.literal('seat-signing'), seat: z.string().min(1).max(200), ...common }),
  z.strictObject({ use: z.literal('unit-seal'), ...common }),
])

const keyFileSchema = z.strictObject({
  type: z.literal('sealbox-key-file'),
  version: z.literal(1),
  owner: z.strictObject({ id: z.string().min(1).max(64), name: z.string().min(1).max(200) }),
  kdf: z.strictObject({
    name: z.literal('argon2id'),
    salt: exactly(keyFileSizes.salt),
    memoryKiB: z.int().min(8).max(maxArgon2.memoryKiB),
    passes: z.int().min(1).max(maxArgon2.passes),
    parallelism: z.int().min(1).max(maxArgon2.parallelism),
  }),
  check: exactly(keyFileSizes.check),
  keys: z.array(keySchema).min(1).max(maxKeysInFile),
})

/** A key file as it stands on the unit's stick and, wrapped as it is, on the box. Binary values are base64 (RFC 4648 4). */
export type KeyFile = z.infer<typeof keyFileSchema>
/** One wrapped key: `seat-signing` names its seat, `unit-seal` has none. `publicKey` is a DER SubjectPublicKeyInfo. */
export type WrappedKey = KeyFile['keys'][number]
export type KeyUse = WrappedKey['use']

/** Reads a key file from its bytes; throws `KEY_FILE_MALFORMED` on anything else. The keys stay wrapped. */
export function readKeyFile(bytes: Uint8Array): KeyFile {
  if (bytes.length > maxKeyFileBytes) throw malformed('larger than a key file can be')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw malformed('not JSON in UTF-8')
  }
  return checkKeyFile(value)
}

/** A key file from a JSON value; throws `KEY_FILE_MALFORMED`, naming the first place that does not fit. */
export function checkKeyFile(value: unknown): KeyFile {
  const parsed = keyFileSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const place = parsed.error.issues[0]?.path.map(String).join('.') ?? ''
  throw malformed(
    place === '' ? 'not an object of this type' : `${place.slice(0, 60)} does not fit`,
  )
}

/** The bytes of a key file: canonical JSON (RFC 8785). */
export function writeKeyFile(file: KeyFile): Uint8Array {
  return canonicalJson(file)
}

/**
 * What is authenticated with the key at `index` (additional data of AES-GCM): every public fact of the whole file and the
 * key's place in it, so that no fact can be changed and no key left out, added or moved. RFC 8785 canonical JSON.
 */
export function additionalData(file: PublicFacts, index: number): Uint8Array {
  const { type, version, owner, kdf } = file
  const keys = file.keys.map(({ use, seat, certificate, publicKey }) => ({
    use,
    ...(seat === undefined ? {} : { seat }),
    ...(certificate === undefined ? {} : { certificate }),
    publicKey,
  }))
  return canonicalJson({ type, version, owner, kdf, keys, index })
}

/** The public facts of a file: all but `check` and each key's `iv` and `wrapped`. */
export type PublicFacts = Pick<KeyFile, 'type' | 'version' | 'owner' | 'kdf'> & {
  keys: { use: KeyUse; seat?: string; certificate?: string | undefined; publicKey: string }[]
}

function malformed(what: string): ProvisioningError {
  return new ProvisioningError('KEY_FILE_MALFORMED', `this is not a key file of version 1: ${what}`)
}
