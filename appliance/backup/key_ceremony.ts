/** The key of a production box's backups: made in memory in a ceremony, leaves in shares; the box keeps the recipient. */
import {
  boxActor,
  openBackupKey,
  splitBackupKey,
  type Custodian,
  type EntryDraft,
  type OfferedShare,
  type OpenedBackupKey,
  type Random,
} from '../../ca/index.ts'
import { recoveryOfIdentity } from '../disk/recovery_passphrase.ts'
import { ageKeyPair } from './age/index.ts'
import { backupEntry } from './entries.ts'

export interface MadeBackupKey {
  readonly recipient: string
  /** A share file for each custodian, in their order. */
  readonly shares: readonly string[]
  /** `backup.keyed`. */
  readonly entry: EntryDraft
  /** Recovers the disk of a box that is an image; the same shares bring it back. */
  readonly recovery: string
}

export async function makeBackupKey(of: {
  readonly custodians: readonly Custodian[]
  readonly needed: number
  /** 32 hexadecimal digits. */
  readonly ceremony: string
  readonly districtName: string
  readonly random: Random
}): Promise<MadeBackupKey> {
  const secret = of.random(32)
  const { recipient } = ageKeyPair(secret)
  const shares = await splitBackupKey({ ...of, secret, recipient })
  const recovery = recoveryOfIdentity(secret)
  secret.fill(0)
  const entry = backupEntry('backup.keyed', boxActor, {
    recipient,
    shares: { needed: of.needed, of: of.custodians.length },
  })
  return { recipient, shares, entry, recovery }
}

/** The identity that custodians bring back. Throws as `openBackupKey` of `ca`. */
export function openBackupShares(shares: readonly OfferedShare[]): Promise<OpenedBackupKey> {
  return openBackupKey({ shares, recipientOf: (secret) => ageKeyPair(secret).recipient })
}

/** Names of the papers. */
export function backupSharePapers(
  shares: readonly string[],
): { readonly name: string; readonly contents: string }[] {
  return shares.map((contents, at) => ({
    name: `backup-share-${String(at + 1)}-of-${String(shares.length)}.json`,
    contents,
  }))
}
