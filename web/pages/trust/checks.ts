/** Whether all is well with the trust services, and what an officer does next: one line a matter. Pure. */
import type { ClockState } from '../../../ca/index.ts'
import type { View } from '../../view.ts'
import { evidenceCheck } from '../evidence_check.ts'
import { worstFirst, type Check, type CheckState } from '../check_table.ts'
import type { TrustState } from './state.ts'
import { serviceWords, signsUntil } from './words.ts'

const dayMs = 86_400_000
/** Certificates of authorities take a ceremony, which takes time to arrange. */
const ceremonyDays = 90
/** A key of a service is rolled over by itself, or by an order of two officers. */
const serviceDays = 30
/** A list is renewed long before; a day before its end something is wrong. */
const listDays = 1

interface Asking {
  readonly clock: ClockState
  readonly holder: string
}

export function trustChecks(view: View, state: TrustState, of: Asking): Check[] {
  return worstFirst([
    requestsCheck(view, state),
    ...serviceMatters(view, state, of),
    endingCheck(view, state),
  ])
}

/** All but requests and certificates that end, which the officer's first page lists by themselves. */
export function serviceMatters(view: View, state: TrustState, of: Asking): Check[] {
  return worstFirst([
    ...ordersCheck(view, state, of.holder),
    clockCheck(view, of.clock),
    ...together(listChecks(view, state), (lists) => allLists(view, state, lists)),
    ...together(serviceChecks(view, state), (keys) => allKeys(view, state, keys)),
    evidenceCheck(view, state.evidence),
    officersCheck(view, state),
  ])
}

/** One line where all is well; otherwise those that are not, each by itself. */
function together(checks: readonly Check[], all: (count: number) => Check): readonly Check[] {
  const open = checks.filter((one) => one.state !== 'ok')
  return open.length > 0 || checks.length === 0 ? open : [all(checks.length)]
}

function allLists(view: View, { authorities }: TrustState, count: number): Check {
  const { w } = view
  const ends = authorities.flatMap(({ crl }) => (crl === undefined ? [] : [crl.nextUpdate]))
  const next = view.time(soonest(ends))
  return {
    state: 'ok',
    what: w('吊销列表', 'Revocation lists'),
    value: w(
      `${String(count)} 份，都有效到 ${next} 以后`,
      `${String(count)}, all good until ${next} or later`,
    ),
    advice: '',
    way: { href: '/trust/status', words: w('细看', 'Details') },
  }
}

function allKeys(view: View, { services }: TrustState, count: number): Check {
  const { w } = view
  const current = Object.values(services).flatMap((generations) => generations.slice(-1))
  const next = view.day(soonest(current.map(signsUntil)))
  return {
    state: 'ok',
    what: w('本机密钥', 'Keys of the box'),
    value: w(
      `${String(count)} 把，最早一把签到 ${next}`,
      `${String(count)}; the first signs until ${next}`,
    ),
    advice: '',
    way: { href: '/trust/keys', words: w('细看', 'Details') },
  }
}

const soonest = (times: readonly Date[]): Date =>
  new Date(Math.min(...times.map((one) => one.getTime())))

function requestsCheck({ w }: View, { requests }: TrustState): Check {
  const waiting = requests.filter((one) => one.state === 'waiting').length
  const hasWaiting = waiting > 0
  return {
    state: hasWaiting ? 'warn' : 'ok',
    what: w('注册申请', 'Requests'),
    value: hasWaiting
      ? w(`${String(waiting)} 份等待核对`, `${String(waiting)} to be compared`)
      : w('没有等待的', 'none waits'),
    advice: hasWaiting
      ? w('打电话核对指纹后批准。', 'Compare fingerprints by telephone, then approve.')
      : '',
    ...(hasWaiting && { way: { href: '/requests', words: w('去核对', 'Compare') } }),
  }
}

/** Orders that wait for the second officer; nothing is said where there are none. */
function ordersCheck({ w }: View, { orders }: TrustState, holder: string): Check[] {
  const open = orders.filter((one) => one.state === 'proposed')
  const others = open.filter((one) => one.proposed.holder !== holder).length
  if (open.length === 0) return []
  return [
    {
      state: others > 0 ? 'warn' : 'ok',
      what: w('双人令', 'Orders of two'),
      value:
        others > 0
          ? w(`${String(others)} 道等您会签`, `${String(others)} wait for your countersignature`)
          : w('您提出的，等另一名安全员会签', 'yours wait for another officer'),
      advice:
        others > 0
          ? w('先向提出人当面或电话问清。', 'Ask the proposer in person or by telephone first.')
          : '',
      way: { href: '/orders', words: w('去看', 'See') },
    },
  ]
}

function clockCheck({ w }: View, clock: ClockState): Check {
  const isHeld = clock === 'held'
  return {
    state: isHeld ? 'bad' : 'ok',
    what: w('时间', 'Time'),
    value: isHeld
      ? w('未确认，时间戳已停', 'not confirmed: nothing is stamped')
      : w('可信', 'certain'),
    advice: isHeld
      ? w(
          '由两名安全员对表，确认或改正时间。',
          'Two officers compare it with a good clock, and confirm or correct it.',
        )
      : '',
    way: { href: '/trust/time', words: w('细看', 'Details') },
  }
}

function listChecks(view: View, { authorities }: TrustState): Check[] {
  const { w, now } = view
  return authorities.map((one) => {
    const what = w(`吊销列表 · ${serviceWords(view, one)}`, `List · ${serviceWords(view, one)}`)
    const way = { href: '/trust/status', words: w('细看', 'Details') }
    if (one.crl === undefined) {
      const value = w('密钥不在本机，列表在仪式中更新', 'its key is away: renewed in a ceremony')
      return { state: 'warn', what, value, advice: '', way }
    }
    const left = (one.crl.nextUpdate.getTime() - now.getTime()) / dayMs
    const until = view.time(one.crl.nextUpdate)
    return {
      state: left < 0 ? 'bad' : left < listDays ? 'warn' : 'ok',
      what,
      value: w(
        `第 ${String(one.crl.number)} 号，有效至 ${until}`,
        `number ${String(one.crl.number)}, good until ${until}`,
      ),
      advice:
        left < listDays
          ? w(
              '本应自动更新：请系统管理员查看日志并重新启动本机。',
              'It should have been renewed: have the administrator see the log and restart the box.',
            )
          : '',
      way,
    }
  })
}

function serviceChecks(view: View, { services }: TrustState): Check[] {
  const { w, now } = view
  return Object.values(services).flatMap((generations) => {
    const current = generations.at(-1)
    if (current === undefined) return []
    const end = signsUntil(current)
    const days = Math.floor((end.getTime() - now.getTime()) / dayMs)
    const isAuthority = current.role === 'root' || current.role === 'issuing'
    const state: CheckState =
      days < 0 ? 'bad' : days < (isAuthority ? ceremonyDays : serviceDays) ? 'warn' : 'ok'
    return [
      {
        state,
        what: w(`密钥 · ${serviceWords(view, current)}`, `Key · ${serviceWords(view, current)}`),
        value: w(`签到 ${view.day(end)}`, `signs until ${view.day(end)}`),
        advice: state === 'ok' ? '' : rollOverAdvice(view, isAuthority),
        way: { href: '/trust/keys', words: w('细看', 'Details') },
      },
    ]
  })
}

function rollOverAdvice({ w }: View, isAuthority: boolean): string {
  return isAuthority
    ? w(
        '安排仪式更换（sealbox ceremony）。',
        'Arrange a ceremony to replace it (sealbox ceremony).',
      )
    : w('由两名安全员下令更换。', 'Two officers order its replacement.')
}

function endingCheck({ w }: View, { ending }: TrustState): Check {
  const { ended, in7, in30, in60 } = ending
  const late = ended === 0 ? '' : w(`，已到期未续 ${String(ended)} 张`, `, ${String(ended)} ended`)
  const value = w(
    `7 天内 ${String(in7)} 张，30 天内 ${String(in30)} 张，60 天内 ${String(in60)} 张`,
    `${String(in7)} within 7 days, ${String(in30)} within 30, ${String(in60)} within 60`,
  )
  return {
    state: in7 + ended > 0 ? 'bad' : in30 > 0 ? 'warn' : 'ok',
    what: w('将到期的证书', 'Certificates that end'),
    value: in60 + ended === 0 ? w('60 天内没有', 'none within 60 days') : `${value}${late}`,
    advice:
      in30 + ended > 0
        ? w('提醒各单位在签署页面续期。', 'Remind the units to renew in the signer.')
        : '',
    ...(in60 > 0 && { way: { href: '/certificates?state=ending', words: w('名单', 'List') } }),
  }
}

function officersCheck({ w, box }: View, { officers }: TrustState): Check {
  const isFew = officers < 2
  return {
    // A trial box is complete with one; only its orders are out of reach.
    state: isFew && box.mode === 'production' ? 'bad' : 'ok',
    what: w('安全员', 'Officers'),
    value: w(`${String(officers)} 名持有效证书`, `${String(officers)} with a live certificate`),
    advice: isFew
      ? w('双人令需要两名：请再任命一名。', 'Orders take two: appoint another one.')
      : '',
    ...(isFew && { way: { href: '/people#appoint', words: w('任命', 'Appoint') } }),
  }
}
