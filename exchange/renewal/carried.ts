/** What a timestamp of the archive carries, so that it can be judged by itself for as long as it serves (RFC 4998 4.2). */
import {
  boxActor,
  sha256Hex,
  type Authority,
  type Journal,
  type StampOptions,
} from '../../ca/index.ts'
import { firstEnd } from './due.ts'

export interface CarriedSource {
  readonly journal: Journal
  readonly authority: Authority
  /** Certificate of the key that stamps now, DER. */
  readonly stampingCertificate: () => Uint8Array
}

/**
 * Chains to every root and their lists. `signers`: certificates (DER) of signatures that bear no timestamp; of them fresh lists are made
 * once the token is signed, for what says that a certificate was not revoked must not be older than the signature's proof (EN 319 102-1 5.2.5).
 */
export function carriedFor(
  { journal, authority, stampingCertificate }: CarriedSource,
  signers: readonly Uint8Array[],
): NonNullable<StampOptions['carry']> {
  return async () => {
    if (signers.length > 0) await journal.commit(authority.prepareFreshCrls({ actor: boxActor }))
    const leaves = distinct([stampingCertificate(), ...signers])
    const lists = await authority.crlsFor(leaves)
    const above = leaves.flatMap((leaf) => authority.chainOf(leaf))
    return {
      certificates: distinct([...leaves, ...above, ...authority.links]),
      crls: lists.map(({ crl }) => crl),
    }
  }
}

/** When a timestamp of now will end: the first end on the way to the newest root. */
export function endOfStampsNow({ authority, stampingCertificate }: CarriedSource): Date {
  const certificate = stampingCertificate()
  const roots = new Set(authority.roots.map(sha256Hex))
  const path = [certificate, ...authority.chainOf(certificate)]
  return firstEnd(path.filter((one) => !roots.has(sha256Hex(one))))
}

const distinct = (all: readonly Uint8Array[]): Uint8Array[] => [
  ...new Map(all.map((one) => [sha256Hex(one), one])).values(),
]
