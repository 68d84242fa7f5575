/**
 * A budget of signature checks: each distinct question is asked once and at most `max` are asked, so that a heap of
 * look-alike certificates costs a bounded time. Pure but for the port.
 */
import { sha256Hex } from '../bytes.ts'
import { signatureScheme, webVerifySignature, type VerifySignature } from './signatures.ts'

/** What X.509, CRL and OCSP sign alike. */
export interface Signed {
  readonly raw: Uint8Array
  readonly tbs: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
}

export interface SignatureBudget {
  /** Whether `signed` verifies under the DER SubjectPublicKeyInfo; false too once the budget is spent. */
  verify(signed: Signed, publicKey: Uint8Array): Promise<boolean>
  /** Whether a question had to be refused. */
  readonly exhausted: boolean
}

/** Starts a budget; the port is WebCrypto by default. */
export function createSignatureBudget(options: {
  readonly max: number
  readonly verifySignature?: VerifySignature | undefined
  /** As in `signatureScheme`; never the default. */
  readonly allowSha1?: boolean
}): SignatureBudget {
  const { max, verifySignature = webVerifySignature, allowSha1 = false } = options
  const answers = new Map<string, Promise<boolean>>()
  const keyNames = new WeakMap<Uint8Array, string>()
  let exhausted = false
  const nameOf = (bytes: Uint8Array): string => {
    const name = keyNames.get(bytes) ?? sha256Hex(bytes)
    keyNames.set(bytes, name)
    return name
  }
  return {
    get exhausted() {
      return exhausted
    },
    async verify(signed, publicKey) {
      const question = `${nameOf(signed.raw)} ${nameOf(publicKey)}`
      const known = answers.get(question)
      if (known) return known
      if (answers.size >= max) {
        exhausted = true
        return false
      }
      const scheme = signatureScheme(signed.signatureAlgorithm, undefined, { allowSha1 })
      const { tbs: data, signature } = signed
      const answer = scheme
        ? Promise.resolve(verifySignature({ scheme, publicKey, data, signature })).catch(
            () => false,
          )
        : Promise.resolve(false)
      answers.set(question, answer)
      return answer
    },
  }
}
