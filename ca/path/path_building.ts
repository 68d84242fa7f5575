/**
 * Finds candidate certification paths from a target to an anchor (RFC 4158), depth first, likeliest issuer first. Pure but for
 * the signature port. An edge is followed only if the signature verifies, so look-alikes do not multiply; bounded besides.
 */
import { equal } from '../bytes.ts'
import type { SignatureBudget } from './budget.ts'
import type { Certificate } from './certificate.ts'
import { nameKey, sameName, type Name } from './names.ts'

/** A trust anchor: a name and a key (RFC 5280 6.1.1 d); the certificate if it was given as one. */
export interface Anchor {
  readonly subject: Name
  readonly publicKey: Uint8Array
  readonly certificate: Certificate | undefined
}

/** A path, target first; the anchor stands behind the last certificate and not in the list. */
export interface CandidatePath {
  readonly certificates: readonly Certificate[]
  readonly anchor: Anchor
}

/** Certificates a path may have: real ones have two to four. */
export const maxPathLength = 16

export interface Pool {
  readonly anchors: readonly Anchor[]
  /** Certificates by `nameKey` of their subject. */
  readonly bySubject: ReadonlyMap<string, readonly Certificate[]>
}

/** Sorts intermediates for look-up by subject. */
export function createPool(anchors: readonly Anchor[], certificates: readonly Certificate[]): Pool {
  const bySubject = new Map<string, Certificate[]>()
  for (const certificate of certificates) {
    const key = nameKey(certificate.subject)
    bySubject.set(key, [...(bySubject.get(key) ?? []), certificate])
  }
  return { anchors, bySubject }
}

/** What the search met that led nowhere, to tell a bad signature from a missing issuer. */
export interface SearchTrace {
  signatureFailed: boolean
}

/** Yields candidate paths to an anchor. */
export async function* candidatePaths(options: {
  readonly pool: Pool
  readonly budget: SignatureBudget
  readonly trace: SearchTrace
  readonly certificates: readonly Certificate[]
}): AsyncGenerator<CandidatePath> {
  const { pool, budget, trace, certificates } = options
  const last = certificates.at(-1)
  if (!last || certificates.length > maxPathLength) return
  for (const anchor of pool.anchors) {
    if (!sameName(anchor.subject, last.issuer)) continue
    if (await budget.verify(last, anchor.publicKey)) yield { certificates, anchor }
    else trace.signatureFailed = true
  }
  for (const issuer of issuersOf(last, pool)) {
    if (certificates.some((other) => isSameEntity(other, issuer))) continue
    if (await budget.verify(last, issuer.publicKey)) {
      yield* candidatePaths({ ...options, certificates: [...certificates, issuer] })
    } else {
      trace.signatureFailed = true
    }
  }
}

/** Candidate issuers, those whose key identifier fits first (RFC 4158 3.5.12). */
function issuersOf(certificate: Certificate, pool: Pool): readonly Certificate[] {
  const named = pool.bySubject.get(nameKey(certificate.issuer)) ?? []
  const wanted = certificate.authorityKeyIdentifier
  const rank = (issuer: Certificate) => (issuer.subjectKeyIdentifier === wanted ? 0 : 1)
  return named.toSorted((a, b) => rank(a) - rank(b))
}

/** Same name and key: such a certificate a second time in a path adds nothing (RFC 4158 2.4.2). */
function isSameEntity(a: Certificate, b: Certificate): boolean {
  return sameName(a.subject, b.subject) && equal(a.publicKey, b.publicKey)
}
