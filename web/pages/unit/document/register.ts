/** Registering: the one step of a document's way that binds nobody yet and so is a plain form. */
import { ExchangeError, paintNumber, type DocumentView } from '../../../../exchange/index.ts'
import { actorOf } from '../../../api/common.ts'
import { html, type Html } from '../../../html.ts'
import type { Answer, Request } from '../../../types.ts'
import type { Progress } from '../progress.ts'

/** The form where this seat may register now; with a key of its own, so that a form sent twice draws one number. */
export async function registerForm(
  { view, parts, actor }: Request,
  { document, progress }: { readonly document: DocumentView; readonly progress: Progress },
): Promise<Html | undefined> {
  const { id, record, version } = document
  if (record?.stage !== 'approved' || progress.act === undefined || actor?.kind !== 'seat')
    return undefined
  const { w } = view
  const unit = await parts.directory.unit(actor.unit)
  const once = Buffer.from(parts.random(12)).toString('base64url')
  return html`<form class="card" method="post" action="/documents/${id}/register" id="register">
    <h2>${w('登记编号', 'Register')}</h2>
    <input type="hidden" name="ifVersion" value="${version}" /><input
      type="hidden"
      name="once"
      value="${once}"
    />
    <div class="field">
      <label for="series">${w('文号系列', 'Series')}</label
      ><select id="series" name="series">
        ${(unit?.series ?? []).map((series) => html`<option>${series}</option>`)}
      </select>
      <p class="hint">
        ${w('系统取下一个号；号一经取用不再重用。', 'The next number is drawn; a number is never used again.')}
      </p>
    </div>
    <details class="field">
      <summary>${w('接续纸质登记簿', 'Continue a register on paper')}</summary>
      <label for="number">${w('指定编号', 'Number')}</label
      ><input id="number" type="number" name="number" min="1" max="99999" inputmode="numeric" />
    </details>
    <button class="btn seal" data-next>${w('登记', 'Register')}</button>
  </form>`
}

/** Draws the number, and shows the document again. */
export async function register(request: Request): Promise<Answer> {
  const { parts, params, form } = request
  const { id = '' } = params
  const { fields } = form
  const ifVersion = Number(fields.get('ifVersion'))
  const once = fields.get('once') ?? ''
  const series = fields.get('series') ?? ''
  const number = fields.get('number') ?? ''
  if (!/^[\w-]{8,64}$/.test(once) || !Number.isInteger(ifVersion)) {
    throw new ExchangeError('VERSION_STALE', 'the form is not one of ours')
  }
  if (number !== '' && !/^[1-9]\d{0,4}$/.test(number)) {
    throw new ExchangeError(
      'NUMBER_TAKEN',
      `${paintNumber({ series, year: 0, number: 0 })} is no number`,
    )
  }
  const body = { ifVersion, series, ...(number !== '' && { number: Number(number) }) }
  await parts.office.number(id, { actor: actorOf(request), once, body, ...body })
  return { redirect: `/documents/${id}` }
}
