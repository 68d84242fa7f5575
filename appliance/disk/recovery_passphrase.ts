/** The recovery passphrase as people type it: 20 random octets in base32 (RFC 4648 6), eight groups of four. Pure. */
import { hkdfSync } from 'node:crypto'
import { DiskError } from './errors.ts'

/** 160 bits: nobody guesses them, so that the key slot needs no slow derivation. */
export const recoveryBytes = 20
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * The recovery passphrase that belongs to a backup identity (its 32 secret octets): whoever can open the backups can open the disk, so
 * that custodians keep one set of shares for both. HKDF-SHA-256, info `sealbox/1 disk recovery`.
 */
export function recoveryOfIdentity(identity: Uint8Array): string {
  const derived = hkdfSync('sha256', identity, '', 'sealbox/1 disk recovery', recoveryBytes)
  return recoveryPassphrase(new Uint8Array(derived))
}

/** `XXXX-XXXX-…`, eight groups. */
export function recoveryPassphrase(secret: Uint8Array): string {
  if (secret.length !== recoveryBytes) throw malformed()
  let bits = 0n
  for (const octet of secret) bits = (bits << 8n) | BigInt(octet)
  const letters: string[] = []
  for (let at = 0; at < 32; at++) {
    letters.unshift(alphabet.charAt(Number(bits & 31n)))
    bits >>= 5n
  }
  return (letters.join('').match(/.{4}/g) ?? []).join('-')
}

/**
 * A typed one in its one form: small letters, blanks and hyphens do not matter, nor 0, 1 and 8, which the alphabet lacks, for O, I and B.
 * Throws `DISK_RECOVERY_MALFORMED`.
 */
export function normalRecoveryPassphrase(typed: string): string {
  const letters = typed
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replaceAll('0', 'O')
    .replaceAll('1', 'I')
    .replaceAll('8', 'B')
  if (!/^[A-Z2-7]{32}$/.test(letters)) throw malformed()
  return (letters.match(/.{4}/g) ?? []).join('-')
}

function malformed(): DiskError {
  return new DiskError(
    'DISK_RECOVERY_MALFORMED',
    'a recovery passphrase has eight groups of four letters and digits',
  )
}
