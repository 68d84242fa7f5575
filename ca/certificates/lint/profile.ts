/**
 * Checks of a certificate against its profile and its issuer: what RFC 5280 leaves open, and this authority does not. Pure. These read
 * what a relying party reads (`readCertificate`), not the pieces. The names are our own but for zlint's of the same meaning.
 */
import { equal } from '../../bytes.ts'
import { oids } from '../../oids.ts'
import { isSelfIssued, type Certificate } from '../../path/certificate.ts'
import { keyUsageBits, type Profile } from '../profiles.ts'
import type { Checks } from './check.ts'

export interface Issuance {
  readonly certificate: Certificate
  /** The certificate itself where it signs itself. */
  readonly issuer: Certificate
  readonly isSelfSigned: boolean
  readonly profile: Profile
}

const { crlSign } = keyUsageBits

/** Checks by name. */
export const profileChecks: Checks<Issuance> = {
  // 2^64 at least (CA/Browser Forum 7.1): what an attacker cannot guess, a collision cannot use.
  e_serial_number_low_entropy: ({ certificate }) => certificate.serialNumber.length < 16,
  // Issuer, RFC 5280 4.1.2.4, 4.1.2.5, 4.2.1.1, 6.1.4
  e_issuer_dn_not_subject_of_issuer: ({ certificate, issuer }) =>
    !equal(certificate.issuer.raw, issuer.subject.raw),
  e_issuer_not_ca: ({ issuer, isSelfSigned }) =>
    !isSelfSigned && issuer.basicConstraints?.isCa !== true,
  // An older root's key was good before the new root that certifies it was made (RFC 4210 4.4.1).
  e_validity_outside_issuer: ({ certificate, issuer, profile }) =>
    (profile.selfIssued !== true && certificate.notBefore < issuer.notBefore) ||
    certificate.notAfter > issuer.notAfter,
  e_authority_key_identifier_not_of_issuer: ({ certificate, issuer }) =>
    certificate.authorityKeyIdentifier === undefined ||
    certificate.authorityKeyIdentifier !== issuer.subjectKeyIdentifier,
  // What is self-issued does not count (RFC 5280 6.1.4 (l)).
  e_path_len_constraint_exceeded: ({ certificate, issuer }) =>
    !isSelfIssued(certificate) &&
    certificate.basicConstraints?.isCa === true &&
    issuer.basicConstraints?.pathLength === 0,
  e_self_issued_not_as_profile: ({ certificate, profile, isSelfSigned }) =>
    isSelfIssued(certificate) !== (isSelfSigned || profile.selfIssued === true),
  // The profile, design 5
  e_subject_empty: ({ certificate }) => certificate.subject.rdns.length === 0,
  e_validity_longer_than_profile: ({ certificate: { notBefore, notAfter }, profile }) =>
    notAfter.getTime() - notBefore.getTime() > profile.validForDays * 86_400_000,
  e_ca_not_as_profile: ({ certificate: { basicConstraints }, profile: { authority } }) =>
    (basicConstraints?.isCa ?? false) !== (authority !== undefined) ||
    basicConstraints?.pathLength !== authority?.pathLength,
  e_ca_crl_sign_not_set: ({ certificate: { basicConstraints, keyUsage = [] } }) =>
    basicConstraints?.isCa === true && !keyUsage.includes(crlSign),
  e_key_usage_not_as_profile: ({ profile, certificate }) =>
    !sameMembers(
      profile.keyUsage.map((name) => keyUsageBits[name]),
      certificate.keyUsage ?? [],
    ),
  e_ext_key_usage_not_as_profile: ({ profile: { extendedKeyUsage: wanted }, certificate }) =>
    !sameMembers(wanted?.purposes ?? [], certificate.extendedKeyUsage ?? []) ||
    (wanted !== undefined &&
      certificate.extensions.get(oids.extendedKeyUsage)?.critical !== wanted.critical),
  e_policies_not_as_profile: ({ certificate, profile }) =>
    !sameMembers(profile.policies, certificate.certificatePolicies ?? []),
  e_subscriber_cert_san_missing: ({ certificate, profile }) =>
    profile.alternativeNames === 'required' && certificate.subjectAltName.length === 0,
  e_san_not_as_profile: ({ certificate, profile }) =>
    profile.alternativeNames === undefined && certificate.subjectAltName.length > 0,
  e_crl_distribution_point_missing: ({ certificate, profile }) =>
    profile.pointers !== 'none' && certificate.crlDistributionPoints === undefined,
  // RFC 5280 8: a list behind TLS waits for itself.
  e_crl_distribution_point_not_http: ({ certificate }) =>
    (certificate.crlDistributionPoints ?? []).some(
      ({ name }) =>
        name === undefined ||
        !('fullNames' in name) ||
        !name.fullNames.every((full) => full.startsWith('uri:http://')),
    ),
  /** Nothing stands in a certificate that its profile does not say, so that nothing of a request can ever slip in. */
  e_extensions_not_as_profile: ({ certificate, profile }) => {
    const found = [...certificate.extensions.keys()]
    // A name constraint or the like, whoever put it there, is not ours.
    return !sameMembers(extensionsOf(profile), found)
  },
}

/** Identifiers of exactly the extensions that a profile's certificates have. */
function extensionsOf(profile: Profile): string[] {
  const optional: readonly (readonly [string, boolean])[] = [
    [oids.basicConstraints, profile.authority !== undefined],
    [oids.extendedKeyUsage, profile.extendedKeyUsage !== undefined],
    [oids.privateKeyUsagePeriod, profile.privateKeyUsageDays !== undefined],
    [oids.certificatePolicies, profile.policies.length > 0],
    [oids.subjectAltName, profile.alternativeNames === 'required'],
    [oids.crlDistributionPoints, profile.pointers !== 'none'],
    [oids.authorityInfoAccess, profile.pointers !== 'none'],
    [oids.noRevAvail, profile.noRevocationAvailable === true],
    [oids.ocspNoCheck, profile.ocspNoCheck === true],
  ]
  return [
    oids.authorityKeyIdentifier,
    oids.subjectKeyIdentifier,
    oids.keyUsage,
    ...optional.flatMap(([id, isWanted]) => (isWanted ? [id] : [])),
  ]
}

function sameMembers<T>(wanted: readonly T[], found: readonly T[]): boolean {
  return wanted.length === found.length && wanted.every((member) => found.includes(member))
}
