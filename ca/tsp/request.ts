/** Reads time-stamp requests (RFC 3161 2.4.1). Pure; each refusal is a value with its PKIFailureInfo bit (RFC 3161 2.4.2). */
import {
  expectTag,
  readBoolean,
  readDer,
  readInteger,
  readIntegerOctets,
  readObjectIdentifier,
  sequenceOf,
} from '../der/read.ts'
import { oids } from '../oids.ts'

/** A request with the longest digest, policy and a nonce of 128 octets stays below 400. */
export const maxTimeStampRequestBytes = 2048

/** PKIFailureInfo bits that this authority uses. */
export const timeStampFailures = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
  addInfoNotAvailable: 17,
  systemFailure: 25,
} as const satisfies Record<string, number>

export type TimeStampFailure = keyof typeof timeStampFailures

export interface TimeStampRequest {
  /** MessageImprint, DER, as it was asked. */
  readonly messageImprint: Uint8Array
  /** Object identifier, where one was asked for. */
  readonly policy: string | undefined
  /** INTEGER, DER, echoed as it was sent. */
  readonly nonce: Uint8Array | undefined
  readonly wantsCertificates: boolean
  /** None is known, and an unknown one is refused, critical or not (RFC 3161 2.4.1). */
  readonly hasExtensions: boolean
}

export type ParsedTimeStampRequest =
  | { readonly ok: true; readonly request: TimeStampRequest }
  | { readonly ok: false; readonly failure: TimeStampFailure }

/** Octets of the digests that are stamped; MD5 and SHA-1 are not. */
const imprintLengths: ReadonlyMap<string, number> = new Map([
  [oids.sha256, 32],
  [oids.sha384, 48],
  [oids.sha512, 64],
])

/** Reads a request; whether its policy is accepted is for the authority to say. */
export function readTimeStampRequest(bytes: Uint8Array): ParsedTimeStampRequest {
  try {
    return parse(bytes)
  } catch {
    return refuse('badDataFormat')
  }
}

function parse(bytes: Uint8Array): ParsedTimeStampRequest {
  if (bytes.length > maxTimeStampRequestBytes) return refuse('badDataFormat')
  const [version, imprint, ...rest] = sequenceOf(readDer(bytes), 'TimeStampReq')
  if (readInteger(version, 'version') !== 1n) return refuse('badRequest')
  const [algorithm, digest, extra] = sequenceOf(imprint, 'messageImprint')
  const hashAlgorithm = readObjectIdentifier(sequenceOf(algorithm, 'hash')[0], 'hashAlgorithm')
  const { length } = expectTag(digest, 0x04, 'hashedMessage').contents
  const optional = takeOptional(rest)
  if (!imprint || extra || !optional) return refuse('badDataFormat')
  const expected = imprintLengths.get(hashAlgorithm)
  if (expected === undefined) return refuse('badAlg')
  if (length !== expected) return refuse('badDataFormat')
  return { ok: true, request: { messageImprint: imprint.raw, ...optional } }
}

/** reqPolicy, nonce, certReq, extensions: each at most once, in this order; undefined if something else is there. */
function takeOptional(rest: ReturnType<typeof sequenceOf>):
  | {
      policy: string | undefined
      nonce: Uint8Array | undefined
      wantsCertificates: boolean
      hasExtensions: boolean
    }
  | undefined {
  const parts = [...rest]
  const take = (tag: number): (typeof rest)[number] | undefined =>
    parts[0]?.tag === tag ? parts.shift() : undefined
  const policy = take(0x06)
  const nonce = take(0x02)
  const certReq = take(0x01)
  const extensions = take(0xa0)
  if (parts.length > 0) return undefined
  if (nonce) readIntegerOctets(nonce, 'nonce')
  return {
    policy: policy && readObjectIdentifier(policy, 'reqPolicy'),
    nonce: nonce?.raw,
    wantsCertificates: certReq !== undefined && readBoolean(certReq, 'certReq'),
    hasExtensions: extensions !== undefined,
  }
}

const refuse = (failure: TimeStampFailure): ParsedTimeStampRequest => ({ ok: false, failure })
