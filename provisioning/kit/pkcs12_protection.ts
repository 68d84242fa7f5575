/**
 * How a PKCS#12 file is protected. Modern: PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256 (RFC 8018), MAC with SHA-256, by WebCrypto.
 * Legacy, only where somebody asks for it: pbeWithSHAAnd3-KeyTripleDES-CBC and a MAC with SHA-1 (RFC 7292 appendix C), for Windows up to
 * Server 2016 and old macOS, which call a modern file's passphrase wrong. Never RC2: 40 bits protect nothing.
 */
import { Integer, Null, OctetString, Sequence } from 'asn1js'
import { AlgorithmIdentifier, PBES2Params, PBKDF2Params } from 'pkijs'
import { utf8 } from '../../ca/path/index.ts'
import type { Random } from '../../ca/random.ts'
import { pkcs12Key, pkcs12MacKey } from './pkcs12_kdf.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** How often the passphrase is stretched, for encryption and for the MAC, which would otherwise be the cheaper one to guess at. */
export interface Pkcs12Cost {
  encryptionIterations: number
  macIterations: number
}

/** `fast` is for tests and the demonstration only, never a default; `legacy` is for old programs, which are slow at it. */
export const pkcs12Costs = {
  standard: { encryptionIterations: 600_000, macIterations: 600_000 },
  legacy: { encryptionIterations: 100_000, macIterations: 100_000 },
  fast: { encryptionIterations: 1_000, macIterations: 1_000 },
} as const satisfies Record<string, Pkcs12Cost>

/** Beyond 32 bytes GnuTLS 3.7 gives up. */
export const saltBytes = 16
const blockBytes = 16

/** What WebCrypto does not have, or does not derive keys with: to be handed in, so that a legacy file is never made by accident. */
export interface LegacyCrypto {
  readonly sha1: (bytes: Uint8Array) => Uint8Array
  readonly hmacSha1: (key: Uint8Array, bytes: Uint8Array) => Uint8Array
  /** Triple DES in CBC mode with PKCS#7 padding; key of 24 bytes, IV of 8. */
  readonly tripleDesCbc: (key: Uint8Array, iv: Uint8Array, plain: Uint8Array) => Uint8Array
}

export interface Sealed {
  readonly algorithm: AlgorithmIdentifier
  readonly encrypted: OctetString
}

export interface Mac {
  /** Identifier of its hash. */
  readonly algorithmId: string
  readonly digest: Bytes
  readonly salt: Bytes
  readonly iterations: number
}

/** Encrypts the bags of one file, and authenticates it. */
export interface Protection {
  encrypt(plain: Bytes): Promise<Sealed>
  authenticate(safe: Bytes): Promise<Mac>
}

export interface ProtectionOptions {
  readonly passphrase: string
  readonly cost: Pkcs12Cost
  readonly random: Random
}

const id = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  tripleDes: '1.2.840.113549.1.12.1.3',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const

/** The protection that today's programs open: one derived key a file, with an IV of its own for each bag. */
export async function modernProtection(options: ProtectionOptions): Promise<Protection> {
  const { passphrase, cost, random } = options
  const salt = new Uint8Array(random(saltBytes))
  const key = await stretch(passphrase, salt, cost.encryptionIterations)
  return {
    async encrypt(plain) {
      const iv = new Uint8Array(random(blockBytes))
      const encrypted = await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, plain)
      const algorithm = pbes2(salt, cost.encryptionIterations, iv)
      return { algorithm, encrypted: new OctetString({ valueHex: encrypted }) }
    },
    async authenticate(safe) {
      const macSalt = new Uint8Array(random(saltBytes))
      const iterations = cost.macIterations
      const macKey = await crypto.subtle.importKey(
        'raw',
        pkcs12MacKey({ passphrase, salt: macSalt, iterations }),
        { name: 'HMAC', hash: 'SHA-256' },
        false,
        ['sign'],
      )
      const digest = new Uint8Array(await crypto.subtle.sign('HMAC', macKey, safe))
      return { algorithmId: id.sha256, digest, salt: macSalt, iterations }
    },
  }
}

/** The protection for old programs: a key of its own for each bag (RFC 7292 appendix C). */
export function legacyProtection(options: ProtectionOptions, legacy: LegacyCrypto): Protection {
  const { passphrase, cost, random } = options
  const hash = { digest: legacy.sha1, outputBytes: 20, blockBytes: 64 }
  return {
    encrypt(plain) {
      const salt = new Uint8Array(random(saltBytes))
      const iterations = cost.encryptionIterations
      const derive = { hash, passphrase, salt, iterations }
      const key = pkcs12Key({ ...derive, use: 'encryption', length: 24 })
      const iv = pkcs12Key({ ...derive, use: 'iv', length: 8 })
      const encrypted = new Uint8Array(legacy.tripleDesCbc(key, iv, plain))
      return Promise.resolve({
        algorithm: new AlgorithmIdentifier({
          algorithmId: id.tripleDes,
          algorithmParams: new Sequence({
            value: [new OctetString({ valueHex: salt.buffer }), new Integer({ value: iterations })],
          }),
        }),
        encrypted: new OctetString({ valueHex: encrypted.buffer }),
      })
    },
    authenticate(safe) {
      const salt = new Uint8Array(random(saltBytes))
      const iterations = cost.macIterations
      const key = pkcs12Key({ hash, use: 'mac', length: 20, passphrase, salt, iterations })
      const digest = new Uint8Array(legacy.hmacSha1(key, safe))
      return Promise.resolve({ algorithmId: id.sha1, digest, salt, iterations })
    },
  }
}

/** PBKDF2 over the passphrase in UTF-8 (RFC 8018 5.2). */
async function stretch(passphrase: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey(
    'raw',
    new Uint8Array(utf8(passphrase)),
    'PBKDF2',
    false,
    ['deriveKey'],
  )
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    base,
    { name: 'AES-CBC', length: 256 },
    false,
    ['encrypt'],
  )
}

/** RFC 8018 A.4; the key length is left out, since AES-256 says it. */
function pbes2(salt: Bytes, iterations: number, iv: Bytes): AlgorithmIdentifier {
  const derivation = new PBKDF2Params({
    salt: new OctetString({ valueHex: salt.buffer }),
    iterationCount: iterations,
    prf: new AlgorithmIdentifier({ algorithmId: id.hmacSha256, algorithmParams: new Null() }),
  })
  const params = new PBES2Params({
    keyDerivationFunc: new AlgorithmIdentifier({
      algorithmId: id.pbkdf2,
      algorithmParams: derivation.toSchema(),
    }),
    encryptionScheme: new AlgorithmIdentifier({
      algorithmId: id.aes256Cbc,
      algorithmParams: new OctetString({ valueHex: iv.buffer }),
    }),
  })
  return new AlgorithmIdentifier({ algorithmId: id.pbes2, algorithmParams: params.toSchema() })
}
