/** Documents on their way, for tests: drafts between the fixture's units, and each stage of a trip. */
import { PDFDocument, StandardFonts } from 'pdf-lib'
import { sha256Hex } from '../../ca/index.ts'
import type { DocumentView } from '../../exchange/index.ts'
import type { TestUnit } from './box_fixture.ts'

export const organ = ({ unit }: TestUnit) => ({ name: unit.name, unit: unit.uscc })
export const issuer = (of: TestUnit) => ({ ...organ(of), agencyCode: of.unit.agencyCode })

export interface Between {
  readonly issuers: readonly TestUnit[]
  readonly main?: readonly TestUnit[]
  readonly copies?: readonly TestUnit[]
}

/** A notice; `more` replaces fields. */
export function notice({ issuers, main = [], copies = [] }: Between, more: object = {}): object {
  return {
    kind: '通知',
    direction: 'down',
    issuers: issuers.map(issuer),
    mainRecipients: main.map(organ),
    copies: copies.map(organ),
    title: `${issuers.map(({ unit }) => unit.name).join(' ')}关于清查闲置办公用房的通知`,
    body: [{ type: 'paragraph', text: '请各单位逐间登记青石桥办公用房使用情况，并于月底前报送。' }],
    attachments: [],
    printedBy: issuers[0]?.unit.name ?? '',
    ...more,
  }
}

/** Fields that stand beside an uploaded PDF. */
export function uploadedNotice(between: Between, upload: string, more: object = {}): object {
  const notUploaded = new Set(['body', 'printedBy'])
  const kept = Object.entries(notice(between)).filter(([name]) => !notUploaded.has(name))
  return { ...Object.fromEntries(kept), upload, ...more }
}

export async function drafted(between: Between, more: object = {}): Promise<DocumentView> {
  const [lead] = between.issuers
  if (!lead) throw new TypeError('an issuer')
  return lead.clerk.draft(notice(between, more))
}

export async function approved(between: Between, more: object = {}): Promise<DocumentView> {
  let view = await drafted(between, more)
  for (const { leader } of between.issuers) view = await leader.approve(view.id)
  return view
}

export async function numbered(between: Between, more: object = {}): Promise<DocumentView> {
  const { id } = await approved(between, more)
  return (between.issuers[0] as TestUnit).clerk.number(id)
}

export async function sealed(between: Between, more: object = {}): Promise<DocumentView> {
  let view = await numbered(between, more)
  for (const { clerk } of between.issuers) view = await clerk.sealDocument(view.id)
  return view
}

export async function dispatched(between: Between, more: object = {}): Promise<DocumentView> {
  const { id } = await sealed(between, more)
  return (between.issuers[0] as TestUnit).clerk.dispatch(id)
}

/** A plain PDF of some pages; another text, another hash. */
export async function plainPdf(text: string, pages = 1): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false })
  const font = await pdf.embedFont(StandardFonts.Helvetica)
  for (let at = 0; at < pages; at++) {
    pdf
      .addPage([595.28, 841.89])
      .drawText(`${text} ${String(at)}`, { x: 80, y: 700, size: 16, font })
  }
  return pdf.save({ useObjectStreams: false })
}

export const attachmentOf = (bytes: Uint8Array, fileName = '附表.txt') => ({
  name: '办公用房登记表',
  fileName,
  bytes: bytes.length,
  sha256: sha256Hex(bytes),
})

export const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text)
