/**
 * Certificate requests as the unit makes them: PKCS#10 (RFC 2986), signed by the key itself (proof of possession). The common
 * name only tells what the key is for; the box sets the real subject, and takes no extension from a request.
 */
import { Utf8String } from 'asn1js'
import { AttributeTypeAndValue, CertificationRequest, CryptoEngine } from 'pkijs'
import type { UnitKey } from './keys.ts'

/** The bound of a common name (RFC 5280 appendix A, ub-common-name). */
export const maxCommonNameCharacters = 64

/** Makes a request, DER; throws a `RangeError` unless the common name has 1 to 64 characters. */
export async function makeRequest(options: {
  key: UnitKey
  commonName: string
}): Promise<Uint8Array<ArrayBuffer>> {
  const { key, commonName } = options
  const length = Array.from(commonName).length
  if (length < 1 || length > maxCommonNameCharacters) {
    throw new RangeError('a common name has 1 to 64 characters')
  }
  const engine = new CryptoEngine({ name: 'webcrypto', crypto })
  const request = new CertificationRequest()
  request.version = 0
  request.attributes = []
  request.subject.typesAndValues.push(
    new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: commonName }) }),
  )
  await request.subjectPublicKeyInfo.importKey(key.publicKey, engine)
  await request.sign(key.privateKey, 'SHA-256', engine)
  return new Uint8Array(request.toSchema().toBER())
}
