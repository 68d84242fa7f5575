/**
 * Pre-issuance lint: reads back the very bytes that are about to be signed and refuses what breaks RFC 5280, as a table of checks
 * with the names that zlint gives them where it has one. Thin: it sees one certificate and its issuer's; it validates no path.
 */
import { CaError } from '../errors.ts'
import * as der from '../der/write.ts'
import { equal, fromHex } from '../bytes.ts'
import { readDer, readObjectIdentifier, sequenceOf, setOfParts } from '../der/read.ts'
import { oids } from '../oids.ts'
import { isSelfIssued, readCertificate, type Certificate } from '../path/certificate.ts'
import { keyUsageBits, profileOf, type Profile, type ProfileName } from './profiles.ts'

export interface LintInput {
  /** TBSCertificate, DER. */
  readonly tbs: Uint8Array
  /** AlgorithmIdentifier that will stand outside, DER. */
  readonly signatureAlgorithm: Uint8Array
  readonly profile: ProfileName
  /** Certificate of the issuer, DER; undefined where the certificate signs itself. */
  readonly issuer: Uint8Array | undefined
}

interface Context {
  readonly certificate: Certificate
  /** The certificate itself where it signs itself. */
  readonly issuer: Certificate
  readonly isSelfSigned: boolean
  readonly profile: Profile
  readonly usage: readonly number[]
  readonly purposes: readonly string[]
  readonly isAuthority: boolean
}

/** Throws `CA_PROFILE_VIOLATED` naming the checks that object in `details.lint`. */
export function lintCertificate(input: LintInput): void {
  const broken = brokenChecks(input)
  if (broken.length === 0) return
  throw new CaError('CA_PROFILE_VIOLATED', `the certificate would break ${broken.join(', ')}`, {
    details: { lint: broken },
  })
}

/** Names of all checks that object, in the order of the table; `e_not_strict_der` alone if the bytes cannot be read at all. */
export function brokenChecks(input: LintInput): string[] {
  let certificate: Certificate
  try {
    // A signature is still missing; all else is read as a relying party would.
    certificate = readCertificate(
      der.sequence(input.tbs, input.signatureAlgorithm, der.bitString(new Uint8Array())),
    )
  } catch {
    return ['e_not_strict_der']
  }
  const context: Context = {
    certificate,
    issuer: input.issuer ? readCertificate(input.issuer) : certificate,
    isSelfSigned: input.issuer === undefined,
    profile: profileOf(input.profile),
    usage: certificate.keyUsage ?? [],
    purposes: certificate.extendedKeyUsage ?? [],
    isAuthority: certificate.basicConstraints?.isCa ?? false,
  }
  return Object.entries(checks).flatMap(([name, objects]) => (objects(context) ? [name] : []))
}

const { keyCertSign, crlSign, digitalSignature, nonRepudiation } = keyUsageBits
const endEntityUsage: ReadonlySet<number> = new Set([digitalSignature, nonRepudiation])

/** Checks by name: true where one objects. */
const checks: Readonly<Record<string, (context: Context) => boolean>> = {
  // Serial number, RFC 5280 4.1.2.2
  e_serial_number_not_positive: ({ certificate }) => {
    const serial = fromHex(certificate.serialNumber)
    return serial.every((octet) => octet === 0) || (serial[0] ?? 0) > 0x7f
  },
  e_serial_number_longer_than_20_octets: ({ certificate }) => certificate.serialNumber.length > 40,
  e_serial_number_low_entropy: ({ certificate }) => certificate.serialNumber.length < 16,
  // Names and times, 4.1.2.4 to 4.1.2.6
  e_issuer_dn_not_subject_of_issuer: ({ certificate, issuer }) =>
    !equal(certificate.issuer.raw, issuer.subject.raw),
  e_issuer_not_ca: ({ issuer, isSelfSigned }) =>
    !isSelfSigned && issuer.basicConstraints?.isCa !== true,
  e_subject_empty: ({ certificate }) => certificate.subject.rdns.length === 0,
  e_subject_dn_country_not_printable_string: ({ certificate }) =>
    attributeTags(certificate, oids.countryName).some((tag) => tag !== 0x13),
  e_validity_time_not_positive: ({ certificate }) => certificate.notAfter <= certificate.notBefore,
  e_validity_outside_issuer: ({ certificate, issuer }) =>
    certificate.notBefore < issuer.notBefore || certificate.notAfter > issuer.notAfter,
  // Key identifiers, 4.2.1.1 and 4.2.1.2
  e_ext_authority_key_identifier_critical: ({ certificate }) =>
    isCritical(certificate, oids.authorityKeyIdentifier) === true,
  e_ext_authority_key_identifier_no_key_identifier: ({ certificate, issuer }) =>
    certificate.authorityKeyIdentifier === undefined ||
    certificate.authorityKeyIdentifier !== issuer.subjectKeyIdentifier,
  e_ext_subject_key_identifier_missing: ({ certificate }) =>
    certificate.subjectKeyIdentifier === undefined,
  // Basic constraints, 4.2.1.9
  e_ca_not_as_profile: ({ profile, isAuthority }) =>
    isAuthority !== (profile.authority !== undefined),
  e_basic_constraints_not_critical: ({ certificate, isAuthority }) =>
    isAuthority && isCritical(certificate, oids.basicConstraints) !== true,
  // What is self-issued does not count (RFC 5280 6.1.4 (l)).
  e_path_len_constraint_exceeded: ({ certificate, issuer, isAuthority }) =>
    !isSelfIssued(certificate) && isAuthority && issuer.basicConstraints?.pathLength === 0,
  e_self_issued_not_as_profile: ({ certificate, profile, isSelfSigned }) =>
    isSelfIssued(certificate) !== (isSelfSigned || profile.selfIssued === true),
  // Key usage, 4.2.1.3 and 4.2.1.12
  w_ext_key_usage_not_critical: ({ certificate }) =>
    isCritical(certificate, oids.keyUsage) !== true,
  e_ca_key_cert_sign_not_set: ({ usage, isAuthority }) =>
    isAuthority && !(usage.includes(keyCertSign) && usage.includes(crlSign)),
  e_ext_key_usage_cert_sign_without_ca: ({ usage, isAuthority }) =>
    !isAuthority && (usage.includes(keyCertSign) || usage.includes(crlSign)),
  e_key_usage_and_extended_key_usage_inconsistent: ({ usage, purposes }) =>
    purposes.length > 0 && (usage.length === 0 || !usage.every((bit) => endEntityUsage.has(bit))),
  e_key_usage_not_as_profile: ({ profile, usage }) =>
    !sameMembers(
      profile.keyUsage.map((name) => keyUsageBits[name]),
      usage,
    ),
  e_ext_key_usage_not_as_profile: ({ profile, purposes }) =>
    !sameMembers(profile.extendedKeyUsage?.purposes ?? [], purposes),
  e_timestamping_not_sole_and_critical: ({ certificate, purposes }) =>
    purposes.includes(oids.timeStamping) &&
    (purposes.length !== 1 || isCritical(certificate, oids.extendedKeyUsage) !== true),
  e_policies_not_as_profile: ({ certificate, profile }) =>
    !sameMembers(profile.policies, certificate.certificatePolicies ?? []),
  // Alternative names and status, 4.2.1.6, 4.2.1.13, RFC 9608
  e_subscriber_cert_san_missing: ({ certificate, profile }) =>
    profile.alternativeNames === 'required' && certificate.subjectAltName.length === 0,
  e_crl_distribution_point_missing: ({ certificate, profile }) =>
    profile.pointers !== 'none' && certificate.crlDistributionPoints === undefined,
  e_no_rev_avail_with_pointers: ({ certificate: { extensions } }) =>
    extensions.has(oids.noRevAvail) &&
    [oids.crlDistributionPoints, oids.authorityInfoAccess, oids.freshestCrl].some((id) =>
      extensions.has(id),
    ),
}

function isCritical(certificate: Certificate, id: string): boolean | undefined {
  return certificate.extensions.get(id)?.critical
}

function sameMembers<T>(wanted: readonly T[], found: readonly T[]): boolean {
  return wanted.length === found.length && wanted.every((member) => found.includes(member))
}

function attributeTags(certificate: Certificate, type: string): number[] {
  return sequenceOf(readDer(certificate.subject.raw), 'subject').flatMap((relative) =>
    setOfParts(relative, 'RelativeDistinguishedName').flatMap((attribute) => {
      const [identifier, value] = sequenceOf(attribute, 'AttributeTypeAndValue')
      return value && readObjectIdentifier(identifier, 'type') === type ? [value.tag] : []
    }),
  )
}
