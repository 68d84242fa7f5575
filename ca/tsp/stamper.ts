/** What a time-stamping key needs for a token, made once: the constant parts of its CMS, and when it may sign. Pure. */
import { sha256Hex } from '../bytes.ts'
import { createRepeatedSignature, type RepeatedSignature } from '../cms/repeated_signature.ts'
import { oids } from '../oids.ts'
import { readCertificate } from '../path/certificate.ts'
import { keyUsagePeriod, type UsagePeriod } from '../services/usage.ts'
import type { Signer } from '../signer.ts'
import { createTstInfoWriter, type TstInfo } from './token.ts'

export interface Stamper {
  readonly signer: Signer
  readonly cms: RepeatedSignature
  readonly certificateSha256: string
  /** TSTInfo in the name of the certificate's subject, DER. */
  readonly encodeInfo: (info: TstInfo) => Uint8Array
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
    encodeInfo: createTstInfoWriter(read.subject.raw),
    usage: keyUsagePeriod(read),
    hasCertificates: certificates.length > 0,
  }
}
