/** Composing: a form that is kept as it is typed, previewed as it will be sealed, and handed on to the leader. */
import {
  checkDraft,
  ExchangeError,
  unitOf,
  type DraftForm,
  type ScratchDraft,
  type Unit,
} from '../../../../exchange/index.ts'
import { actorOf } from '../../../api/common.ts'
import { WebError } from '../../../errors.ts'
import type { FormFile } from '../../../form.ts'
import { html, type Html } from '../../../html.ts'
import { messages } from '../../../messages.ts'
import { codeOf } from '../../../problem.ts'
import { route, type Answer, type Request, type Route } from '../../../types.ts'
import { show } from '../../frame.ts'
import { bodyFrom, emptyForm, filled, formFrom, withAttachment, type KeptFile } from './fields.ts'
import { composeForm, type ComposeFinding } from './form.ts'
import { draftList, staleNotice } from './notices.ts'
import { previewPage, previewSheets } from './preview.ts'
import { refusedSince, scannedOf } from './scanned.ts'

export const composeRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/compose',
    who: 'seat',
    summary: 'Page: composes a document; lists drafts that are being typed',
    handle: (request) => composePage(request, { form: emptyForm }),
  }),
  route({
    method: 'GET',
    path: '/upload',
    who: 'seat',
    summary: 'Page: uploads a finished PDF with its head',
    handle: (request) => composePage(request, { form: { ...emptyForm, mode: ['upload'] } }),
  }),
  route({
    method: 'GET',
    path: '/compose/:id',
    who: 'seat',
    summary: 'Page: goes on with a draft',
    handle: async (request) => {
      const { parts, params, query, view } = request
      const draft = await parts.drafts.get(unitOf(actorOf(request)), params['id'] ?? '')
      const isPreview = query.has('preview')
      const notice =
        query.has('saved') &&
        html`<div class="notice ok" role="status">
          ${view.w('已保存，还没有送签。', 'Saved, not handed on yet.')}
        </div>`
      return composePage(request, {
        form: draft.form,
        draft,
        isPreview,
        ...(notice && { notice }),
        isJudged: query.has('saved') || isPreview,
      })
    },
  }),
  route({
    method: 'GET',
    path: '/compose/:id/pages/:page',
    who: 'seat',
    summary: 'A page of the draft as it would be laid out, as PNG',
    handle: previewPage,
  }),
  route({
    method: 'POST',
    path: '/compose',
    who: 'seat',
    summary: 'Saves, previews or hands on a draft',
    form: 'files',
    handle: submit,
  }),
  route({
    method: 'POST',
    path: '/compose/:id/discard',
    who: 'seat',
    summary: 'Throws a draft away that was not handed on',
    form: 'fields',
    handle: async (request) => {
      await request.parts.drafts.remove(unitOf(actorOf(request)), request.params['id'] ?? '')
      return { redirect: '/compose' }
    },
  }),
]

interface Shown {
  readonly form: DraftForm
  readonly draft?: ScratchDraft
  readonly isPreview?: boolean
  /** Whether the lint's advice is shown. */
  readonly isJudged?: boolean
  readonly notice?: Html
  readonly findings?: readonly ComposeFinding[]
  readonly status?: number
}

async function composePage(request: Request, shown: Shown): Promise<Answer> {
  const { view, parts } = request
  const { form, draft, notice, status } = shown
  const actor = actorOf(request)
  const { unit, units } = await directoryFor(request)
  const scanned = await scannedOf(request, form)
  const findings = [
    ...refusedSince(form, scanned),
    ...(shown.findings ?? (shown.isJudged === true ? adviceOn(form, { unit, units }) : [])),
  ]
  const { w } = view
  const isUpload = filled(form).text('mode') === 'upload'
  const title = isUpload ? w('上传 PDF', 'Upload a PDF') : w('拟文', 'Compose')
  const once = Buffer.from(parts.random(12)).toString('base64url')
  const others = draft === undefined ? await parts.drafts.list(unitOf(actor)) : []
  const preview =
    shown.isPreview === true && draft !== undefined
      ? await previewSheets(request, draft)
      : undefined
  return show(request, {
    title,
    ...(status !== undefined && { status }),
    acts: isUpload
      ? html`<a class="btn" href="/compose">${w('改为拟文', 'Compose instead')}</a>`
      : html`<a class="btn" href="/upload">${w('上传 PDF', 'Upload a PDF')}</a>`,
    main: html`<h1>${title}</h1>
      <p class="sub">
        ${unit.name}${w('，送签之前只有本单位能看到。', ': until it is handed on only your unit sees it.')}
      </p>
      ${draftList(view, others)}${composeForm(view, { form, unit, units, draft, once, findings, scanned, notice, preview })}`,
  })
}

async function directoryFor(
  request: Request,
): Promise<{ readonly unit: Unit; readonly units: readonly Unit[] }> {
  const units = await request.parts.directory.units()
  const unit = units.find(({ uscc }) => uscc === unitOf(actorOf(request)))
  if (unit === undefined) throw new WebError('ROLE_WRONG', 'the unit is not registered')
  return { unit, units }
}

/** What the lint says of a draft before it is handed on. */
function adviceOn(
  form: DraftForm,
  of: { readonly unit: Unit; readonly units: readonly Unit[] },
): readonly ComposeFinding[] {
  if (filled(form).text('mode') === 'upload') return []
  return checkDraft(bodyFrom(form, of)).findings
}

async function submit(request: Request): Promise<Answer> {
  const { fields, files } = request.form
  const { form, findings } = await takeFiles(request, formFrom(fields), files)
  const action = fields.get('action') ?? 'save'
  const saved = await save(request, form)
  if ('answer' in saved) return saved.answer
  const { draft } = saved
  if (findings.length > 0) return composePage(request, { form, draft, findings, status: 422 })
  if (action === 'preview') return { redirect: `/compose/${draft.id}?preview#preview` }
  if (action !== 'hand-on') return { redirect: `/compose/${draft.id}?saved` }
  return handOn(request, draft)
}

/** Keeps what was typed first: whatever comes after, it is not lost. */
async function save(
  request: Request,
  form: DraftForm,
): Promise<{ readonly draft: ScratchDraft } | { readonly answer: Answer }> {
  const { parts, form: sent, view } = request
  const actor = actorOf(request)
  const id = sent.fields.get('draft')
  const ifVersion = Number(sent.fields.get('ifVersion') ?? '0')
  try {
    const draft = await parts.drafts.put(unitOf(actor), {
      ...(id !== null && { id }),
      ifVersion,
      form,
      by: actor.holder,
    })
    return { draft }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'VERSION_STALE') {
      const made = await handedOnBefore(request, form)
      if (made !== undefined) return { answer: { redirect: `/documents/${made}` } }
      // The page was left open while somebody saved: what is typed here becomes a draft of its own when it is sent again.
      const notice = staleNotice(view, id ?? '')
      return { answer: await composePage(request, { form, notice, status: 409 }) }
    }
    if (code !== 'DRAFT_REFUSED') throw error
    await request.noteRefusal(error)
    const notice = html`<div class="notice bad" role="alert">
      <b>${messages[code][view.language]}</b>${error instanceof Error ? error.message : ''}
    </div>`
    return { answer: await composePage(request, { form, notice, status: 422 }) }
  }
}

/** The form was sent before and its answer lost on the way: what it became. Not of a form that was changed since. */
async function handedOnBefore(request: Request, form: DraftForm): Promise<string | undefined> {
  if (request.form.fields.get('action') !== 'hand-on') return undefined
  try {
    return await request.parts.office.draftedBefore(await handedOn(request, form))
  } catch (error) {
    if (codeOf(error) === 'IDEMPOTENCY_KEY_REUSED') return undefined
    throw error
  }
}

/** What the form hands on, under its own key. */
async function handedOn(request: Request, form: DraftForm) {
  const once = request.form.fields.get('once') ?? ''
  if (!/^[\w-]{8,64}$/.test(once))
    throw new WebError('BODY_MALFORMED', 'the form is not one of ours')
  return { actor: actorOf(request), once, body: bodyFrom(form, await directoryFor(request)) }
}

async function handOn(request: Request, draft: ScratchDraft): Promise<Answer> {
  const { parts, view } = request
  const input = await handedOn(request, draft.form)
  try {
    const id = await parts.office.draft(input)
    await parts.drafts.remove(unitOf(input.actor), draft.id)
    return { redirect: `/documents/${id}` }
  } catch (error) {
    if (!(error instanceof ExchangeError) || error.code === 'NOT_PERMITTED') throw error
    await request.noteRefusal(error)
    const found =
      (error.details as { readonly findings?: readonly ComposeFinding[] }).findings ?? []
    const words = messages[error.code][view.language]
    // Of files that wait the page says so itself.
    const isSaid = found.length > 0 || error.code === 'UPLOAD_WAITING'
    const notice = !isSaid
      ? html`<div class="notice bad" role="alert"><b>${words}</b></div>`
      : undefined
    return composePage(request, {
      form: draft.form,
      draft,
      findings: found,
      status: messages[error.code].status,
      ...(notice && { notice }),
    })
  }
}

/** Takes files in that came with the form; what inspection refuses is said at its field, and the rest is kept. */
async function takeFiles(
  request: Request,
  form: DraftForm,
  files: ReadonlyMap<string, readonly FormFile[]>,
): Promise<{ readonly form: DraftForm; readonly findings: readonly ComposeFinding[] }> {
  const findings: ComposeFinding[] = []
  let kept = form
  for (const file of files.get('attachment') ?? []) {
    const taken = await take(request, 'attachment', file)
    findings.push(...taken.findings)
    if (taken.file !== undefined) kept = withAttachment(kept, taken.file)
  }
  const [pdf] = files.get('file') ?? []
  if (pdf !== undefined) {
    const taken = await take(request, 'document', pdf)
    findings.push(...taken.findings)
    if (taken.file !== undefined) kept = { ...kept, upload: [JSON.stringify(taken.file)] }
  }
  return { form: kept, findings }
}

async function take(
  request: Request,
  purpose: 'document' | 'attachment',
  { fileName, bytes }: FormFile,
): Promise<{ readonly file?: KeptFile; readonly findings: readonly ComposeFinding[] }> {
  const unit = unitOf(actorOf(request))
  const upload = await request.parts.intake.take({
    unit,
    purpose,
    fileName: plainName(fileName),
    bytes,
  })
  if (upload.state !== 'refused') {
    const { sha256, bytes: length } = upload
    return { file: { sha256, fileName: upload.fileName, bytes: length }, findings: [] }
  }
  const { findings } = upload
  await request.noteRefusal(
    new ExchangeError('UPLOAD_REFUSED', 'the file was refused', { details: { findings } }),
  )
  const path = purpose === 'document' ? 'upload' : 'attachments'
  return {
    findings: findings
      .filter(({ severity }) => severity === 'refuse')
      .map((one) => ({ ...one, path })),
  }
}

/** A draft takes no name of more code units. */
const maxNameUnits = 200

/** A file name as a draft may hold it: without what nobody sees or what a path has, its end kept with the extension. */
function plainName(fileName: string): string {
  const plain = fileName
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\]/gu, '_')
    .slice(-maxNameUnits)
    // A pair that was cut in two.
    .replace(/^[\udc00-\udfff]/, '')
    .replace(/^[\s.]+/, '')
  return plain === '' ? '_' : plain
}
