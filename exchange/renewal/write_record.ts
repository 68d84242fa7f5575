/** Writes evidence records (RFC 4998 3.1, 4.1; IMPLICIT TAGS, DER). Pure; read and judged by `exchange/verify`. */
import { der } from '../../ca/path/index.ts'
import { treeHashes, type TreeHash } from './hash_tree.ts'

/** What one archive timestamp holds. */
export interface ArchiveTimeStampParts {
  readonly hash: TreeHash
  /** From the leaf upwards; empty where the timestamp covers the one value alone. */
  readonly reducedHashtree: readonly (readonly Uint8Array[])[]
  /** RFC 3161 token, a ContentInfo, DER. */
  readonly timeStamp: Uint8Array
}

/** Chains in order, each with its timestamps in order; none of them empty. */
export type ChainParts = readonly ArchiveTimeStampParts[]

/** EvidenceRecord, DER. */
export function writeEvidenceRecord(chains: readonly ChainParts[]): Uint8Array {
  const hashes = [...new Set(chains.flatMap((chain) => chain.map(({ hash }) => hash)))]
  return der.sequence(
    der.integer(1),
    der.sequence(...hashes.map((hash) => der.sequence(algorithm(hash)))),
    writeSequence(chains),
  )
}

/** ArchiveTimeStampSequence, DER: what a hash-tree renewal covers beside the object (5.2). */
export function writeSequence(chains: readonly ChainParts[]): Uint8Array {
  return der.sequence(
    ...chains.map((chain) => der.sequence(...chain.map((stamp) => archiveTimeStamp(stamp)))),
  )
}

function archiveTimeStamp({ hash, reducedHashtree, timeStamp }: ArchiveTimeStampParts): Uint8Array {
  const lists = reducedHashtree.map((list) => der.sequence(...list.map(der.octetString)))
  return der.sequence(
    der.element(0xa0, algorithm(hash)),
    ...(lists.length > 0 ? [der.element(0xa2, ...lists)] : []),
    timeStamp,
  )
}

/** AlgorithmIdentifier without its outer tag; RFC 5754 2: no parameters. */
const algorithm = (hash: TreeHash): Uint8Array => der.objectIdentifier(treeHashes[hash].oid)
