/**
 * Verifies a sealed PDF (PAdES baseline, EN 319 142-1; EN 319 102-1): every signature, every document timestamp, and what
 * changed after each. Judges evidence that is inside the file; no network. Pure but for the ports.
 */
import { ExchangeError } from '../../errors.ts'
import type { PdfDocument } from '../../pdf/index.ts'
import { judgeSigner, readCmsSignature, type SignerVerdict } from '../cms/signature.ts'
import { withMore, type Evidence } from '../evidence/evidence.ts'
import { finding } from '../findings.ts'
import { isObjection, type RevisionChange } from '../report/change_words.ts'
import { changesByRevision, docMdpOf, type ChangesByRevision } from './later.ts'
import { openSealed, type Opened } from './open.ts'
import { reportRanges } from './ranges.ts'
import { judgeNamed, type NamedVerdict } from './named.ts'
import { readSecurityStore } from './security_store.ts'
import { countHidden, countStamps, maxSignatures, type PdfSignature } from './signatures.ts'
import { reportUnreadable } from './unreadable.ts'
import type { StampVerdict } from '../evidence/timestamps.ts'
import { conformanceOf } from './conformance.ts'
import { judgeDocumentStamps, type DocumentStamp } from './document_stamps.ts'
import { piecesInside } from './pieces_inside.ts'
import type {
  Companions,
  Finding,
  Integrity,
  Level,
  FileReport,
  RevisionReport,
  SignatureReport,
  TimeStampFact,
  VerifyRequest,
} from '../types.ts'
import {
  earliestOf,
  failed,
  indeterminate,
  unreachableSignature,
  unverifiable,
  worst,
  type Judgement,
} from '../verdict.ts'

/** Verifies a PDF; resolves for any bytes. */
export async function verifyPdf(
  request: Pick<VerifyRequest, 'name' | 'bytes' | 'companions'>,
  evidence: Evidence,
): Promise<FileReport> {
  const { name, bytes, companions = {} } = request
  const opened = openSealed(bytes)
  if ('code' in opened) return reportUnreadable({ name, bytes }, opened, evidence)
  const { document, signatures } = opened
  if (signatures.length > maxSignatures) {
    return unverifiable(name, 'FILE_TOO_LARGE', { detail: 'too many signatures' })
  }
  const hidden = countHidden(bytes, signatures, document)
  if (signatures.length === 0 && hidden <= 0) return unverifiable(name, 'NO_SIGNATURE')
  const store = storeOf(document)
  const inside = piecesInside(store, signatures, evidence.ports?.pieces)
  const known = withMore(evidence, inside)
  const stamps = await judgeDocumentStamps(signatures, inside.placed, known)
  const seals = signatures.filter(({ isTimestamp }) => !isTimestamp)
  const later = changesByRevision({ ...opened, document: opened.whole })
  const judged: JudgedSeal[] = []
  // One after the other: what comes of it must not hang on whose cryptography answers first.
  for (const seal of seals) {
    judged.push(await judgeSeal({ seal, opened, stamps, later, evidence: known }))
  }
  const reports = judged.map(({ report }) => report)
  const lostStamps = countStamps(bytes) - stamps.length
  const isStampLost = hidden > 0 && hidden === lostStamps
  const unreachable = hidden > 0 && !isStampLost ? [unreachableSignature()] : []
  const damage = [...later.values()].flat().filter(({ effect }) => effect === 'damaged')
  const findings = [
    ...(isStampLost ? [finding('DOCUMENT_TIMESTAMP_BROKEN')] : []),
    ...damage.map(({ message }) => finding('REVISION_MALFORMED', message)),
  ]
  const named = await namedIn(opened, companions)
  const revisions = await reportRevisions(opened, later, known)
  const all = [...reports, ...unreachable]
  const until = earliestOf([...judged, ...stamps].map((one) => one.until))
  const conformance = await conformanceOf(opened, store, evidence.ports)
  const parts = { name, signatures: all, stamps, findings, named, revisions, until }
  return { ...assemble(parts), conformance }
}

function storeOf(document: PdfDocument) {
  try {
    return readSecurityStore(document)
  } catch (error) {
    if (error instanceof ExchangeError) return undefined
    throw error
  }
}

/** Each revision with its hash and what it did; what belongs to none stands with the last. */
async function reportRevisions(
  { whole, list }: Opened,
  later: ChangesByRevision,
  { ports }: Evidence,
): Promise<readonly RevisionReport[]> {
  const last = list.revisions.length - 1
  return reportRanges({ bytes: whole.bytes, ranges: list.revisions, ports }, (index) => [
    ...(later.get(index) ?? []),
    ...(index === last ? (later.get(last + 1) ?? []) : []),
  ])
}

/** What the first sealed state names beside itself. */
async function namedIn(
  { document, states, signatures }: Opened,
  companions: Companions,
): Promise<NamedVerdict> {
  const first = signatures.find(({ revision }) => revision !== undefined)?.revision
  try {
    return await judgeNamed(states[first ?? -1] ?? document, companions)
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    return {
      judgement: indeterminate('TRY_LATER'),
      findings: [finding('ATTACHMENTS_UNREADABLE', error.message)],
    }
  }
}

interface SealQuestion {
  readonly seal: PdfSignature
  readonly opened: Opened
  readonly stamps: readonly DocumentStamp[]
  readonly later: ChangesByRevision
  readonly evidence: Evidence
}

const understood: readonly string[] = [
  'ETSI.CAdES.detached',
  'adbe.pkcs7.detached',
  'adbe.pkcs7.sha1',
]

interface JudgedSeal {
  readonly report: SignatureReport
  readonly until: Date | undefined
}

async function judgeSeal(question: SealQuestion): Promise<JudgedSeal> {
  const { seal, stamps, later, evidence } = question
  const { value, revision } = seal
  const { certificates, ports } = evidence
  const facts = await readCmsSignature({
    cms: seal.contents,
    padded: true,
    content: seal.parts,
    isSha1Inside: value.subFilter === 'adbe.pkcs7.sha1',
    certificates,
    ports,
  })
  const structure = structureFindings(seal)
  const changes = [...later]
    .filter(([index]) => index > (revision ?? -1))
    .flatMap(([, list]) => list)
  const objections = changes.filter(isObjection)
  const broken = structure.length > 0 || !facts.authentic || isOwnRevisionBad(question)
  const integrity: Integrity = broken ? 'BROKEN' : objections.length > 0 ? 'CHANGED' : 'INTACT'
  const covering = stamps.filter(
    (stamp) => stamp.statedTime && (stamp.signature.revision ?? -1) > (revision ?? Infinity),
  )
  const stampedBy = covering.find(({ genTime }) => genTime)?.genTime
  const existedBy = stampedBy ?? evidence.existedBy
  const signer = await judgeSigner(facts, evidence, { as: 'seal', existedBy })
  const judgement = worst([
    ...(structure.length > 0 || isOwnRevisionBad(question) ? [failed('FORMAT_FAILURE')] : []),
    ...(integrity === 'CHANGED' ? [changedJudgement(objections)] : []),
    ...(facts.authentic ? [] : [failed(facts.judgement.subIndication)]),
    facts.judgement,
    signer.judgement,
  ])
  const report: SignatureReport = {
    field: seal.field,
    signer: facts.certificate?.subject.text ?? '',
    level: levelOf(facts.baseline, signer, stampedBy !== undefined),
    ...judgement,
    integrity,
    claimedTime: claimedTime(value.date),
    ...(signer.provenBy && { provenBy: signer.provenBy.toISOString() }),
    timestamps: [
      ...signer.stamps.flatMap(factOf('signature')),
      ...covering.flatMap(factOf('document')),
    ],
    coversWholeRevision: revision !== undefined,
    changesAfter: [...new Set(changes.map(({ message }) => message))],
    ...(revision !== undefined && { revision }),
    ...mdpOf(value),
    chain: signer.path.map(({ subject }) => subject.text),
    findings: [
      ...structure,
      ...facts.findings,
      ...objections.map(({ effect, message }) =>
        finding(effect === 'forbidden' ? 'CHANGED_AFTER' : 'CHANGED_AS_PERMITTED', message),
      ),
      ...value.otherTransforms.map((method) => finding('TRANSFORM_UNKNOWN', method)),
      ...signer.findings,
    ],
  }
  return { report, until: signer.until }
}

/** What a person sees differs: not permitted, the seal has failed; permitted, it holds for what it was put on, which is not what is shown. */
function changedJudgement(objections: readonly RevisionChange[]): Judgement {
  const isForbidden = objections.some(({ effect }) => effect === 'forbidden')
  return isForbidden ? failed('HASH_FAILURE') : indeterminate('SIG_CONSTRAINTS_FAILURE')
}

function mdpOf(value: PdfSignature['value']): Pick<SignatureReport, 'docMdp' | 'fieldMdp'> {
  const docMdp = docMdpOf(value)
  const { fieldMdp } = value
  return { ...(docMdp !== undefined && { docMdp }), ...(fieldMdp && { fieldMdp }) }
}

function structureFindings({ rangeProblem, value }: PdfSignature): Finding[] {
  const findings: Finding[] = []
  if (rangeProblem !== undefined) findings.push(finding('BYTE_RANGE_WRONG', rangeProblem))
  if (!understood.includes(value.subFilter ?? '')) {
    findings.push(finding('SUBFILTER_UNSUPPORTED', value.subFilter))
  }
  return findings
}

/** Whether a revision up to the signed one is not well formed. */
function isOwnRevisionBad({ opened, seal }: SealQuestion): boolean {
  return opened.list.problems.some(
    (problem) => problem.revision !== undefined && problem.revision <= (seal.revision ?? -1),
  )
}

function levelOf(baseline: boolean, signer: SignerVerdict, stamped: boolean): Level | null {
  if (!baseline) return null
  if (!stamped && !signer.stamps.some(({ statedTime }) => statedTime)) return 'B-B'
  if (!signer.hasRevocationData) return 'B-T'
  return stamped ? 'B-LTA' : 'B-LT'
}

const factOf =
  (kind: TimeStampFact['kind']) =>
  ({ statedTime }: StampVerdict): TimeStampFact[] =>
    statedTime ? [{ time: statedTime.toISOString(), kind }] : []

/** A PDF date (ISO 32000-1 7.9.4) in UTC. */
function claimedTime(date: string | undefined): string | null {
  const pattern = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-]\d\d)'?(\d\d)?'?)?/
  const match = pattern.exec(date ?? '')
  if (!match) return null
  const [, year, month, day, hour, minute, second, zoneHour = '+00', zoneMinute = '00'] = match
  const iso = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}`
  const at = new Date(`${iso}${zoneHour}:${zoneMinute}`)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

function assemble(parts: {
  readonly name: string
  readonly signatures: readonly SignatureReport[]
  readonly stamps: readonly DocumentStamp[]
  /** Errors of the file itself; one fails it. */
  readonly findings: readonly Finding[]
  readonly named: NamedVerdict
  readonly revisions: readonly RevisionReport[]
  /** The first moment at which something that is judged by now ends. */
  readonly until: Date | undefined
}): FileReport {
  const { name, signatures, stamps } = parts
  const stampFindings = stamps.flatMap((stamp) =>
    stamp.judgement.verdict === 'TOTAL-FAILED'
      ? [finding('DOCUMENT_TIMESTAMP_BROKEN', stamp.signature.field), ...stamp.findings]
      : stamp.findings,
  )
  const unsigned = signatures.length === 0
  // Of each seal a stamp holds: one that is left out of account is not missed.
  const isProven = signatures.every(({ timestamps }) => timestamps.length > 0)
  const judgements: Judgement[] = [
    ...signatures,
    ...stamps
      .filter(({ isDisregarded }) => !(isDisregarded && isProven))
      .map(({ judgement }) => judgement),
    ...parts.findings.map(() => failed('FORMAT_FAILURE')),
    parts.named.judgement,
  ]
  const judgement = worst(unsigned ? [...judgements, indeterminate('NO_SIGNATURE')] : judgements)
  const validUntil = judgement.verdict === 'TOTAL-PASSED' ? parts.until : undefined
  return {
    file: name,
    verdict: judgement.verdict,
    ...(judgement.subIndication && { subIndication: judgement.subIndication }),
    findings: [
      ...(unsigned ? [finding('NO_SIGNATURE')] : []),
      ...parts.findings,
      ...stampFindings,
      ...parts.named.findings,
    ],
    seal: { verdict: signatures[0]?.verdict ?? 'INDETERMINATE' },
    signatures,
    revisions: parts.revisions,
    ...(validUntil && { validUntil: validUntil.toISOString() }),
  }
}
