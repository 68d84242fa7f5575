/**
 * Verifies an evidence bundle (`docs/formats/bundle.md`, ASiC-E of EN 319 162-1): that it is what the box packed and signed, that each file in it passes by
 * itself, that the journal proves what happened to the document and nothing is left out, and who signed for it. The verdict is the worst
 * of all. Pure but for the ports.
 */
import { sha256Hex, toBase64 } from '../../../ca/path/index.ts'
import { readCmsSignature } from '../cms/signature.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { finding } from '../findings.ts'
import { verifyStatement } from '../statement/statement.ts'
import type { BundleReport, FileReport, Finding, Report, VerifyRequest } from '../types.ts'
import { failed, passed, plainReport, unverifiable, worst, type Judgement } from '../verdict.ts'
import { readContents, contentsName, type BundleContents } from './contents.ts'
import { crossCheck, type Crossed } from './cross_check.ts'
import { judgeMembers, type JudgedMembers } from './judge_members.ts'
import { proveJournal, type JournalPart } from './journal.ts'
import {
  bundleType,
  manifestName,
  mimetypeName,
  readManifest,
  signatureName,
  type ListedFile,
} from './manifest.ts'
import { readZip } from './zip.ts'

export type Members = ReadonlyMap<string, Uint8Array>

/** Verifies the bytes of a zip; `verify` judges one file, as `verifyFile` does. Resolves for any bytes. */
export async function verifyBundle(
  request: VerifyRequest,
  by: { readonly evidence: Evidence; readonly verify: (request: VerifyRequest) => Promise<Report> },
): Promise<FileReport> {
  const { name, bytes } = request
  const reading = readZip(bytes)
  if ('problem' in reading) {
    const malformed = finding('BUNDLE_CONTAINER_MALFORMED', reading.problem)
    return plainReport(name, failed('FORMAT_FAILURE'), [malformed])
  }
  const { members } = reading
  if (!members.has(manifestName) && !isBundle(members)) return unverifiable(name, 'FORMAT_UNKNOWN')
  const form = judgeForm(members)
  const manifest = await verifyManifest(members, by.evidence)
  const contents = readContents(members.get(contentsName) ?? new Uint8Array())
  if (contents === undefined) {
    const findings = [...form, finding('BUNDLE_CONTENTS_MALFORMED', contentsName)]
    const judgement = worst([...form.map(judgementOf), failed('FORMAT_FAILURE'), manifest])
    return { ...plainReport(name, judgement, findings), signatures: manifest.signatures }
  }
  const judged = await judgeMembers(members, contents, { request, verify: by.verify })
  const journal = await proveJournal(members, contents, await certificateOf(members, by.evidence))
  const crossed = crossCheck({ members, contents, judged, journal })
  return assemble({ name, form, manifest, contents, judged, journal, crossed })
}

function isBundle(members: Members): boolean {
  const type = members.get(mimetypeName)
  return type !== undefined && new TextDecoder().decode(type) === bundleType
}

/** That the container holds what the manifest lists, and nothing else. */
function judgeForm(members: Members): Finding[] {
  const manifest = members.get(manifestName)
  const listedFiles = manifest && readManifest(manifest)
  const type = isBundle(members) ? [] : [finding('BUNDLE_CONTAINER_MALFORMED', mimetypeName)]
  if (listedFiles === undefined) return [...type, finding('BUNDLE_MANIFEST_MALFORMED')]
  const known = new Set([mimetypeName, manifestName, signatureName])
  for (const { name } of listedFiles) known.add(name)
  return [
    ...type,
    ...listedFiles.flatMap((file) => fileFindings(members, file)),
    ...[...members.keys()]
      .filter((name) => !known.has(name))
      .map((name) => finding('BUNDLE_FILE_UNLISTED', name)),
  ]
}

function fileFindings(members: Members, { name, sha256 }: ListedFile): Finding[] {
  const bytes = members.get(name)
  if (bytes === undefined) return [finding('BUNDLE_FILE_MISSING', name)]
  return sha256Hex(bytes) === sha256 ? [] : [finding('BUNDLE_FILE_ALTERED', name)]
}

/** What a finding means for the whole: what was altered or left out fails, the rest is for people to weigh. */
function judgementOf({ code, severity }: Finding): Judgement {
  if (severity !== 'error') return passed
  if (code === 'BUNDLE_FILE_ALTERED' || code === 'ENTRY_NOT_PROVEN' || code === 'HEAD_FORKED') {
    return failed('HASH_FAILURE')
  }
  return failed('FORMAT_FAILURE')
}

async function verifyManifest(members: Members, evidence: Evidence): Promise<FileReport> {
  const bytes = members.get(manifestName) ?? new Uint8Array()
  const signature = members.get(signatureName)
  return verifyStatement(manifestName, bytes, { signature, evidence, as: 'journal' })
}

/** The certificate that signed the manifest; whether it is the journal's and trusted, the manifest's verdict says. */
async function certificateOf(
  members: Members,
  evidence: Evidence,
): Promise<Uint8Array | undefined> {
  const [content, cms] = [members.get(manifestName), members.get(signatureName)]
  if (content === undefined || cms === undefined) return undefined
  const { certificates, ports } = evidence
  const { certificate } = await readCmsSignature({ cms, content, certificates, ports })
  return certificate?.raw
}

function assemble(of: {
  readonly name: string
  readonly form: readonly Finding[]
  readonly manifest: FileReport
  readonly contents: BundleContents
  readonly judged: JudgedMembers
  readonly journal: JournalPart
  readonly crossed: Crossed
}): FileReport {
  const { name, form, manifest, contents, judged, journal, crossed } = of
  const { reports, pdf } = judged
  const partial = contents.scope === 'whole' ? [] : [finding('BUNDLE_PARTIAL', contents.scope)]
  const own = [...form, ...judged.findings, ...journal.findings, ...crossed.findings, ...partial]
  const judgement = worst([manifest, ...own.map(judgementOf), ...reports])
  const { verdict, subIndication } = judgement
  const isSound =
    manifest.verdict === 'TOTAL-PASSED' &&
    crossed.isCounted &&
    own.every((one) => one.severity !== 'error')
  return {
    file: name,
    verdict,
    ...(subIndication && { subIndication }),
    findings: [...own, ...reports.flatMap(failedFinding)],
    conformance: pdf?.conformance ?? [],
    seal: { verdict: pdf?.seal.verdict ?? manifest.verdict },
    signatures: [
      ...manifest.signatures.map((one) => ({ file: manifestName, ...one })),
      ...crossed.signatures,
    ],
    ...(pdf?.revisions && { revisions: pdf.revisions }),
    bundle: bundleReport(of, isSound),
    ...(verdict === 'TOTAL-PASSED' && earliestEnd([manifest, ...reports])),
  }
}

function failedFinding({ file, verdict, subIndication }: Report): Finding[] {
  if (verdict === 'TOTAL-PASSED') return []
  return [finding('BUNDLE_FILE_FAILED', [file, verdict, subIndication].filter(Boolean).join(', '))]
}

function bundleReport(
  of: Pick<Parameters<typeof assemble>[0], 'contents' | 'judged' | 'journal' | 'crossed'>,
  isSound: boolean,
): BundleReport {
  const { contents, judged, journal, crossed } = of
  const { box, document, documentHash, scope, units } = contents
  const { head } = journal
  return {
    ...{ box, document, documentHash, scope },
    files: judged.reports.map(({ file, verdict, subIndication, findings }) => ({
      ...{ file, verdict },
      ...(subIndication && { subIndication }),
      findings,
    })),
    ...(head && {
      journal: {
        size: head.size,
        root: toBase64(head.rootHash),
        entries: journal.entries.length,
        heads: crossed.witnesses.length,
      },
    }),
    ...(crossed.completeness && { completeness: { ...crossed.completeness, proven: isSound } }),
    units,
  }
}

/** RFC 3339 in UTC sorts as time does. */
function earliestEnd(reports: readonly Pick<Report, 'validUntil'>[]): Pick<Report, 'validUntil'> {
  const [first] = reports.flatMap(({ validUntil }) => validUntil ?? []).toSorted()
  return first === undefined ? {} : { validUntil: first }
}
