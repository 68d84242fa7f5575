/**
 * Key pairs made at the unit. WebCrypto only, so that the page makes them the same way; the platform's own generator draws
 * them (WebCrypto takes no other). ECDSA on P-256 (FIPS 186-5, RFC 5480).
 */

const p256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** A key pair of the unit; the private half stays in this process until it is wrapped. */
export interface UnitKey {
  privateKey: CryptoKey
  publicKey: CryptoKey
  /** DER SubjectPublicKeyInfo. */
  spki: Uint8Array<ArrayBuffer>
}

/** Makes a P-256 key pair that can be wrapped (extractable) and can sign. */
export async function makeUnitKey(): Promise<UnitKey> {
  const pair = await crypto.subtle.generateKey(p256, true, ['sign', 'verify'])
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
  return { privateKey: pair.privateKey, publicKey: pair.publicKey, spki }
}

/** The private key as DER PrivateKeyInfo (RFC 5208), to be wrapped at once. */
export async function exportPkcs8(key: UnitKey): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.exportKey('pkcs8', key.privateKey))
}

/** The private key to sign with, not to be exported again; throws a `DOMException` on what is no P-256 PrivateKeyInfo. */
export function importPkcs8(pkcs8: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), p256, false, ['sign'])
}

/** DER SubjectPublicKeyInfo of a private key; throws as above. */
export async function publicKeyOf(pkcs8: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return (await importUnitKey(pkcs8)).spki
}

/** The whole pair of a private key, extractable: for a PKCS#12, or to be wrapped again; throws as above. */
export async function importUnitKey(pkcs8: Uint8Array): Promise<UnitKey> {
  const bytes = new Uint8Array(pkcs8)
  const privateKey = await crypto.subtle.importKey('pkcs8', bytes, p256, true, ['sign'])
  const { kty = '', crv = '', x = '', y = '' } = await crypto.subtle.exportKey('jwk', privateKey)
  const half = { kty, crv, x, y }
  const publicKey = await crypto.subtle.importKey('jwk', half, p256, true, ['verify'])
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
  return { privateKey, publicKey, spki }
}
