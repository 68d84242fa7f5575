/**
 * Verifies a signed statement (design 3): canonical JSON (RFC 8785) with a detached CMS signature beside it (CAdES baseline). Says
 * whether the statement is authentic and its signer trusted, not whether what it states is so. Pure but for the ports.
 */
import { canonicalJson, equal, type Certificate } from '../../../ca/path/index.ts'
import { judgeSigner, readCmsSignature } from '../cms/signature.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { finding } from '../findings.ts'
import type { FileReport, SignatureReport } from '../types.ts'
import { failed, indeterminate, passed, unverifiable, worst } from '../verdict.ts'

/** A statement beyond this is none: an order that names 20,000 known tokens has 3 MB. */
const maxStatementBytes = 4 * 1024 * 1024

/** Verifies a statement with its signature; resolves for any bytes. */
export async function verifyStatement(
  name: string,
  bytes: Uint8Array,
  options: {
    readonly signature: Uint8Array | undefined
    readonly evidence: Evidence
    /** `journal`: the manifest of an evidence bundle, which is no statement of ours but signed like one. */
    readonly as?: 'statement' | 'journal'
  },
): Promise<FileReport> {
  const { signature, evidence, as = 'statement' } = options
  if (bytes.length > maxStatementBytes) return unverifiable(name, 'FILE_TOO_LARGE')
  if (!signature) return unverifiable(name, 'NO_SIGNATURE')
  const envelope = as === 'journal' ? manifestEnvelope : readEnvelope(bytes)
  const { certificates, ports } = evidence
  const facts = await readCmsSignature({ cms: signature, content: bytes, certificates, ports })
  const signer = await judgeSigner(facts, evidence, {
    // Of its own state the box speaks with the journal's key, and nobody else does.
    as: envelope?.type === 'sealbox.state' ? 'journal' : as,
    existedBy: evidence.existedBy,
  })
  const form = envelope ? passed : failed('FORMAT_FAILURE')
  const authentic = facts.authentic ? passed : failed(facts.judgement.subIndication)
  const isOwn = speaksForItself(envelope?.unit, facts.certificate)
  const judgement = worst([
    form,
    authentic,
    facts.judgement,
    signer.judgement,
    isOwn ? passed : indeterminate('CHAIN_CONSTRAINTS_FAILURE'),
  ])
  const stamped = signer.stamps.some(({ statedTime }) => statedTime)
  const level = signer.hasRevocationData ? 'B-LT' : 'B-T'
  const report: SignatureReport = {
    field: envelope?.type ?? '',
    signer: facts.certificate?.subject.text ?? '',
    level: !facts.baseline ? null : stamped ? level : 'B-B',
    ...judgement,
    integrity: facts.authentic && envelope ? 'INTACT' : 'BROKEN',
    claimedTime: envelope?.at ?? null,
    ...(signer.provenBy && { provenBy: signer.provenBy.toISOString() }),
    timestamps: signer.stamps.flatMap(({ statedTime }) =>
      statedTime ? [{ time: statedTime.toISOString(), kind: 'signature' as const }] : [],
    ),
    coversWholeRevision: true,
    changesAfter: [],
    chain: signer.path.map(({ subject }) => subject.text),
    findings: [
      ...(envelope ? [] : [finding('STATEMENT_MALFORMED')]),
      ...(isOwn ? [] : [finding('STATEMENT_OF_ANOTHER')]),
      ...facts.findings,
      ...signer.findings,
    ],
  }
  const validUntil = judgement.verdict === 'TOTAL-PASSED' ? signer.until : undefined
  return {
    file: name,
    ...judgement,
    findings: [],
    seal: { verdict: report.verdict },
    signatures: [report],
    ...(validUntil && { validUntil: validUntil.toISOString() }),
  }
}

/** Of a manifest its own reader says whether it is well formed. */
const manifestEnvelope: Envelope = { type: 'ASiCManifest', at: undefined, unit: undefined }

interface Envelope {
  readonly type: string
  readonly at: string | undefined
  /** Unified social credit code of the unit that states it. */
  readonly unit: string | undefined
}

/** A unit signs for itself alone: the certificate, where it names an organisation, names the unit of the statement. */
function speaksForItself(unit: string | undefined, certificate: Certificate | undefined): boolean {
  const organizations = certificate?.subject.organizations ?? []
  return unit === undefined || organizations.length === 0 || organizations.includes(unit)
}

/** The common envelope `{ type: 'sealbox.<act>', v: 1, … }`; undefined unless the bytes are its one canonical encoding. */
function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value = JSON.parse(text) as unknown
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const { type, v, at, unit } = value as Record<string, unknown>
    if (typeof type !== 'string' || !/^sealbox\.[a-z-]{1,40}$/.test(type) || v !== 1) {
      return undefined
    }
    if (!equal(canonicalJson(value), bytes)) return undefined
    const isTime = typeof at === 'string' && !Number.isNaN(Date.parse(at))
    return {
      type,
      at: isTime ? new Date(at).toISOString() : undefined,
      unit: typeof unit === 'string' ? unit : undefined,
    }
  } catch {
    return undefined // no UTF-8, no JSON, or nested beyond what the parser bears
  }
}
