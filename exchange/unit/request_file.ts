/**
 * The request file: the public keys that an enrolment asks certificates for, as one list of canonical JSON (RFC 8785). Its
 * SHA-256 is the name of the request, which the unit and the box compute each for itself, and whose words are read over the
 * telephone before an officer approves. Pure, isomorphic. Format: `docs/formats/request-file.md`.
 */
import * as z from 'zod'
import {
  canonicalJson,
  equal,
  fromBase64,
  sha256Hex,
  toBase64,
  type Sha256,
} from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'

/** A unit asks for five certificates; more than 20 is no enrolment. */
const maxKeys = 20
/** 20 keys of RSA-4096 have 15 kB. */
export const maxRequestFileBytes = 64 * 1024

/** A key and what its certificate is to be. */
export interface RequestedKey {
  readonly profile: string
  /** Seat of the unit; null for its seal, and for people. */
  readonly seat: string | null
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
}

/** The same as the officer's statement names it. */
export type RequestedCertificate = {
  readonly profile: string
  readonly seat: string | null
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly publicKey: Sha256
}

/** The bytes of the file, whatever the order in which the keys are given. */
export function writeRequestFile(keys: readonly RequestedKey[]): Uint8Array {
  return canonicalJson(
    inOrder(keys).map(({ profile, seat, publicKey }) => ({
      profile,
      seat,
      publicKey: toBase64(publicKey),
    })),
  )
}

/** The name of the request: SHA-256 of its file. */
export function requestId(keys: readonly RequestedKey[]): Sha256 {
  return sha256Hex(writeRequestFile(keys))
}

/** Reads a request file; throws `REQUEST_FILE_MALFORMED` on anything but its one spelling. */
export function readRequestFile(bytes: Uint8Array): RequestedKey[] {
  const keys = bytes.length > maxRequestFileBytes ? undefined : parse(bytes)
  if (keys === undefined || !equal(writeRequestFile(keys), bytes)) {
    throw new ExchangeError('REQUEST_FILE_MALFORMED', 'this is not a file of requested keys')
  }
  return keys
}

/** The certificates that an approval of these keys names, in the order of the file. */
export function requestedCertificates(keys: readonly RequestedKey[]): RequestedCertificate[] {
  return inOrder(keys).map(({ profile, seat, publicKey }) => ({
    profile,
    seat,
    publicKey: sha256Hex(publicKey),
  }))
}

function inOrder(keys: readonly RequestedKey[]): RequestedKey[] {
  const place = ({ profile, seat }: RequestedKey): string => `${profile}/${seat ?? ''}`
  return keys.toSorted((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0))
}

const fileSchema = z
  .array(
    z.strictObject({
      profile: z.string().min(1).max(40),
      seat: z.string().min(1).max(40).nullable(),
      publicKey: z.base64().min(1).max(1024),
    }),
  )
  .min(1)
  .max(maxKeys)

function parse(bytes: Uint8Array): RequestedKey[] | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return fileSchema
      .parse(JSON.parse(text))
      .map((key) => ({ ...key, publicKey: fromBase64(key.publicKey) }))
  } catch {
    return undefined // no UTF-8, no JSON, or another shape
  }
}
