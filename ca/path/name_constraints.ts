/**
 * Name constraints of path validation (RFC 5280 4.2.1.10, 6.1.3 b and c, 6.1.4 g): directory, DNS, mail, URI and address names.
 * A constraint that is not well formed, or on a kind of name not known here, refuses every certificate that bears such a name. Pure.
 */
import { oids } from '../oids.ts'
import type { Certificate } from './certificate.ts'
import type { NameConstraints } from './extensions.ts'
import type { PathFindingCode } from './findings.ts'
import { addressWithin, dnsWithin, isHost, mailWithin, uriWithin } from './name_forms.ts'
import { isWithin, type GeneralName } from './names.ts'
import type { Work } from './work.ts'

/** permitted_subtrees as a list of sets, of which a name must be in each that speaks of its kind; excluded_subtrees likewise. */
export interface NameConstraintState {
  readonly permitted: readonly (readonly GeneralName[])[]
  readonly excluded: readonly (readonly GeneralName[])[]
}

export const noConstraints: NameConstraintState = { permitted: [], excluded: [] }

/** 6.1.4 (g): the constraints of one more issuing certificate. */
export function addConstraints(
  state: NameConstraintState,
  constraints: NameConstraints | undefined,
): NameConstraintState {
  if (!constraints) return state
  const { permitted, excluded } = constraints
  return {
    permitted: permitted.length > 0 ? [...state.permitted, permitted] : state.permitted,
    excluded: excluded.length > 0 ? [...state.excluded, excluded] : state.excluded,
  }
}

export interface NameObjection {
  readonly code: PathFindingCode
  readonly message: string
}

/** 6.1.3 (b) and (c): why the names of a certificate are not allowed, or undefined. */
export function nameObjection(
  state: NameConstraintState,
  certificate: Certificate,
  options: { readonly isLast: boolean; readonly work: Work },
): NameObjection | undefined {
  if (state.permitted.length === 0 && state.excluded.length === 0) return undefined
  const names = namesOf(certificate, options.isLast)
  const subtrees = [...state.permitted, ...state.excluded].reduce((sum, set) => sum + set.length, 0)
  if (!options.work.spend(names.length * subtrees)) {
    return {
      code: 'LIMIT_EXCEEDED',
      message: 'too many names and name constraints (RFC 5280 6.1.3 b)',
    }
  }
  for (const name of names) {
    const objection = excludedObjection(state, name) ?? permittedObjection(state, name)
    if (objection) return objection
  }
  return undefined
}

function excludedObjection(state: NameConstraintState, name: GeneralName) {
  for (const set of state.excluded) {
    for (const base of set) {
      if (!sameKind(base, name)) continue
      const verdict = matches(name, base, true)
      if (verdict === undefined) return unsupported(name)
      if (verdict)
        return { code: 'NAME_EXCLUDED' as const, message: clause(name, 'is excluded', 'c') }
    }
  }
  return undefined
}

function permittedObjection(state: NameConstraintState, name: GeneralName) {
  for (const set of state.permitted) {
    const relevant = set.filter((base) => sameKind(base, name))
    if (relevant.length === 0) continue
    const verdicts = relevant.map((base) => matches(name, base, false))
    if (verdicts.includes(undefined)) return unsupported(name)
    if (!verdicts.includes(true)) {
      const message = clause(name, 'is not permitted', 'b')
      return { code: 'NAME_NOT_PERMITTED' as const, message }
    }
  }
  return undefined
}

/** All names that constraints speak of, mail addresses in the subject included (RFC 5280 4.2.1.10). */
function namesOf(certificate: Certificate, isLast: boolean): GeneralName[] {
  const { subject, subjectAltName } = certificate
  const directory: GeneralName[] =
    subject.rdns.length > 0 ? [{ kind: 'directory', name: subject }] : []
  const mail = subject.emails.map((text): GeneralName => ({ kind: 'rfc822', text }))
  // Old TLS clients take a common name for a host where no dNSName stands: so do we, before one of them is deceived.
  const hosts =
    isLast && !subjectAltName.some(({ kind }) => kind === 'dns')
      ? subject.commonNames.filter((text) => text.includes('.') && isHost(text))
      : []
  const dns = hosts.map((text): GeneralName => ({ kind: 'dns', text }))
  return [...directory, ...mail, ...dns, ...subjectAltName]
}

const clause = (name: GeneralName, verdict: string, letter: string): string =>
  `a ${name.kind} name ${verdict} (RFC 5280 6.1.3 ${letter})`

const unsupported = (name: GeneralName) => ({
  code: 'NAME_CONSTRAINT_UNSUPPORTED' as const,
  message: `a ${name.kind} name is constrained in a way not supported (RFC 5280 4.2.1.10)`,
})

/** Whether a constraint speaks of a name. Of mail constraints also internationalised mail names, an otherName (RFC 9598 6). */
function sameKind(base: GeneralName, name: GeneralName): boolean {
  if (base.kind === 'rfc822' && name.kind === 'other') return name.type === oids.smtpUtf8Mailbox
  if (base.kind !== 'other' || name.kind !== 'other') return base.kind === name.kind
  return base.tag === name.tag
}

/** Whether `name` falls under `base`; undefined where that cannot be told. `excluding` widens what a wildcard covers. */
function matches(name: GeneralName, base: GeneralName, excluding: boolean): boolean | undefined {
  if (name.kind === 'directory' && base.kind === 'directory') return isWithin(name.name, base.name)
  if (name.kind === 'ip' && base.kind === 'ip') return addressWithin(name.octets, base.octets)
  if (name.kind === 'dns' && base.kind === 'dns') return dnsWithin(name.text, base.text, excluding)
  if (name.kind === 'rfc822' && base.kind === 'rfc822') return mailWithin(name.text, base.text)
  if (name.kind === 'uri' && base.kind === 'uri') return uriWithin(name.text, base.text)
  return undefined
}
