/**
 * The header of an age file (age-encryption.org/v1, "Header"): a 16-octet file key wrapped for each X25519 recipient, and a MAC over it
 * all. Other stanza types are left alone, as the specification asks. Pure but for `node:crypto`.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  diffieHellman,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto'
import { concat, equal, fromBase64, toBase64, utf8, type Random } from '../../../ca/index.ts'
import { ApplianceError } from '../../errors.ts'
import { privateKeyOf, publicKeyOf, publicOf } from './keys.ts'

/** A file of twenty recipients has 2 kB; more than this is none of ours. */
export const maxAgeHeaderBytes = 16 * 1024
const versionLine = 'age-encryption.org/v1'
const x25519Info = `${versionLine}/X25519`
const fileKeyBytes = 16
const tagBytes = 16
const zeroNonce = new Uint8Array(12)
const empty = new Uint8Array()

interface Stanza {
  readonly args: readonly string[]
  readonly body: Uint8Array
}

/** A header that was read: what it says, and the octets that its MAC covers. */
export interface AgeHeader {
  readonly stanzas: readonly Stanza[]
  /** Up to and with the three dashes. */
  readonly covered: Uint8Array
  readonly mac: Uint8Array
  /** All of it, with the last line feed. */
  readonly length: number
}

/** A fresh file key with the header that wraps it. */
export function makeHeader(
  recipients: readonly Uint8Array[],
  random: Random,
): { readonly bytes: Uint8Array; readonly fileKey: Uint8Array } {
  const fileKey = random(fileKeyBytes)
  const stanzas = recipients.map((recipient) => wrap(recipient, fileKey, random(32)))
  const covered = `${versionLine}\n${stanzas.join('')}---`
  const mac = macOf(fileKey, utf8(covered))
  return { bytes: utf8(`${covered} ${unpadded(mac)}\n`), fileKey }
}

/** Reads the header at the beginning of `bytes`; throws `BACKUP_MALFORMED` for what is no age file. */
export function readHeader(bytes: Uint8Array): AgeHeader {
  const text = Buffer.from(bytes.subarray(0, maxAgeHeaderBytes)).toString('latin1')
  if (!text.startsWith(`${versionLine}\n`)) throw malformed()
  const end = /\n--- ([A-Za-z0-9+/]{43})\n/.exec(text)
  if (end === null) throw malformed()
  const stanzas: Stanza[] = []
  const lines = text.slice(versionLine.length + 1, end.index + 1).split('\n')
  for (let at = 0; at < lines.length - 1; at++) {
    const line = lines[at] ?? ''
    if (!line.startsWith('-> ')) throw malformed()
    let body = ''
    for (;;) {
      const part = lines[++at]
      if (part === undefined || !/^[A-Za-z0-9+/]{0,64}$/.test(part)) throw malformed()
      body += part
      // The last line of a body is shorter than the others, and may be empty.
      if (part.length < 64) break
    }
    stanzas.push({ args: line.slice(3).split(' '), body: padded(body) })
  }
  return {
    stanzas,
    covered: bytes.slice(0, end.index + 4),
    mac: padded(end[1] ?? ''),
    length: end.index + end[0].length,
  }
}

/** The file key, by the first identity that opens it. Throws `BACKUP_LOCKED` if none does, `BACKUP_ALTERED` if the MAC does not fit. */
export function openHeader(header: AgeHeader, identities: readonly Uint8Array[]): Uint8Array {
  for (const identity of identities) {
    for (const stanza of header.stanzas) {
      const fileKey = unwrap(stanza, identity)
      if (fileKey === undefined) continue
      if (!timingSafeEqual(macOf(fileKey, header.covered), header.mac)) {
        throw new ApplianceError('BACKUP_ALTERED', 'the header of this backup was altered')
      }
      return fileKey
    }
  }
  throw new ApplianceError('BACKUP_LOCKED', 'this backup is encrypted to another key')
}

/** The key of the payload from the file key and the nonce before it. */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return derive(fileKey, nonce, 'payload')
}

function wrap(recipient: Uint8Array, fileKey: Uint8Array, ephemeral: Uint8Array): string {
  const share = publicOf(ephemeral)
  const key = wrappingKey({ secret: ephemeral, other: recipient, share, recipient })
  const cipher = createCipheriv('chacha20-poly1305', key, zeroNonce, { authTagLength: tagBytes })
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
  return `-> X25519 ${unpadded(share)}\n${unpadded(body)}\n`
}

function unwrap({ args, body }: Stanza, identity: Uint8Array): Uint8Array | undefined {
  const [type, encoded = '', ...more] = args
  // RFC-like strictness of the specification: one argument of 32 octets, a body of 32.
  if (type !== 'X25519' || more.length > 0 || body.length !== fileKeyBytes + tagBytes) return
  const share = /^[A-Za-z0-9+/]{43}$/.test(encoded) ? padded(encoded) : empty
  if (share.length !== 32) throw malformed()
  const key = wrappingKey({
    ...{ secret: identity, other: share, share },
    recipient: publicOf(identity),
  })
  const opener = createDecipheriv('chacha20-poly1305', key, zeroNonce, { authTagLength: tagBytes })
  opener.setAuthTag(body.subarray(fileKeyBytes))
  try {
    const fileKey = Buffer.concat([opener.update(body.subarray(0, fileKeyBytes)), opener.final()])
    return new Uint8Array(fileKey)
  } catch {
    return undefined
  }
}

function wrappingKey(of: {
  readonly secret: Uint8Array
  readonly other: Uint8Array
  readonly share: Uint8Array
  readonly recipient: Uint8Array
}): Uint8Array {
  const { secret, other, share, recipient } = of
  const shared = exchanged(secret, other)
  return derive(shared, concat(share, recipient), x25519Info)
}

/** X25519; a point of small order, which gives zeros, is refused by OpenSSL itself. */
function exchanged(secret: Uint8Array, other: Uint8Array): Uint8Array {
  try {
    const shared = diffieHellman({
      privateKey: privateKeyOf(secret),
      publicKey: publicKeyOf(other),
    })
    if (!equal(shared, new Uint8Array(32))) return shared
  } catch {
    // Said below.
  }
  throw malformed()
}

function macOf(fileKey: Uint8Array, covered: Uint8Array): Uint8Array {
  return createHmac('sha256', derive(fileKey, empty, 'header'))
    .update(covered)
    .digest()
}

function derive(secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, info, 32))
}

const unpadded = (bytes: Uint8Array): string => toBase64(bytes).replace(/=+$/, '')

/** Base64 without padding, in its one canonical spelling. */
function padded(text: string): Uint8Array {
  // One character more than whole groups is six bits, which no octet has.
  if (text.length % 4 === 1) throw malformed()
  const bytes = fromBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='))
  if (unpadded(bytes) !== text) throw malformed()
  return bytes
}

function malformed(): ApplianceError {
  return new ApplianceError('BACKUP_MALFORMED', 'this is no backup: no age file')
}
