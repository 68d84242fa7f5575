/** Checks one raw signature with a certificate's key, by `node:crypto`: the server's hot path. Judging chains is `ca/path`. */
import { constants, verify, X509Certificate, type KeyObject } from 'node:crypto'
import { digestOctets, signatureSuites, type SignatureAlgorithm } from './signer.ts'

/** Whether `signature` over `bytes` was made by the key of `certificate`, in that key's own suite unless another is named. */
export function verifySignature(options: {
  readonly certificate: Uint8Array
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
  /** As its key allows: a plain RSA key signs by PKCS#1 or PSS. */
  readonly algorithm?: SignatureAlgorithm
}): boolean {
  const { bytes, signature } = options
  const { publicKey } = new X509Certificate(options.certificate)
  const own = suiteOfKey(publicKey)
  const algorithm = options.algorithm ?? own
  if (!fits(algorithm, own) || !isOfLength(signature, publicKey)) return false
  const { digest, parameters } = signatureSuites[algorithm]
  const key = parameters === 'pss' ? pssKey(publicKey, digestOctets[digest]) : publicKey
  return verify(algorithm === 'ed25519' ? null : digest, bytes, key, signature)
}

/** The suite in which the key of a certificate of ours signs. */
export function suiteOf(certificate: Uint8Array): SignatureAlgorithm {
  return suiteOfKey(new X509Certificate(certificate).publicKey)
}

/** The suite that is usual for a public or private key. */
export function suiteOfKey(key: KeyObject): SignatureAlgorithm {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return 'ed25519'
    case 'rsa':
      return 'rsa-sha256'
    case 'rsa-pss':
      return 'rsa-pss-sha256'
    default:
      return key.asymmetricKeyDetails?.namedCurve === 'secp384r1'
        ? 'ecdsa-p384-sha384'
        : 'ecdsa-p256-sha256'
  }
}

/** Whether a key whose usual suite is `own` may sign by `algorithm`. */
function fits(algorithm: SignatureAlgorithm, own: SignatureAlgorithm): boolean {
  return algorithm === own || (algorithm === 'rsa-pss-sha256' && own === 'rsa-sha256')
}

/** Whether an RSA signature has as many octets as the modulus (RFC 8017 8.1.2 and 8.2.2, step 1): OpenSSL takes a shorter one for PSS. */
function isOfLength(signature: Uint8Array, key: KeyObject): boolean {
  const { modulusLength } = key.asymmetricKeyDetails ?? {}
  return modulusLength === undefined || signature.length === Math.ceil(modulusLength / 8)
}

/** How `node:crypto` is told of RSASSA-PSS. */
export function pssKey(key: KeyObject, saltLength: number) {
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
}
