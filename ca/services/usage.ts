/** Until when a key of the box may be used, and when another one is made. Pure. */
import { readDer, readGeneralizedTime, sequenceOf } from '../der/read.ts'
import { oids } from '../oids.ts'
import { readCertificate, type Certificate } from '../path/certificate.ts'

/** Another key serves so long before the end: a box that is off for a month still finds time. */
export const rollOverLeadDays = 42
/** Of a use that is shorter than that, the last quarter. */
const shortLead = 1 / 4
const dayMs = 86_400_000

/** Both ends included. */
export interface UsagePeriod {
  readonly notBefore: Date
  readonly notAfter: Date
}

/** privateKeyUsagePeriod of a certificate (RFC 3280 4.2.1.4), or its validity. */
export function keyUsagePeriod(certificate: Certificate): UsagePeriod {
  const { notBefore, notAfter } = certificate
  const extension = certificate.extensions.get(oids.privateKeyUsagePeriod)
  if (!extension) return { notBefore, notAfter }
  const limits = sequenceOf(readDer(extension.value), 'privateKeyUsagePeriod')
  const end = limits.find(({ tag }) => tag === 0x81)
  return {
    notBefore,
    notAfter: end ? readGeneralizedTime({ ...end, tag: 0x18 }, 'notAfter') : notAfter,
  }
}

/** Whether the key of a certificate (DER) is to be followed by another one. */
export function isRollOverDue(certificate: Uint8Array, at: Date): boolean {
  const { notBefore, notAfter } = keyUsagePeriod(readCertificate(certificate))
  const use = notAfter.getTime() - notBefore.getTime()
  const lead = Math.min(rollOverLeadDays * dayMs, use * shortLead)
  return at.getTime() >= notAfter.getTime() - lead
}
