/** What an order of two officers says, as rows of a name and a value, read from the statement that is signed. Pure. */
import { orderNames, type Order, type StatementOf } from '../../../exchange/unit/index.ts'
import { both, type Words } from '../../one_file/language.ts'
import { reasonNames } from '../words/officer.ts'
import { order as said, serviceNames } from '../words/order.ts'
import { sign } from '../words/sign.ts'
import type { Fact, Value } from './describe.ts'

type Ordering = Pick<StatementOf<'sealbox.order'>, 'order' | 'reason' | 'expires'>

/** The facts of an order that is proposed. */
export function orderFacts({ order, reason, expires }: Ordering): Fact[] {
  return [
    { name: said.ordered, value: { kind: 'strong', text: orderNames[order.act] } },
    ...parameterFacts(order),
    { name: sign.reason, value: text(both(reason)) },
    { name: said.expires, value: { kind: 'moment', at: expires } },
  ]
}

/** The same of one that another officer signed, with who did and when they say it was. */
export function countersignedFacts(statement: StatementOf<'sealbox.order'>): Fact[] {
  const proposer = statement.signer.replace(/^person:/, '')
  return [
    ...orderFacts(statement),
    { name: said.proposer, value: { kind: 'strong', text: both(proposer) } },
    { name: said.proposedAt, value: { kind: 'moment', at: statement.at } },
  ]
}

function parameterFacts(order: Order): Fact[] {
  switch (order.act) {
    case 'revoke-service':
      return [
        { name: sign.certificate, value: hash(order.certificate) },
        { name: sign.reason, value: text(reasonNames[order.reason] ?? both(order.reason)) },
        ...(order.invalidityDate === null
          ? []
          : [{ name: said.invalidSince, value: moment(order.invalidityDate) }]),
      ]
    case 'confirm-time':
      return [
        { name: said.correction, value: text(correction(order.offsetMs)) },
        { name: said.machineShowed, value: moment(order.machine) },
      ]
    case 'roll-over-service':
      return [{ name: said.service, value: text(serviceNames[order.role] ?? both(order.role)) }]
    case 'rehost':
      return [
        { name: said.hostNames, value: text(both(order.hostNames.join(', '))) },
        { name: said.pkiUrl, value: text(both(order.pkiUrl)) },
      ]
    case 'install-upgrade':
      return [
        { name: said.version, value: { kind: 'strong', text: both(order.version) } },
        { name: said.manifest, value: hash(order.manifest) },
      ]
    case 'restore-backup':
      return [
        { name: said.backup, value: hash(order.backup) },
        { name: said.goesOnFrom, value: text(both(order.size.toLocaleString('en'))) },
        { name: said.root, value: hash(order.root) },
        {
          name: said.lost,
          value: text(order.lost === null ? said.noneLost : both(order.lost.toLocaleString('en'))),
        },
        { name: said.drawn, value: text(both(order.numbers.count.toLocaleString('en'))) },
        ...(order.numbers.count === 0
          ? []
          : [{ name: said.drawnList, value: hash(order.numbers.sha256) }]),
      ]
    case 'state-compromise':
      return [
        { name: sign.certificate, value: hash(order.certificate) },
        { name: said.from, value: moment(order.from) },
        {
          name: said.to,
          value: order.to === null ? text(said.stillUsed) : moment(order.to),
        },
        {
          name: said.known,
          value: text(order.serials === null ? said.noKnown : both(String(order.serials.length))),
        },
      ]
  }
}

/** Exact to the millisecond, in the units in which a person compares clocks. */
function correction(offsetMs: number): Words {
  if (offsetMs === 0) return said.noCorrection
  const seconds = Math.abs(offsetMs) / 1000
  const days = Math.floor(seconds / 86_400)
  const clock = new Date(Math.round((seconds % 86_400) * 1000)).toISOString().slice(11, 23)
  const amount = days > 0 ? `${String(days)} d ${clock}` : clock
  return offsetMs > 0 ? said.later(amount) : said.earlier(amount)
}

const text = (value: Words): Value => ({ kind: 'text', text: value })
const hash = (value: string): Value => ({ kind: 'hash', text: both(value) })
const moment = (at: string): Value => ({ kind: 'moment', at })
