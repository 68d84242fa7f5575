/** What waits for the signature of whoever is logged in: of a seat its unit's tasks that its duties allow, of an officer enrolments. */
import * as z from 'zod'
import { orderNames, type OrderAct, type SignAct } from '../../../exchange/unit/index.ts'
import type { Answered, Api } from '../api.ts'
import { h } from '../../one_file/dom.ts'
import type { Identity } from '../identity.ts'
import type { Words } from '../../one_file/language.ts'
import { moment, urgencyTag } from '../../one_file/parts.ts'
import { actNames, sign } from '../words/sign.ts'

export interface Waiting {
  readonly act: SignAct
  /** The part of the address after `#` that signs it. */
  readonly hash: string
  readonly title: Words | string
  readonly from: string
  readonly urgency: string | null
  /** RFC 3339, or null. */
  readonly deadline: string | null
}

const tasksShape = z.object({
  items: z.array(
    z.object({
      task: z.string(),
      document: z.string(),
      deadline: z.string().nullable(),
      urgency: z.string().nullable(),
      head: z.object({ title: z.string(), issuers: z.array(z.string()) }),
    }),
  ),
})

/** The duty that each task with a signature takes (`exchange/access`); a task without one is done on the desk. */
const dutyOf: Readonly<Partial<Record<string, { readonly act: SignAct; readonly duty: string }>>> =
  {
    approve: { act: 'approve', duty: 'approve' },
    seal: { act: 'seal', duty: 'seal' },
    dispatch: { act: 'dispatch', duty: 'seal' },
    'sign-for': { act: 'sign-for', duty: 'sign-for' },
  }

const requestsShape = z.object({
  items: z.array(
    z.object({
      who: z.string(),
      name: z.string(),
      role: z.string().optional(),
      waiting: z.object({ id: z.string(), since: z.string() }).optional(),
    }),
  ),
})

export async function whatWaits(api: Api, who: Identity): Promise<Answered<readonly Waiting[]>> {
  if (who.role === 'officer') return waitingOfficer(api, who.holder)
  if (who.role !== undefined) return { state: 'done', status: 200, value: [] }
  const found = await api.get('/api/v1/tasks', tasksShape)
  if (found.state !== 'done') return found
  const value = found.value.items.flatMap(({ task, document, deadline, urgency, head }) => {
    const known = dutyOf[task]
    if (known === undefined || !who.duties.includes(known.duty)) return []
    const hash = `#${new URLSearchParams({ act: known.act, document }).toString()}`
    const { title, issuers } = head
    return [{ act: known.act, hash, title, from: issuers.join('、'), urgency, deadline }]
  })
  return { ...found, value }
}

const ordersShape = z.object({
  items: z.array(
    z.object({
      order: z.string(),
      act: z.enum(Object.keys(orderNames) as [OrderAct]),
      state: z.string(),
      expires: z.string(),
      proposed: z.object({ holder: z.string() }),
    }),
  ),
})

/** Orders of other officers first: they are the graver matter. */
async function waitingOfficer(api: Api, holder: string): Promise<Answered<readonly Waiting[]>> {
  const found = await api.get('/api/v1/orders', ordersShape)
  if (found.state !== 'done') return found
  const open = found.value.items.filter(
    ({ state, proposed }) => state === 'proposed' && proposed.holder !== holder,
  )
  const orders = open.map(({ order, act, expires, proposed }) => ({
    act: 'countersign' as const,
    hash: `#${new URLSearchParams({ act: 'countersign', order }).toString()}`,
    title: orderNames[act],
    from: proposed.holder.replace(/^person:/, ''),
    urgency: null,
    deadline: expires,
  }))
  const requests = await waitingRequests(api)
  return requests.state === 'done'
    ? { ...requests, value: [...orders, ...requests.value] }
    : requests
}

async function waitingRequests(api: Api): Promise<Answered<readonly Waiting[]>> {
  const found = await api.get('/api/v1/requests', requestsShape)
  if (found.state !== 'done') return found
  const value = found.value.items.flatMap(({ who, name, role, waiting }) => {
    if (waiting === undefined) return []
    const act = 'approve-request' as const
    const hash = `#${new URLSearchParams({ act, request: waiting.id }).toString()}`
    return [{ act, hash, title: name, from: role ?? who, urgency: null, deadline: null }]
  })
  return { ...found, value }
}

/** As a list: what, from whom, until when, and one button with the act's name. */
export function waitingList(items: readonly Waiting[], now: Date): HTMLElement {
  return h('table', { class: 'list' }, h('tbody', {}, ...items.map((item) => row(item, now))))
}

function row({ act, hash, title, from, urgency, deadline }: Waiting, now: Date): HTMLElement {
  const until = deadline === null ? undefined : new Date(deadline)
  const isLate = until !== undefined && until < now
  const due =
    until &&
    h('span', { class: isLate ? 'late' : 'quiet' }, isLate && [sign.overdue, ' '], moment(until))
  return h(
    'tr',
    {},
    h(
      'td',
      {},
      urgency !== null && [urgencyTag(urgency), ' '],
      h('span', { class: 't' }, title),
      h('p', { class: 'small' }, from),
      h('p', { class: 'only-narrow small' }, until && moment(until)),
    ),
    h('td', { class: 'wide' }, due),
    h('td', { class: 'end' }, h('a', { class: 'btn', href: hash }, actNames[act])),
  )
}
