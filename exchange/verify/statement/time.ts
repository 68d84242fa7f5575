/** Who vouches for the time of a statement that stands alone (design 4). Pure. */
import { sha256Hex } from '../../../ca/path/index.ts'
import type { KnownHeads } from './heads.ts'
import { readStatement } from './read.ts'
import type { FileReport } from '../types.ts'
import { attestationOf, type TimeAttestation } from './witness.ts'

/** The report with the time of its one signature, where something vouches for it. */
export function withTime(
  report: FileReport,
  bytes: Uint8Array,
  known: KnownHeads | undefined,
): FileReport {
  const [signature, second] = report.signatures
  const statement = readStatement(bytes)
  if (!signature || second || !statement || signature.integrity !== 'INTACT') return report
  const { signer, head } = statement
  const index = known?.indexOf.get(sha256Hex(bytes))
  const unit = 'unit' in statement ? statement.unit : undefined
  const time: TimeAttestation | undefined =
    index !== undefined && known
      ? attestationOf({ index, signer, unit, head }, known.witnesses)
      : signature.timestamps.length > 0
        ? { attestation: 'BOX-ATTESTED', ...(head && { notBefore: head }) }
        : undefined
  return time ? { ...report, signatures: [{ ...signature, time }] } : report
}
