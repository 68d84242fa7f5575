/**
 * The time-stamping authority (RFC 3161, RFC 5816): reads a request, stamps, has the token recorded, answers. Serial numbers are
 * 126 random bits, so that neither a restart nor a restored backup repeats one. Quota and HTTP are the web room's.
 */
import { hash } from 'node:crypto'
import { drawSerial } from '../certificates/build.ts'
import type { CarriedPieces } from '../cms/repeated_signature.ts'
import { timeSources, type Clock } from '../clock.ts'
import { CaError } from '../errors.ts'
import { pooled, type Random } from '../random.ts'
import type { Signer } from '../signer.ts'
import type { RecordToken } from './granted.ts'
import { acceptedPolicy, timeStampPolicies, type TimeStampPolicy } from './policies.ts'
import { readTimeStampRequest, type TimeStampFailure } from './request.ts'
import { prepareStamper, type Stamper } from './stamper.ts'
import { grantedResponse, imprintOf, rejectedResponse } from './token.ts'

/** A TimeStampResp, and what it says. */
export type TimeStampAnswer =
  | { readonly response: Uint8Array; readonly granted: true }
  | { readonly response: Uint8Array; readonly granted: false; readonly failure: TimeStampFailure }

export interface TimeStampAuthority {
  /** Answers a TimeStampReq; any bytes get a response, and nothing throws. */
  respond(request: Uint8Array): Promise<TimeStampAnswer>
  /**
   * A token over a SHA-256 (32 bytes), or over a SHA-512 (64 bytes), certificates inside. Throws `CA_TIME_UNAVAILABLE`, and what `carry`
   * and `record` throw.
   */
  stamp(imprint: Uint8Array, options?: StampOptions): Promise<Uint8Array>
}

export interface StampOptions {
  /** Asked once the token is signed, so that what it gives is not older than the token's time; it then travels inside. */
  readonly carry?: () => Promise<CarriedPieces>
}

/** A key that stamps. */
export interface TimeStampKey {
  readonly signer: Signer
  /** Put into tokens that ask for them: the signer's certificate and those above it, the root left out or not, DER. */
  readonly certificates: readonly Uint8Array[]
}

export interface TimeStampAuthorityOptions {
  /** The key that stamps now; another one after a roll-over. */
  readonly key: () => TimeStampKey
  readonly clock: Clock
  readonly random: Random
  /** Has each token stand in the journal before it is answered. */
  readonly record: RecordToken
  /** Accepted policies, the default first. */
  readonly policies?: readonly TimeStampPolicy[]
}

interface ToStamp {
  readonly policy: string
  /** DER. */
  readonly messageImprint: Uint8Array
  /** DER. */
  readonly nonce: Uint8Array | undefined
  readonly wantsCertificates: boolean
  readonly at: Date
  readonly carry?: StampOptions['carry']
}

export function createTimeStampAuthority(options: TimeStampAuthorityOptions): TimeStampAuthority {
  const { clock, record, policies = timeStampPolicies } = options
  const random = pooled(options.random)
  const current = followKey(options.key)
  const accuracySeconds = (): number => timeSources[clock.timeSource].accuracySeconds
  const mayStamp = ({ usage }: Stamper, at: Date): boolean =>
    clock.state === 'confirmed' && at >= usage.notBefore && at <= usage.notAfter

  const token = async (stamper: Stamper, what: ToStamp): Promise<Uint8Array> => {
    const { cms, signer, certificateSha256, encodeInfo } = stamper
    const serial = drawSerial(random)
    const info = encodeInfo({
      ...{ policy: what.policy, messageImprint: what.messageImprint, nonce: what.nonce },
      ...{ serial, genTime: what.at, accuracySeconds: accuracySeconds() },
    })
    const attributes = cms.attributes(sha256(info))
    const signature = await signer.sign(attributes)
    const withCertificates = what.wantsCertificates
    const carried = await what.carry?.()
    const bytes = cms.assemble({ content: info, attributes, signature, withCertificates, carried })
    await record({ certificate: certificateSha256, serial, sha256: hash('sha256', bytes, 'hex') })
    return bytes
  }

  return {
    async respond(bytes) {
      const parsed = readTimeStampRequest(bytes)
      if (!parsed.ok) return rejected(parsed.failure)
      const { request } = parsed
      const at = clock.now()
      const policy = acceptedPolicy(request.policy, accuracySeconds(), policies)
      if (policy === undefined) return rejected('unacceptedPolicy')
      if (request.hasExtensions) return rejected('unacceptedExtension')
      try {
        const stamper = current()
        if (!mayStamp(stamper, at)) return rejected('timeNotAvailable')
        if (request.wantsCertificates && !stamper.hasCertificates) {
          return rejected('addInfoNotAvailable')
        }
        const { messageImprint, nonce, wantsCertificates } = request
        const stamped = token(stamper, { policy, messageImprint, nonce, wantsCertificates, at })
        return { response: grantedResponse(await stamped), granted: true }
      } catch {
        return rejected('systemFailure')
      }
    },
    async stamp(imprint, { carry } = {}) {
      const at = clock.now()
      const stamper = current()
      const policy = acceptedPolicy(undefined, accuracySeconds(), policies)
      if (policy === undefined || !mayStamp(stamper, at)) {
        throw new CaError('CA_TIME_UNAVAILABLE', 'no time to stamp with')
      }
      const messageImprint = imprintOf(imprint)
      return token(stamper, {
        ...{ policy, messageImprint, at, carry },
        nonce: undefined,
        wantsCertificates: true,
      })
    },
  }
}

/** What is made once for a key, made anew when another one serves. */
function followKey(key: () => TimeStampKey): () => Stamper {
  let prepared: { readonly signer: Signer; readonly stamper: Stamper } | undefined
  return () => {
    const now = key()
    if (prepared?.signer !== now.signer) {
      prepared = { signer: now.signer, stamper: prepareStamper(now) }
    }
    return prepared.stamper
  }
}

function rejected(failure: TimeStampFailure): TimeStampAnswer {
  return { response: rejectedResponse(failure), granted: false, failure }
}

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer')
