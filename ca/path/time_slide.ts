/**
 * Past certificate validation (EN 319 102-1 5.6.2.1, 5.6.2.2): to which moment one must go back so that all certificates of a path were
 * good by what is proven to have existed then. Pure; the path and each piece of revocation data have been verified before.
 */
import type { Certificate } from './certificate.ts'
import { freshnessOf, type FreshnessPolicy, type RevocationTimes } from './freshness.ts'

/** What one verified CRL or OCSP answer says of one certificate. */
export interface RevocationFact extends RevocationTimes {
  /** From when the certificate is revoked; undefined: it is not. */
  readonly revokedAt: Date | undefined
}

/** A fact with the earliest moment at which it is proven to have existed (by a time stamp over it, say). */
export interface ProvenFact extends RevocationFact {
  readonly provenAt: Date
}

/** One certificate of a path below the anchor. */
export interface SlideStep {
  /** The earliest moment at which the certificate is proven to have existed. */
  readonly provenAt: Date
  readonly facts: readonly ProvenFact[]
  /** Until when the algorithms and keys of certificate and data are believed; undefined: without end. */
  readonly algorithmsUntil?: Date
}

/** `NO_POE`: of the step at `index` nothing is proven to have existed by the moment reached. */
export type SlideResult =
  | { readonly controlTime: Date }
  | { readonly failure: 'NO_POE'; readonly index: number; readonly controlTime: Date }

/**
 * The validation time sliding process: from `at` back to the control time. `steps` begin with the certificate that the anchor issued and end
 * with the target; `anchorUntil` is the moment from which the anchor is trusted no more. A signature proven to have existed by the control
 * time was made under a good certificate.
 */
export function slideTime(options: {
  readonly at: Date
  readonly steps: readonly SlideStep[]
  readonly freshness: FreshnessPolicy
  readonly anchorUntil?: Date
}): SlideResult {
  const { at, steps, freshness, anchorUntil } = options
  let controlTime = earlier(at, anchorUntil)
  for (const [index, step] of steps.entries()) {
    // a) and b): the newest data issued before the control time, it and the certificate proven to have existed by then.
    const usable = step.facts.filter(
      (fact) => fact.thisUpdate <= controlTime && fact.provenAt <= controlTime,
    )
    const newest = usable.reduce<ProvenFact | undefined>(newer, undefined)
    if (!newest || step.provenAt > controlTime) return { failure: 'NO_POE', index, controlTime }
    // c): back before the revocation; or, where the data is not fresh, to when it was issued.
    if (newest.revokedAt) controlTime = earlier(controlTime, newest.revokedAt)
    else if (freshnessOf(newest, controlTime, { policy: freshness }) !== 'fresh') {
      controlTime = earlier(controlTime, newest.thisUpdate)
    }
    // d): back to when the algorithms were still believed.
    controlTime = earlier(controlTime, step.algorithmsUntil)
  }
  return { controlTime }
}

const earlier = (a: Date, b: Date | undefined): Date => (b !== undefined && b < a ? b : a)
const newer = (a: ProvenFact | undefined, b: ProvenFact): ProvenFact =>
  a === undefined || b.thisUpdate > a.thisUpdate ? b : a

/**
 * The times at which all certificates of a path were within their validity: at one of them the path itself is to be validated
 * (EN 319 102-1 5.6.2.1 b); undefined if there is none.
 */
export function commonValidity(
  path: readonly Certificate[],
): { readonly from: Date; readonly to: Date } | undefined {
  const [first] = path
  if (!first) return undefined
  let [from, to] = [first.notBefore, first.notAfter]
  for (const { notBefore, notAfter } of path) {
    if (notBefore > from) from = notBefore
    if (notAfter < to) to = notAfter
  }
  return from <= to ? { from, to } : undefined
}
