/**
 * One-time enrolment codes: 80 random bits that an officer hands to a person on paper, with which their first request is
 * issued. Pure. The box journals only the SHA-256 of the code, which nobody can run through 2^80 guesses; what a code is for
 * and whether it was used stands in the journal, not here.
 */
import { sha256Hex, utf8 } from '../../ca/path/index.ts'
import type { Sha256 } from '../../ca/path/index.ts'
import type { Random } from '../../ca/random.ts'
import { ProvisioningError } from '../errors.ts'
import { normalizeBase32, readCheckedBase32, writeCheckedBase32 } from './checked_base32.ts'

/** Random bytes of a code. */
export const enrolmentCodeBytes = 10

/** Makes a code as it is printed: 3 groups of 6 characters, the last two of which check the others. */
export function newEnrolmentCode(random: Random): string {
  return writeCheckedBase32(random(enrolmentCodeBytes), 6)
}

/**
 * The name by which the box knows a code: SHA-256 of its 18 characters without separators. Takes the code as typed; throws
 * `ENROLMENT_CODE_MISTYPED` without repeating it.
 */
export function enrolmentCodeHash(text: string): Sha256 {
  if (!readCheckedBase32(text, enrolmentCodeBytes)) {
    throw new ProvisioningError(
      'ENROLMENT_CODE_MISTYPED',
      'the enrolment code was mistyped: it is 18 characters in 3 groups, and the check does not fit',
    )
  }
  return sha256Hex(utf8(normalizeBase32(text)))
}

/** The moment (RFC 3339, UTC) from which a code issued at `at` is no longer good. */
export function enrolmentCodeExpiry(at: Date, validForHours: number): string {
  return new Date(at.getTime() + validForHours * 3_600_000).toISOString()
}

/** Whether a code with that expiry is no longer good at `at`; an expiry that cannot be read counts as past. */
export function isEnrolmentCodeExpired(expires: string, at: Date): boolean {
  return !(at.getTime() < Date.parse(expires))
}
