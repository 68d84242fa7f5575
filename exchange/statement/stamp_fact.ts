/** What an entry keeps of a time stamp that the box gave: enough to say later, from the journal alone, which stamps it knows. Pure. */
import { readTimeStampToken, sha256Hex, toHex, type Sha256 } from '../../ca/path/index.ts'

export type StampFact = {
  /** Serial number, hexadecimal octets without a sign octet. */
  readonly serial: string
  /** SHA-256 of the token, DER. */
  readonly hash: Sha256
  /** genTime, RFC 3339. */
  readonly at: string
  /** SHA-256 of the certificate of the key that stamped. */
  readonly certificate: Sha256
}

/** Of a token that this box made. */
export function stampFact(token: Uint8Array): StampFact {
  const { serialNumber, genTime, signedData } = readTimeStampToken(token)
  const [signer] = signedData.signerInfos
  const [named] = signer?.signedAttributes?.signingCertificates ?? []
  if (named?.hash !== 'SHA-256') throw new TypeError('a stamp of ours names its certificate')
  return {
    serial: serialNumber.replace(/^00(?=[0-9a-f]{2})/, ''),
    hash: sha256Hex(token),
    at: genTime.toISOString(),
    certificate: toHex(named.digest) as Sha256,
  }
}
