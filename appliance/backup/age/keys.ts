/**
 * Keys of age's X25519 recipient type (age-encryption.org/v1, "The X25519 recipient type") as `age-keygen` writes them: Bech32 of 32
 * octets, `age1…` for the recipient and `AGE-SECRET-KEY-1…` for the identity. Pure but for `node:crypto`.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { bech32 } from '@scure/base'
import { ApplianceError } from '../../errors.ts'

const recipientPrefix = 'age'
const identityPrefix = 'age-secret-key-'
const keyBytes = 32
/** RFC 8410 7: what stands before the 32 octets of an X25519 key in PKCS#8 and in SubjectPublicKeyInfo. */
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex')
const spkiHead = Buffer.from('302a300506032b656e032100', 'hex')

/** The recipient of an identity, both as text. */
export interface AgeKeyPair {
  readonly identity: string
  readonly recipient: string
}

/** A key pair from 32 random octets. */
export function ageKeyPair(secret: Uint8Array): AgeKeyPair {
  const words = bech32.toWords(secret)
  return {
    identity: bech32.encode(identityPrefix, words, false).toUpperCase(),
    recipient: bech32.encode(recipientPrefix, bech32.toWords(publicOf(secret)), false),
  }
}

/** The 32 octets of a recipient; throws `BACKUP_KEY_MALFORMED`. */
export function readRecipient(text: string): Uint8Array {
  return decode(text, recipientPrefix)
}

/** The 32 secret octets of an identity; throws `BACKUP_KEY_MALFORMED`. */
export function readIdentity(text: string): Uint8Array {
  // Bech32 in one case or the other, never mixed.
  return decode(text === text.toUpperCase() ? text.toLowerCase() : text, identityPrefix)
}

/** The identities of a file of `age-keygen`: a line each, comments after `#`. Throws `BACKUP_KEY_MALFORMED`. */
export function readIdentityFile(text: string): Uint8Array[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (keys.length === 0 || keys.length > 20) throw malformed('identity')
  return keys.map(readIdentity)
}

/** The file that `age-keygen` would write. */
export function identityFile({ identity, recipient }: AgeKeyPair, at: Date): string {
  return `# created: ${at.toISOString()}\n# public key: ${recipient}\n${identity}\n`
}

/** The X25519 public key of 32 secret octets (RFC 7748 5). */
export function publicOf(secret: Uint8Array): Uint8Array {
  const spki = createPublicKey(privateKeyOf(secret)).export({ format: 'der', type: 'spki' })
  return new Uint8Array(spki.subarray(spkiHead.length))
}

export function privateKeyOf(secret: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([pkcs8Head, secret]),
    ...{ format: 'der', type: 'pkcs8' },
  })
}

export function publicKeyOf(octets: Uint8Array): KeyObject {
  return createPublicKey({
    key: Buffer.concat([spkiHead, octets]),
    ...{ format: 'der', type: 'spki' },
  })
}

function decode(text: string, prefix: string): Uint8Array {
  try {
    const decoded = bech32.decode(text as `${string}1${string}`, 90)
    const octets = bech32.fromWords(decoded.words)
    if (decoded.prefix === prefix && octets.length === keyBytes) return octets
  } catch {
    // Said below.
  }
  throw malformed(prefix === recipientPrefix ? 'recipient' : 'identity')
}

function malformed(what: string): ApplianceError {
  return new ApplianceError('BACKUP_KEY_MALFORMED', `this is no age ${what}`)
}
