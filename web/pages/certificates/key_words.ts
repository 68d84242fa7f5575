/** What kind of key a certificate holds, and how it was signed, in words. Pure. */
import {
  children,
  readBitString,
  readDer,
  readObjectIdentifier,
  sequenceOf,
  type Certificate,
  type Node,
} from '../../../ca/path/index.ts'
import type { View } from '../../view.ts'
import { oidWords } from '../oid_names.ts'

/** `ECDSA，P-256 曲线` or `RSA, 3072 bits`; the identifier of what is not known. */
export function publicKeyWords(view: Pick<View, 'w'>, { publicKey }: Certificate): string {
  const [algorithm, bits] = sequenceOf(readDer(publicKey), 'subjectPublicKeyInfo')
  const [type, parameters] = sequenceOf(algorithm, 'algorithm')
  const oid = readObjectIdentifier(type, 'algorithm')
  const name = oidWords(view, oid) ?? oid
  const size = rsaBits(bits)
  if (parameters?.tag === 0x06) {
    const curve = readObjectIdentifier(parameters, 'curve')
    return `${name}${view.w('，', ', ')}${oidWords(view, curve) ?? curve}`
  }
  return size === undefined ? name : view.w(`${name}，${size} 位`, `${name}, ${size} bits`)
}

/** Bits of an RSA modulus; undefined for other keys. */
function rsaBits(node: Node | undefined): string | undefined {
  const key = readBitString(node, 'subjectPublicKey')
  if (key[0] !== 0x30) return undefined
  const [modulus] = children(readDer(key))
  const octets = modulus?.contents ?? new Uint8Array()
  const whole = octets[0] === 0 ? octets.subarray(1) : octets
  return String((whole.length - 1) * 8 + (32 - Math.clz32(whole[0] ?? 0)))
}

/** `ECDSA，SHA-256`; the identifier of what is not known. */
export function signatureWords(view: Pick<View, 'w'>, { signatureAlgorithm }: Certificate): string {
  const [type] = sequenceOf(readDer(signatureAlgorithm), 'signatureAlgorithm')
  const oid = readObjectIdentifier(type, 'signatureAlgorithm')
  return oidWords(view, oid) ?? oid
}
