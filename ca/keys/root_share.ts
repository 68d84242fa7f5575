/**
 * One share of a secret as a file that is kept on a stick or printed and typed again (docs/formats/root-share.md): what it is in clear,
 * the share sealed under its custodian's own passphrase. Of the root key's secret, or of the key of backups. Knows nothing of other
 * shares. Pure.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import * as z from 'zod'
import { fromBase64, sha256, toBase64, toHex } from '../bytes.ts'
import { canonicalJson } from '../canonical_json.ts'
import { CaError } from '../errors.ts'
import type { Random } from '../random.ts'
import { deriveKey, scryptCosts } from './sealed_key_file.ts'

export const rootShareFormat = 'sealbox-root-share/1'
export const backupShareFormat = 'sealbox-backup-share/1'

/** A share file has 700 octets; more than this is none. */
export const maxShareFileBytes = 8192

const base64 = z.base64().max(200)
const sha256Name = z.string().regex(/^[0-9a-f]{64}$/)

/** What every share says in clear, bound to what it seals. */
const commonShape = {
  /** Identifier of the ceremony that split the secret, 32 hexadecimal digits. */
  ceremony: z.string().regex(/^[0-9a-f]{32}$/),
  districtName: z.string().max(64),
  number: z.int().min(1).max(255),
  of: z.int().min(2).max(255),
  needed: z.int().min(2).max(255),
  custodian: z.string().max(64),
} as const

const rootShape = {
  format: z.literal(rootShareFormat),
  ...commonShape,
  /** SHA-256 of the root certificate whose key the secret opens. */
  root: sha256Name,
} as const

const backupShape = {
  format: z.literal(backupShareFormat),
  ...commonShape,
  /** The age recipient whose identity the secret is. */
  recipient: z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/),
} as const

const sealedShape = {
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
} as const

const rootSchema = z.strictObject({ ...rootShape, ...sealedShape })
const backupSchema = z.strictObject({ ...backupShape, ...sealedShape })

/** A share file as it is read. */
export type RootShare = z.infer<typeof rootSchema>
export type BackupShare = z.infer<typeof backupSchema>
export type RootShareHeader = z.infer<z.ZodObject<typeof rootShape>>
export type BackupShareHeader = z.infer<z.ZodObject<typeof backupShape>>
type Share = RootShare | BackupShare

const tagBytes = 16
const nonceBytes = 12
const saltBytes = 16

/** Seals one share under a passphrase. */
export async function sealShare<H extends RootShareHeader | BackupShareHeader>(
  header: H,
  sealing: { readonly share: Uint8Array; readonly passphrase: string; readonly random: Random },
): Promise<H & Pick<Share, keyof typeof sealedShape>> {
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
export function writeShare(share: Share): string {
  return `${JSON.stringify(share, null, 2)}\n`
}

/** Reads a share file of a root key. Throws `CA_SHARE_MALFORMED` (no share), `CA_SHARE_ALTERED` (the check does not fit: damaged or mistyped). */
export function readShare(text: string): RootShare {
  const parsed = rootSchema.safeParse(jsonOf(text))
  if (!parsed.success) throw new CaError('CA_SHARE_MALFORMED', 'this is no share of a root key')
  requireCheck(parsed.data)
  return parsed.data
}

/** The same of the key of backups. */
export function readBackupShare(text: string): BackupShare {
  const parsed = backupSchema.safeParse(jsonOf(text))
  if (!parsed.success) throw new CaError('CA_SHARE_MALFORMED', 'this is no share of a backup key')
  requireCheck(parsed.data)
  return parsed.data
}

function requireCheck(share: Share): void {
  const { check, ...unchecked } = share
  if (check === checkOf(unchecked)) return
  const { number } = share
  throw new CaError('CA_SHARE_ALTERED', `share ${String(number)} was damaged or mistyped`, {
    details: { number },
  })
}

/** What a share seals. Throws `CA_SHARE_LOCKED`: the passphrase is wrong, or the file was altered on purpose. */
export async function openShare(share: Share, passphrase: string): Promise<Uint8Array> {
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
function headerOf(share: Share): Omit<Share, keyof typeof sealedShape> {
  const said = Object.entries(share).filter(([name]) => !Object.hasOwn(sealedShape, name))
  return Object.fromEntries(said) as Omit<Share, keyof typeof sealedShape>
}

/** Finds slips of a typing hand, not an attacker: that is what the sealing is for. */
function checkOf(unchecked: Omit<Share, 'check'>): string {
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
