/**
 * The key of backups between fires: 32 random octets (an age identity), split among the custodians; the box knows its recipient alone.
 * What a recipient is, is the caller's to say. Pure.
 */
import { CaError } from '../errors.ts'
import type { Random } from '../random.ts'
import {
  backupShareFormat,
  readBackupShare,
  sealShare,
  writeShare,
  type BackupShare,
} from './root_share.ts'
import type { Custodian, OfferedShare } from './root_shares.ts'
import { joinShares, splitSecret } from './shamir.ts'

/** Splits an identity; gives a share file for each custodian, in their order. */
export async function splitBackupKey(options: {
  /** 32 octets; the caller's to clear. */
  readonly secret: Uint8Array
  readonly recipient: string
  /** 32 hexadecimal digits. */
  readonly ceremony: string
  readonly districtName: string
  readonly custodians: readonly Custodian[]
  readonly needed: number
  readonly random: Random
}): Promise<readonly string[]> {
  const { secret, recipient, ceremony, districtName, custodians, needed, random } = options
  const parts = await splitSecret(secret, { needed, of: custodians.length })
  const shares: string[] = []
  for (const [at, share] of parts.entries()) {
    const { name = '', passphrase = '' } = custodians[at] ?? {}
    const header = {
      format: backupShareFormat,
      ...{ ceremony, districtName, recipient, needed },
      ...{ number: at + 1, of: custodians.length, custodian: name },
    } as const
    shares.push(writeShare(await sealShare(header, { share, passphrase, random })))
    share.fill(0)
  }
  return shares
}

export interface OpenedBackupKey {
  /** 32 octets. */
  readonly secret: Uint8Array
  readonly recipient: string
  readonly opened: readonly { readonly number: number; readonly custodian: string }[]
}

/**
 * Brings the key back. Throws as `joinShares` and `readBackupShare`, and `CA_SHARE_FOREIGN` where what came out is not the key that the
 * shares name: one of them is of another ceremony with the same name.
 */
export async function openBackupKey(options: {
  readonly shares: readonly OfferedShare[]
  /** `age1…` of 32 secret octets. */
  readonly recipientOf: (secret: Uint8Array) => string
}): Promise<OpenedBackupKey> {
  const { shares, recipientOf } = options
  const offered = shares.map(({ text, passphrase }) => ({
    share: readBackupShare(text),
    passphrase,
  }))
  const recipient = offered[0]?.share.recipient ?? ''
  const { secret } = await joinShares(
    offered,
    (share: BackupShare) => share.recipient === recipient,
  )
  if (recipientOf(secret) !== recipient) {
    throw new CaError('CA_SHARE_FOREIGN', 'these shares do not bring back the key they name')
  }
  const opened = offered.map(({ share: { number, custodian } }) => ({ number, custodian }))
  return { secret, recipient, opened }
}
