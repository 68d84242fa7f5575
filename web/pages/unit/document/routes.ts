/** The rows of one document's pages: the page, its pictures, its files, registering. */
import { isSha256 } from '../../../../ca/index.ts'
import type { Attachment, DocumentView } from '../../../../exchange/index.ts'
import { actorOf } from '../../../api/common.ts'
import { bundleFile } from '../../../bundle_file.ts'
import { WebError } from '../../../errors.ts'
import { route, type Answer, type Request, type Route } from '../../../types.ts'
import { fileTitle } from './number.ts'
import { documentPage } from './page.ts'
import { register } from './register.ts'
import { pagePicture } from './sheets.ts'

export const documentPageRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/documents/:id',
    who: 'seat',
    summary: 'Page: a document beside its evidence',
    handle: documentPage,
  }),
  route({
    method: 'GET',
    path: '/documents/:id/pages/:page',
    who: 'seat',
    summary: 'A page of the document as PNG (`?w=700|1000|1400`)',
    handle: pagePicture,
  }),
  route({
    method: 'GET',
    path: '/documents/:id/files/:name',
    who: 'seat',
    summary: 'The PDF, an attachment or a statement, under the name it should be kept by',
    handle: downloadFile,
  }),
  route({
    method: 'GET',
    path: '/documents/:id/bundle.asice',
    who: 'seat',
    summary:
      'The evidence bundle: all that the unit may have of the document, with what it takes to verify it',
    handle: bundleFile,
  }),
  route({
    method: 'GET',
    path: '/documents/:id/evidence-sheet.pdf',
    who: 'seat',
    summary: 'The verdict on the sealed file as a sheet to be printed',
    handle: evidenceSheetOf,
  }),
  route({
    method: 'GET',
    path: '/documents/:id/evidence-record',
    who: 'seat',
    summary: 'The evidence record of the PDF (RFC 4998), to be kept beside it',
    handle: recordFile,
  }),
  route({
    method: 'POST',
    path: '/documents/:id/renewed',
    who: 'seat',
    summary: 'A copy of the PDF with the renewal inside, for readers that know no evidence records',
    form: 'fields',
    handle: renewedFile,
  }),
  route({
    method: 'POST',
    path: '/documents/:id/register',
    who: 'seat',
    summary: 'Registers the document by the form of its page',
    form: 'fields',
    handle: register,
  }),
]

async function downloadFile(request: Request): Promise<Answer> {
  const { parts, params } = request
  const { id = '', name = '' } = params
  if (name !== 'pdf' && !isSha256(name)) throw new WebError('ROUTE_UNKNOWN', 'no such file')
  const actor = actorOf(request)
  const bytes = await parts.reading.file(actor, id, name)
  const document = await parts.reading.document(actor, id)
  const type = name === 'pdf' ? 'application/pdf' : 'application/octet-stream'
  return { type, bytes, fileName: nameOfFile(document, name) }
}

async function recordFile(request: Request): Promise<Answer> {
  const { parts, params } = request
  const { id = '' } = params
  const actor = actorOf(request)
  const bytes = await parts.reading.record(actor, id)
  const title = fileTitle(await parts.reading.document(actor, id))
  return { type: 'application/octet-stream', bytes, fileName: `${title}.pdf.ers` }
}

async function renewedFile(request: Request): Promise<Answer> {
  const { parts, params, view, stampQuota } = request
  const { id = '' } = params
  const actor = actorOf(request)
  stampQuota.take(actor.holder)
  // Only of what is sealed and sent: before that the PDF itself is still in the making.
  const document = await parts.reading.document(actor, id)
  if (document.dispatched === undefined) throw new WebError('ROUTE_UNKNOWN', 'not dispatched yet')
  const bytes = await parts.archive.embed(await parts.reading.file(actor, id, 'pdf'))
  const fileName = `${fileTitle(document)} ${view.w('续期副本', 'renewed copy')}.pdf`
  return { type: 'application/pdf', bytes, fileName }
}

async function evidenceSheetOf(request: Request): Promise<Answer> {
  const { parts, params, view } = request
  const { id = '' } = params
  const actor = actorOf(request)
  const [report, file] = await Promise.all([
    parts.reading.verdict(actor, id),
    parts.reading.file(actor, id, 'pdf'),
  ])
  if (report === undefined) throw new WebError('ROUTE_UNKNOWN', 'nothing is sealed yet')
  const title = fileTitle(await parts.reading.document(actor, id))
  const named = { ...report, file: `${title}.pdf` }
  const bytes = await parts.sheets.print(named, file, view.language)
  const fileName = `${title} ${view.w('验证单', 'evidence sheet')}.pdf`
  return { type: 'application/pdf', bytes, fileName }
}

function nameOfFile(document: DocumentView, name: string): string {
  if (name === 'pdf') return `${fileTitle(document)}.pdf`
  const { record, copies = [], copy, id } = document
  const attachments: readonly Attachment[] = record?.attachments ?? []
  const attachment = attachments.find(({ sha256 }) => sha256 === name)
  if (attachment !== undefined) return attachment.fileName
  const answered = [...copies, ...(copy === undefined ? [] : [copy])]
  const found = answered.find(
    ({ answer }) => answer?.statement === name || answer?.signature === name,
  )
  if (found === undefined) return `${id}.${name.slice(0, 12)}`
  const kind = found.state === 'returned' ? 'return' : 'receipt'
  return `${id}.${found.unit}.${kind}.json${found.answer?.signature === name ? '.p7s' : ''}`
}
