/** The cryptography of path validation and verification by `node:crypto`: same answers as WebCrypto's, without a promise a hash. */
import { constants, createPublicKey, hash as digestOf, verify } from 'node:crypto'
import { isCheckable, type CryptoPorts, type SignatureCheck } from './path/signatures.ts'

/** Ports for `validatePath` and `verifyFile` on a server. */
export const nodeCrypto: Required<CryptoPorts> = {
  verifySignature: (check) => {
    try {
      return isCheckable(check) && isVerified(check)
    } catch {
      return false // a key or signature that does not parse does not verify
    }
  },
  digest: (hash, bytes) => digestOf(hash, bytes, 'buffer'),
}

function isVerified({ scheme, publicKey, data, signature }: SignatureCheck): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
  switch (scheme.kind) {
    case 'ed25519':
      return verify(null, data, key, signature)
    case 'ecdsa':
      return verify(scheme.hash, data, { key, dsaEncoding: 'der' }, signature)
    case 'rsa-pkcs1':
      return verify(scheme.hash, data, key, signature)
    case 'rsa-pss': {
      const { saltLength, hash } = scheme
      return verify(
        hash,
        data,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
        signature,
      )
    }
  }
}
