/** What a time-stamping key needs for a token, made once: the constant parts of its CMS, and when it may sign. Pure. */
import { sha256Hex } from '../bytes.ts'
import { createRepeatedSignature, type RepeatedSignature } from '../cms/repeated_signature.ts'
import { readDer, readGeneralizedTime, sequenceOf } from '../der/read.ts'
import { oids } from '../oids.ts'
import { readCertificate, type Certificate } from '../path/certificate.ts'
import type { Signer } from '../signer.ts'

/** Both ends included. */
export interface UsagePeriod {
  readonly notBefore: Date
  readonly notAfter: Date
}

export interface Stamper {
  readonly signer: Signer
  readonly cms: RepeatedSignature
  readonly certificateSha256: string
  /** Subject of the certificate, DER. */
  readonly authorityName: Uint8Array
  readonly usage: UsagePeriod
  readonly hasCertificates: boolean
}

export function prepareStamper(key: {
  readonly signer: Signer
  readonly certificates: readonly Uint8Array[]
}): Stamper {
  const { signer, certificates } = key
  const { certificate, algorithm } = signer
  const read = readCertificate(certificate)
  return {
    signer,
    cms: createRepeatedSignature({
      ...{ certificate, algorithm, certificates },
      contentType: oids.tstInfo,
    }),
    certificateSha256: sha256Hex(certificate),
    authorityName: read.subject.raw,
    usage: keyUsagePeriod(read),
    hasCertificates: certificates.length > 0,
  }
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
