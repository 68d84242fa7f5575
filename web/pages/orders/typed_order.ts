/** What was typed into the form of an order, read into the order itself, or what is wrong with it. Pure. */
import { isRevocationReason } from '../../../ca/index.ts'
import { orderSchema, rolledServices, type Order, type OrderAct } from '../../../exchange/index.ts'
import { restoreParameters, type RestoredFacts } from '../../backups.ts'
import { momentIn, type View } from '../../view.ts'

/** Fields of the forms of all acts. */
export const orderFields = [
  'certificate',
  'since',
  'to',
  'cause',
  'role',
  'names',
  'pkiUrl',
  'clock',
  'right',
  'bundle',
  'reason',
] as const
export type OrderField = (typeof orderFields)[number]
export type TypedOrder = Readonly<Record<OrderField, string>>
export type WrongFields = Readonly<Partial<Record<OrderField, string>>>

/** Characters of a reason that fit an address after encoding. */
export const maxReason = 300

export function typedOrder(fields: URLSearchParams): TypedOrder {
  const read = (name: OrderField): string => (fields.get(name) ?? '').trim()
  return Object.fromEntries(orderFields.map((name) => [name, read(name)])) as TypedOrder
}

/** The order, or the fields that are wrong. `machine` and `box` are what both clocks showed when the form came in. */
export function orderFrom(
  view: View,
  act: OrderAct,
  of: Pick<Making, 'typed' | 'machine' | 'box' | 'restored'>,
): { readonly order: Order } | { readonly wrong: WrongFields } {
  const { typed } = of
  const made = makers[act]({ view, ...of })
  const wrong: WrongFields = { ...made.wrong, ...reasonFault(view, typed.reason) }
  if (Object.keys(wrong).length > 0) return { wrong }
  const parsed = orderSchema.safeParse({ act, ...made.fields })
  // Hashes and roles come from lists; what is none of them was not chosen there.
  if (parsed.success) return { order: parsed.data }
  if (act === 'rehost') return { wrong: addressFault(view, parsed.error.issues) }
  const field = listFields[act] ?? 'certificate'
  return { wrong: { [field]: view.w('请从列表中选择。', 'Choose one of the list.') } }
}

/** Of an act that names no certificate: what is chosen from a list. */
const listFields: Readonly<Partial<Record<OrderAct, OrderField>>> = {
  'roll-over-service': 'role',
  'install-upgrade': 'bundle',
}

interface Making {
  readonly view: View
  readonly typed: TypedOrder
  readonly machine: Date
  readonly box: Date
  /** What waits to be confirmed. */
  readonly restored: RestoredFacts | undefined
}

interface Made {
  readonly fields: object
  readonly wrong: WrongFields
}

const makers: Readonly<Record<OrderAct, (of: Making) => Made>> = {
  'revoke-service': ({ view, typed }) => {
    const since = typed.since === '' ? undefined : momentOf(view, typed.since)
    return {
      fields: {
        certificate: typed.certificate,
        reason: typed.cause,
        invalidityDate: since?.toISOString() ?? null,
      },
      wrong: {
        ...(!isRevocationReason(typed.cause) && {
          cause: view.w('请选择原因。', 'Choose a reason.'),
        }),
        ...(typed.since !== '' && pastFault(view, 'since', since)),
      },
    }
  },
  'confirm-time': ({ view, typed, machine, box }) => {
    const clocks = { machine: machine.toISOString(), box: box.toISOString() }
    if (typed.clock === 'right') return { fields: { offsetMs: 0, ...clocks }, wrong: {} }
    const right = momentOf(view, typed.right)
    if (typed.clock !== 'wrong') {
      return { fields: {}, wrong: { clock: view.w('请选择一项。', 'Choose one.') } }
    }
    if (right === undefined) return { fields: {}, wrong: { right: formWords(view) } }
    const offsetMs = right.getTime() - machine.getTime()
    return { fields: { offsetMs, ...clocks }, wrong: {} }
  },
  'roll-over-service': ({ view, typed }) => ({
    fields: { role: typed.role },
    wrong: rolledServices.some((role) => role === typed.role)
      ? {}
      : { role: view.w('请选择服务。', 'Choose a service.') },
  }),
  rehost: ({ typed }) => ({
    fields: { hostNames: typed.names.split(/[\s,，、]+/).filter(Boolean), pkiUrl: typed.pkiUrl },
    wrong: {},
  }),
  'install-upgrade': ({ view, typed }) => {
    const [, version, manifest] = /^([\d.]{5,17}) ([0-9a-f]{64})$/.exec(typed.bundle) ?? []
    return {
      fields: { version, manifest },
      wrong: manifest === undefined ? { bundle: view.w('请选择升级包。', 'Choose a bundle.') } : {},
    }
  },
  'restore-backup': ({ view, restored }) => ({
    fields: restored === undefined ? {} : restoreParameters(restored),
    wrong:
      restored === undefined
        ? { reason: view.w('本机没有等待确认的恢复。', 'No restore waits to be confirmed.') }
        : {},
  }),
  'state-compromise': ({ view, typed }) => {
    const since = momentOf(view, typed.since)
    const to = typed.to === '' ? undefined : momentOf(view, typed.to)
    return {
      fields: {
        certificate: typed.certificate,
        from: since?.toISOString(),
        to: to?.toISOString() ?? null,
        serials: null,
      },
      wrong: {
        ...pastFault(view, 'since', since),
        ...(typed.to !== '' && pastFault(view, 'to', to)),
      },
    }
  },
}

function addressFault(
  { w }: View,
  issues: readonly { readonly path: readonly PropertyKey[] }[],
): WrongFields {
  const isUrl = issues.some(({ path }) => path[0] === 'pkiUrl')
  const isNames = issues.some(({ path }) => path[0] === 'hostNames')
  return {
    ...(isUrl && {
      pkiUrl: w(
        '请写成 http://box.district:8080 的样子。',
        'Write it as http://box.district:8080.',
      ),
    }),
    ...(isNames && {
      names: w('有的不是主机名或 IP 地址。', 'Not all of these are host names or IP addresses.'),
    }),
  }
}

function reasonFault({ w }: View, reason: string): WrongFields {
  if (reason === '')
    return {
      reason: w('请写明理由，另一名安全员会看到。', 'Give the reason; the other officer reads it.'),
    }
  if (reason.length <= maxReason) return {}
  return {
    reason: w(
      `太长，上限 ${String(maxReason)} 字。`,
      `Too long; ${String(maxReason)} characters are the limit.`,
    ),
  }
}

function pastFault(view: View, field: OrderField, at: Date | undefined): WrongFields {
  if (at === undefined) return { [field]: formWords(view) }
  return at > view.now ? { [field]: view.w('这个时间还没有到。', 'This is in the future.') } : {}
}

const formWords = ({ w }: View): string =>
  w('请写成 2026-11-25T14:30 的样子。', 'Write it as 2026-11-25T14:30.')

/** `datetime-local` in the box's zone, with or without seconds. */
export function momentOf({ box }: Pick<View, 'box'>, text: string): Date | undefined {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/.test(text)
  const shown = isTime ? Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`) : Number.NaN
  return Number.isNaN(shown) ? undefined : momentIn(box.zone, shown)
}
