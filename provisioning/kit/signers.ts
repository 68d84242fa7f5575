/** From the keys of an opened key file to what signs with them: whose each is, and its certificate. WebCrypto, isomorphic. */
import { equal, readCertificate } from '../../ca/path/index.ts'
import { webSigner, type UnitSigner } from '../../exchange/unit/index.ts'
import type { KeyFile } from './key_file.ts'
import { importPkcs8 } from './keys.ts'
import type { OpenedKey } from './wrap.ts'

/** The seat under which a person's only signing key stands in a key file. */
export const personSeat = 'self'

/** Whose key it is, as certificates name their holder. */
export function holderOfKey(ownerId: string, { use, seat = '' }: Pick<OpenedKey, 'use' | 'seat'>) {
  if (use === 'unit-seal') return `unit:${ownerId}`
  return seat === personSeat ? `person:${ownerId}` : `seat:${ownerId}/${seat}`
}

/**
 * Keys without a certificate get the one of `certificates` (DER) that is of their public key, the last of several: the file
 * that the box keeps was wrapped before they were issued.
 */
export function withCertificates(
  keys: readonly OpenedKey[],
  certificates: readonly Uint8Array[],
): OpenedKey[] {
  const known = certificates.map((der) => ({ der, publicKey: readCertificate(der).publicKey }))
  return keys.map((key) => {
    if (key.certificate !== undefined) return key
    const own = known.findLast(({ publicKey }) => equal(publicKey, key.publicKey))
    return own === undefined ? key : { ...key, certificate: own.der }
  })
}

/** A signer for each key that has its certificate. */
export async function signersOf(
  owner: KeyFile['owner'],
  keys: readonly OpenedKey[],
): Promise<UnitSigner[]> {
  const signers: UnitSigner[] = []
  for (const { certificate, pkcs8, ...facts } of keys) {
    if (certificate === undefined) continue
    const key = await importPkcs8(pkcs8)
    signers.push(webSigner({ holder: holderOfKey(owner.id, facts), certificate, key }))
  }
  return signers
}
