/**
 * The time-stamping authority (RFC 3161): reads a request, stamps, answers. It keeps no state: serial numbers are 128 random bits,
 * so that neither a restart nor a restored backup repeats one. Quota and HTTP are the web room's.
 */
import { createHash } from 'node:crypto'
import { timeSources, type Clock } from '../clock.ts'
import { signCms } from '../cms/signed_data.ts'
import { readDer, readGeneralizedTime, sequenceOf } from '../der/read.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import { readCertificate } from '../path/certificate.ts'
import type { Random } from '../random.ts'
import type { Signer } from '../signer.ts'
import { drawSerial } from '../certificates/build.ts'
import { readTimeStampRequest, type TimeStampFailure } from './request.ts'
import { encodeTstInfo, grantedResponse, rejectedResponse, sha256Imprint } from './token.ts'

/** A TimeStampResp, and what it says. */
export type TimeStampAnswer =
  | { readonly response: Uint8Array; readonly granted: true }
  | { readonly response: Uint8Array; readonly granted: false; readonly failure: TimeStampFailure }

export interface TimeStampAuthority {
  /** Answers a TimeStampReq; any bytes get a response, and nothing throws. */
  respond(request: Uint8Array): Promise<TimeStampAnswer>
  /** A token over a SHA-256 (32 bytes), certificates inside. Throws `CA_TIME_UNAVAILABLE`. */
  stamp(imprintSha256: Uint8Array): Promise<Uint8Array>
}

export function createTimeStampAuthority(options: {
  readonly signer: Signer
  /** Put into tokens that ask for them: the signer's certificate and those above it, the root left out or not, DER. */
  readonly certificates: readonly Uint8Array[]
  readonly clock: Clock
  readonly random: Random
  /** The one policy; a request may name no other. */
  readonly policy?: string
  /** False while the clock is on hold (design 2); then nothing is stamped. */
  readonly isTimeConfirmed?: () => boolean
}): TimeStampAuthority {
  const { signer, certificates, clock, random, policy = oids.timeStampPolicy } = options
  const { isTimeConfirmed = () => clock.state === 'confirmed' } = options
  const certificate = readCertificate(signer.certificate)
  const usage = keyUsagePeriod(signer.certificate)

  const mayStamp = (at: Date): boolean =>
    isTimeConfirmed() && at >= usage.notBefore && at <= usage.notAfter

  const token = async (what: {
    messageImprint: Uint8Array
    nonce: Uint8Array | undefined
    wantsCertificates: boolean
    at: Date
  }): Promise<Uint8Array> => {
    const info = encodeTstInfo({
      policy,
      messageImprint: what.messageImprint,
      serial: drawSerial(random),
      genTime: what.at,
      accuracySeconds: timeSources[clock.timeSource].accuracySeconds,
      nonce: what.nonce,
      authorityName: certificate.subject.raw,
    })
    return signCms({
      signer,
      digest: createHash('sha256').update(info).digest(),
      certificates: what.wantsCertificates ? certificates : [],
      content: { type: oids.tstInfo, bytes: info },
    })
  }

  return {
    async respond(bytes) {
      const parsed = readTimeStampRequest(bytes, policy)
      if (!parsed.ok) return rejected(parsed.failure)
      const at = clock.now()
      if (!mayStamp(at)) return rejected('timeNotAvailable')
      try {
        return { response: grantedResponse(await token({ ...parsed.request, at })), granted: true }
      } catch {
        return rejected('systemFailure')
      }
    },
    async stamp(imprintSha256) {
      if (imprintSha256.length !== 32) throw new TypeError('a SHA-256 has 32 octets')
      const at = clock.now()
      if (!mayStamp(at)) throw new CaError('CA_TIME_UNAVAILABLE', 'no time to stamp with')
      const messageImprint = sha256Imprint(imprintSha256)
      return token({ messageImprint, nonce: undefined, wantsCertificates: true, at })
    },
  }
}

function rejected(failure: TimeStampFailure): TimeStampAnswer {
  return { response: rejectedResponse(failure), granted: false, failure }
}

/** privateKeyUsagePeriod of a certificate, or its validity. */
function keyUsagePeriod(bytes: Uint8Array): { notBefore: Date; notAfter: Date } {
  const certificate = readCertificate(bytes)
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
