/** Drafting: a draft or an uploaded PDF is handed on to the leader. From here its text is a blob and does not change. */
import { canonicalJson, sha256Hex, type Sha256 } from '../../ca/index.ts'
import * as z from 'zod'
import { can, unitOf } from '../access.ts'
import type { Principal, Unit } from '../directory/types.ts'
import { approvedForm } from '../draft/canonical.ts'
import { draftFinding, type DraftFinding } from '../draft/findings.ts'
import { checkDraft, isAcceptable, lintDraft } from '../draft/lint.ts'
import { draftSchema, type Draft } from '../draft/schema.ts'
import { ExchangeError } from '../errors.ts'
import type { Uploaded } from '../intake/types.ts'
import { commitAct, requireDuty } from './acts.ts'
import { newDocumentId } from './identifier.ts'
import type { OfficeParts } from './parts.ts'
import type { DocumentHead, Drafted } from './types.ts'

const { kind, direction, issuers, mainRecipients, copies, title, attachments, urgency } =
  draftSchema.shape

/** What stands beside an uploaded PDF: the PDF itself is what is approved. */
export const uploadedDraftSchema = z.strictObject({
  upload: z.string().regex(/^[0-9a-f]{64}$/),
  kind,
  direction,
  issuers,
  mainRecipients,
  copies,
  title,
  attachments,
  urgency,
})
export type UploadedDraft = z.infer<typeof uploadedDraftSchema>

export interface DraftInput {
  readonly actor: Principal
  readonly once: string
  /** A draft (`docs/formats/draft.md`), or `{ upload, … }` for an uploaded PDF. */
  readonly body: unknown
}

/** Throws `DRAFT_REFUSED` with the lint's findings, `NOT_PERMITTED`, `ISSUER_UNKNOWN`, `RECIPIENT_UNKNOWN`, `ATTACHMENT_UNKNOWN`, `UPLOAD_WAITING`. */
export async function draft(parts: OfficeParts, input: DraftInput): Promise<string> {
  const { actor, once, body } = input
  const type = 'document.drafted'
  const taken = takeIn(body)
  const units = await issuingUnits(parts, taken.document.issuers)
  requireDuty(can(actor, 'draft', units.slice(0, 1)), 'draft')
  const recipients = await recipientUnits(parts, taken.document)
  await requireOwnFiles(parts, actor, taken)
  const head: DocumentHead = {
    title: taken.document.title,
    kind: taken.document.kind,
    issuers: taken.document.issuers.map(({ name }) => name),
    urgency: taken.document.urgency ?? null,
  }
  const [draftHash, headHash] = await Promise.all([
    parts.blobs.put(taken.bytes),
    parts.blobs.put(canonicalJson(head)),
  ])
  const record: Omit<Drafted, 'draftedBy'> = {
    id: newDocumentId(parts.random),
    stage: 'drafted',
    form: taken.form,
    issuers: units,
    draft: draftHash,
    approvedHash: taken.approvedHash,
    head: headHash,
    attachments: taken.document.attachments.map(({ bytes, sha256 }) => ({
      bytes,
      sha256: sha256 as Sha256,
    })),
    ...recipients,
    urgency: head.urgency,
    draftedAt: parts.clock.now().toISOString(),
    approvals: [],
  }
  const files = [...new Set([draftHash, headHash, ...taken.files])]
  const request = { actor, once, body }
  await commitAct(parts.journal, {
    type,
    request,
    id: record.id,
    files,
    data: { record },
    expect: [],
  })
  return record.id
}

interface TakenIn {
  readonly form: Drafted['form']
  readonly document: Draft | UploadedDraft
  readonly bytes: Uint8Array
  readonly approvedHash: Sha256
  /** Uploads it refers to. */
  readonly files: readonly Sha256[]
}

function takeIn(body: unknown): TakenIn {
  if (typeof body === 'object' && body !== null && 'upload' in body) return takeInUpload(body)
  const { draft: document, findings } = checkDraft(body)
  if (document === undefined || !isAcceptable(findings)) throw refused(findings)
  const bytes = canonicalJson(approvedForm(document))
  const files = document.attachments.map(({ sha256 }) => sha256 as Sha256)
  return { form: 'laid-out', document, bytes, approvedHash: sha256Hex(bytes), files }
}

function takeInUpload(body: object): TakenIn {
  const parsed = uploadedDraftSchema.safeParse(body)
  if (!parsed.success) {
    const [first] = parsed.error.issues
    throw refused([draftFinding('SCHEMA', first?.path.join('.') ?? '', first?.message ?? '')])
  }
  const document = parsed.data
  const findings = lintHead(document)
  if (!isAcceptable(findings)) throw refused(findings)
  const approvedHash = document.upload as Sha256
  const files = [approvedHash, ...document.attachments.map(({ sha256 }) => sha256 as Sha256)]
  return { form: 'uploaded', document, bytes: canonicalJson(document), approvedHash, files }
}

/** What the regulation says of an upload's head; what it says of body, signatory and note stands on pages that are not read here. */
function lintHead(head: UploadedDraft): DraftFinding[] {
  const onThePages = ['body', 'signatory', 'note']
  const findings = lintDraft({ ...head, body: [], printedBy: '' })
  return findings.filter(({ path = '' }) => !onThePages.includes(path))
}

function refused(findings: readonly object[]): ExchangeError {
  return new ExchangeError('DRAFT_REFUSED', 'the draft cannot be accepted as it is', {
    details: { findings },
  })
}

/** The issuers' units; what is painted of an issuer (name, red head, 代字) must be what its unit is registered with. */
async function issuingUnits(parts: OfficeParts, organs: Draft['issuers']): Promise<string[]> {
  const codes: string[] = []
  for (const { unit: uscc = '', name, mark, agencyCode } of organs) {
    const unit = await parts.directory.unit(uscc)
    const fits =
      unit?.active === true &&
      isNameOf(unit, name) &&
      (mark === undefined || isNameOf(unit, mark)) &&
      unit.agencyCode === agencyCode
    if (!fits) {
      throw new ExchangeError('ISSUER_UNKNOWN', 'an issuer is not as it is registered', {
        details: { unit: uscc, registered: unit?.name ?? null },
      })
    }
    codes.push(uscc)
  }
  return codes
}

/** Full or short name of the unit, as registered. */
function isNameOf(unit: Unit, name: string): boolean {
  return name === unit.name || name === unit.shortName
}

/** Recipients that are units of this box; others (every town, the public) stand on the page only. */
async function recipientUnits(
  parts: OfficeParts,
  document: Draft | UploadedDraft,
): Promise<Pick<Drafted, 'main' | 'copies'>> {
  const codes = async (list: Draft['copies']): Promise<string[]> => {
    const found: string[] = []
    for (const { unit: uscc, name } of list) {
      if (uscc === undefined) continue
      const unit = await requireUnit(parts, uscc)
      // A page that names one unit while another gets it would deceive both.
      if (!isNameOf(unit, name)) throw unknownRecipient(uscc)
      found.push(uscc)
    }
    return found
  }
  return { main: await codes(document.mainRecipients), copies: await codes(document.copies) }
}

/** `RECIPIENT_UNKNOWN` unless it is an active unit of this box. */
export async function requireUnit(parts: OfficeParts, uscc: string): Promise<Unit> {
  const unit = await parts.directory.unit(uscc)
  if (unit?.active !== true) throw unknownRecipient(uscc)
  return unit
}

function unknownRecipient(uscc: string): ExchangeError {
  return new ExchangeError(
    'RECIPIENT_UNKNOWN',
    'a recipient is no active unit of this box by that name',
    {
      details: { unit: uscc },
    },
  )
}

/** Files must be uploads of the actor's own unit, of the length that is claimed; what is to be sealed was inspected for that. */
async function requireOwnFiles(
  parts: OfficeParts,
  actor: Principal,
  { document, form, approvedHash }: TakenIn,
): Promise<void> {
  const unit = unitOf(actor)
  const require = async (name: string, fits: (file: Uploaded) => boolean): Promise<void> => {
    const file = await parts.uploadedBy(unit, name as Sha256)
    if (file !== undefined && fits(file)) return
    throw new ExchangeError('ATTACHMENT_UNKNOWN', 'a file named by the draft was not uploaded', {
      details: { file: name },
    })
  }
  if (form === 'uploaded') await require(approvedHash, (file) => file.purposes.includes('document'))
  for (const { sha256, bytes } of document.attachments) {
    await require(sha256, (file) => file.bytes === bytes)
  }
}
