/**
 * One share of the root key's secret as a file that is kept on a stick or printed and typed again (docs/formats/root-share.md): what
 * it is in clear, the share sealed under its custodian's own passphrase. Knows nothing of other shares. Pure.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { z } from 'zod'
import { fromBase64, sha256, toBase64, toHex } from '../bytes.ts'
import { canonicalJson } from '../canonical_json.ts'
import { CaError } from '../errors.ts'
import type { Random } from '../random.ts'
import { deriveKey, scryptCosts } from './sealed_key_file.ts'

export const rootShareFormat = 'sealbox-root-share/1'

/** A share file has 700 octets; more than this is none. */
export const maxShareFileBytes = 8192

const base64 = z.base64().max(200)
const sha256Name = z.string().regex(/^[0-9a-f]{64}$/)

/** What a share says in clear, bound to what it seals. */
const headerShape = {
  format: z.literal(rootShareFormat),
  /** Identifier of the ceremony that split the secret, 32 hexadecimal digits. */
  ceremony: z.string().regex(/^[0-9a-f]{32}$/),
  districtName: z.string().max(64),
  /** SHA-256 of the root certificate whose key the secret opens. */
  root: sha256Name,
  number: z.int().min(1).max(255),
  of: z.int().min(2).max(255),
  needed: z.int().min(2).max(255),
  custodian: z.string().max(64),
} as const

const shareSchema = z.strictObject({
  ...headerShape,
  scrypt: z.strictObject({
    // What we write ourselves: a hostile file must not make the ceremony wait for hours.
    N: z.literal(scryptCosts.passphrase.N),
    r: z.literal(scryptCosts.passphrase.r),
    p: z.literal(scryptCosts.passphrase.p),
    salt: base64,
  }),
  nonce: base64,
  sealed: base64,
  check: z.string().regex(/^[0-9a-f]{16}$/),
})

/** A share file as it is read. */
export type RootShare = z.infer<typeof shareSchema>
export type RootShareHeader = z.infer<z.ZodObject<typeof headerShape>>

const tagBytes = 16
const nonceBytes = 12
const saltBytes = 16

/** Seals one share under a passphrase. */
export async function sealShare(
  header: RootShareHeader,
  sealing: { readonly share: Uint8Array; readonly passphrase: string; readonly random: Random },
): Promise<RootShare> {
  const { share, passphrase, random } = sealing
  const cost = scryptCosts.passphrase
  const salt = random(saltBytes)
  const nonce = random(nonceBytes)
  const key = await deriveKey(passphrase, salt, cost)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(canonicalJson(header))
  const sealed = Buffer.concat([cipher.update(share), cipher.final(), cipher.getAuthTag()])
  const unchecked = {
    ...header,
    scrypt: { ...cost, salt: toBase64(salt) },
    nonce: toBase64(nonce),
    sealed: toBase64(sealed),
  }
  return { ...unchecked, check: checkOf(unchecked) }
}

/** The file's text: one field a line, so that it can be printed and typed again. */
export function writeShare(share: RootShare): string {
  return `${JSON.stringify(share, null, 2)}\n`
}

/** Reads a share file. Throws `CA_SHARE_MALFORMED` (no share), `CA_SHARE_ALTERED` (the check does not fit: damaged or mistyped). */
export function readShare(text: string): RootShare {
  const parsed = shareSchema.safeParse(jsonOf(text))
  if (!parsed.success) throw new CaError('CA_SHARE_MALFORMED', 'this is no share of a root key')
  const { check, ...unchecked } = parsed.data
  if (check !== checkOf(unchecked)) {
    throw new CaError(
      'CA_SHARE_ALTERED',
      `share ${String(parsed.data.number)} was damaged or mistyped`,
      {
        details: { number: parsed.data.number },
      },
    )
  }
  return parsed.data
}

/** What a share seals. Throws `CA_SHARE_LOCKED`: the passphrase is wrong, or the file was altered on purpose. */
export async function openShare(share: RootShare, passphrase: string): Promise<Uint8Array> {
  const { scrypt, nonce, sealed } = share
  const { salt, ...cost } = scrypt
  const bytes = fromBase64(sealed)
  const key = await deriveKey(passphrase, fromBase64(salt), cost)
  try {
    const opener = createDecipheriv('aes-256-gcm', key, fromBase64(nonce), {
      authTagLength: tagBytes,
    })
    opener.setAAD(canonicalJson(headerOf(share))).setAuthTag(bytes.subarray(-tagBytes))
    return new Uint8Array(
      Buffer.concat([opener.update(bytes.subarray(0, -tagBytes)), opener.final()]),
    )
  } catch {
    throw new CaError(
      'CA_SHARE_LOCKED',
      `the passphrase does not open share ${String(share.number)} of ${share.custodian}`,
      { details: { number: share.number } },
    )
  }
}

/** What the sealing binds: all that stands in clear but the sealing itself. */
function headerOf(share: RootShare): RootShareHeader {
  const { format, ceremony, districtName, root, number, of, needed, custodian } = share
  return { format, ceremony, districtName, root, number, of, needed, custodian }
}

/** Finds slips of a typing hand, not an attacker: that is what the sealing is for. */
function checkOf(unchecked: Omit<RootShare, 'check'>): string {
  return toHex(sha256(canonicalJson(unchecked)).slice(0, 8))
}

function jsonOf(text: string): unknown {
  if (text.length > maxShareFileBytes) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
