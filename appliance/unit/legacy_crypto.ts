/** Triple DES and SHA-1 by `node:crypto`, for PKCS#12 files of old programs and for nothing else. Handed to the kit only where asked for. */
import { createCipheriv, createHmac, hash } from 'node:crypto'
import type { LegacyCrypto } from '../../provisioning/kit/index.ts'

export const legacyCrypto: LegacyCrypto = {
  sha1: (bytes) => hash('sha1', bytes, 'buffer'),
  hmacSha1: (key, bytes) => createHmac('sha1', key).update(bytes).digest(),
  tripleDesCbc(key, iv, plain) {
    const cipher = createCipheriv('des-ede3-cbc', key, iv)
    return Buffer.concat([cipher.update(plain), cipher.final()])
  },
}
