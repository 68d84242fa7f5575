/**
 * A budget of signature checks: each distinct question (copies are told apart; see `pieces.ts`) is asked once and at most `max` are asked, so that a heap of
 * look-alike certificates costs a bounded time. Pure but for the port.
 */
import { equal } from '../bytes.ts'
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

interface Question {
  readonly publicKey: Uint8Array
  readonly answer: Promise<boolean>
}

/** Starts a budget; the port is WebCrypto by default. */
export function createSignatureBudget(options: {
  readonly max: number
  readonly verifySignature?: VerifySignature | undefined
  /** As in `signatureScheme`; never the default. */
  readonly allowSha1?: boolean
}): SignatureBudget {
  const { max, verifySignature = webVerifySignature, allowSha1 = false } = options
  const asked = new Map<Uint8Array, Question[]>()
  let left = max
  let exhausted = false
  return {
    get exhausted() {
      return exhausted
    },
    async verify(signed, publicKey) {
      const questions = asked.get(signed.raw) ?? []
      const known = questions.find((question) => equal(question.publicKey, publicKey))
      if (known) return known.answer
      if (left <= 0) {
        exhausted = true
        return false
      }
      left--
      const scheme = signatureScheme(signed.signatureAlgorithm, undefined, { allowSha1 })
      const { tbs: data, signature } = signed
      const answer = scheme
        ? Promise.resolve(verifySignature({ scheme, publicKey, data, signature })).catch(
            () => false,
          )
        : Promise.resolve(false)
      asked.set(signed.raw, [...questions, { publicKey, answer }])
      return answer
    },
  }
}
