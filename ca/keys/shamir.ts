/**
 * Shamir's scheme over GF(2^8): a secret in shares, n of which m bring it back. The only file that imports shamir-secret-sharing, which
 * checks nothing it joins: who joins checks what came out.
 */
import { combine, split } from 'shamir-secret-sharing'
import { CaError } from '../errors.ts'
import type { BackupShare, RootShare } from './root_share.ts'
import { openShare } from './root_share.ts'

/** Splits it; `needed` (2 or more) of `of` (at most 255) come together. */
export async function splitSecret(
  secret: Uint8Array,
  { needed, of }: { readonly needed: number; readonly of: number },
): Promise<Uint8Array[]> {
  if (needed < 2 || needed > of || of > 255) {
    throw new TypeError('of n custodians, 2 to n must come together')
  }
  return split(secret, of, needed)
}

export interface Offered<S extends RootShare | BackupShare> {
  readonly share: S
  readonly passphrase: string
}

/**
 * The secret that shares of one ceremony bring back. Throws `CA_SHARES_TOO_FEW`, `CA_SHARE_FOREIGN` where `isOurs` says no or they are of
 * several ceremonies, `CA_SHARE_REPEATED`, `CA_SHARE_LOCKED`, `CA_SHARE_MALFORMED`.
 */
export async function joinShares<S extends RootShare | BackupShare>(
  offered: readonly Offered<S>[],
  isOurs: (share: S) => boolean,
): Promise<{ readonly secret: Uint8Array; readonly first: S }> {
  const [one] = offered
  if (!one) throw new CaError('CA_SHARES_TOO_FEW', 'no share was given')
  const first = one.share
  const { ceremony, needed, of } = first
  for (const { share } of offered) {
    const isSame = share.ceremony === ceremony && share.needed === needed && share.of === of
    if (!isSame || !isOurs(share)) throw foreign(share.number)
  }
  const numbers = offered.map(({ share }) => share.number)
  if (new Set(numbers).size < numbers.length) {
    throw new CaError('CA_SHARE_REPEATED', 'a share was given twice')
  }
  if (offered.length < needed) throw tooFew(offered.length, needed)
  const parts: Uint8Array[] = []
  for (const { share, passphrase } of offered) parts.push(await openShare(share, passphrase))
  return { secret: await join(parts), first }
}

async function join(parts: Uint8Array[]): Promise<Uint8Array> {
  try {
    return await combine(parts)
  } catch (cause) {
    throw new CaError('CA_SHARE_MALFORMED', 'these shares cannot be joined', { cause })
  } finally {
    for (const bytes of parts) bytes.fill(0)
  }
}

function tooFew(given: number, needed: number): CaError {
  return new CaError(
    'CA_SHARES_TOO_FEW',
    `${String(given)} shares were given, ${String(needed)} are needed`,
    { details: { given, needed } },
  )
}

function foreign(number: number): CaError {
  return new CaError(
    'CA_SHARE_FOREIGN',
    `share ${String(number)} is of another ceremony or another key`,
    { details: { number } },
  )
}
