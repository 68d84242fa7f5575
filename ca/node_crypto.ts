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
import { equal } from './bytes.ts'
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

interface ReadKey {
  /** Its own copy: whoever changes the octets gets another key. */
  readonly octets: Uint8Array
  readonly key: KeyObject
}

const readKeys = new WeakMap<Uint8Array, ReadKey>()

/** The key of a DER SubjectPublicKeyInfo, read once as long as its octets live: reading costs as much as a check. */
function keyOf(publicKey: Uint8Array): KeyObject {
  const known = readKeys.get(publicKey)
  if (known && equal(known.octets, publicKey)) return known.key
  const octets = Buffer.from(publicKey)
  const key = createPublicKey({ key: octets, format: 'der', type: 'spki' })
  readKeys.set(publicKey, { octets, key })
  return key
}
