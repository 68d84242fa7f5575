/** What the services of the box and their generations are called. Pure. */
import type { BoxKeyName, ServiceGeneration } from '../../../ca/index.ts'
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
