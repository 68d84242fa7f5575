/**
 * The unit secret: 128 random bits that are made at the unit, printed on its sheet, and never reach the box. With the
 * passphrase it opens the unit's key file. Pure. Format: `docs/formats/key-file.md`.
 */
import type { Random } from '../../ca/random.ts'
import { ProvisioningError } from '../errors.ts'
import { readCheckedBase32, writeCheckedBase32 } from './checked_base32.ts'

/** Bytes of a unit secret. */
export const unitSecretBytes = 16

/** Makes a unit secret. */
export function newUnitSecret(random: Random): Uint8Array {
  return random(unitSecretBytes)
}

/** The secret as it is printed: 7 groups of 4 characters, the last two of which check the others. */
export function writeUnitSecret(secret: Uint8Array): string {
  return writeCheckedBase32(secret, 4)
}

/** Reads a typed or scanned secret; throws `UNIT_SECRET_MISTYPED` without repeating what was typed. */
export function readUnitSecret(text: string): Uint8Array {
  const secret = readCheckedBase32(text, unitSecretBytes)
  if (secret) return secret
  throw new ProvisioningError(
    'UNIT_SECRET_MISTYPED',
    'the unit secret was mistyped: it is 28 characters in 7 groups, and the check does not fit',
  )
}
