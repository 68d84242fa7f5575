/**
 * `sealbox orders`: grave acts, which two officers order: one proposes, another one countersigns, and it is done. Also off line, with a
 * request file.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../ca/index.ts'
import { orderSchemas, type OrderAct } from '../../exchange/index.ts'
import type { SignAct } from '../../exchange/unit/index.ts'
import { ApplianceError } from '../errors.ts'
import {
  countersignOrder,
  orders,
  proposeOrder,
  withdrawOrder,
  type ListedOrder,
  type OfficerOptions,
} from '../unit/officer.ts'
import { orderLines } from '../unit/order_lines.ts'
import { momentOf, options, required, say } from './options.ts'
import { seatOptions, seatOptionsFrom } from './seat_options.ts'
import { meant } from './short_name.ts'
import { answerFile, isRequestFile } from './sign_file.ts'

const known = {
  ...seatOptions,
  all: { type: 'boolean' },
  reason: { type: 'string' },
  out: { type: 'string' },
  certificate: { type: 'string' },
  revocation: { type: 'string' },
  'invalid-since': { type: 'string' },
  role: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  'offset-ms': { type: 'string' },
  version: { type: 'string' },
  manifest: { type: 'string' },
  host: { type: 'string', multiple: true },
  'pki-url': { type: 'string' },
} as const

type Values = ReturnType<typeof options<typeof known>>['values']

interface Given {
  readonly officer: OfficerOptions
  readonly subject: string | undefined
  readonly values: Values
}

const verbs: Readonly<Record<string, (given: Given) => Promise<void>>> = {
  list: async ({ officer, values }) => {
    const rows = await orders(officer)
    const shown = values.all === true ? rows : rows.filter(({ state }) => state === 'proposed')
    for (const row of shown) list(row)
    if (shown.length === 0) say('没有等待会签的令。 No order waits to be countersigned.')
  },
  propose: async ({ officer, subject, values }) => {
    const act = actFrom(subject)
    const order = { act, ...parametersFrom(act, values) }
    const name = await proposeOrder(officer, order, required(values.reason, '--reason'))
    say(`已提出，等另一名安全员会签 proposed, waits for another officer: ${name}`)
  },
  countersign: async ({ officer, subject }) => {
    const found = await orderOf(officer, subject)
    list(found)
    const answer = await countersignOrder(officer, found.order)
    say(`已执行 carried out: ${JSON.stringify(answer)}`)
  },
  withdraw: async ({ officer, subject }) => {
    const { order } = await orderOf(officer, subject)
    await withdrawOrder(officer, order)
    say(`已撤回 withdrawn: ${order}`)
  },
  save: async ({ officer, subject, values }) => {
    await save(officer, await orderOf(officer, subject), required(values.out, '--out'))
  },
}

/** The acts that a request file may ask for, by verb. */
const fileActs: Readonly<Record<string, SignAct>> = {
  propose: 'propose-order',
  countersign: 'countersign',
  withdraw: 'withdraw-order',
}

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, known)
  const [name = 'list', subject] = positionals
  const verb = verbs[name]
  if (verb === undefined) {
    throw new ApplianceError('USAGE', `orders takes one of: ${Object.keys(verbs).join(', ')}`)
  }
  const act = fileActs[name]
  if (act !== undefined && subject !== undefined && isRequestFile(subject)) {
    return answerFile(subject, act, { values, or: 'self' })
  }
  const officer = await seatOptionsFrom(values, 'self')
  try {
    await verb({ officer, subject, values })
  } finally {
    officer.client.close()
  }
  return 0
}

function list({ order, state, ordered, reason, expires, proposed, countersigned }: ListedOrder) {
  say(`${order}  ${state}`)
  for (const line of orderLines({ order: ordered, reason, expires })) say(line)
  say(`  提出人 proposed by: ${proposed.holder}  ${proposed.at}`)
  if (countersigned !== null) {
    say(`  会签人 countersigned by: ${countersigned.holder}  ${countersigned.at}`)
  }
}

function actFrom(subject: string | undefined): OrderAct {
  const acts = Object.keys(orderSchemas) as OrderAct[]
  const act = acts.find((known) => known === subject)
  if (act === undefined)
    throw new ApplianceError('USAGE', `propose takes one of: ${acts.join(', ')}`)
  return act
}

/** What is left out of a compromise the box adds: when the key was replaced, and what the journal knows. */
function parametersFrom(act: OrderAct, values: Values): Record<string, Json> {
  const moment = (text: string): string => momentOf(text).toISOString()
  const since = values['invalid-since']
  switch (act) {
    case 'revoke-service':
      return {
        certificate: required(values.certificate, '--certificate'),
        reason: required(values.revocation, '--revocation'),
        invalidityDate: since === undefined ? null : moment(since),
      }
    case 'confirm-time':
      return { offsetMs: offsetFrom(values['offset-ms']) }
    case 'roll-over-service':
      return { role: required(values.role, '--role') }
    case 'install-upgrade':
      return {
        version: required(values.version, '--version'),
        manifest: required(values.manifest, '--manifest'),
      }
    case 'restore-backup':
      // What was restored the box knows, and the request shows.
      return {}
    case 'rehost': {
      const [host = ''] = values.host ?? []
      return {
        hostNames: values.host ?? [],
        pkiUrl: values['pki-url'] ?? `http://${host}:8080`,
      }
    }
    case 'state-compromise':
      return {
        certificate: required(values.certificate, '--certificate'),
        from: moment(required(values.from, '--from')),
        ...(values.to !== undefined && { to: moment(values.to) }),
      }
  }
}

function offsetFrom(text = '0'): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  throw new ApplianceError('USAGE', `--offset-ms takes whole milliseconds, not ${text}`)
}

/** The order whose name begins so; `USAGE` unless there is exactly one. */
async function orderOf(officer: OfficerOptions, given: string | undefined): Promise<ListedOrder> {
  const found = await orders(officer)
  const name = meant(
    required(given, 'the order'),
    found.map(({ order }) => order),
  )
  const only = found.find(({ order }) => order === name)
  if (only === undefined) throw new TypeError('an order that was listed')
  return only
}

/** The statement and its signatures as files, for `openssl cms -verify`. */
async function save(
  { client }: OfficerOptions,
  { order, countersigned }: ListedOrder,
  directory: string,
): Promise<void> {
  mkdirSync(directory, { recursive: true })
  const path = `/api/v1/orders/${order}`
  writeFileSync(join(directory, 'order.json'), await client.bytes(`${path}/statement`))
  for (const place of countersigned === null ? ['1'] : ['1', '2']) {
    const cms = await client.bytes(`${path}/signatures/${place}`)
    writeFileSync(join(directory, `order.${place}.p7s`), cms)
  }
  say(`已保存 saved: ${directory}`)
}
