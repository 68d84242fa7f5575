/** A document: its pages on the left, its evidence on the right: what it is, whether it is genuine, where it is, what now. */
import type { DocumentView, Principal, Unit } from '../../../../exchange/index.ts'
import { actorOf } from '../../../api/common.ts'
import { isLedHere } from '../../../cross_site.ts'
import { html, type Content, type Html } from '../../../html.ts'
import type { Answer, Request } from '../../../types.ts'
import type { View } from '../../../view.ts'
import { show } from '../../frame.ts'
import { actButton, progressOf, standingOf, type Progress } from '../progress.ts'
import { urgencyTag } from '../rows.ts'
import { numberOf } from './number.ts'
import { attachmentsCard, evidenceCard } from './evidence.ts'
import { historyCard } from './history.ts'
import { receiptsCard } from './receipts.ts'
import { registerForm } from './register.ts'
import { sheets } from './sheets.ts'
import { verdictCard } from './verdict.ts'

/** The page of one document. A recipient's seat that opens it has received it, unless another site led it here. */
export async function documentPage(request: Request): Promise<Answer> {
  const { view, parts, params, koa } = request
  const { id = '' } = params
  const actor = actorOf(request)
  if (!isLedHere({ site: koa.get('Sec-Fetch-Site') })) await parts.office.receive(id, { actor })
  const document = await parts.reading.document(actor, id)
  const progress = progressOf(view, actor, standingOf(view, actor, document))
  const units = await unitNames(request, document)
  const [pages, verdict] = await Promise.all([
    sheets(request, document),
    verdictCard(request, { id, hasFile: hasFile(document) }),
  ])
  return show(request, {
    title: document.head.title,
    main: html`${heading(view, { actor, document, progress })}
      <div class="doc">
        <section aria-label="${view.w('文件', 'Document')}">${pages}</section>
        <aside aria-label="${view.w('凭据', 'Evidence')}" data-refresh>
          ${verdict}${await registerForm(request, { document, progress })}${receiptsCard(view, document, units)}${historyCard(view, document, { units, progress })}${attachmentsCard(view, document)}${evidenceCard(view, document)}
        </aside>
      </div>`,
  })
}

interface Shown {
  readonly actor: Principal
  readonly document: DocumentView
  readonly progress: Progress
}

function heading(view: View, { actor, document, progress }: Shown): Html {
  const { head, record } = document
  const { w } = view
  const unit = actor.kind === 'seat' ? actor.unit : ''
  const isOurs = record?.issuers.includes(unit) === true
  const box = isOurs
    ? html`<a href="/outbox">${w('发文', 'Issued')}</a>`
    : html`<a href="/inbox">${w('收文', 'Received')}</a>`
  const number = numberOf(document)
  const facts = [number, head.kind, head.issuers.join('、')].filter(Boolean).join(' · ')
  return html`<div class="crumb">${box} › ${progress.words}</div>
    <div class="heading">
      <div>
        <h1>${urgencyTag(view, head.urgency)}${head.title}</h1>
        <p class="sub">${facts}</p>
      </div>
      <div class="acts">${acts(view, { actor, document, progress })}</div>
    </div>`
}

function acts(view: View, { document, progress }: Shown): Content {
  const { id, copy } = document
  const { w } = view
  const mayReturn = copy !== undefined && copy.answer === null && progress.act !== undefined
  return [
    hasFile(document) &&
      html`<a class="btn" href="/documents/${id}/files/pdf">${w('下载 PDF', 'Download PDF')}</a>`,
    hasFile(document) &&
      html`<a class="btn" href="/documents/${id}/bundle.asice"
        >${w('证据包', 'Evidence bundle')}</a
      >`,
    mayReturn &&
      html`<a class="btn" href="/signer.html#act=return&amp;document=${id}" target="sealbox-signer"
        >${w('退文', 'Return')}</a
      >`,
    // Registering has a form of its own on this page.
    progress.act?.binds === true && actButton(progress.act, 'seal'),
    progress.act === undefined &&
      progress.waitsFor !== undefined &&
      html`<span class="hint">${progress.waitsFor}</span>`,
  ]
}

/** Whether there is a PDF that the reader may have. */
const hasFile = ({ record }: DocumentView): boolean =>
  record !== undefined && (record.form === 'uploaded' || 'file' in record)

/** Names of the units that the page speaks of. */
async function unitNames(
  { parts }: Request,
  { record, copies = [], dispatched, copy }: DocumentView,
): Promise<ReadonlyMap<string, string>> {
  const codes = [
    ...(record?.issuers ?? []),
    ...copies.map(({ unit }) => unit),
    ...(dispatched === undefined ? [] : [dispatched.by.unit]),
    ...(copy === undefined ? [] : [copy.unit]),
  ]
  const found = await Promise.all([...new Set(codes)].map((code) => parts.directory.unit(code)))
  return new Map(
    found.flatMap((unit: Unit | undefined): [string, string][] =>
      unit === undefined ? [] : [[unit.uscc, unit.shortName]],
    ),
  )
}
