/** How the evidence of the archive stands, as one line among others that are looked after: last night, what waits, when it is renewed. Pure. */
import { maxCountedWaiting, type EvidenceState } from '../../exchange/index.ts'
import type { View } from '../view.ts'
import type { Check } from './check_table.ts'

type Words = Pick<View, 'w' | 'now' | 'day'>

const dayMs = 86_400_000
/** A night may be missed; two are looked into. */
const lateDays = 2

export function evidenceCheck(view: Words, state: EvidenceState): Check {
  const { w, now } = view
  const { unstamped, renewal, waitingSince, validUntil } = state
  const isEnded = validUntil !== undefined && validUntil < now
  const isLate =
    waitingSince !== undefined && now.getTime() - waitingSince.getTime() > lateDays * dayMs
  const isOpen = renewal !== 'later' || unstamped > 0 || isLate
  return {
    state: renewal === 'blocked' || isEnded ? 'bad' : isOpen ? 'warn' : 'ok',
    what: w('长期证据', 'Long-term evidence'),
    value: [nightWords(view, state), waitingWords(view, state), renewalWords(view, state)]
      .filter((part) => part !== '')
      .join(w('；', '; ')),
    advice: adviceFor(view, state, isLate),
  }
}

function nightWords({ w, day }: Words, { stamped }: EvidenceState): string {
  if (!stamped) return w('还没有盖过夜间时间戳', 'no night was stamped yet')
  const on = day(new Date(stamped.at))
  const { count } = stamped
  return w(`${on} 夜间盖 ${String(count)} 件`, `${String(count)} stamped in the night of ${on}`)
}

function waitingWords({ w }: Words, { waiting, unstamped }: EvidenceState): string {
  const more = waiting >= maxCountedWaiting ? '+' : ''
  const open =
    unstamped > 0
      ? w(`，其中补盖 ${String(unstamped)} 件`, `, ${String(unstamped)} without any timestamp`)
      : ''
  if (waiting === 0) return w('没有待盖的', 'none waits')
  return w(
    `待盖 ${String(waiting)}${more} 件${open}`,
    `${String(waiting)}${more} wait for the night${open}`,
  )
}

function renewalWords({ w, day }: Words, { renewFrom, validUntil }: EvidenceState): string {
  if (!renewFrom || !validUntil) return ''
  return w(
    `${day(renewFrom)} 起续期，最迟 ${day(validUntil)}`,
    `renewed from ${day(renewFrom)} on, at the latest on ${day(validUntil)}`,
  )
}

function adviceFor({ w }: Words, { renewal, unstamped }: EvidenceState, isLate: boolean): string {
  if (renewal === 'blocked') {
    return w(
      '先更换签发机构或时间戳密钥（仪式、双人令），否则证据到期。',
      'First replace the issuing authority (ceremony) or the time-stamping key (order of two): evidence ends otherwise.',
    )
  }
  if (unstamped > 0) {
    return w(
      '时间戳恢复后十分钟内自动补盖；若没有，请看时间与时间戳密钥。',
      'They are stamped within ten minutes once time-stamping works; if not, see the time and the time-stamping key.',
    )
  }
  if (renewal === 'due' || isLate) {
    return w(
      '本应自动进行：请系统管理员查看日志，或运行 sealbox renew-evidence。',
      'It should have been done: have the administrator see the log, or run sealbox renew-evidence.',
    )
  }
  return ''
}
