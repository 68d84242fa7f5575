/** The pre-issuance lint: each check objects to a certificate made to break it, and none to the certificates that are issued. */
import test from 'ava'
import { profiles, type ProfileName } from '../../../ca/index.ts'
import { brokenChecks, checkNames } from '../../../ca/certificates/lint.ts'
import * as der from '../../../ca/der/write.ts'
import { oids } from '../../../ca/oids.ts'
import {
  all,
  alternatives,
  authority,
  build,
  dns,
  extension,
  generalized,
  key,
  mail,
  marked,
  purposes,
  put,
  subject,
  take,
  uri,
  usage,
  utc,
  validity,
  type Parts,
} from './certificate_parts.ts'
import { issueSeat, openDistrict } from './district.ts'

type Change = (parts: Parts) => unknown

const district = await openDistrict()
const seat = await issueSeat(district.authority)
test.after.always(() => district.close())
const { root, issuing, tls, timestamping, ocsp } = district.certificates

function lint(
  change: Change,
  options: { profile?: ProfileName; issuer?: Uint8Array; from?: Uint8Array } = {},
): string[] {
  const { profile = 'seat-client', issuer = issuing, from = seat } = options
  const parts = take(from)
  const signatureAlgorithm = parts.algorithm
  change(parts)
  return brokenChecks({ tbs: build(parts), profile, signatureAlgorithm, issuer })
}

const utf8 = der.utf8String
const none = new Uint8Array()
const long = (octets: number): string => 'a'.repeat(octets)
const [day, later] = [utc('270401000000Z'), utc('270501000000Z')]
const rsa = '1.2.840.113549.1.1.1'
const x25519 = '1.3.101.110'
const email = '1.2.840.113549.1.9.1'
const anyPurpose = '2.5.29.37.0'
const drop =
  (id: string): Change =>
  ({ extensions }) =>
    extensions.delete(id)
const policies = (...ids: string[]): Change =>
  put(
    oids.certificatePolicies,
    der.sequence(...ids.map((id) => der.sequence(der.objectIdentifier(id)))),
  )
const constraints = (...subtree: Uint8Array[]): Change =>
  put(oids.nameConstraints, der.sequence(der.explicit(0, der.sequence(...subtree))), true)
const point = (...fields: Uint8Array[]): Change =>
  put(oids.crlDistributionPoints, der.sequence(der.sequence(...fields)))
const listAt = (location: string): Uint8Array => der.explicit(0, der.explicit(0, uri(location)))
const access = (...parts: Uint8Array[]): Change =>
  put(
    oids.authorityInfoAccess,
    der.sequence(der.sequence(der.objectIdentifier(oids.caIssuers), ...parts)),
  )
const mapping = (from: string, to: string): Change =>
  put(
    oids.policyMappings,
    der.sequence(der.sequence(der.objectIdentifier(from), der.objectIdentifier(to))),
    true,
  )
const period = (from: string, to: string): Change =>
  put(
    oids.privateKeyUsagePeriod,
    der.sequence(der.implicit(0, Buffer.from(from)), der.implicit(1, Buffer.from(to))),
  )
const skip = der.element(0x02, Uint8Array.of(0))

/** A change that makes each check object, by the check's name. */
const breaking: Readonly<Record<string, Change>> = {
  e_not_strict_der: (parts) => (parts.subject = der.sequence(der.sequence())),
  e_invalid_certificate_version: (parts) => (parts.version = [der.explicit(0, der.integer(1))]),
  e_cert_extensions_version_not_3: (parts) => (parts.version = []),
  e_cert_contains_unique_identifier: (parts) =>
    (parts.unique = [der.element(0x81, Uint8Array.of(0, 1))]),
  e_serial_number_not_positive: (parts) =>
    (parts.serial = der.element(2, new Uint8Array(16).fill(0x80))),
  e_serial_number_longer_than_20_octets: (parts) =>
    (parts.serial = der.integer(new Uint8Array(21).fill(1))),
  e_serial_number_low_entropy: (parts) => (parts.serial = der.integer(7)),
  e_cert_sig_alg_not_match_tbs_sig_alg: (parts) =>
    (parts.algorithm = der.sequence(der.objectIdentifier(oids.ed25519))),
  e_signature_algorithm_not_supported: (parts) =>
    (parts.algorithm = der.sequence(der.objectIdentifier('1.2.840.113549.1.1.5'), der.nullValue)),
  e_algorithm_identifier_improper_encoding: (parts) =>
    (parts.algorithm = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'), der.nullValue)),
  e_spki_rsa_encryption_parameter_not_null: key(rsa),
  e_ec_improper_curves: key(oids.ecPublicKey, der.sequence(der.integer(1))),
  e_spki_edwards_parameter_present: key(oids.ed25519, der.nullValue),
  e_issuer_field_empty: (parts) => (parts.issuer = der.sequence()),
  e_subject_dn_country_not_printable_string: subject([oids.countryName, utf8('CN')]),
  e_subject_dn_serial_number_not_printable_string: subject([oids.serialNumber, utf8('1')]),
  e_subject_dn_qualifier_not_printable_string: subject(['2.5.4.46', utf8('1')]),
  e_subject_printable_string_badalpha: subject([oids.commonName, der.printableString('a@b')]),
  e_subject_dn_not_printable_characters: subject([oids.commonName, utf8('a\u0007b')]),
  w_subject_dn_leading_whitespace: subject([oids.commonName, utf8(' a')]),
  w_subject_dn_trailing_whitespace: subject([oids.commonName, utf8('a ')]),
  e_subject_attribute_empty: subject([oids.commonName, utf8('')]),
  e_subject_common_name_max_length: subject([oids.commonName, utf8('长'.repeat(65))]),
  e_subject_dn_serial_number_max_length: subject([
    oids.serialNumber,
    der.printableString(long(65)),
  ]),
  e_subject_country_not_two_letters: subject([oids.countryName, der.printableString('CHN')]),
  e_subject_locality_name_max_length: subject(['2.5.4.7', utf8(long(129))]),
  e_subject_state_name_max_length: subject(['2.5.4.8', utf8(long(129))]),
  e_subject_organization_name_max_length: subject([oids.organizationName, utf8(long(65))]),
  e_subject_organizational_unit_name_max_length: subject([
    oids.organizationalUnitName,
    utf8(long(65)),
  ]),
  e_subject_organization_identifier_max_length: subject([
    oids.organizationIdentifier,
    utf8(long(65)),
  ]),
  e_subject_email_max_length: subject([email, der.ia5String(long(256))]),
  e_utc_time_not_in_zulu: validity(utc('270401000000+0800'), later),
  e_utc_time_does_not_include_seconds: validity(utc('2704010000Z'), later),
  e_generalized_time_not_in_zulu: validity(day, generalized('20500401000000')),
  e_generalized_time_does_not_include_seconds: validity(day, generalized('205004010000Z')),
  e_generalized_time_includes_fraction_seconds: validity(day, generalized('20500401000000.5Z')),
  e_wrong_time_format_pre2050: validity(day, generalized('20490401000000Z')),
  e_validity_time_unreadable: validity(utc('270231000000Z'), later),
  e_validity_time_not_positive: validity(later, day),
  // Key usage
  w_ext_key_usage_not_critical: marked(oids.keyUsage, false),
  e_ext_key_usage_without_bits: usage(),
  e_incorrect_ku_encoding: put(oids.keyUsage, Uint8Array.from([...der.namedBits([0]), 0]), true),
  e_superfluous_ku_encoding: put(oids.keyUsage, der.element(3, Uint8Array.of(0, 0x80)), true),
  e_ca_key_usage_missing: all(authority(), drop(oids.keyUsage)),
  e_ca_key_cert_sign_not_set: authority(),
  e_ext_key_usage_cert_sign_without_ca: usage(0, 5),
  e_rsa_allowed_ku_ca: all(authority(), key(rsa, der.nullValue), usage(4, 5)),
  e_rsa_allowed_ku_ee: all(key(rsa, der.nullValue), usage(0, 4)),
  e_ecdsa_allowed_ku: usage(0, 2),
  e_edwards_allowed_ku: all(key(oids.ed25519), usage(3)),
  e_montgomery_allowed_ku: key(x25519),
  e_key_usage_only_without_key_agreement: usage(0, 7),
  e_key_usage_and_extended_key_usage_inconsistent: usage(1),
  w_eku_critical_improperly: all(purposes(anyPurpose), marked(oids.extendedKeyUsage, true)),
  e_ext_extended_key_usage_duplicate: purposes(oids.clientAuth, oids.clientAuth),
  e_timestamping_not_sole_and_critical: purposes(oids.timeStamping),
  // Extensions
  e_ext_duplicate_extension: ({ extensions }) =>
    extensions.set('twice', extensions.get(oids.keyUsage) ?? []),
  e_ext_undecodable: put(oids.certificatePolicies, der.nullValue),
  e_ext_default_encoded: put(oids.basicConstraints, der.sequence(der.element(1, Uint8Array.of(0)))),
  e_ext_policy_map_not_in_ca: mapping('1.2.3', '1.2.4'),
  e_ext_name_constraints_not_in_ca: constraints(dns('a.cn')),
  e_ext_policy_constraints_not_in_ca: put(oids.policyConstraints, der.sequence(skip), true),
  e_inhibit_any_policy_not_in_ca: put(oids.inhibitAnyPolicy, skip, true),
  e_ext_name_constraints_not_critical: all(
    constraints(dns('a.cn')),
    marked(oids.nameConstraints, false),
  ),
  e_ext_policy_constraints_not_critical: put(oids.policyConstraints, der.sequence(skip)),
  e_inhibit_any_policy_not_critical: put(oids.inhibitAnyPolicy, skip),
  w_ext_policy_map_not_critical: all(mapping('1.2.3', '1.2.4'), marked(oids.policyMappings, false)),
  e_ext_authority_key_identifier_critical: marked(oids.authorityKeyIdentifier, true),
  e_ext_subject_key_identifier_critical: marked(oids.subjectKeyIdentifier, true),
  w_ext_crl_distribution_marked_critical: marked(oids.crlDistributionPoints, true),
  e_ext_aia_marked_critical: marked(oids.authorityInfoAccess, true),
  e_ext_freshest_crl_marked_critical: put(
    oids.freshestCrl,
    der.sequence(der.sequence(listAt('http://a.cn/x'))),
    true,
  ),
  e_subject_info_access_marked_critical: put('1.3.6.1.5.5.7.1.11', der.sequence(), true),
  e_ocsp_no_check_critical: put(oids.ocspNoCheck, der.nullValue, true),
  e_no_rev_avail_critical: put(oids.noRevAvail, der.nullValue, true),
  e_ext_authority_key_identifier_missing: drop(oids.authorityKeyIdentifier),
  e_ext_authority_key_identifier_no_key_identifier: put(
    oids.authorityKeyIdentifier,
    der.sequence(),
  ),
  e_ext_subject_key_identifier_missing_ca: all(authority(), drop(oids.subjectKeyIdentifier)),
  w_ext_subject_key_identifier_missing_sub_cert: drop(oids.subjectKeyIdentifier),
  e_basic_constraints_not_critical: put(oids.basicConstraints, der.sequence(der.booleanTrue)),
  e_path_len_constraint_improperly_included: put(
    oids.basicConstraints,
    der.sequence(der.integer(1)),
    true,
  ),
  e_ext_cert_policy_duplicate: policies('1.2.3', '1.2.3'),
  e_ext_policy_map_any_policy: mapping(oids.anyPolicy, '1.2.3'),
  e_ext_policy_constraints_empty: put(oids.policyConstraints, der.sequence(), true),
  e_ext_san_no_entries: alternatives(),
  e_ext_san_not_critical_without_subject: all(subject(), alternatives(dns('a.cn'))),
  w_ext_san_critical_with_subject_dn: all(
    alternatives(dns('a.cn')),
    marked(oids.subjectAltName, true),
  ),
  e_subject_empty_without_san: subject(),
  e_subject_email_not_in_san: subject([email, der.ia5String('a@b.cn')]),
  e_ext_san_empty_name: alternatives(dns('')),
  e_ext_san_rfc822_name_not_ia5: alternatives(mail('张@b.cn')),
  e_ext_san_rfc822_format_invalid: alternatives(mail('b.cn')),
  e_ext_san_dns_not_ia5_string: alternatives(dns('印匣.cn')),
  e_ext_san_space_dns_name: alternatives(dns(' ')),
  e_ext_san_dns_name_too_long: alternatives(dns(`${`${long(60)}.`.repeat(5)}cn`)),
  e_dnsname_empty_label: alternatives(dns('a..cn')),
  e_dnsname_label_too_long: alternatives(dns(`${long(64)}.cn`)),
  e_dnsname_bad_character_in_label: alternatives(dns('a_b.cn')),
  e_ext_san_uri_format_invalid: alternatives(uri('a.cn')),
  e_ext_san_ip_length: alternatives(der.implicit(7, Uint8Array.of(127, 0, 1))),
  e_name_constraint_empty: put(oids.nameConstraints, der.sequence(der.explicit(0)), true),
  e_name_constraint_minimum_non_zero: constraints(dns('a.cn'), der.implicit(0, Uint8Array.of(1))),
  e_name_constraint_maximum_not_absent: constraints(dns('a.cn'), der.implicit(1, Uint8Array.of(1))),
  e_name_constraint_rfc822_format_invalid: constraints(mail('..a.cn')),
  e_distribution_point_incomplete: point(),
  e_distribution_point_reasons_encoding: point(
    listAt('http://a.cn/x'),
    der.implicit(1, Uint8Array.of(0, 0x40)),
  ),
  e_distribution_point_uri_invalid: point(listAt('a.cn/x')),
  e_aia_uri_invalid: access(uri('http://a_b.cn/x')),
  w_ext_aia_access_location_missing: access(),
  e_no_rev_avail_with_pointers: put(oids.noRevAvail, der.nullValue),
  e_no_rev_avail_in_ca: all(authority(), put(oids.noRevAvail, der.nullValue)),
  e_ocsp_no_check_not_null: put(oids.ocspNoCheck, der.sequence()),
  e_no_rev_avail_not_null: put(oids.noRevAvail, none),
  e_private_key_usage_period_not_within_validity: period('20200101000000Z', '20270101000000Z'),
  // Issuer and profile
  e_issuer_dn_not_subject_of_issuer: (parts) => (parts.issuer = parts.subject),
  e_validity_outside_issuer: validity(utc('200101000000Z'), utc('280101000000Z')),
  e_authority_key_identifier_not_of_issuer: put(
    oids.authorityKeyIdentifier,
    der.sequence(der.implicit(0, Uint8Array.of(1))),
  ),
  e_self_issued_not_as_profile: (parts) => (parts.subject = parts.issuer),
  e_subject_empty: subject(),
  e_validity_longer_than_profile: validity(utc('270101000000Z'), utc('300102000000Z')),
  e_ca_not_as_profile: authority(),
  e_ca_crl_sign_not_set: authority(),
  e_key_usage_not_as_profile: usage(0, 1),
  e_ext_key_usage_not_as_profile: purposes(oids.clientAuth, oids.serverAuth),
  e_policies_not_as_profile: policies('1.2.3'),
  e_san_not_as_profile: alternatives(dns('a.cn')),
  e_crl_distribution_point_missing: drop(oids.crlDistributionPoints),
  e_crl_distribution_point_not_http: point(listAt('https://a.cn/x')),
  e_extensions_not_as_profile: put(oids.inhibitAnyPolicy, skip, true),
}

/** Checks that only another issuer or profile breaks, tested below. */
const elsewhere: ReadonlySet<string> = new Set([
  'e_issuer_not_ca',
  'e_path_len_constraint_exceeded',
  'e_subscriber_cert_san_missing',
])

test('what is issued breaks no check', (t) => {
  t.deepEqual(
    lint(() => undefined),
    [],
  )
  const asIssuing = { profile: 'issuing', from: issuing, issuer: root } as const
  t.deepEqual(
    lint(() => undefined, asIssuing),
    [],
  )
  for (const [profile, from] of [
    ['tls-server', tls],
    ['timestamping', timestamping],
    ['ocsp', ocsp],
  ] as const) {
    t.deepEqual(
      lint(() => undefined, { profile, from }),
      [],
      profile,
    )
  }
})

test('each check objects to a certificate made to break it', (t) => {
  t.deepEqual(
    checkNames.filter((name) => !elsewhere.has(name)),
    Object.keys(breaking).toSorted((a, b) => checkNames.indexOf(a) - checkNames.indexOf(b)),
  )
  for (const [check, change] of Object.entries(breaking)) {
    const broken = lint(change)
    t.true(broken.includes(check), `${check}: ${broken.join()}`)
  }
})

test('another issuer or profile breaks what it must', (t) => {
  const unchanged: Change = () => undefined
  t.true(lint(unchanged, { issuer: tls }).includes('e_issuer_not_ca'))
  t.true(
    lint(unchanged, { profile: 'issuing', from: issuing, issuer: issuing }).includes(
      'e_path_len_constraint_exceeded',
    ),
  )
  t.true(
    lint(drop(oids.subjectAltName), { profile: 'tls-server', from: tls }).includes(
      'e_subscriber_cert_san_missing',
    ),
  )
  for (const profile of Object.keys(profiles) as ProfileName[]) {
    if (profile === 'seat-client') continue
    t.not(lint(unchanged, { profile }).length, 0, `a log-in certificate is no ${profile}`)
  }
})

test('no extension stands in a certificate that its profile does not say', (t) => {
  for (const id of [...Object.values(oids), '1.2.3.4']) {
    const change: Change = ({ extensions }) => {
      if (!extensions.has(id)) extensions.set(id, extension(id, der.nullValue))
      return extensions
    }
    const isKnown = take(seat).extensions.has(id)
    t.is(lint(change).length === 0, isKnown, id)
  }
})

test('every profile has one purpose, and authorities none', (t) => {
  for (const [name, profile] of Object.entries(profiles)) {
    const purposes = 'extendedKeyUsage' in profile ? profile.extendedKeyUsage.purposes : []
    t.is(purposes.length, 'authority' in profile ? 0 : 1, name)
  }
})
