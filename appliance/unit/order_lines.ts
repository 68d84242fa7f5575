/** An order in plain words of both languages, a line each, for a terminal. Pure. */
import { orderNames, type Order } from '../../exchange/index.ts'
import { visible } from '../visible.ts'

/** What is ordered, why, and until when it lies open. */
export function orderLines(said: {
  readonly order: Order
  readonly reason: string
  readonly expires: string
}): string[] {
  const { order, reason, expires } = said
  const { zh, en } = orderNames[order.act]
  return [
    `${zh} ${en}`,
    ...parameterLines(order),
    `理由 reason: ${visible(reason)}`,
    `有效期至 lies open until: ${expires}`,
  ].map((line) => `  ${line}`)
}

function parameterLines(order: Order): string[] {
  switch (order.act) {
    case 'revoke-service':
      return [
        `证书 certificate: ${order.certificate}`,
        `吊销原因 reason code: ${visible(order.reason)}`,
        ...(order.invalidityDate === null
          ? []
          : [`疑似泄露时间 in other hands since: ${order.invalidityDate}`]),
      ]
    case 'confirm-time':
      return [`对机器时钟的改正 correction of the clock: ${String(order.offsetMs)} ms`]
    case 'roll-over-service':
      return [`服务 service: ${order.role}`]
    case 'rehost':
      return [
        `名称 names: ${order.hostNames.join(', ')}`,
        `证书里的地址 address in certificates: ${order.pkiUrl}`,
      ]
    case 'install-upgrade':
      return [
        `版本 version: ${order.version}`,
        `升级包清单 manifest of the bundle: ${order.manifest}`,
      ]
    case 'restore-backup':
      return [
        `备份 backup: ${order.backup}`,
        `日志从此接续 the journal goes on from: ${String(order.size)} ${order.root}`,
        `此后已知丢失的条目 later entries known to be lost: ${String(order.lost ?? 0)}`,
        `已知用过的文号 numbers known to be drawn: ${String(order.numbers.count)}`,
        `其清单 their list: ${order.numbers.sha256}`,
      ]
    case 'state-compromise':
      return [
        `证书 certificate: ${order.certificate}`,
        `自此时起不可信 not trusted from: ${order.from}`,
        `停用时间 not used any more since: ${order.to ?? '仍在使用 still in use'}`,
        ...(order.serials === null
          ? []
          : [`列出仍可信的 listed as still trusted: ${String(order.serials.length)}`]),
      ]
  }
}
