/**
 * Finds candidate certification paths from a target to an anchor (RFC 4158): first which certificates verify which, upwards from the
 * target and each pair once; then walks through that graph, likeliest issuer first, only where an anchor can be reached. Pure but for the
 * signature port; bounded in signatures, steps and length.
 */
import { equal } from '../bytes.ts'
import type { SignatureBudget } from './budget.ts'
import { isSelfIssued, type Certificate } from './certificate.ts'
import { authorityObjections, certificateObjections, narrowPurposes } from './certificate_checks.ts'
import { addConstraints, nameObjection, noConstraints } from './name_constraints.ts'
import { nameKey, sameName, type Name } from './names.ts'
import { whatIsUnsupported } from './signatures.ts'
import { createWork, type Work } from './work.ts'

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
export const maxPathLength = 64

/** Certificates looked at on the way, times their height in the path: of a lattice that leads nowhere no more is walked. */
const [maxWalkSteps, maxFlawedSteps] = [100_000, 2000]

export interface Pool {
  readonly anchors: readonly Anchor[]
  /** Certificates by `nameKey` of their subject, each once. */
  readonly bySubject: ReadonlyMap<string, readonly Certificate[]>
}

/** Sorts intermediates for look-up by subject; copies are told by identity (`pieces.ts`). */
export function createPool(anchors: readonly Anchor[], certificates: readonly Certificate[]): Pool {
  const bySubject = new Map<string, Certificate[]>()
  for (const certificate of certificates) {
    const key = nameKey(certificate.subject)
    const others = bySubject.get(key)
    if (others) others.push(certificate)
    else bySubject.set(key, [certificate])
  }
  for (const [key, others] of bySubject) {
    if (others.length > 1) bySubject.set(key, [...new Set(others)])
  }
  return { anchors, bySubject }
}

/** What the search met that led nowhere, to tell a bad signature from a missing issuer. */
export interface SearchTrace {
  signatureFailed: boolean
  /** What is not verified here: an algorithm or a key in words. */
  unsupported: string | undefined
  /** Whether paths were left out because they are too long or too many. */
  limited: boolean
}

export interface PathSearch {
  readonly pool: Pool
  readonly budget: SignatureBudget
  readonly trace: SearchTrace
  readonly at: Date
  readonly work: Work
}

/**
 * Yields candidate paths to an anchor. First those on which no certificate is an obstacle by itself, by its names or its length; only if
 * there is none at all, the others, of which the caller learns what is wrong.
 */
export async function* candidatePaths(
  search: PathSearch,
  target: Certificate,
): AsyncGenerator<CandidatePath> {
  let found = false
  for (const [keepFlawed, maxSteps] of [
    [false, maxWalkSteps],
    [true, maxFlawedSteps],
  ] as const) {
    if (found) return
    const graph = await exploreUpwards(search, target, keepFlawed)
    const steps = createWork(maxSteps)
    for (const candidate of walk({ search, graph, keepFlawed, steps }, [target])) {
      found = true
      yield candidate
    }
    if (steps.exhausted) search.trace.limited = true
  }
}

/** What stands directly above a certificate, verified, likeliest first. */
interface Above {
  readonly anchors: readonly Anchor[]
  readonly issuers: readonly Certificate[]
}

interface Graph {
  readonly above: ReadonlyMap<Certificate, Above>
  /** Certificates between here and the nearest anchor; none where no anchor is reached. */
  readonly distance: ReadonlyMap<Certificate, number>
}

/** Verifies upwards from the target, each certificate once; issuers that are no good by themselves only if they are to be kept. */
async function exploreUpwards(
  search: PathSearch,
  target: Certificate,
  keepFlawed: boolean,
): Promise<Graph> {
  const above = new Map<Certificate, Above>()
  const below = new Map<Certificate, Certificate[]>()
  const queue = [target]
  for (const certificate of queue) {
    if (above.has(certificate)) continue
    const found = await verifiedAbove(search, certificate, keepFlawed)
    above.set(certificate, found)
    for (const issuer of found.issuers) {
      queue.push(issuer)
      below.set(issuer, [...(below.get(issuer) ?? []), certificate])
    }
  }
  return { above, distance: distances(above, below) }
}

async function verifiedAbove(
  search: PathSearch,
  certificate: Certificate,
  keepFlawed: boolean,
): Promise<Above> {
  const { pool, trace, at } = search
  const verifies = async (publicKey: Uint8Array): Promise<boolean> => {
    if (await search.budget.verify(certificate, publicKey)) return true
    const unsupported = whatIsUnsupported(certificate.signatureAlgorithm, publicKey)
    if (unsupported === undefined) trace.signatureFailed = true
    else trace.unsupported ??= unsupported
    return false
  }
  const anchors: Anchor[] = []
  for (const anchor of pool.anchors) {
    if (!sameName(anchor.subject, certificate.issuer)) continue
    if (await verifies(anchor.publicKey)) anchors.push(anchor)
  }
  const issuers: Certificate[] = []
  for (const issuer of issuersOf(certificate, pool)) {
    // The root itself among the certificates adds nothing to the anchor.
    const isAnchor = anchors.some(({ certificate: own }) => own && equal(own.raw, issuer.raw))
    if (isAnchor || (!keepFlawed && !isSound(issuer, at))) continue
    if (await verifies(issuer.publicKey)) issuers.push(issuer)
  }
  return { anchors, issuers }
}

/** Candidate issuers, those whose key identifier fits first (RFC 4158 3.5.12). */
function issuersOf(certificate: Certificate, pool: Pool): readonly Certificate[] {
  const named = pool.bySubject.get(nameKey(certificate.issuer)) ?? []
  const wanted = certificate.authorityKeyIdentifier
  const rank = (issuer: Certificate) => (issuer.subjectKeyIdentifier === wanted ? 0 : 1)
  return named.length > 1 ? named.toSorted((a, b) => rank(a) - rank(b)) : named
}

/** Whether nothing in an issuing certificate itself speaks against it. */
function isSound(issuer: Certificate, at: Date): boolean {
  return certificateObjections(issuer, at).length === 0 && authorityObjections(issuer).length === 0
}

/** How far each certificate is from an anchor, downwards from those directly below one. */
function distances(
  above: ReadonlyMap<Certificate, Above>,
  below: ReadonlyMap<Certificate, readonly Certificate[]>,
): ReadonlyMap<Certificate, number> {
  const distance = new Map<Certificate, number>()
  const queue: Certificate[] = []
  for (const [certificate, { anchors }] of above) {
    if (anchors.length === 0) continue
    distance.set(certificate, 0)
    queue.push(certificate)
  }
  for (const certificate of queue) {
    for (const issued of below.get(certificate) ?? []) {
      if (distance.has(issued)) continue
      distance.set(issued, (distance.get(certificate) ?? 0) + 1)
      queue.push(issued)
    }
  }
  return distance
}

interface Walk {
  readonly search: PathSearch
  readonly graph: Graph
  readonly keepFlawed: boolean
  readonly steps: Work
}

function* walk(options: Walk, certificates: readonly Certificate[]): Generator<CandidatePath> {
  const { search, graph, keepFlawed } = options
  const last = certificates.at(-1)
  const above = last && graph.above.get(last)
  if (!above || !options.steps.spend(certificates.length)) return
  for (const anchor of above.anchors) yield { certificates, anchor }
  const far = (issuer: Certificate) => graph.distance.get(issuer) ?? Infinity
  for (const issuer of above.issuers.toSorted((a, b) => far(a) - far(b))) {
    if (certificates.some((other) => isSameEntity(other, issuer))) continue
    if (certificates.length + 1 + far(issuer) > maxPathLength) {
      if (far(issuer) < Infinity) search.trace.limited = true
      continue
    }
    if (!keepFlawed && isObstacle(issuer, certificates, search)) continue
    yield* walk(options, [...certificates, issuer])
  }
}

/** Same name and key: such a certificate a second time in a path adds nothing (RFC 4158 2.4.2). */
function isSameEntity(a: Certificate, b: Certificate): boolean {
  return sameName(a.subject, b.subject) && equal(a.publicKey, b.publicKey)
}

/**
 * Whether no path through `issuer` and down these certificates can hold, whatever stands above: by the issuer itself, its path length, its
 * name constraints or the purposes. The same clauses as `checkPath` asks, only earlier.
 */
function isObstacle(
  issuer: Certificate,
  below: readonly Certificate[],
  search: PathSearch,
): boolean {
  const { work } = search
  const between = below.slice(1).filter((certificate) => !isSelfIssued(certificate)).length
  if (between > (issuer.basicConstraints?.pathLength ?? Infinity)) return true
  const purposes = [...below, issuer].reduce<readonly string[] | undefined>(
    narrowPurposes,
    undefined,
  )
  if (purposes?.length === 0) return true
  const constraints = addConstraints(noConstraints, issuer.nameConstraints)
  return below.some(
    (certificate, index) =>
      (index === 0 || !isSelfIssued(certificate)) &&
      nameObjection(constraints, certificate, { isLast: index === 0, work }) !== undefined,
  )
}
