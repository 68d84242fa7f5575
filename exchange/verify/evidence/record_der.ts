/**
 * Reads evidence records (RFC 4998 3.1, 4.1, 5.1; IMPLICIT TAGS, DER) strictly and within limits. Pure; judges nothing, see
 * `evidence_record.ts`. Records over encrypted objects (`encryptionInfo`) are refused: nothing is kept encrypted here.
 */
import {
  expectTag,
  malformed,
  partsOf,
  readDer,
  readHash,
  readInteger,
  readTimeStampToken,
  sequenceOf,
  type HashName,
  type Node,
} from '../../../ca/path/index.ts'

/** A record of a hundred years with all its CRLs stays below one megabyte. */
export const maxRecordBytes = 4 * 1024 * 1024
/** Changes of the hash algorithm; there was one in thirty years. */
export const maxChains = 32
/** Archive timestamps of all chains together: renewed each year for two centuries. */
export const maxArchiveTimeStamps = 256
/** Partial hash trees of one timestamp: a binary tree over 2^64 leaves. */
export const maxPartialTrees = 64
/** Hash values of one timestamp's reduced tree: trees of others may be flat. */
export const maxTreeValues = 20_000
const maxAlgorithms = 16

/** One archive timestamp (RFC 4998 4.1). */
export interface ArchiveTimeStamp {
  /** Of its hash tree, and of the messageImprint, which must be the same (4.3 step 4); undefined: not known here. */
  readonly hash: HashName | undefined
  /** Whether `digestAlgorithm`, where it is stated, says another one than the messageImprint. */
  readonly isContradictory: boolean
  /** Partial hash trees from the leaf upwards; empty where there is no reduced tree. */
  readonly reducedHashtree: readonly (readonly Uint8Array[])[]
  /** The ContentInfo, whole DER: what a renewal covers (5.2). */
  readonly timeStamp: Uint8Array
  readonly imprint: Uint8Array
  readonly genTime: Date
}

export interface EvidenceRecord {
  /** Hash algorithms it says it uses; undefined for those that are not known here. */
  readonly digestAlgorithms: readonly (HashName | undefined)[]
  /** ArchiveTimeStampSequence: chains in order, each with its timestamps in order. */
  readonly chains: readonly ArchiveTimeStampChain[]
}

export interface ArchiveTimeStampChain {
  /** Whole DER. */
  readonly raw: Uint8Array
  readonly timeStamps: readonly ArchiveTimeStamp[]
}

/** Reads a record; throws `DER_MALFORMED`, also beyond a limit. */
export function readEvidenceRecord(bytes: Uint8Array): EvidenceRecord {
  if (bytes.length > maxRecordBytes) throw malformed('evidence record: too large')
  const fields = sequenceOf(readDer(bytes), 'EvidenceRecord')
  if (readInteger(fields.shift(), 'version') !== 1n) throw malformed('EvidenceRecord version')
  const digestAlgorithms = parts(fields.shift(), { what: 'digestAlgorithms', max: maxAlgorithms })
  // cryptoInfos help to validate and are covered by no timestamp (3.1): ours stand in the timestamps.
  if (fields[0]?.tag === 0xa0) fields.shift()
  const [sequence, extra] = fields
  if (extra || sequence?.tag === 0xa1) throw malformed('EvidenceRecord: encrypted, or too much')
  const counter = { left: maxArchiveTimeStamps }
  return {
    digestAlgorithms: digestAlgorithms.map((node) => readHash(node, 'digestAlgorithms')),
    chains: parts(sequence, { what: 'ArchiveTimeStampSequence', max: maxChains }).map((chain) => ({
      raw: chain.raw,
      timeStamps: readChain(chain, counter),
    })),
  }
}

function readChain(chain: Node, counter: { left: number }): ArchiveTimeStamp[] {
  const nodes = parts(chain, { what: 'ArchiveTimeStampChain', max: counter.left })
  counter.left -= nodes.length
  return nodes.map(readArchiveTimeStamp)
}

function readArchiveTimeStamp(node: Node): ArchiveTimeStamp {
  const fields = sequenceOf(node, 'ArchiveTimeStamp')
  const stated = fields[0]?.tag === 0xa0 ? fields.shift() : undefined
  // Attributes document steps of renewal (4.1) and prove nothing.
  if (fields[0]?.tag === 0xa1) fields.shift()
  const tree = fields[0]?.tag === 0xa2 ? fields.shift() : undefined
  const [token, extra] = fields
  const { raw } = expectTag(token, 0x30, 'timeStamp')
  if (extra) throw malformed('ArchiveTimeStamp: unknown field')
  const { imprint, imprintHash, genTime } = readTimeStampToken(raw)
  return {
    hash: imprintHash,
    isContradictory:
      stated !== undefined && readHash({ ...stated, tag: 0x30 }, 'digestAlgorithm') !== imprintHash,
    reducedHashtree: tree ? readTree({ ...tree, tag: 0x30 }) : [],
    ...{ timeStamp: raw, imprint, genTime },
  }
}

function readTree(tree: Node): Uint8Array[][] {
  let left = maxTreeValues
  return parts(tree, { what: 'reducedHashtree', max: maxPartialTrees }).map((list) => {
    const values = parts(list, { what: 'PartialHashtree', max: left })
    left -= values.length
    return values.map((value) => expectTag(value, 0x04, 'hash value').contents)
  })
}

/** Parts of a SEQUENCE OF that is not empty and not too long. */
function parts(node: Node | undefined, of: { readonly what: string; readonly max: number }) {
  const { what, max } = of
  const found: Node[] = []
  for (const part of partsOf(expectTag(node, 0x30, what))) {
    if (found.length === max) throw malformed(`${what}: too many`)
    found.push(part)
  }
  if (found.length === 0) throw malformed(`${what}: empty`)
  return found
}
