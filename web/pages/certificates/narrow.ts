/**
 * Which certificates a filter or a search finds, in pages. What has an index is read by it (ends, revocations, numbers, holders); the rest is
 * looked through in parts of `maxScanned`, and the page says so. Reads; changes nothing.
 */
import {
  endingBetween,
  findByDigits,
  isSha256,
  minSearchDigits,
  revokedCertificates,
  type CertificateState,
  type Found,
} from '../../../ca/index.ts'
import { holders } from '../../../exchange/index.ts'
import { WebError } from '../../errors.ts'
import type { Parts } from '../../types.ts'
import { monthAfter, monthStart } from '../trust/months.ts'
import {
  endingDays,
  stateOf,
  states,
  subjectName,
  useNames,
  uses,
  type State,
  type Use,
} from './words.ts'

export const pageSize = 30
/** Certificates looked at for one page, whatever the filter leaves of them. */
const maxScanned = 1000
/** Read at once while looking. */
const chunk = 200
/** Characters of a search: the longest is a fingerprint with colons. */
export const maxSearch = 100
/** Units and people whose certificates a name finds. */
const maxNamed = 20
/** Certificates shown of a search by name or number. */
const maxFound = 200

export interface Filter {
  readonly state: State | undefined
  readonly use: Use | undefined
  /** Credit code of a unit. */
  readonly unit: string | undefined
  /** Month of UTC, `YYYY-MM`, in which they end. */
  readonly ends: string | undefined
  /** What was typed to search for. */
  readonly q: string | undefined
}

export interface Narrowed {
  readonly items: readonly CertificateState[]
  /** Certificate behind which the next page begins. */
  readonly next: string | undefined
  /** Whether there is more than a search shows, with no further page. */
  readonly isCut?: boolean
}

/** The filter in a query; values that are none of ours are refused with `QUERY_MALFORMED`. */
export function filterOf(query: URLSearchParams): Filter {
  const [state, use, unit, ends, q] = ['state', 'use', 'unit', 'ends', 'q'].map((name) =>
    (query.get(name) ?? '').trim(),
  )
  const known = {
    state: states.find((one) => one === state),
    use: useNames.find((one) => one === use),
    unit: unit === '' ? undefined : unit,
    ends: ends === '' ? undefined : ends,
    q: q === '' ? undefined : q,
  }
  const isWrong =
    (state !== '' && known.state === undefined) ||
    (use !== '' && known.use === undefined) ||
    (known.unit !== undefined && !/^[0-9A-Z]{18}$/.test(known.unit)) ||
    (known.ends !== undefined && monthStart(known.ends) === undefined) ||
    (known.q?.length ?? 0) > maxSearch
  if (isWrong) throw new WebError('QUERY_MALFORMED', 'there is no such filter')
  return known
}

/** A page of what fits; `after` names the last certificate of the page before. */
export async function narrowed(
  parts: Parts,
  of: { readonly filter: Filter; readonly after: string | undefined; readonly now: Date },
): Promise<Narrowed> {
  const { filter, now, after } = of
  if (after !== undefined && !isSha256(after)) {
    throw new WebError('QUERY_MALFORMED', 'after is no certificate')
  }
  const fits = fitting(filter, now)
  const found = await searched(parts, filter)
  if (found !== undefined)
    return { items: found.items.filter(fits), next: undefined, isCut: found.hasMore }
  const words = filter.q?.toLowerCase()
  const named = (one: CertificateState): boolean =>
    words === undefined || subjectName(one).toLowerCase().includes(words)
  return scan(sourceOf(parts, filter, now), {
    fits: (one) => fits(one) && named(one),
    from: after === undefined ? undefined : await parts.authority.certificate(after),
  })
}

function fitting({ state, use }: Filter, now: Date): (one: CertificateState) => boolean {
  return (one) =>
    (state === undefined || fitsState(one, state, now)) &&
    (use === undefined || uses[use].profiles.some((profile) => profile === one.profile))
}

function fitsState(one: CertificateState, state: State, now: Date): boolean {
  const is = stateOf(one, now)
  return is === state || (state === 'live' && is === 'ending')
}

/** What a unit or a search names exactly; undefined where everything has to be looked through. */
async function searched(
  parts: Parts,
  { unit, q }: Filter,
): Promise<Found<CertificateState> | undefined> {
  if (unit !== undefined) {
    const all = await certificatesOfUnit(parts, unit)
    const words = q?.toLowerCase() ?? ''
    return { items: all.filter((one) => fitsText(one, words)), hasMore: false }
  }
  if (q === undefined) return undefined
  if (/^(?:seat|unit|person|peer):\S+$|^box$/.test(q)) {
    return cut((await parts.authority.certificatesOf(q)).toReversed())
  }
  const digits = q.replace(/[\s:]/g, '').toLowerCase()
  if (digits.length >= minSearchDigits && /^[0-9a-f]{1,64}$/.test(digits)) {
    const found = await findByDigits(parts.journal.views, { digits, limit: maxFound })
    if (found.items.length > 0) return found
  }
  return byName(parts, q)
}

function fitsText(one: CertificateState, words: string): boolean {
  const all = [subjectName(one), one.serial, one.sha256, one.holder]
  return all.some((text) => text.toLowerCase().includes(words))
}

/** Certificates of the units and people that are called so; undefined where there are none. */
async function byName(parts: Parts, q: string): Promise<Found<CertificateState> | undefined> {
  const words = q.toLowerCase()
  const [units, people] = await Promise.all([parts.directory.units(), parts.directory.people()])
  const usccs = units
    .filter(({ uscc, name, shortName, unitCode }) =>
      [uscc, name, shortName, unitCode].some((text) => text.toLowerCase().includes(words)),
    )
    .map(({ uscc }) => uscc)
  const ids = people.filter(({ id }) => id.includes(words)).map(({ id }) => id)
  if (usccs.length + ids.length === 0) return undefined
  const found = await Promise.all([
    ...usccs.slice(0, maxNamed).map((uscc) => certificatesOfUnit(parts, uscc)),
    ...ids.slice(0, maxNamed).map((id) => parts.authority.certificatesOf(holders.person(id))),
  ])
  const { items, hasMore } = cut(found.flat())
  return { items, hasMore: hasMore || usccs.length > maxNamed || ids.length > maxNamed }
}

const cut = (all: readonly CertificateState[]): Found<CertificateState> => ({
  items: all.slice(0, maxFound),
  hasMore: all.length > maxFound,
})

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

type Source = (after: CertificateState | undefined) => Promise<Found<CertificateState>>

const dayMs = 86_400_000

/** Certificates in the order in which the state that is asked for has them. */
function sourceOf({ journal, authority }: Parts, { state, ends }: Filter, now: Date): Source {
  const { views } = journal
  const page = (after: CertificateState | undefined) => ({ limit: chunk, ...(after && { after }) })
  const from = ends === undefined ? undefined : monthStart(ends)
  if (from !== undefined && ends !== undefined) {
    const next = monthStart(monthAfter(ends, 1)) ?? from
    const to = new Date(next.getTime() - 1)
    return (after) => endingBetween(views, { from, to, ...page(after) })
  }
  if (state === 'ending') {
    const to = new Date(now.getTime() + endingDays * dayMs)
    return (after) => endingBetween(views, { from: now, to, ...page(after) })
  }
  if (state === 'ended') {
    return (after) => endingBetween(views, { from: new Date(0), to: now, ...page(after) })
  }
  if (state === 'revoked' || state === 'held') {
    return (after) => revokedCertificates(views, page(after))
  }
  return async (after) => {
    const { items, next } = await authority.certificates({
      limit: chunk,
      ...(after && { after: after.sha256 }),
    })
    return { items, hasMore: next !== undefined }
  }
}

async function scan(
  source: Source,
  {
    fits,
    from,
  }: {
    readonly fits: (one: CertificateState) => boolean
    readonly from: CertificateState | undefined
  },
): Promise<Narrowed> {
  const items: CertificateState[] = []
  let after = from
  for (let scanned = 0; scanned < maxScanned; scanned += chunk) {
    const page = await source(after)
    for (const [at, one] of page.items.entries()) {
      if (!fits(one)) continue
      if (items.push(one) < pageSize) continue
      const isLast = at === page.items.length - 1 && !page.hasMore
      return { items, next: isLast ? undefined : one.sha256 }
    }
    after = page.items.at(-1)
    if (!page.hasMore || after === undefined) return { items, next: undefined }
  }
  return { items, next: after?.sha256 }
}
