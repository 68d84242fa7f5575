/** Zone, the machine's clock compared by a person, and time servers of the own network. The box believes nobody else about the time. */
import { addressFault, addressesIn, clockIn, momentIn, zoneFault } from '../answers.ts'
import { maxTimeServers } from '../../machine/time_servers.ts'
import type { Dialogue } from '../dialogue.ts'
import { askOptional } from '../optional.ts'
import type { Place } from '../place.ts'
import type { SetUp, Was } from '../set_up.ts'

type Parts = Pick<Place, 'machine' | 'clock'>

export async function askTime(
  dialogue: Dialogue,
  parts: Parts,
  { time: had }: Was,
): Promise<Pick<SetUp, 'time'>> {
  const { w } = dialogue
  const zone = await dialogue.ask(w('时区', 'Time zone'), {
    or: had?.zone ?? 'Asia/Shanghai',
    check: (typed) => zoneFault(dialogue, typed),
  })
  await compareClock(dialogue, zone, parts)
  const servers = parts.machine === undefined ? [] : await askServers(dialogue, had?.servers)
  if (parts.machine !== undefined) {
    dialogue.say(w('请稍候……', 'One moment …'))
    await parts.machine.applyTimeServers(servers)
  }
  return { time: { zone, servers, confirmedAt: parts.clock.now().toISOString() } }
}

async function compareClock(dialogue: Dialogue, zone: string, parts: Parts): Promise<void> {
  const { w, say } = dialogue
  for (;;) {
    say(
      `${w('本机时钟', 'The clock of this machine')}: ${clockIn(zone, parts.clock.now(), 19)} (${zone})`,
      w(
        '请与两只钟表核对。证书和时间戳以它为准。',
        'Compare it with two clocks. Certificates and time stamps follow it.',
      ),
    )
    const isRight = await dialogue.choose(
      w('时钟准吗', 'Is it right?'),
      [
        { key: 'yes', words: w('准，差不到半分钟', 'yes, within half a minute') },
        { key: 'no', words: w('不准', 'no') },
      ],
      'yes',
    )
    if (isRight === 'yes') return
    if (parts.machine === undefined) {
      say(w('请先在操作系统里校时，再继续。', 'Set it in the operating system, then go on.'))
    } else {
      await parts.machine.setTime(await askMoment(dialogue, zone))
    }
  }
}

async function askMoment(dialogue: Dialogue, zone: string): Promise<Date> {
  const { w } = dialogue
  const example = '2026-11-26 08:30:00'
  for (;;) {
    const typed = await dialogue.ask(
      w(`现在的时间，如 ${example}`, `The time now, such as ${example}`),
    )
    const moment = momentIn(zone, typed)
    if (moment !== undefined) return moment
    dialogue.say(w(`请照 ${example} 的样子输入。`, `Type it like ${example}.`))
  }
}

async function askServers(dialogue: Dialogue, had: readonly string[] = []): Promise<string[]> {
  const { w } = dialogue
  const check = (typed: string): string | undefined => {
    const all = addressesIn(typed)
    if (all.length > maxTimeServers || new Set(all).size < all.length) {
      return w('最多四个，各不相同。', 'At most four, no one twice.')
    }
    return all.map((one) => addressFault(dialogue, one)).find((fault) => fault !== undefined)
  }
  const question = w(
    '本地网络中时间服务器的地址（空格分开，没有就空着）',
    'Addresses of time servers in your network (blanks between, empty for none)',
  )
  return addressesIn(await askOptional(dialogue, question, { had: had.join(' '), check }))
}
