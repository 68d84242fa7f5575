/** Certificates: for an officer all of them, narrowed and in pages; for everybody else their own, for a seat also its unit's seal. */
import type { Principal } from '../../../exchange/index.ts'
import { isOfficer, ownHolders } from '../../access.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { chipRow, hrefOf, pageLinks } from '../elements.ts'
import { show } from '../frame.ts'
import { holderNames } from '../holders.ts'
import { monthWords } from '../trust/months.ts'
import { emptyList } from '../unit/rows.ts'
import { filterOf, maxSearch, narrowed, type Filter, type Narrowed } from './narrow.ts'
import { certificateTable } from './table.ts'
import { states, stateWords, useNames, uses } from './words.ts'

/** The list for whoever asks. */
export async function certificatesPage(request: Request): Promise<Answer> {
  const actor = actorOf(request)
  return isOfficer(actor) ? allPage(request) : ownPage(request, actor)
}

async function ownPage(request: Request, actor: Principal): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const found = await Promise.all(
    ownHolders(actor).map((holder) => parts.authority.certificatesOf(holder)),
  )
  const title =
    actor.kind === 'seat'
      ? w('印章与证书', 'Seal and certificates')
      : w('我的证书', 'My certificates')
  const [names, seal] = await Promise.all([
    holderNames({ ...parts, view }, ownHolders(actor)),
    sealFigure(request, actor),
  ])
  return show(request, {
    title,
    main: html`<h1>${title}</h1>
      <p class="sub">
        ${w('证书到期前请向安全员换领。遗失或怀疑被人用过，请立即告诉安全员吊销。', 'Ask the security officer for new ones before they end. If one is lost or may have been used by somebody else, have it revoked at once.')}
      </p>
      ${certificateTable(view, found.flat().toReversed(), names)} ${seal}`,
  })
}

/** What the unit's seal looks like on paper, for a seat. */
async function sealFigure({ parts, view }: Request, actor: Principal): Promise<Html | undefined> {
  const unit = actor.kind === 'seat' ? await parts.directory.unit(actor.unit) : undefined
  if (unit === undefined) return undefined
  const { size, fills, strokes } = parts.sealPictures(unit.name)
  const label = view.w(`${unit.name}的印章图样`, `The seal of ${unit.name}`)
  return html`<figure class="section seal-mark">
    <svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}">
      ${strokes.map(
        ({ path, width }) =>
          html`<path d="${path}" fill="none" stroke="currentColor" stroke-width="${width}" />`,
      )}
      <path d="${fills.join('')}" fill="currentColor" />
    </svg>
    <figcaption class="hint">
      ${view.w('印章图样。真伪以文件中的签名为准，不看图样。', 'What the seal looks like. Whether one is genuine, the signature in the file tells, not the picture.')}
    </figcaption>
  </figure>`
}

async function allPage(request: Request): Promise<Answer> {
  const { view, parts, query } = request
  const { w } = view
  const filter = filterOf(query)
  const after = query.get('after') ?? undefined
  const found = await narrowed(parts, { filter, after, now: view.now })
  const [names, units] = await Promise.all([
    holderNames(
      { ...parts, view },
      found.items.map(({ holder }) => holder),
    ),
    parts.directory.units(),
  ])
  return show(request, {
    title: w('证书', 'Certificates'),
    main: html`<h1>${w('证书', 'Certificates')}</h1>
      <p class="sub">${orderWords(view, filter)}</p>
      ${searchForm(view, filter, units)} ${filters(view, filter)} ${endsNotice(view, filter)}
      ${
        found.items.length === 0
          ? emptyList(w('没有符合的证书', 'No certificate fits'), emptyWords(view, found, filter))
          : certificateTable(view, found.items, names)
      }
      ${
        found.isCut === true &&
        html`<p class="hint">
          ${w('还有更多，请写得更具体。', 'There are more: search for something more exact.')}
        </p>`
      }
      ${pageLinks(view, {
        first: after === undefined ? undefined : hrefOf('/certificates', { ...filter }),
        next:
          found.next === undefined
            ? undefined
            : hrefOf('/certificates', { ...filter, after: found.next }),
      })}`,
  })
}

function endsNotice(view: View, { ends, ...rest }: Filter): Html | undefined {
  if (ends === undefined) return undefined
  const { w } = view
  const month = monthWords(view, ends, { withYear: true })
  return html`<p class="hint links">
    ${w(`${month}到期的，不含已吊销的。`, `Those that end in ${month}, without revoked ones.`)}
    <a href="${hrefOf('/certificates', rest)}">${w('不限月份', 'Any month')}</a>
  </p>`
}

function orderWords({ w }: View, { state }: Filter): string {
  if (state === 'ending') return w('最先到期的在前。', 'The soonest to end first.')
  return w(
    '本机签发过的全部证书，按持有者排列。',
    'All that this box ever issued, in the order of holders.',
  )
}

function filters(view: View, filter: Filter): Html {
  const { w } = view
  const byState = [undefined, ...states].map((state) => ({
    words: state === undefined ? w('全部', 'All') : capital(stateWords(view, state)),
    href: hrefOf('/certificates', { ...filter, state }),
    isCurrent: state === filter.state,
  }))
  const byUse = [undefined, ...useNames].map((use) => ({
    words: use === undefined ? w('各种用途', 'Any use') : w(...uses[use].words),
    href: hrefOf('/certificates', { ...filter, use }),
    isCurrent: use === filter.use,
  }))
  return html`<div class="filters">
    ${chipRow(w('按状态', 'By state'), byState)}${chipRow(w('按用途', 'By use'), byUse)}
  </div>`
}

const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1)

function searchForm(
  { w }: View,
  { state, use, unit, ends, q }: Filter,
  units: readonly { readonly uscc: string; readonly shortName: string }[],
): Html {
  const hidden = Object.entries({ state, use, ends }).map(
    ([name, value]) =>
      value !== undefined && html`<input type="hidden" name="${name}" value="${value}" />`,
  )
  return html`<form class="narrow find" action="/certificates" role="search">
    ${hidden}
    <input
      type="search"
      class="box"
      name="q"
      value="${q ?? ''}"
      maxlength="${maxSearch}"
      aria-label="${w('查找证书', 'Find certificates')}"
      placeholder="${w('名称、代码、序列号、指纹、持有者', 'Name, code, serial number, fingerprint, holder')}"
    />
    <label class="sr" for="unit">${w('单位', 'Unit')}</label>
    <select id="unit" name="unit">
      <option value="">${w('全部单位', 'All units')}</option>
      ${units.map(
        (one) =>
          html`<option value="${one.uscc}" ${one.uscc === unit && html` selected`}>
            ${one.shortName}
          </option>`,
      )}
    </select>
    <button class="btn">${w('查找', 'Find')}</button>
  </form>`
}

function emptyWords({ w }: View, { next }: Narrowed, { q }: Filter): string {
  if (next !== undefined) {
    return w(
      '一次看 1,000 张，这一段里没有，后面可能还有：看下一页。',
      'A page looks at 1,000 certificates; none in this part, there may be more on the next page.',
    )
  }
  return q === undefined
    ? w('换一个条件试试。', 'Try another filter.')
    : w(
        '序列号和指纹从头写起，至少 4 位；名称写其中几个字。',
        'Serial numbers and fingerprints from their beginning, 4 digits at least; of names any part.',
      )
}
