/** The draft as it would be laid out, as pictures below the form; the number is still blank. */
import { checkDraft, unitOf, type ScratchDraft } from '../../../../exchange/index.ts'
import { isSha256 } from '../../../../ca/index.ts'
import { actorOf } from '../../../api/common.ts'
import { WebError } from '../../../errors.ts'
import { html, type Html } from '../../../html.ts'
import type { Answer, Request } from '../../../types.ts'
import { bodyFrom, filled, keptFile } from './fields.ts'

/** Enough to see the form of it; the rest is seen once it is registered. */
const maxPreviewPages = 8

export async function previewSheets(request: Request, draft: ScratchDraft): Promise<Html> {
  const { w } = request.view
  const made = await previewOf(request, draft)
  if (made === undefined)
    return html`<div class="notice w" id="preview">
      ${w('稿件还排不出版面，请先按上面的意见修改。', 'It cannot be laid out yet; see what is to be mended above.')}
    </div>`
  const shown = Array.from({ length: Math.min(made.pages, maxPreviewPages) }, (_, at) => at + 1)
  const src = (page: number): string =>
    `/compose/${draft.id}/pages/${String(page)}?v=${String(draft.version)}`
  return html`<section class="section" id="preview">
    <h2>${w(`预览，共 ${String(made.pages)} 页`, `Preview, ${String(made.pages)} pages`)}</h2>
    <div class="columns">
      ${shown.map((page) => html`<img class="sheet" src="${src(page)}" width="1000" height="1414" loading="lazy" alt="${w(`第 ${String(page)} 页`, `Page ${String(page)}`)}" />`)}
    </div>
  </section>`
}

/** A page of the preview as PNG. */
export async function previewPage(request: Request): Promise<Answer> {
  const { parts, params, drawing } = request
  const actor = actorOf(request)
  const { id = '', page = '' } = params
  if (!/^[1-9]\d{0,2}$/.test(page)) throw new WebError('ROUTE_UNKNOWN', 'no such page')
  const made = await previewOf(request, await parts.drafts.get(unitOf(actor), id))
  if (made === undefined) throw new WebError('ROUTE_UNKNOWN', 'it cannot be laid out yet')
  const { pdf } = made
  const picture = await drawing.run(actor.holder, () =>
    parts.pictures.page(pdf, Number(page), 1000),
  )
  if ('failure' in picture) throw new WebError('ROUTE_UNKNOWN', picture.failure)
  return { type: 'image/png', bytes: picture.png }
}

async function previewOf(
  request: Request,
  { form }: ScratchDraft,
): Promise<{ readonly pdf: Uint8Array; readonly pages: number } | undefined> {
  const { parts } = request
  const unitCode = unitOf(actorOf(request))
  if (filled(form).text('mode') === 'upload') {
    const file = keptFile(filled(form).text('upload'))
    const isOwn =
      file !== undefined &&
      isSha256(file.sha256) &&
      (await parts.intake.look(unitCode, file.sha256))?.state === 'accepted'
    return isOwn ? { pdf: await parts.blobs.get(file.sha256), pages: maxPreviewPages } : undefined
  }
  const units = await parts.directory.units()
  const unit = units.find(({ uscc }) => uscc === unitCode)
  if (unit === undefined) return undefined
  const { draft } = checkDraft(bodyFrom(form, { unit, units }))
  return draft === undefined ? undefined : parts.previews.of(draft)
}
