/** Certificates: for an officer all of them, narrowed and in pages; for everybody else their own, for a seat also its unit's seal. */
import { isSha256, type Authority, type CertificateState } from '../../../ca/index.ts'
import { holders, type Principal } from '../../../exchange/index.ts'
import { isOfficer, ownHolders } from '../../access.ts'
import { actorOf } from '../../api/common.ts'
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Parts, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { chipRow, hrefOf, pageLinks } from '../elements.ts'
import { show } from '../frame.ts'
import { holderNames, type HolderNames } from '../holders.ts'
import { emptyList } from '../unit/rows.ts'
import {
  profileWords,
  stateOf,
  states,
  stateTag,
  stateWords,
  subjectName,
  useNames,
  uses,
  type State,
  type Use,
} from './words.ts'

const pageSize = 30
/** Certificates looked at for one page, whatever the filter leaves of them. */
const maxScanned = 1000
/** Read at once while looking. */
const chunk = 200

export interface Filter {
  readonly state: State | undefined
  readonly use: Use | undefined
  /** Credit code of a unit. */
  readonly unit: string | undefined
}

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
  if (after !== undefined && !isSha256(after)) {
    throw new WebError('QUERY_MALFORMED', 'after is no certificate')
  }
  const found = await narrowed(parts, { filter, after, now: view.now })
  const [names, units] = await Promise.all([
    holderNames(
      { ...parts, view },
      found.items.map(({ holder }) => holder),
    ),
    parts.directory.units(),
  ])
  const { state, use, unit } = filter
  return show(request, {
    title: w('证书', 'Certificates'),
    main: html`<h1>${w('证书', 'Certificates')}</h1>
      <p class="sub">
        ${w('本机签发过的全部证书，按持有者排列。', 'All that this box ever issued, in the order of holders.')}
      </p>
      <div class="filters">${filters(view, filter)}${unitForm(view, filter, units)}</div>
      ${
        found.items.length === 0
          ? emptyList(w('没有符合的证书', 'No certificate fits'), emptyWords(view, found))
          : certificateTable(view, found.items, names)
      }
      ${pageLinks(view, {
        first: after === undefined ? undefined : hrefOf('/certificates', { state, use, unit }),
        next:
          found.next === undefined
            ? undefined
            : hrefOf('/certificates', { state, use, unit, after: found.next }),
      })}`,
  })
}

/** The filter in a query; values that are none of ours are refused. */
function filterOf(query: URLSearchParams): Filter {
  const [state, use, unit] = ['state', 'use', 'unit'].map((name) => query.get(name) ?? '')
  const known = {
    state: states.find((one) => one === state),
    use: useNames.find((one) => one === use),
    unit: unit === '' || unit === undefined ? undefined : unit,
  }
  const isWrong =
    (state !== '' && known.state === undefined) ||
    (use !== '' && known.use === undefined) ||
    (known.unit !== undefined && !/^[0-9A-Z]{18}$/.test(known.unit))
  if (isWrong) throw new WebError('QUERY_MALFORMED', 'there is no such filter')
  return known
}

interface Narrowed {
  readonly items: readonly CertificateState[]
  /** Certificate behind which the next page begins. */
  readonly next: string | undefined
}

async function narrowed(
  parts: Parts,
  of: { readonly filter: Filter; readonly after: string | undefined; readonly now: Date },
): Promise<Narrowed> {
  const { filter, now } = of
  const fits = (one: CertificateState): boolean =>
    (filter.state === undefined || fitsState(one, filter.state, now)) &&
    (filter.use === undefined ||
      uses[filter.use].profiles.some((profile) => profile === one.profile))
  if (filter.unit !== undefined) {
    const all = await certificatesOfUnit(parts, filter.unit)
    return { items: all.filter(fits), next: undefined }
  }
  return scan(parts.authority, fits, of.after)
}

function fitsState(one: CertificateState, state: State, now: Date): boolean {
  const is = stateOf(one, now)
  return is === state || (state === 'live' && is === 'ending')
}

/** All certificates of a unit's seal and seats, each holder's newest first. */
export async function certificatesOfUnit(
  { authority, directory }: Pick<Parts, 'authority' | 'directory'>,
  uscc: string,
): Promise<CertificateState[]> {
  const seats = await directory.seats(uscc)
  const all = [holders.unit(uscc), ...seats.map(({ seat }) => holders.seat(uscc, seat))]
  const found = await Promise.all(all.map((holder) => authority.certificatesOf(holder)))
  return found.flatMap((one) => one.toReversed())
}

async function scan(
  authority: Authority,
  fits: (one: CertificateState) => boolean,
  from: string | undefined,
): Promise<Narrowed> {
  const items: CertificateState[] = []
  let after = from
  for (let scanned = 0; scanned < maxScanned; scanned += chunk) {
    const page = await authority.certificates({
      limit: chunk,
      ...(after !== undefined && { after }),
    })
    for (const [at, one] of page.items.entries()) {
      if (!fits(one)) continue
      if (items.push(one) < pageSize) continue
      const isLast = at === page.items.length - 1 && page.next === undefined
      return { items, next: isLast ? undefined : one.sha256 }
    }
    after = page.next
    if (after === undefined) break
  }
  return { items, next: after }
}

function filters(view: View, { state, use, unit }: Filter): Html {
  const { w } = view
  const byState = [undefined, ...states].map((one) => ({
    words: one === undefined ? w('全部', 'All') : capital(stateWords(view, one)),
    href: hrefOf('/certificates', { state: one, use, unit }),
    isCurrent: one === state,
  }))
  const byUse = [undefined, ...useNames].map((one) => ({
    words: one === undefined ? w('各种用途', 'Any use') : w(...uses[one].words),
    href: hrefOf('/certificates', { state, use: one, unit }),
    isCurrent: one === use,
  }))
  return html`${chipRow(w('按状态', 'By state'), byState)}${chipRow(w('按用途', 'By use'), byUse)}`
}

const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1)

function unitForm(
  { w }: View,
  { state, use, unit }: Filter,
  units: readonly { readonly uscc: string; readonly shortName: string }[],
): Html {
  const hidden = Object.entries({ state, use }).map(
    ([name, value]) =>
      value !== undefined && html`<input type="hidden" name="${name}" value="${value}" />`,
  )
  return html`<form class="narrow" action="/certificates">
    ${hidden}
    <label for="unit">${w('单位', 'Unit')}</label>
    <select id="unit" name="unit">
      <option value="">${w('全部单位', 'All units')}</option>
      ${units.map(
        (one) =>
          html`<option value="${one.uscc}" ${one.uscc === unit && html` selected`}>
            ${one.shortName}
          </option>`,
      )}
    </select>
    <button class="btn">${w('筛选', 'Show')}</button>
  </form>`
}

function emptyWords({ w }: View, { next }: Narrowed): string {
  return next === undefined
    ? w('换一个条件试试。', 'Try another filter.')
    : w(
        '这一段里没有，后面可能还有：看下一页。',
        'None in this part; there may be more on the next page.',
      )
}

/** Certificates as rows: whom, what for, until when. */
export function certificateTable(
  view: View,
  certificates: readonly CertificateState[],
  names: HolderNames,
): Html {
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('名称', 'Name')}</th>
        <th class="wide-only">${w('用途', 'Use')}</th>
        <th class="wide-only">${w('状态', 'State')}</th>
        <th class="wide-only">${w('有效期至', 'Until')}</th>
      </tr>
    </thead>
    <tbody>
      ${certificates.map((one) => certificateRow(view, one, names))}
    </tbody>
  </table>`
}

function certificateRow(view: View, one: CertificateState, names: HolderNames): Html {
  const { sha256, serial, revoked, notAfter, profile, holder } = one
  const { w } = view
  const tag = stateTag(view, stateOf(one, view.now))
  const until =
    revoked === undefined
      ? view.day(notAfter)
      : w(`${view.day(revoked.revokedAt)} 吊销`, `revoked ${view.day(revoked.revokedAt)}`)
  return html`<tr data-row>
    <td>
      <span class="t"><a href="/certificates/${sha256}">${subjectName(one)}</a></span>
      <div class="m">${names(holder)} · <span class="hash">${serial.slice(0, 16)}…</span></div>
      <div class="only-narrow">${tag}${profileWords(view, profile)} · ${until}</div>
    </td>
    <td class="wide-only">${profileWords(view, profile)}</td>
    <td class="wide-only">${tag}</td>
    <td class="wide-only num">${until}</td>
  </tr>`
}
