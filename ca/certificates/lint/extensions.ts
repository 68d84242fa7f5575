/** Checks of a certificate's extensions but key usage (RFC 5280 4.2, RFC 9608), by zlint's names where it has one. Pure. */
import { children, readNamedBits, readTime, type Node } from '../../der/read.ts'
import { oids } from '../../oids.ts'
import type { Check, Checks } from './check.ts'
import { alternativeNameChecks, ia5Text, isMailConstraint, uriChecks } from './general_names.ts'
import { isAuthority } from './key_usage.ts'
import { attempt, isReadable, valueOf, type CertificateParts } from './parts.ts'

const subjectInfoAccess = '1.3.6.1.5.5.7.1.11'
const emailAddress = '1.2.840.113549.1.9.1'
/** Only an authority's certificate may have them (RFC 5280 4.2.1.5, 4.2.1.10, 4.2.1.11, 4.2.1.14). */
const authorityOnly = {
  e_ext_policy_map_not_in_ca: oids.policyMappings,
  e_ext_name_constraints_not_in_ca: oids.nameConstraints,
  e_ext_policy_constraints_not_in_ca: oids.policyConstraints,
  e_inhibit_any_policy_not_in_ca: oids.inhibitAnyPolicy,
} as const
const mustBeCritical = {
  e_ext_name_constraints_not_critical: oids.nameConstraints,
  e_ext_policy_constraints_not_critical: oids.policyConstraints,
  e_inhibit_any_policy_not_critical: oids.inhibitAnyPolicy,
  w_ext_policy_map_not_critical: oids.policyMappings,
} as const
const mustNotBeCritical = {
  e_ext_authority_key_identifier_critical: oids.authorityKeyIdentifier,
  e_ext_subject_key_identifier_critical: oids.subjectKeyIdentifier,
  w_ext_crl_distribution_marked_critical: oids.crlDistributionPoints,
  e_ext_aia_marked_critical: oids.authorityInfoAccess,
  e_ext_freshest_crl_marked_critical: oids.freshestCrl,
  e_subject_info_access_marked_critical: subjectInfoAccess,
  e_ocsp_no_check_critical: oids.ocspNoCheck,
  e_no_rev_avail_critical: oids.noRevAvail,
} as const

/** Objections to single names, each a check of its own. */
const alternativeNameNames = [
  'e_ext_san_empty_name',
  'e_ext_san_rfc822_name_not_ia5',
  'e_ext_san_rfc822_format_invalid',
  'e_ext_san_dns_not_ia5_string',
  'e_ext_san_space_dns_name',
  'e_ext_san_dns_name_too_long',
  'e_dnsname_empty_label',
  'e_dnsname_label_too_long',
  'e_dnsname_bad_character_in_label',
  'e_ext_san_uri_format_invalid',
  'e_ext_san_ip_length',
] as const

/** Checks by name. */
export const extensionChecks: Checks<CertificateParts> = {
  e_ext_duplicate_extension: ({ extensions, byId }) => extensions.length !== byId.size,
  e_ext_undecodable: ({ undecodable }) => undecodable.size > 0,
  e_ext_default_encoded: (parts) =>
    parts.extensions.some(({ saysFalse }) => saysFalse) ||
    partsOf(valueOf(parts, oids.basicConstraints)).some(
      ({ tag, contents }) => tag === 0x01 && contents[0] === 0,
    ),
  ...rows(authorityOnly, (parts, id) => parts.byId.has(id) && !isAuthority(parts)),
  ...rows(mustBeCritical, (parts, id) => parts.byId.get(id)?.critical === false),
  ...rows(mustNotBeCritical, (parts, id) => parts.byId.get(id)?.critical === true),
  // Key identifiers, 4.2.1.1 and 4.2.1.2; what signs itself may leave its authority's out.
  e_ext_authority_key_identifier_missing: (parts) =>
    !parts.byId.has(oids.authorityKeyIdentifier) && !isSelfIssuedAuthority(parts),
  e_ext_authority_key_identifier_no_key_identifier: ({ byId, values }) =>
    byId.has(oids.authorityKeyIdentifier) && values.authorityKeyIdentifier === undefined,
  e_ext_subject_key_identifier_missing_ca: (parts) =>
    isAuthority(parts) && !parts.byId.has(oids.subjectKeyIdentifier),
  w_ext_subject_key_identifier_missing_sub_cert: (parts) =>
    !isAuthority(parts) && !parts.byId.has(oids.subjectKeyIdentifier),
  // Basic constraints, 4.2.1.9
  e_basic_constraints_not_critical: (parts) =>
    isAuthority(parts) && parts.byId.get(oids.basicConstraints)?.critical !== true,
  e_path_len_constraint_improperly_included: (parts) => {
    const { basicConstraints, keyUsage } = parts.values
    if (basicConstraints?.pathLength === undefined) return false
    return !basicConstraints.isCa || (keyUsage !== undefined && !keyUsage.includes(5))
  },
  // Policies, 4.2.1.4 and 4.2.1.5
  e_ext_cert_policy_duplicate: (parts) => {
    const found = partsOf(valueOf(parts, oids.certificatePolicies)).map((policy) =>
      partsOf(policy)[0]?.contents.join(),
    )
    return new Set(found).size !== found.length
  },
  e_ext_policy_map_any_policy: ({ values: { policyMappings } }) =>
    policyMappings.some(({ issuerDomain, subjectDomain }) =>
      [issuerDomain, subjectDomain].includes(oids.anyPolicy),
    ),
  e_ext_policy_constraints_empty: (parts) =>
    valueOf(parts, oids.policyConstraints)?.contents.length === 0,
  // Alternative names, 4.2.1.6
  e_ext_san_no_entries: (parts) => valueOf(parts, oids.subjectAltName)?.contents.length === 0,
  e_ext_san_not_critical_without_subject: ({ subjectAttributes, byId }) =>
    subjectAttributes.length === 0 && byId.get(oids.subjectAltName)?.critical === false,
  w_ext_san_critical_with_subject_dn: ({ subjectAttributes, byId }) =>
    subjectAttributes.length > 0 && byId.get(oids.subjectAltName)?.critical === true,
  e_subject_empty_without_san: ({ subjectAttributes, byId }) =>
    subjectAttributes.length === 0 && !byId.has(oids.subjectAltName),
  e_subject_email_not_in_san: (parts) => {
    const held = alternativeNames(parts).flatMap(({ tag, contents }) =>
      tag === 0x81 ? [ia5Text(contents)] : [],
    )
    return parts.subjectAttributes.some(
      ({ type, contents }) => type === emailAddress && !held.includes(ia5Text(contents)),
    )
  },
  ...Object.fromEntries(
    alternativeNameNames.map((name) => [
      name,
      (parts: CertificateParts) =>
        alternativeNames(parts).some((one) => alternativeNameChecks(one).includes(name)),
    ]),
  ),
  // Name constraints, 4.2.1.10
  e_name_constraint_empty: (parts) => {
    const value = valueOf(parts, oids.nameConstraints)
    return value !== undefined && partsOf(value).every(({ contents }) => contents.length === 0)
  },
  e_name_constraint_minimum_non_zero: (parts) =>
    subtrees(parts).some(([, ...range]) => range.some(({ tag }) => tag === 0x80)),
  e_name_constraint_maximum_not_absent: (parts) =>
    subtrees(parts).some(([, ...range]) => range.some(({ tag }) => tag === 0x81)),
  e_name_constraint_rfc822_format_invalid: (parts) =>
    subtrees(parts).some(([base]) => {
      if (base?.tag !== 0x81) return false
      const text = ia5Text(base.contents)
      return text === undefined || !isMailConstraint(text)
    }),
  // Where status is found, 4.2.1.13, 4.2.1.15, 4.2.2.1
  e_distribution_point_incomplete: (parts) =>
    distributionPoints(parts).some(
      (fields) => !fields.some(({ tag }) => tag === 0xa0 || tag === 0xa2),
    ),
  e_distribution_point_reasons_encoding: (parts) =>
    distributionPoints(parts).some((fields) => {
      const reasons = fields.find(({ tag }) => tag === 0x81)
      return reasons !== undefined && !isMinimalBits(reasons)
    }),
  e_distribution_point_uri_invalid: (parts) =>
    distributionPoints(parts).some((fields) =>
      fields
        .filter(({ tag }) => tag === 0xa0)
        .flatMap((name) => partsOf(name))
        .flatMap((name) => (name.tag === 0xa0 ? partsOf(name) : []))
        .some(({ tag, contents }) => tag === 0x86 && uriChecks(contents, 'uri').length > 0),
    ),
  e_aia_uri_invalid: (parts) =>
    partsOf(valueOf(parts, oids.authorityInfoAccess))
      .map((access) => partsOf(access)[1])
      .some((location) => location?.tag === 0x86 && uriChecks(location.contents, 'uri').length > 0),
  w_ext_aia_access_location_missing: (parts) =>
    partsOf(valueOf(parts, oids.authorityInfoAccess)).some(
      (access) => partsOf(access).length !== 2,
    ),
  // RFC 9608 4
  e_no_rev_avail_with_pointers: ({ byId }) =>
    byId.has(oids.noRevAvail) &&
    [oids.crlDistributionPoints, oids.authorityInfoAccess, oids.freshestCrl].some((id) =>
      byId.has(id),
    ),
  e_no_rev_avail_in_ca: (parts) => parts.byId.has(oids.noRevAvail) && isAuthority(parts),
  e_ocsp_no_check_not_null: (parts) => isNotNull(parts, oids.ocspNoCheck),
  e_no_rev_avail_not_null: (parts) => isNotNull(parts, oids.noRevAvail),
  e_private_key_usage_period_not_within_validity: (parts) => {
    const period = partsOf(valueOf(parts, oids.privateKeyUsagePeriod))
    const [from, to] = [0x80, 0x81].map((tag) => timeIn(period.find((one) => one.tag === tag)))
    const { notBefore, notAfter } = parts
    const known = [from, to].filter((time) => time !== undefined)
    if (period.length === 0 || !notBefore || !notAfter) return period.length !== 0
    return (
      known.length !== period.length ||
      known.some((time) => time < notBefore || time > notAfter) ||
      (from !== undefined && to !== undefined && to <= from)
    )
  },
}

function rows(
  table: Readonly<Record<string, string>>,
  objects: (parts: CertificateParts, id: string) => boolean,
): Record<string, Check<CertificateParts>> {
  return Object.fromEntries(
    Object.entries(table).map(([name, id]) => [name, (parts) => objects(parts, id)]),
  )
}

function isSelfIssuedAuthority(parts: CertificateParts): boolean {
  return isAuthority(parts) && parts.issuer.raw.join() === parts.subject.raw.join()
}

/** Elements inside; none where there is nothing to be taken apart. */
export function partsOf(node: Node | undefined): Node[] {
  if (node === undefined || (node.tag & 0x20) === 0) return []
  return attempt(() => children(node)) ?? []
}

const alternativeNames = (parts: CertificateParts): Node[] =>
  partsOf(valueOf(parts, oids.subjectAltName))

/** The fields of each GeneralSubtree: base, minimum, maximum. */
const subtrees = (parts: CertificateParts): Node[][] =>
  partsOf(valueOf(parts, oids.nameConstraints)).flatMap((side) => partsOf(side).map(partsOf))

const pointsOf = new WeakMap<CertificateParts, readonly Node[][]>()

/** The fields of each DistributionPoint; three checks ask for them. */
function distributionPoints(parts: CertificateParts): readonly Node[][] {
  const known = pointsOf.get(parts)
  const points = known ?? partsOf(valueOf(parts, oids.crlDistributionPoints)).map(partsOf)
  if (!known) pointsOf.set(parts, points)
  return points
}

function isMinimalBits(node: Node): boolean {
  const bits = { ...node, tag: 0x03 }
  const last = node.contents.length > 1 ? (node.contents.at(-1) ?? 0) : 1
  return (
    isReadable(() => readNamedBits(bits, 'reasons')) &&
    ((last >> (node.contents[0] ?? 0)) & 1) === 1
  )
}

function isNotNull(parts: CertificateParts, id: string): boolean {
  const value = valueOf(parts, id)
  return parts.byId.has(id) && (value?.tag !== 0x05 || value.contents.length > 0)
}

function timeIn(node: Node | undefined): Date | undefined {
  if (node === undefined) return undefined
  // In privateKeyUsagePeriod the tags are implicit.
  const time = node.tag < 0x80 ? node : { ...node, tag: 0x18 }
  return attempt(() => readTime(time, 'time'))
}
