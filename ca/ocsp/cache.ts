/**
 * OCSP answers that were signed before (RFC 5019 2.2), by the bytes of the request. What makes one stale is asked anew each time, so that a
 * commit needs to tell nobody; what is stale is kept until it is replaced, to know of which second it was.
 */
/** A signed response, and what a server says of it. */
export interface SignedAnswer {
  readonly response: Uint8Array
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  readonly hasNonce: boolean
  /** Names these bytes, for an ETag. */
  readonly tag: string
  /** The answer before to the same question was of the same second: a date does not tell the two apart. */
  readonly sharesSecond: boolean
}

export interface KeptAnswer {
  readonly answer: SignedAnswer & { readonly signed: true }
  /** Version of the issuer's statuses that it was made at. */
  readonly atVersion: number
  readonly version: () => Promise<number>
}

export interface AnswerCache {
  get(request: Uint8Array): KeptAnswer | undefined
  put(request: Uint8Array, answer: KeptAnswer): void
  /** Whether it is young enough at `at`; of a clock that was set back it is not. */
  isFresh(kept: KeptAnswer, at: Date): boolean
}

/** Answers kept: some 2 KB each with the request; a district has a few thousand certificates. */
const maxKept = 8192
/** A request about one certificate or a chain; who asks about thirty is answered by hand. */
const maxKeptRequestBytes = 512

export function createAnswerCache({ keptForMs }: { readonly keptForMs: number }): AnswerCache {
  const kept = new Map<string, KeptAnswer>()
  const keyOf = (request: Uint8Array): string =>
    Buffer.from(request.buffer, request.byteOffset, request.length).toString('latin1')
  return {
    get: (request) => (request.length > maxKeptRequestBytes ? undefined : kept.get(keyOf(request))),
    put(request, answer) {
      if (request.length > maxKeptRequestBytes) return
      const key = keyOf(request)
      kept.delete(key)
      kept.set(key, answer)
      const [oldest] = kept.keys()
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    },
    isFresh({ answer }, at) {
      const age = at.getTime() - answer.thisUpdate.getTime()
      return age >= 0 && age < keptForMs
    },
  }
}
