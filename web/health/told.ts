/** Who does not answer: units that fell silent, parts of the box itself, and whether those who are told of alarms can be reached. Pure. */
import type { HealthCheck, Judge, Words } from './check.ts'
import type { Health, HealthPart, ReportingLine } from './types.ts'

export const presenceCheck: Judge = (view, { presence }) => {
  if (presence === undefined || presence.units === 0) return undefined
  const { w } = view
  const { units, silent, lastSeen, isAlone } = presence
  const isOpen = silent > 0 || isAlone
  return {
    code: 'presence',
    state: isOpen ? 'warn' : 'ok',
    what: w('各单位在线', 'Presence of units'),
    value: isAlone
      ? w(
          `没有任何单位连上${lastSeen ? `，最近一次 ${view.time(lastSeen)}` : ''}`,
          `no unit at all is heard of${lastSeen ? `; the last one ${view.time(lastSeen)}` : ''}`,
        )
      : silent > 0
        ? w(
            `${String(units)} 个单位中 ${String(silent)} 个长时间没有连上`,
            `${String(silent)} of ${String(units)} units were not heard of for long`,
          )
        : w(`${String(units)} 个单位，都有消息`, `${String(units)} units, all heard of`),
    advice: isAlone
      ? w(
          '请检查本机的网线、交换机和防火墙。',
          'Check the cable of the box, the switch, the firewall.',
        )
      : silent > 0
        ? w(
            '请看“各单位在线”，给他们打电话：网络、电脑，或证书到期。',
            'See “Presence” and call them: their line, their computer, or a certificate that ended.',
          )
        : '',
    ...(isOpen && { way: { href: '/presence', words: w('查看', 'See') } }),
  }
}

const partWords: Readonly<Record<HealthPart, readonly [zh: string, en: string]>> = {
  evidence: ['长期证据', 'long-term evidence'],
  backup: ['备份', 'backup'],
  virus: ['病毒检查', 'virus check'],
  scrub: ['数据巡检', 'scrub'],
  scrubTries: ['数据巡检', 'scrub'],
  volume: ['数据分区', 'data partition'],
  queues: ['排队', 'queues'],
  presence: ['各单位在线', 'presence of units'],
  reporting: ['告警', 'alarms'],
}

/** Nobody is to take the last word of a part for how it is. */
export const silentCheck: Judge = ({ w }, { silent = [] }) => {
  if (silent.length === 0) return undefined
  const names = silent.map((part) => w(...partWords[part]))
  return {
    code: 'silent',
    state: 'bad',
    what: w('没有应答的部分', 'Parts that do not answer'),
    value: [...new Set(names)].join(w('、', ', ')),
    advice: w(
      '这几项显示的是最后一次的应答。请重新启动本机；若仍如此，检查磁盘。',
      'What stands of them is their last word. Restart the box; if it stays so, check the disk.',
    ),
  }
}

export function reportingChecks(view: Words, { reporting }: Health): HealthCheck[] {
  const { w } = view
  const { collector, mail } = reporting ?? {}
  const lines: HealthCheck[] = []
  if (collector)
    lines.push({
      ...lineCheck(view, collector),
      code: 'collector',
      what: w('日志收集器', 'Syslog collector'),
    })
  if (mail)
    lines.push({ ...lineCheck(view, mail), code: 'mail', what: w('邮件中继', 'Mail relay') })
  return lines
}

function lineCheck(
  view: Words,
  { state, since, error }: ReportingLine,
): Omit<HealthCheck, 'code' | 'what'> {
  const { w } = view
  if (state === 'well') return { state: 'ok', value: w('连得上', 'reached'), advice: '' }
  const from = since ? w(`自 ${view.time(since)} `, ` since ${view.time(since)}`) : ''
  return {
    state: 'warn',
    value: w(`${from}连不上（${error ?? '?'}）`, `not reached${from} (${error ?? '?'})`),
    advice: w(
      '请检查对方是否开机、地址和证书是否正确；其间的事件不会丢，接通后补发。',
      'See that it runs, and that address and certificate are right; nothing is lost, it is sent once it is reached.',
    ),
    way: { href: '/alarms', words: w('设置', 'Settings') },
  }
}
