/** What the services of the box and their generations are called. Pure. */
import type { BoxKeyName, HoldReason, ServiceGeneration } from '../../../ca/index.ts'
import { readCertificate } from '../../../ca/path/index.ts'
import { children, oids, readDer, readGeneralizedTime } from '../../../ca/path/index.ts'
import { serviceNames } from '../../signer/words/order.ts'
import type { View } from '../../view.ts'

/** `时间戳`, or from the second generation `时间戳 第 2 代`. */
export function serviceWords(
  { w }: Pick<View, 'w'>,
  { role, generation }: { readonly role: BoxKeyName; readonly generation: number },
): string {
  const name = serviceNames[role]
  const words = name === undefined ? role : w(name.zh, name.en)
  return generation === 1
    ? words
    : w(`${words} 第 ${String(generation)} 代`, `${words} ${String(generation)}`)
}

/** Until when a key may sign: the end of its private-key usage period (RFC 3280 4.2.1.4) where there is one, else of its certificate. */
export function signsUntil({ certificate }: Pick<ServiceGeneration, 'certificate'>): Date {
  const { notAfter, extensions } = readCertificate(certificate)
  const period = extensions.get(oids.privateKeyUsagePeriod)
  const end = period && children(readDer(period.value)).find(({ tag }) => tag === 0x81)
  return end === undefined ? notAfter : readGeneralizedTime({ ...end, tag: 0x18 }, 'notAfter')
}

const holdTable: Readonly<Record<HoldReason, readonly [zh: string, en: string]>> = {
  'stepped-back': [
    '机器的时钟被拨慢了 2 秒以上。',
    'The clock of the machine was set back by more than 2 seconds.',
  ],
  'stepped-ahead': [
    '机器的时钟被拨快了 10 分钟以上。',
    'The clock of the machine was set ahead by more than 10 minutes.',
  ],
  'before-journal': [
    '启动时，机器的时钟早于日志最近一条。',
    'At its start the clock was before the newest entry of the journal.',
  ],
  'long-after-journal': [
    '启动时，离日志最近一条已过 30 天以上。',
    'At its start the newest entry of the journal was more than 30 days old.',
  ],
  'correction-doubted': [
    '安全员改正之后，机器的时钟又变过。',
    'The clock changed again after the officers had corrected it.',
  ],
  corrected: [
    '安全员说时间不对，正在改正。',
    'Officers say that the time is wrong, and correct it.',
  ],
}

/** Why the clock is on hold. */
export function holdWords({ w }: Pick<View, 'w'>, reason: string): string {
  return Object.hasOwn(holdTable, reason) ? w(...holdTable[reason as HoldReason]) : reason
}
