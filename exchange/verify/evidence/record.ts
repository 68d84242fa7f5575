/**
 * Judges evidence records beside a file (RFC 4998 4.3, 5.3): that each archive timestamp covers the file, or the timestamp that it renews,
 * and was valid when the next one was made; the last one is to be valid at the moment of validation. A record proves that the
 * file existed at its first timestamp; one that does not hold proves nothing, and never speaks against the file. Pure but for the ports.
 */
import {
  concat,
  der,
  equal,
  readOrExplain,
  webDigest,
  type CryptoPorts,
  type HashName,
} from '../../../ca/path/index.ts'
import { withMore, type Evidence } from './evidence.ts'
import { readEvidenceRecord, type ArchiveTimeStamp, type EvidenceRecord } from './record_der.ts'
import { finding, type FindingCode } from '../findings.ts'
import { judgeStamp, readStamp } from './timestamps.ts'
import type { Finding } from '../types.ts'
import { earliestOf } from '../verdict.ts'

/** What one record says that holds. */
export interface RecordProof {
  /** genTime of its first timestamp: all its objects existed by then. */
  readonly provenAt: Date
  /** When its last timestamp's chain ends: by then it is to be renewed. */
  readonly validUntil: Date | undefined
  /** genTime of its last timestamp. */
  readonly renewedAt: Date
}

export interface RecordsVerdict {
  /** The earliest time that is proven; undefined where no record holds. */
  readonly provenAt: Date | undefined
  /** The latest end among the records that hold; undefined where none does. */
  readonly validUntil: Date | undefined
  /** Of the records that hold, in the order given. */
  readonly proofs: readonly RecordProof[]
  readonly findings: readonly Finding[]
}

/** Records beside one file; renewal adds to a record, not records. */
export const maxRecords = 8

/** Whether the bytes are one, whatever it proves. */
export function isEvidenceRecord(bytes: Uint8Array): boolean {
  return !('message' in readOrExplain(() => readEvidenceRecord(bytes)))
}

/**
 * Judges DER evidence records over a data object group (RFC 4998 2.1): the file, or a statement and its signature. Of several
 * objects the record must cover each, and nothing else in its first list (5.3). Resolves for any bytes.
 */
export async function judgeRecords(
  records: readonly Uint8Array[],
  objects: readonly Uint8Array[],
  evidence: Evidence,
): Promise<RecordsVerdict> {
  const hashing = hashesOf(objects, evidence.ports)
  const proofs: RecordProof[] = []
  const findings: Finding[] = []
  for (const bytes of records.slice(0, maxRecords)) {
    const verdict = await judgeRecord(bytes, hashing, evidence)
    if ('provenAt' in verdict) proofs.push(verdict)
    findings.push(
      'provenAt' in verdict
        ? finding('EVIDENCE_RECORD_HOLDS', verdict.provenAt.toISOString())
        : finding(verdict.code, verdict.detail),
    )
  }
  const ends = proofs.flatMap(({ validUntil }) => (validUntil ? [validUntil.getTime()] : []))
  const starts = proofs.map(({ provenAt }) => provenAt.getTime())
  return {
    provenAt: starts.length > 0 ? new Date(Math.min(...starts)) : undefined,
    validUntil: ends.length > 0 ? new Date(Math.max(...ends)) : undefined,
    ...{ proofs, findings },
  }
}

interface Objection {
  readonly code: FindingCode
  readonly detail?: string
}

/** Hash values of all objects, made once an algorithm. */
type Hashing = (hash: HashName) => Promise<readonly Uint8Array[]>

function hashesOf(objects: readonly Uint8Array[], ports: CryptoPorts | undefined): Hashing {
  const digest = digestBy(ports)
  const known = new Map<HashName, readonly Uint8Array[]>()
  return async (hash) => {
    const found = known.get(hash)
    if (found) return found
    const values: Uint8Array[] = []
    for (const one of objects) values.push(await digest(hash, one))
    known.set(hash, values)
    return values
  }
}

const digestBy = (ports: CryptoPorts | undefined) => ports?.digest ?? webDigest

async function judgeRecord(
  bytes: Uint8Array,
  hashing: Hashing,
  evidence: Evidence,
): Promise<RecordProof | Objection> {
  const record = readOrExplain(() => readEvidenceRecord(bytes))
  if ('message' in record) return { code: 'EVIDENCE_RECORD_MALFORMED', detail: record.message }
  return (
    algorithmObjection(record) ??
    (await coverObjection(record, hashing, evidence.ports)) ??
    judgeTimes(record, evidence)
  )
}

/** 5.3 step 2: one hash algorithm a chain, not SHA-1 or unknown, and stated at the top (3.1). */
function algorithmObjection({ chains, digestAlgorithms }: EvidenceRecord): Objection | undefined {
  const code = 'EVIDENCE_RECORD_ALGORITHM'
  for (const { timeStamps } of chains) {
    const used = new Set(timeStamps.map(({ hash }) => hash))
    const [hash] = used
    if (hash === undefined || hash === 'SHA-1') return { code }
    if (used.size > 1) return { code, detail: 'two in one chain' }
    if (timeStamps.some(({ isContradictory }) => isContradictory)) {
      return { code, detail: 'of tree and timestamp' }
    }
    if (!digestAlgorithms.includes(hash)) return { code, detail: 'not stated' }
  }
  return undefined
}

/** Whether each timestamp covers what it must. */
async function coverObjection(
  { chains }: EvidenceRecord,
  hashing: Hashing,
  ports: CryptoPorts | undefined,
): Promise<Objection | undefined> {
  const digest = digestBy(ports)
  for (const [at, { timeStamps }] of chains.entries()) {
    let before: Uint8Array | undefined
    for (const stamp of timeStamps) {
      const { hash } = stamp
      if (hash === undefined) return { code: 'EVIDENCE_RECORD_ALGORITHM' }
      const own = (bytes: Uint8Array): Promise<Uint8Array> => Promise.resolve(digest(hash, bytes))
      const isFirst = before === undefined && at === 0
      const values =
        before === undefined
          ? await firstValues({ objects: await hashing(hash), older: chains.slice(0, at), own })
          : [await own(before)]
      if (!isCovered(stamp, values)) {
        return { code: isFirst ? 'EVIDENCE_RECORD_OF_ANOTHER' : 'EVIDENCE_RECORD_BROKEN' }
      }
      const root = await rootOf(stamp, own)
      if (!root || !equal(root, stamp.imprint)) {
        return { code: 'EVIDENCE_RECORD_BROKEN', detail: stamp.genTime.toISOString() }
      }
      before = stamp.timeStamp
    }
  }
  return undefined
}

type OwnDigest = (bytes: Uint8Array) => Promise<Uint8Array>

/** What the first timestamp of a chain covers: the objects' hashes (4.3), or each with that of the older chains (5.2, hash-tree renewal). */
async function firstValues(of: {
  readonly objects: readonly Uint8Array[]
  readonly older: EvidenceRecord['chains']
  readonly own: OwnDigest
}): Promise<readonly Uint8Array[]> {
  const { objects, older, own } = of
  if (older.length === 0) return objects
  const before = await own(der.sequence(...older.map(({ raw }) => raw)))
  return Promise.all(objects.map((hash) => own(concat(hash, before))))
}

/** 4.3 step 2, and for several objects the additional proof of 5.3: all of them, and nothing else. */
function isCovered(stamp: ArchiveTimeStamp, values: readonly Uint8Array[]): boolean {
  const list = stamp.reducedHashtree[0] ?? [stamp.imprint]
  const isThere = (value: Uint8Array): boolean => list.some((one) => equal(one, value))
  return values.every(isThere) && (values.length === 1 || list.length === values.length)
}

/** 4.3 step 3: each list in binary ascending order, concatenated, hashed, and put into the next one. */
async function rootOf(stamp: ArchiveTimeStamp, own: OwnDigest): Promise<Uint8Array | undefined> {
  const { reducedHashtree, imprint } = stamp
  let root: Uint8Array | undefined
  for (const list of reducedHashtree) {
    // Any other length would let one list be read as another.
    if (list.some(({ length }) => length !== imprint.length)) return undefined
    const values = root ? [...list, root] : list
    const [alone] = values
    // A group of one stands for itself (4.2 step 3).
    root =
      values.length === 1 && alone ? alone : await own(concat(...values.toSorted(der.compareBytes)))
  }
  return root ?? imprint
}

/** Newest first: each timestamp is to be valid when the next one was made, the last one now (5.3). */
async function judgeTimes(
  { chains }: EvidenceRecord,
  evidence: Evidence,
): Promise<RecordProof | Objection> {
  const all = chains.flatMap(({ timeStamps }) => timeStamps)
  const { certificates, ports } = evidence
  // What a later timestamp carries speaks of the earlier ones, too: a root of later has lists and links of its own.
  let known = evidence
  let validAt = evidence.at
  let validUntil: Date | undefined
  for (const { timeStamp: token, genTime } of all.toReversed()) {
    const facts = await readStamp({ token, data: undefined, certificates, ports })
    const verdict = await judgeStamp(facts, known, validAt)
    known = withMore(known, facts)
    if (verdict.genTime === undefined) {
      const [why] = verdict.findings.filter(({ severity }) => severity === 'error').toReversed()
      const detail = `${genTime.toISOString()}${why ? `: ${why.message}` : ''}`
      return { code: 'EVIDENCE_RECORD_LATE', detail }
    }
    validUntil = earliestOf([validUntil, verdict.until])
    validAt = verdict.genTime
  }
  const [first, last] = [all[0], all.at(-1)]
  if (!first || !last) return { code: 'EVIDENCE_RECORD_MALFORMED' }
  return { provenAt: validAt, validUntil, renewedAt: last.genTime }
}
