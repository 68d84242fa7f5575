/**
 * Certificate policies of path validation (RFC 5280 6.1.2 to 6.1.5), kept as a graph (RFC 9618) and not a tree, so that hostile
 * mappings cannot make it grow beyond policies times certificates. Pure; the caller steps through the path.
 */
import { oids } from '../oids.ts'
import { isSelfIssued, type Certificate } from './certificate.ts'
import type { PathFindingCode } from './findings.ts'

export interface PolicyInputs {
  readonly initialPolicySet: readonly string[]
  readonly requireExplicitPolicy: boolean
  readonly inhibitPolicyMapping: boolean
  readonly inhibitAnyPolicy: boolean
}

interface PolicyNode {
  readonly policy: string
  expected: ReadonlySet<string>
  readonly parents: ReadonlySet<string>
}
type Level = Map<string, PolicyNode>

/** State variables of 6.1.2 that concern policies. */
export interface PolicyState {
  readonly inputs: PolicyInputs
  /** Levels 0 to i; undefined is the NULL tree. */
  levels: Level[] | undefined
  explicitPolicy: number
  policyMapping: number
  inhibitAnyPolicy: number
}

/** A policy rule that does not hold. */
export interface PolicyObjection {
  readonly code: PathFindingCode
  readonly message: string
}

const any = oids.anyPolicy

/** 6.1.2 (a), (d), (e), (f) for a path of `length` certificates. */
export function startPolicies(inputs: PolicyInputs, length: number): PolicyState {
  const root: PolicyNode = { policy: any, expected: new Set([any]), parents: new Set() }
  return {
    inputs,
    levels: [new Map([[any, root]])],
    explicitPolicy: inputs.requireExplicitPolicy ? 0 : length + 1,
    policyMapping: inputs.inhibitPolicyMapping ? 0 : length + 1,
    inhibitAnyPolicy: inputs.inhibitAnyPolicy ? 0 : length + 1,
  }
}

/** 6.1.3 (d) to (f). */
export function applyPolicies(
  state: PolicyState,
  certificate: Certificate,
  isLast: boolean,
): PolicyObjection | undefined {
  const policies = certificate.certificatePolicies
  const previous = state.levels?.at(-1)
  if (policies && state.levels && previous) {
    const anyCounts = state.inhibitAnyPolicy > 0 || (!isLast && isSelfIssued(certificate))
    const level = nextLevel(previous, policies, anyCounts)
    state.levels.push(level)
    if (level.size === 0) state.levels = undefined // (d)(3): pruned to the root, as no node has a child
  } else {
    state.levels = undefined // 6.1.3 (e)
  }
  return state.explicitPolicy > 0 || state.levels
    ? undefined
    : { code: 'POLICY_REQUIRED', message: 'no acceptable policy is left (RFC 5280 6.1.3 f)' }
}

function nextLevel(previous: Level, policies: readonly string[], anyCounts: boolean): Level {
  const level: Level = new Map()
  const add = (policy: string, parents: readonly string[]) => {
    level.set(policy, { policy, expected: new Set([policy]), parents: new Set(parents) })
  }
  // Who expects what, turned round once: edges are as many as policies and mappings stand in one certificate.
  const expecting = new Map<string, string[]>()
  for (const { policy, expected } of previous.values()) {
    for (const child of expected) {
      const parents = expecting.get(child)
      if (parents) parents.push(policy)
      else expecting.set(child, [policy])
    }
  }
  for (const policy of policies) {
    if (policy === any) continue
    const parents = expecting.get(policy) // (d)(1)(i)
    if (parents) add(policy, parents)
    else if (previous.has(any)) add(policy, [any]) // (d)(1)(ii)
  }
  if (policies.includes(any) && anyCounts) {
    for (const [policy, parents] of expecting) {
      if (!level.has(policy)) add(policy, parents) // (d)(2)
    }
  }
  return level
}

/** 6.1.3 (d)(3): nodes without children go, level by level upwards; once at the end, as only the last level is ever asked before. */
function prune(levels: readonly Level[]): void {
  for (let at = levels.length - 2; at >= 0; at--) {
    const used = new Set<string>()
    for (const { parents } of levels[at + 1]?.values() ?? []) {
      for (const parent of parents) used.add(parent)
    }
    for (const policy of levels[at]?.keys() ?? []) {
      if (!used.has(policy)) levels[at]?.delete(policy)
    }
  }
}

/** 6.1.4 (a), (b), (h) to (j). */
export function preparePolicies(
  state: PolicyState,
  certificate: Certificate,
): PolicyObjection | undefined {
  const mappings = certificate.policyMappings
  if (mappings.some((map) => map.issuerDomain === any || map.subjectDomain === any)) {
    return {
      code: 'POLICY_MAPPING_OF_ANY_POLICY',
      message: 'anyPolicy must not be mapped (RFC 5280 6.1.4 a)',
    }
  }
  applyMappings(state, certificate)
  if (!isSelfIssued(certificate)) {
    state.explicitPolicy = Math.max(0, state.explicitPolicy - 1)
    state.policyMapping = Math.max(0, state.policyMapping - 1)
    state.inhibitAnyPolicy = Math.max(0, state.inhibitAnyPolicy - 1)
  }
  constrainPolicies(state, certificate)
  return undefined
}

/** 6.1.4 (i), (j): what a certificate's policyConstraints and inhibitAnyPolicy limit. */
export function constrainPolicies(state: PolicyState, certificate: Certificate): void {
  const { requireExplicitPolicy, inhibitPolicyMapping } = certificate.policyConstraints ?? {}
  state.explicitPolicy = Math.min(state.explicitPolicy, requireExplicitPolicy ?? Infinity)
  state.policyMapping = Math.min(state.policyMapping, inhibitPolicyMapping ?? Infinity)
  state.inhibitAnyPolicy = Math.min(
    state.inhibitAnyPolicy,
    certificate.inhibitAnyPolicy ?? Infinity,
  )
}

/** 6.1.4 (b). */
function applyMappings(state: PolicyState, certificate: Certificate): void {
  const level = state.levels?.at(-1)
  if (!level) return
  const mapped = new Map<string, Set<string>>()
  for (const { issuerDomain, subjectDomain } of certificate.policyMappings) {
    mapped.set(issuerDomain, (mapped.get(issuerDomain) ?? new Set()).add(subjectDomain))
  }
  const anyNode = level.get(any)
  for (const [policy, expected] of mapped) {
    const node = level.get(policy)
    if (state.policyMapping === 0) level.delete(policy)
    else if (node) node.expected = expected
    else if (anyNode) level.set(policy, { policy, expected, parents: anyNode.parents })
  }
  if (level.size === 0) state.levels = undefined
}

/** 6.1.5 (a), (b), (g): the policies under which the path is valid, and the objection if there are none but must be. */
export function concludePolicies(
  state: PolicyState,
  certificate: Certificate,
): { readonly policies: readonly string[]; readonly objection: PolicyObjection | undefined } {
  let { explicitPolicy } = state
  explicitPolicy = Math.max(0, explicitPolicy - 1)
  if (certificate.policyConstraints?.requireExplicitPolicy === 0) explicitPolicy = 0
  const levels = state.levels ?? []
  prune(levels)
  const authority = authorityPolicies(levels)
  const initial = state.inputs.initialPolicySet
  const policies = initial.includes(any)
    ? [...authority]
    : initial.filter((policy) => authority.has(policy) || authority.has(any))
  const refused = explicitPolicy === 0 && policies.length === 0
  return {
    policies,
    objection: refused
      ? {
          code: 'POLICY_REQUIRED',
          message: 'the path holds under no policy asked for (RFC 5280 6.1.5 g)',
        }
      : undefined,
  }
}

/** Policies in the anchor's domain that lead to the last level: nodes whose parent is anyPolicy (RFC 9618 6.1.5 g). */
function authorityPolicies(levels: readonly Level[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const level of levels.slice(1)) {
    for (const node of level.values()) {
      if (node.policy !== any && node.parents.has(any)) found.add(node.policy)
    }
  }
  if (levels.length > 1 && levels.at(-1)?.has(any)) found.add(any)
  return found
}
