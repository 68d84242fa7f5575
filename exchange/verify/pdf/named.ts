/**
 * What a sealed PDF names by hash (design 3): its attachments and the approved draft, in the information dictionary that the seal covers
 * (`docs/formats/draft.md`). Compares them with what is given beside the file. Pure.
 */
import { equal, sha256Hex } from '../../../ca/path/index.ts'
import { dictionaryAt, textOf, type PdfDocument } from '../../pdf/index.ts'
import { finding } from '../findings.ts'
import type { Companions, Finding } from '../types.ts'
import { failed, indeterminate, passed, worst, type Judgement } from '../verdict.ts'

// As `exchange/layout` writes them.
const draftKey = 'SealboxDraftSHA256'
const attachmentsKey = 'SealboxAttachments'
const numberKey = 'Subject'
const dayKey = 'CreationDate'

/** Attachments a document may name. */
const maxAttachments = 100

interface NamedAttachment {
  readonly fileName: string
  readonly sha256: string
}

export interface NamedVerdict {
  readonly judgement: Judgement
  readonly findings: readonly Finding[]
}

/** Compares what `document`, as it was when sealed, names with what was given. What was not given is not asked, but said. */
export async function judgeNamed(
  document: PdfDocument,
  companions: Companions,
): Promise<NamedVerdict> {
  const info = dictionaryAt(document, document.trailer.entries.get('Info'))
  const text = (key: string) => textOf(document.resolve(info?.entries.get(key)))
  const verdicts = [
    judgeAttachments(readAttachments(text(attachmentsKey)), companions.attachments),
    await judgeDraft(document, text, companions.draft),
  ]
  return {
    judgement: worst(verdicts.map(({ judgement }) => judgement)),
    findings: verdicts.flatMap(({ findings }) => findings),
  }
}

async function judgeDraft(
  document: PdfDocument,
  text: (key: string) => string | undefined,
  draft: Companions['draft'],
): Promise<NamedVerdict> {
  if (draft === undefined) return { judgement: passed, findings: [] }
  const different = { judgement: failed('HASH_FAILURE'), findings: [finding('DRAFT_DIFFERENT')] }
  if (text(draftKey) !== draft.hash) return different
  if (draft.layOut === undefined) return { judgement: passed, findings: [] }
  const [, year = '', month = '', day = ''] =
    /^D:(\d{4})(\d\d)(\d\d)/.exec(text(dayKey) ?? '') ?? []
  const date = day === '' ? undefined : `${year}-${month}-${day}`
  const laidOut = await draft.layOut({ number: text(numberKey), date })
  // What was laid out stands unchanged at the beginning of the sealed file.
  const same = laidOut !== undefined && equal(document.bytes.subarray(0, laidOut.length), laidOut)
  return same ? { judgement: passed, findings: [finding('DRAFT_SAME')] } : different
}

function judgeAttachments(
  named: readonly NamedAttachment[] | undefined,
  given: Companions['attachments'],
): NamedVerdict {
  if (named === undefined) {
    const findings = [finding('ATTACHMENTS_UNREADABLE')]
    return { judgement: indeterminate('TRY_LATER'), findings }
  }
  if (given === undefined) {
    const names = named.map(({ fileName }) => fileName).join(', ')
    return {
      judgement: passed,
      findings: named.length > 0 ? [finding('ATTACHMENTS_NOT_GIVEN', names)] : [],
    }
  }
  const findings: Finding[] = []
  for (const { fileName, sha256 } of named) {
    const file = given.find((other) => other.fileName === fileName)
    if (!file) findings.push(finding('ATTACHMENT_MISSING', fileName))
    else if (sha256Hex(file.bytes) !== sha256)
      findings.push(finding('ATTACHMENT_ALTERED', fileName))
  }
  const isAltered = findings.some(({ code }) => code === 'ATTACHMENT_ALTERED')
  const missing = findings.length > 0 ? indeterminate('TRY_LATER') : passed
  return { judgement: isAltered ? failed('HASH_FAILURE') : missing, findings }
}

/** An empty list where none are named; undefined where what names them cannot be read. */
function readAttachments(text: string | undefined): readonly NamedAttachment[] | undefined {
  if (text === undefined) return []
  try {
    const list = JSON.parse(text) as unknown
    if (!Array.isArray(list) || list.length > maxAttachments) return undefined
    const named = list.map((item: unknown) => {
      const { fileName, sha256 } = Object(item) as Record<string, unknown>
      return typeof fileName === 'string' && typeof sha256 === 'string'
        ? { fileName, sha256 }
        : undefined
    })
    return named.every((item) => item !== undefined) ? named : undefined
  } catch {
    return undefined // no JSON
  }
}
