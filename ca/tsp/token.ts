/** Writes time-stamp tokens and responses (RFC 3161 2.4.2, RFC 5816): our own DER, since this is the hottest path of the box. Pure. */
import * as der from '../der/write.ts'
import { utf8 } from '../bytes.ts'
import { oids } from '../oids.ts'
import { timeStampFailures, type TimeStampFailure } from './request.ts'

/** TSTInfo, DER: what a token attests. `genTime` in whole seconds; ordering is not claimed. */
export function encodeTstInfo(options: {
  readonly policy: string
  /** MessageImprint, DER. */
  readonly messageImprint: Uint8Array
  /** Magnitude octets. */
  readonly serial: Uint8Array
  readonly genTime: Date
  readonly accuracySeconds: number
  /** INTEGER, DER. */
  readonly nonce: Uint8Array | undefined
  /** Subject of the signer's certificate, DER. */
  readonly authorityName: Uint8Array
}): Uint8Array {
  const { nonce } = options
  return der.sequence(
    der.integer(1),
    der.objectIdentifier(options.policy),
    options.messageImprint,
    der.integer(options.serial),
    der.generalizedTime(options.genTime),
    der.sequence(der.integer(options.accuracySeconds)),
    ...(nonce ? [nonce] : []),
    der.explicit(0, der.explicit(4, options.authorityName)),
  )
}

/** MessageImprint over a SHA-256, 32 bytes. */
export function sha256Imprint(digest: Uint8Array): Uint8Array {
  return der.sequence(
    der.sequence(der.objectIdentifier(oids.sha256), der.nullValue),
    der.octetString(digest),
  )
}

/** TimeStampResp: granted, with its token. */
export function grantedResponse(token: Uint8Array): Uint8Array {
  return der.sequence(granted, token)
}

/** TimeStampResp: rejected, without a token. */
export function rejectedResponse(failure: TimeStampFailure): Uint8Array {
  const text = der.sequence(der.element(0x0c, utf8(failure)))
  const info = der.namedBits([timeStampFailures[failure]])
  return der.sequence(der.sequence(der.integer(2), text, info))
}

const granted = der.sequence(der.integer(0))
