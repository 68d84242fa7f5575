/**
 * Name constraints of path validation (RFC 5280 4.2.1.10, 6.1.3 b and c, 6.1.4 g): directory, DNS, mail, URI and address names.
 * A constraint on a kind of name not known here refuses every certificate that bears such a name. Pure.
 */
import type { Certificate } from './certificate.ts'
import type { NameConstraints } from './extensions.ts'
import type { PathFindingCode } from './findings.ts'
import { isWithin, type GeneralName } from './names.ts'

/** permitted_subtrees as a list of sets, of which a name must be in each that speaks of its kind; excluded_subtrees. */
export interface NameConstraintState {
  readonly permitted: readonly (readonly GeneralName[])[]
  readonly excluded: readonly GeneralName[]
}

export const noConstraints: NameConstraintState = { permitted: [], excluded: [] }

/** Comparisons a certificate: 1,024 names against 1,024 subtrees, several times over, is hostile. */
const maxComparisons = 250_000

/** 6.1.4 (g): the constraints of one more issuing certificate. */
export function addConstraints(
  state: NameConstraintState,
  constraints: NameConstraints | undefined,
): NameConstraintState {
  if (!constraints) return state
  return {
    permitted:
      constraints.permitted.length > 0
        ? [...state.permitted, constraints.permitted]
        : state.permitted,
    excluded: [...state.excluded, ...constraints.excluded],
  }
}

/** 6.1.3 (b) and (c): why the names of a certificate are not allowed, or undefined. */
export function nameObjection(
  state: NameConstraintState,
  certificate: Certificate,
): { readonly code: PathFindingCode; readonly message: string } | undefined {
  const names = namesOf(certificate)
  const subtrees = state.excluded.length + state.permitted.reduce((sum, set) => sum + set.length, 0)
  if (names.length * subtrees > maxComparisons) {
    return { code: 'LIMIT_EXCEEDED', message: 'too many names and name constraints' }
  }
  for (const name of names) {
    for (const base of state.excluded.filter((base) => sameKind(base, name))) {
      const verdict = matches(name, base, true)
      if (verdict === undefined) return unsupported(name)
      if (verdict) return { code: 'NAME_EXCLUDED', message: clause(name, 'is excluded', 'c') }
    }
    for (const set of state.permitted) {
      const relevant = set.filter((base) => sameKind(base, name))
      if (relevant.length === 0) continue
      const verdicts = relevant.map((base) => matches(name, base, false))
      if (verdicts.includes(undefined)) return unsupported(name)
      if (!verdicts.includes(true)) {
        return { code: 'NAME_NOT_PERMITTED', message: clause(name, 'is not permitted', 'b') }
      }
    }
  }
  return undefined
}

function namesOf(certificate: Certificate): GeneralName[] {
  const { subject, subjectAltName } = certificate
  const directory: GeneralName[] =
    subject.rdns.length > 0 ? [{ kind: 'directory', name: subject }] : []
  const mail = subject.emails.map((text): GeneralName => ({ kind: 'rfc822', text }))
  return [...directory, ...mail, ...subjectAltName]
}

const clause = (name: GeneralName, verdict: string, letter: string): string =>
  `a ${name.kind} name ${verdict} (RFC 5280 6.1.3 ${letter})`

const unsupported = (name: GeneralName) => ({
  code: 'NAME_CONSTRAINT_UNSUPPORTED' as const,
  message: `a ${name.kind} name is constrained in a way not supported (RFC 5280 4.2.1.10)`,
})

function sameKind(a: GeneralName, b: GeneralName): boolean {
  return a.kind === b.kind && (a.kind !== 'other' || (b.kind === 'other' && a.tag === b.tag))
}

/** Whether `name` falls under `base`; undefined where that cannot be told. `excluding` widens what a wildcard covers. */
function matches(name: GeneralName, base: GeneralName, excluding: boolean): boolean | undefined {
  if (name.kind === 'directory' && base.kind === 'directory') {
    return isWithin(name.name, base.name)
  }
  if (name.kind === 'ip' && base.kind === 'ip') return addressWithin(name.octets, base.octets)
  if (name.kind === 'dns' && base.kind === 'dns') {
    return dnsWithin(name.text.toLowerCase(), base.text.toLowerCase(), excluding)
  }
  if (name.kind === 'rfc822' && base.kind === 'rfc822') return mailWithin(name.text, base.text)
  if (name.kind === 'uri' && base.kind === 'uri') {
    const host = hostOf(name.text)
    return host === undefined ? undefined : hostWithin(host, base.text.toLowerCase())
  }
  return undefined
}

/** A DNS name is within its own subtree and all names got by adding labels to the left. */
function dnsWithin(name: string, base: string, excluding: boolean): boolean {
  if (base === '') return true
  const suffix = base.startsWith('.') ? base : `.${base}`
  if (name === base || name.endsWith(suffix)) return true
  // `*.example.org` may stand for a host that the exclusion of `host.example.org` names.
  return excluding && name.startsWith('*.') && suffix.endsWith(name.slice(1))
}

/** A host constraint: with a leading period all hosts below, else that host alone. */
function hostWithin(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base) && host.length > base.length : host === base
}

function mailWithin(mailbox: string, base: string): boolean | undefined {
  const at = mailbox.lastIndexOf('@')
  if (at < 1) return undefined
  const host = mailbox.slice(at + 1).toLowerCase()
  const baseAt = base.lastIndexOf('@')
  if (baseAt < 0) return hostWithin(host, base.toLowerCase())
  return (
    mailbox.slice(0, at) === base.slice(0, baseAt) && host === base.slice(baseAt + 1).toLowerCase()
  )
}

/** Host of a URI; undefined where there is none or it is an address (then the constraint cannot be applied). */
function hostOf(uri: string): string | undefined {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri) ?? []
  const host = authority?.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase()
  if (!host || host.includes('[') || /^[\d.]+$/.test(host)) return undefined
  return host
}

/** Address within network and mask (RFC 4632 style, 8 or 32 octets). */
function addressWithin(address: Uint8Array, network: Uint8Array): boolean | undefined {
  if (network.length !== 8 && network.length !== 32) return undefined
  if (address.length !== 4 && address.length !== 16) return undefined
  const half = network.length / 2
  if (address.length !== half) return false
  return address.every((octet, at) => {
    const mask = network[half + at] ?? 0
    return (octet & mask) === ((network[at] ?? 0) & mask)
  })
}
