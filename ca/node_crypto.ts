/** The cryptography of path validation and verification by `node:crypto`: same answers as WebCrypto's, without a promise a hash. */
import {
  constants,
  createHash,
  createPublicKey,
  hash as digestOf,
  verify,
  type Hash,
  type KeyObject,
} from 'node:crypto'
import {
  isCheckable,
  type CryptoPorts,
  type Hasher,
  type SignatureCheck,
} from './path/signatures.ts'

/** Ports for `validatePath` and `verifyFile` on a server. */
export const nodeCrypto: Required<
  Pick<CryptoPorts, 'verifySignature' | 'digest' | 'createHasher'>
> = {
  verifySignature: (check) => {
    try {
      return isCheckable(check) && isVerified(check)
    } catch {
      return false // a key or signature that does not parse does not verify
    }
  },
  digest: (hash, bytes) => digestOf(hash, bytes, 'buffer'),
  createHasher: (hash) => hasherOf(createHash(hash)),
}

function isVerified({ scheme, publicKey, data, signature }: SignatureCheck): boolean {
  const key = keyOf(publicKey)
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

const hasherOf = (hash: Hash): Hasher => ({
  update: (bytes) => {
    hash.update(bytes)
  },
  copy: () => hasherOf(hash.copy()),
  digest: () => hash.digest(),
})

/** Keys read and kept: a box meets its own authorities' again and again, and reading one costs as much as a check. */
const maxKeys = 512
const keys = new Map<string, KeyObject>()

/** The key of a DER SubjectPublicKeyInfo; the one used longest ago makes room. */
function keyOf(publicKey: Uint8Array): KeyObject {
  const octets = Buffer.from(publicKey)
  const name = octets.toString('latin1')
  const key = keys.get(name) ?? createPublicKey({ key: octets, format: 'der', type: 'spki' })
  keys.delete(name)
  keys.set(name, key)
  const [oldest] = keys.size > maxKeys ? keys.keys() : []
  if (oldest !== undefined) keys.delete(oldest)
  return key
}
