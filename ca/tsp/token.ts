/** Writes time-stamp tokens and responses (RFC 3161 2.4.2, RFC 5816): our own DER, since this is the hottest path of the box. Pure. */
import { writeBackwards } from '../der/backwards.ts'
import * as der from '../der/write.ts'
import { utf8 } from '../bytes.ts'
import { oids } from '../oids.ts'
import { timeStampFailures, type TimeStampFailure } from './request.ts'

/** What a token attests, but for who signs it. */
export interface TstInfo {
  readonly policy: string
  /** MessageImprint, DER. */
  readonly messageImprint: Uint8Array
  /** Magnitude octets. */
  readonly serial: Uint8Array
  readonly genTime: Date
  readonly accuracySeconds: number
  /** INTEGER, DER. */
  readonly nonce: Uint8Array | undefined
}

/**
 * Writes TSTInfo, DER, in the name of `authorityName` (subject of the signer's certificate, DER): `genTime` in whole seconds; ordering
 * is not claimed. It keeps the encodings of the second and of the accuracy, which thousands of tokens have in common.
 */
export function createTstInfoWriter(authorityName: Uint8Array): (info: TstInfo) => Uint8Array {
  const accuracyOf = keepLast((seconds) => der.sequence(der.integer(seconds)))
  const timeOf = keepLast((second) => der.generalizedTime(new Date(second * 1000)))
  return ({ policy, messageImprint, serial, genTime, accuracySeconds, nonce }) => {
    const identifier = der.objectIdentifier(policy)
    const variable = messageImprint.length + serial.length + (nonce?.length ?? 0)
    const out = writeBackwards(variable + authorityName.length + identifier.length + constantOctets)
    out.put(authorityName)
    out.wrap(0xa4, 0)
    out.wrap(0xa0, 0)
    if (nonce) out.put(nonce)
    out.put(accuracyOf(accuracySeconds))
    out.put(timeOf(Math.floor(genTime.getTime() / 1000)))
    out.put(der.integer(serial))
    out.put(messageImprint)
    out.put(identifier)
    out.put(version)
    out.wrap(0x30, 0)
    return out.bytes()
  }
}

const version = der.integer(1)
/** Version, time, accuracy, and identifiers and lengths of the elements around what varies, at most. */
const constantOctets = 64

/** The encoding of the number that was asked for last. */
function keepLast(encode: (value: number) => Uint8Array): (value: number) => Uint8Array {
  let last: { readonly value: number; readonly bytes: Uint8Array } | undefined
  return (value) => {
    if (last?.value !== value) last = { value, bytes: encode(value) }
    return last.bytes
  }
}

/** MessageImprint over a SHA-256 (32 bytes) or a SHA-512 (64 bytes). Throws a `TypeError` for any other length. */
export function imprintOf(digest: Uint8Array): Uint8Array {
  const hash = hashesByLength.get(digest.length)
  if (hash === undefined) throw new TypeError('a SHA-256 has 32 octets, a SHA-512 has 64')
  return der.sequence(
    der.sequence(der.objectIdentifier(hash), der.nullValue),
    der.octetString(digest),
  )
}

const hashesByLength = new Map<number, string>([
  [32, oids.sha256],
  [64, oids.sha512],
])

/** TimeStampResp: granted, with its token. */
export function grantedResponse(token: Uint8Array): Uint8Array {
  return der.sequence(granted, token)
}

/** TimeStampResp: rejected, without a token. */
export function rejectedResponse(failure: TimeStampFailure): Uint8Array {
  const text = der.sequence(der.element(0x0c, utf8(failure)))
  const info = der.namedBits([timeStampFailures[failure]])
  return der.sequence(der.sequence(der.integer(2), text, info))
}

const granted = der.sequence(der.integer(0))
