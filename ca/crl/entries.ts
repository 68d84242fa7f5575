/**
 * The entries of a list, encoded and checked once and kept in the order of their serial numbers: a list of 100,000 is not written anew for
 * one more. Numbers are random, so their first digits make buckets of about the same size, of which a change touches one.
 */
import { concat, fromHex } from '../bytes.ts'
import { extension } from '../certificates/encoding.ts'
import { brokenEntryChecks } from '../certificates/lint/crl.ts'
import * as der from '../der/write.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import { revocationReasons, type RevocationReason } from './reasons.ts'

export interface RevokedCertificate {
  /** Hexadecimal octets of the positive number. */
  readonly serial: string
  readonly revokedAt: Date
  readonly reason: RevocationReason
  readonly invalidityDate?: Date
}

export interface CrlEntries {
  readonly size: number
  /** The latest date of revocation that any entry has or had; a list must not be older. */
  readonly latest: Date
  /** Adds an entry, or replaces the one of this serial number. Throws `CA_PROFILE_VIOLATED` for one that no list may have. */
  put(revoked: RevokedCertificate): void
  /** Takes an entry off; of a serial number that is not there nothing. */
  remove(serial: string): void
  /** All entries in the order of serial numbers, as runs of DER; `turn` is awaited between them. */
  pieces(turn: () => Promise<void> | undefined): Promise<Uint8Array[]>
}

/** Hexadecimal digits that make a bucket: 4096 of them, with some 25 of 100,000 entries each. */
const bucketDigits = 3

interface Bucket {
  readonly entries: Map<string, Uint8Array>
  /** Its entries in order, one after the other; undefined after a change. */
  joined: Uint8Array | undefined
}

export function createCrlEntries(): CrlEntries {
  const buckets = new Map<string, Bucket>()
  let size = 0
  let latest = new Date(0)
  const keyOf = (serial: string): string => serial.slice(0, bucketDigits)
  return {
    get size() {
      return size
    },
    get latest() {
      return latest
    },
    put(revoked) {
      const { serial } = revoked
      const entry = encodeEntry(revoked)
      const bucket = buckets.get(keyOf(serial)) ?? { entries: new Map(), joined: undefined }
      if (!bucket.entries.has(serial)) size += 1
      if (revoked.revokedAt > latest) latest = revoked.revokedAt
      bucket.entries.set(serial, entry)
      bucket.joined = undefined
      buckets.set(keyOf(serial), bucket)
    },
    remove(serial) {
      const bucket = buckets.get(keyOf(serial))
      if (bucket?.entries.delete(serial) !== true) return
      size -= 1
      bucket.joined = undefined
      if (bucket.entries.size === 0) buckets.delete(keyOf(serial))
    },
    async pieces(turn) {
      const found: Uint8Array[] = []
      for (const key of [...buckets.keys()].sort()) {
        const bucket = buckets.get(key)
        if (bucket === undefined) continue
        bucket.joined ??= joinInOrder(bucket.entries)
        found.push(bucket.joined)
        await turn()
      }
      return found
    },
  }
}

function joinInOrder(entries: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const inOrder = [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
  return concat(...inOrder.map(([, entry]) => entry))
}

/** One entry, DER (RFC 5280 5.1.2.6, 5.3), checked before it gets near a signature. */
function encodeEntry({
  serial,
  revokedAt,
  reason,
  invalidityDate,
}: RevokedCertificate): Uint8Array {
  const extensions = [
    ...(reason === 'unspecified'
      ? []
      : [extension(oids.reasonCode, der.enumerated(revocationReasons[reason]))]),
    ...(invalidityDate
      ? [extension(oids.invalidityDate, der.generalizedTime(invalidityDate))]
      : []),
  ]
  const entry = der.sequence(
    der.integer(fromHex(serial)),
    der.time(revokedAt),
    ...(extensions.length > 0 ? [der.sequence(...extensions)] : []),
  )
  const [lint] = brokenEntryChecks(entry, { thisUpdate: undefined, isDelta: false })
  if (lint === undefined) return entry
  throw new CaError('CA_PROFILE_VIOLATED', `${lint}: no entry that a list may have`, {
    details: { lint, serial },
  })
}
