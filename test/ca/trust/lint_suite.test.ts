/**
 * The linter against pkilint's own integration tests (../shared/data/pkilint): for each of its certificates and lists, what pkilint finds
 * and what we find, through a table from its codes to our checks. Each difference stands in a second table with its reason.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { brokenRfcChecks } from '../../../ca/certificates/lint.ts'
import { brokenCrlChecks } from '../../../ca/certificates/lint/crl.ts'
import { readDer, sequenceOf } from '../../../ca/der/read.ts'

const folder = join(import.meta.dirname, '../../../../shared/data/pkilint')
const certificates = join(folder, 'integration_certificate/pkix')
const lists = join(folder, 'integration_crl')

/** Our check of the same meaning as pkilint's code. */
const sameMeaning: Readonly<Record<string, string>> = {
  'pkix.authority_key_identifier_extension_absent': 'e_ext_authority_key_identifier_missing',
  'pkix.ca_certificate_no_ku_extension': 'e_ca_key_usage_missing',
  'pkix.certificate_name_constraints_extension_not_critical': 'e_ext_name_constraints_not_critical',
  'pkix.certificate_negative_validity_period': 'e_validity_time_not_positive',
  'pkix.certificate_serial_number_out_of_range': 'e_serial_number_not_positive',
  'pkix.certificate_signature_algorithm_mismatch': 'e_cert_sig_alg_not_match_tbs_sig_alg',
  'pkix.certificate_skid_end_entity_missing': 'w_ext_subject_key_identifier_missing_sub_cert',
  'pkix.certificate_version_is_not_v3': 'e_invalid_certificate_version',
  'pkix.distribution_point_does_not_contain_name_or_issuer': 'e_distribution_point_incomplete',
  'pkix.dnsname_domain_name_too_long': 'e_ext_san_dns_name_too_long',
  'pkix.end_entity_policy_mappings_extension_present': 'e_ext_policy_map_not_in_ca',
  'pkix.key_usage_value_prohibited_for_ec': 'e_ecdsa_allowed_ku',
  'pkix.public_key_nist_ipd_algorithm_present': 'e_signature_algorithm_not_supported',
  'pkix.public_key_nist_round3_algorithm_present': 'e_signature_algorithm_not_supported',
  'pkix.rfc822name_domain_part_too_long': 'e_ext_san_rfc822_format_invalid',
  'pkix.san_extension_is_critical_non_empty_subject': 'w_ext_san_critical_with_subject_dn',
  'pkix.san_extension_not_critical_empty_subject': 'e_ext_san_not_critical_without_subject',
  'pkix.subject_email_address_not_in_san': 'e_subject_email_not_in_san',
  'pkix.uri_domain_name_too_long': 'e_distribution_point_uri_invalid',
  // ML-DSA and its kin are no suites here: refused as a whole, whatever else is wrong with them.
  'pkix.hash_mldsa_ca_key_prohibited': 'e_signature_algorithm_not_supported',
  'pkix.key_usage_value_prohibited_for_hash_mldsa': 'e_signature_algorithm_not_supported',
  'pkix.key_usage_value_prohibited_for_mldsa': 'e_signature_algorithm_not_supported',
  'pkix.key_usage_value_prohibited_for_mlkem': 'e_signature_algorithm_not_supported',
  // Lists
  'cabf.crl_prohibited_reason_code': 'e_crl_has_valid_reason_code',
  'pkix.invalid_uri_syntax': 'e_crl_idp_uri_invalid',
  'pkix.crl_negative_validity_period': 'e_crl_next_update_not_after_this_update',
}

/** Codes whose meaning is told only by the certificate that they were found in. */
const meaningIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bad_san_encoding: { 'itu.invalid_asn1_syntax': 'e_ext_san_rfc822_name_not_ia5' },
  crldp_dp_reasons_not_der: { 'itu.invalid_asn1_syntax': 'e_distribution_point_reasons_encoding' },
  ecdsa_with_null_sigalg_param: {
    'itu.invalid_asn1_syntax': 'e_algorithm_identifier_improper_encoding',
  },
  ed25519_bad_ku: { 'pkix.key_usage_value_prohibited_for_edwards_curve': 'e_edwards_allowed_ku' },
  mldsa_44_bad_keylength: { 'itu.invalid_asn1_syntax': 'e_signature_algorithm_not_supported' },
  mldsa_null_param: { 'itu.invalid_asn1_syntax': 'e_signature_algorithm_not_supported' },
  old_lamps_smime_example: { 'itu.invalid_asn1_syntax': 'e_superfluous_ku_encoding' },
  rfc822name_nc_double_period: {
    'pkix.invalid_email_address_syntax': 'e_name_constraint_rfc822_format_invalid',
  },
  root_bad_ku_encoding: { 'itu.invalid_asn1_syntax': 'e_superfluous_ku_encoding' },
  san_domain_names_too_long: {
    'pkix.invalid_email_address_syntax': 'e_ext_san_rfc822_format_invalid',
  },
  trailing_octet_in_ku_value: { 'itu.invalid_asn1_syntax': 'e_incorrect_ku_encoding' },
  x25519_bad_ku: { 'pkix.key_usage_value_prohibited_for_edwards_curve': 'e_montgomery_allowed_ku' },
}

/** What only pkilint finds, and why. */
const theirsOnly: Readonly<Record<string, readonly [code: string, why: string]>> = {
  ed25519_bad_ku: [
    'pkix.authority_key_identifier_extension_absent',
    'self-issued, so it may lack; pkilint sees that its altered signature is not its own, and before signing there is none',
  ],
  sct_list_empty: ['pkix.sct_list_empty', 'RFC 6962; no profile of ours has the extension'],
  smtputf8mailbox_ulabel_domain_part: [
    'pkix.smtp_utf8_mailbox_domain_part_invalid_syntax',
    'RFC 9598; no profile of ours has other names',
  ],
}

const unsupported = 'no suite of ours: we would not sign with it'
const readAsWhole = 'a strict reader, as relying parties have, refuses the certificate as a whole'

/** What only we find, and why. */
const oursOnly: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bad_san_encoding: { e_not_strict_der: readAsWhole, e_ext_undecodable: readAsWhole },
  crldp_dp_is_empty: { e_not_strict_der: readAsWhole, e_ext_undecodable: readAsWhole },
  crldp_dp_reasons_not_der: {
    e_not_strict_der: readAsWhole,
    e_ext_undecodable: readAsWhole,
    e_distribution_point_incomplete: 'nor does it name a place; pkilint stops at the first fault',
  },
  ecdsa_with_null_sigalg_param: { e_not_strict_der: readAsWhole },
  ee_policy_mappings_present: {
    e_signature_algorithm_not_supported: 'signed with SHA-1',
    w_ext_policy_map_not_critical: 'RFC 5280 4.2.1.5: should be critical',
  },
  mldsa44_root: { e_signature_algorithm_not_supported: unsupported },
  mldsa_44_root_clean: { e_signature_algorithm_not_supported: unsupported },
  mlkem_512_clean: { e_signature_algorithm_not_supported: unsupported },
  slhdsa_root_clean: { e_signature_algorithm_not_supported: unsupported },
  trailing_octet_in_ku_value: { e_not_strict_der: readAsWhole, e_ext_undecodable: readAsWhole },
  v1_root_signed_with_md2: { e_signature_algorithm_not_supported: 'signed with MD2' },
}

interface Sample {
  readonly name: string
  readonly der: Uint8Array
  /** Codes of pkilint's warnings and errors; notices and informations are no objections. */
  readonly codes: readonly string[]
}

function read(path: string, name: string): Sample {
  const text = readFileSync(path, 'utf8')
  const base64 = /-----BEGIN [A-Z0-9 ]+-----([^-]+)-----END/.exec(text)?.[1] ?? ''
  const codes = [...text.matchAll(/,(?:ERROR|WARNING|FATAL),([a-z0-9_.]+)/g)]
  return {
    name,
    der: new Uint8Array(Buffer.from(base64, 'base64')),
    codes: [...new Set(codes.map(([, code = '']) => code))],
  }
}

function samplesIn(directory: string, ending: string): Sample[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .toSorted()
    .map((path) =>
      read(join(directory, path), path.split('/').at(-1)?.slice(0, -ending.length) ?? ''),
    )
}

function lint({ der }: Sample, kind: 'certificate' | 'crl'): string[] {
  const [tbs, algorithm] = sequenceOf(readDer(der), kind)
  if (!tbs || !algorithm) throw new TypeError(kind)
  const input = { tbs: tbs.raw, signatureAlgorithm: algorithm.raw }
  return kind === 'crl' ? brokenCrlChecks(input) : brokenRfcChecks(input)
}

/** What we should find: pkilint's findings in our names, less what only it finds, and what only we find. */
function expected({ name, codes }: Sample): string[] {
  const excused = theirsOnly[name]?.[0]
  const shared = codes.flatMap((code) => {
    if (code === excused) return []
    return [meaningIn[name]?.[code] ?? sameMeaning[code] ?? `no check of ours for ${code}`]
  })
  return [...new Set([...shared, ...Object.keys(oursOnly[name] ?? {})])].toSorted()
}

const run = existsSync(folder) ? test : test.skip

run('47 certificates: what pkilint finds we find, but for differences that have a reason', (t) => {
  const samples = samplesIn(certificates, '.crttest')
  t.is(samples.length, 47)
  for (const sample of samples) {
    t.deepEqual(lint(sample, 'certificate').toSorted(), expected(sample), sample.name)
  }
  const names = samples.map(({ name }) => name)
  for (const table of [meaningIn, theirsOnly, oursOnly]) {
    for (const name of Object.keys(table)) t.true(names.includes(name), `${name} is no sample`)
  }
  for (const [name, [code]] of Object.entries(theirsOnly)) {
    t.true(samples.find((one) => one.name === name)?.codes.includes(code), name)
  }
})

run('3 lists: what pkilint finds we find, and nothing else', (t) => {
  const samples = samplesIn(lists, '.crltest')
  t.is(samples.length, 3)
  for (const sample of samples) {
    t.deepEqual(lint(sample, 'crl').toSorted(), expected(sample), sample.name)
    t.is(sample.codes.length, 1)
  }
})
