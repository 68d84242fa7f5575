/** What orders of two officers, their acts and states are called, and what an act does. Pure. */
import type { Order, OrderAct, WholeOrder } from '../../../exchange/index.ts'
import { isRevocationReason } from '../../../ca/index.ts'
import { orderNames, serviceNames } from '../../signer/words/order.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { RestoredFacts } from '../../backups.ts'
import type { View } from '../../view.ts'
import { reasonWords } from '../certificates/words.ts'

type Words = readonly [zh: string, en: string]

export function actWords({ w }: Pick<View, 'w'>, act: OrderAct): string {
  const { zh, en } = orderNames[act]
  return w(zh, en)
}

const meanings: Readonly<Record<OrderAct, Words>> = {
  'revoke-service': [
    '本机某项服务的证书从此无效；签发机构的证书一旦吊销，它签发的也都无效。',
    'The certificate of a service ceases to be valid; with that of an authority, all that it issued.',
  ],
  'confirm-time': [
    '说定准确的时间。时钟暂停就此解除，时间戳恢复。',
    'States the right time. It ends a clock hold, and time-stamping goes on.',
  ],
  'roll-over-service': [
    '本机生成新密钥并换上；旧密钥签过的照样能验证。',
    'The box makes a new key and uses it from then on; what the old one signed stays verifiable.',
  ],
  rehost: [
    '本机换用新的网络名称：换发网页证书，此后签发的证书写新地址；旧证书里的旧地址要继续指向本机。',
    'The box takes another name: a new TLS certificate, and the new address in what it issues; the old address in older certificates must go on leading to it.',
  ],
  'restore-backup': [
    '本机从这份备份的末尾接着办；备份之后的记录如有丢失，就此写明。',
    'The box works on from the end of this backup; what came after it and is lost is put on record.',
  ],
  'state-compromise': [
    '向所有验证者声明某把密钥从何时起不可信，以后的验证都据此判断。',
    'Tells everybody who verifies since when a key is not to be trusted; verdicts follow it from then on.',
  ],
  'install-upgrade': [
    '写入另一个系统分区并重新启动，停用几分钟；新版本工作正常才保留，否则自行退回。保留后不能再退回旧版本。',
    'Writes the other slot of the disk and restarts: a few minutes without service. The new version is kept only if it is well, or else the box falls back by itself; once kept, there is no way back to an older one.',
  ],
}

export function meaningOf({ w }: Pick<View, 'w'>, act: OrderAct): string {
  return w(...meanings[act])
}

const stateTable: Readonly<
  Record<WholeOrder['state'], readonly [kind: string, zh: string, en: string]>
> = {
  proposed: ['w', '等待会签', 'waits for the second officer'],
  'carried-out': ['ok', '已执行', 'carried out'],
  withdrawn: ['', '已撤回', 'withdrawn'],
  expired: ['', '已过期', 'expired'],
}

export function stateTag({ w }: Pick<View, 'w'>, state: WholeOrder['state']): Html {
  const [kind, zh, en] = stateTable[state]
  return html`<span class="tag ${kind}">${w(zh, en)}</span>`
}

/** The list that an order to confirm a restore names by its hash: officers read it, the statement that units get has it not. */
export function restoredNumbers(
  { w }: View,
  { numbers }: Pick<RestoredFacts, 'numbers'>,
): readonly (readonly [string, Content])[] {
  const words = numbers.map(
    ({ unit, series, year, number }) => `${unit} ${series}〔${String(year)}〕${String(number)}号`,
  )
  return [[w('这些文号', 'These numbers'), words.length > 0 && words.join(w('、', ', '))]]
}

/** The parameters of an order as rows of facts. */
export function orderFacts(view: View, order: Order): readonly (readonly [string, Content])[] {
  const { w } = view
  switch (order.act) {
    case 'revoke-service':
      return [
        [w('证书', 'Certificate'), certificateLink(order.certificate)],
        [
          w('原因', 'Reason'),
          isRevocationReason(order.reason) ? reasonWords(view, order.reason) : order.reason,
        ],
        [
          w('不可信始于', 'Not trusted since'),
          order.invalidityDate !== null && view.exact(order.invalidityDate),
        ],
      ]
    case 'confirm-time':
      return [
        [w('对机器时钟', 'To the machine’s clock'), offsetWords(view, order.offsetMs)],
        [w('当时机器时钟显示', 'Which then showed'), view.exact(order.machine)],
      ]
    case 'roll-over-service':
      return [[w('服务', 'Service'), roleWords(view, order.role)]]
    case 'rehost':
      return [
        [w('名称', 'Names'), order.hostNames.join(w('、', ', '))],
        [w('证书里的地址', 'Address in certificates'), html`<code>${order.pkiUrl}</code>`],
      ]
    case 'restore-backup':
      return [
        [w('备份', 'Backup'), html`<code>${order.backup}</code>`],
        [w('日志从第几条之后接续', 'The journal goes on behind entry'), String(order.size)],
        [w('那时的树头', 'Its head there'), html`<code>${order.root}</code>`],
        [
          w('已知丢失的以后条目', 'Later entries known to be lost'),
          order.lost === null
            ? w('未见更新的树头', 'none: nobody is known to have seen a later head')
            : String(order.lost),
        ],
        [
          w('已知用过的文号', 'Numbers known to be drawn'),
          order.numbers.count > 0 &&
            html`${String(order.numbers.count)} <code>${order.numbers.sha256}</code>`,
        ],
      ]
    case 'state-compromise':
      return [
        [w('证书', 'Certificate'), certificateLink(order.certificate)],
        [w('不可信始于', 'Not trusted from'), view.exact(order.from)],
        [
          w('停用于', 'Not used since'),
          order.to === null ? w('仍在使用', 'still in use') : view.exact(order.to),
        ],
        [
          w('仍可信的时间戳', 'Time-stamps that stay trusted'),
          order.serials !== null && String(order.serials.length),
        ],
      ]
    case 'install-upgrade':
      return [
        [w('版本', 'Version'), order.version],
        [
          w('升级包清单 SHA-256', 'Manifest of the bundle, SHA-256'),
          html`<code>${order.manifest}</code>`,
        ],
      ]
  }
}

export function roleWords({ w }: Pick<View, 'w'>, role: string): string {
  const name = serviceNames[role]
  return name === undefined ? role : w(name.zh, name.en)
}

const certificateLink = (sha256: string): Html =>
  html`<a href="/certificates/${sha256}"><code>${sha256}</code></a>`

/** A correction in seconds, exact to the millisecond. */
export function offsetWords({ w }: Pick<View, 'w'>, offsetMs: number): string {
  if (offsetMs === 0) return w('不改，时间是对的', 'none: the time is right')
  const seconds = (Math.abs(offsetMs) / 1000).toFixed(3)
  return offsetMs > 0
    ? w(`加 ${seconds} 秒`, `${seconds} s later`)
    : w(`减 ${seconds} 秒`, `${seconds} s earlier`)
}
