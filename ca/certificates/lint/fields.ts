/**
 * Checks of a certificate's fields before its extensions (RFC 5280 4.1), by the names that zlint gives them where it has one. Pure.
 * Each check is a row: its name, and whether it objects.
 */
import { equal } from '../../bytes.ts'
import type { Node } from '../../der/read.ts'
import { oids } from '../../oids.ts'
import type { Check, Checks } from './check.ts'
import { ia5Text } from './general_names.ts'
import type { CertificateParts } from './parts.ts'

const ecdsaWith = '1.2.840.10045.4.3.'
const rsaWith = '1.2.840.113549.1.1.'
const edwards: ReadonlySet<string> = new Set([oids.ed25519, '1.3.101.113'])
const montgomery: ReadonlySet<string> = new Set(['1.3.101.110', '1.3.101.111'])

/** Kinds of public keys that rules differ for. */
export type KeyKind = 'rsa' | 'ec' | 'edwards' | 'montgomery' | 'other'

/** What kind of key a certificate is of. */
export function keyKind({ key }: CertificateParts): KeyKind {
  if (key.id === oids.rsaEncryption) return 'rsa'
  if (key.id === oids.ecPublicKey) return 'ec'
  if (edwards.has(key.id)) return 'edwards'
  return montgomery.has(key.id) ? 'montgomery' : 'other'
}

/** Signature algorithms that are safe to sign a certificate with: no SHA-1, no MD5. */
const signatureAlgorithms: ReadonlySet<string> = new Set([
  ...['2', '3', '4'].map((last) => ecdsaWith + last),
  ...['10', '11', '12', '13'].map((last) => rsaWith + last),
  ...edwards,
])

const printableString = 0x13
const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/

/** Upper bounds of RFC 5280 appendix A.1, in characters. */
const upperBounds: Readonly<Record<string, readonly [check: string, characters: number]>> = {
  [oids.commonName]: ['e_subject_common_name_max_length', 64],
  [oids.serialNumber]: ['e_subject_dn_serial_number_max_length', 64],
  [oids.countryName]: ['e_subject_country_not_two_letters', 2],
  '2.5.4.7': ['e_subject_locality_name_max_length', 128],
  '2.5.4.8': ['e_subject_state_name_max_length', 128],
  [oids.organizationName]: ['e_subject_organization_name_max_length', 64],
  [oids.organizationalUnitName]: ['e_subject_organizational_unit_name_max_length', 64],
  [oids.organizationIdentifier]: ['e_subject_organization_identifier_max_length', 64],
  '1.2.840.113549.1.9.1': ['e_subject_email_max_length', 255],
}

const bounds = Object.fromEntries(
  Object.entries(upperBounds).map(
    ([type, [check, characters]]): [string, Check<CertificateParts>] => [
      check,
      ({ subjectAttributes }) =>
        subjectAttributes.some((one) => one.type === type && one.characters.length > characters),
    ],
  ),
)

/** Checks of the fields, by name. */
export const fieldChecks: Checks<CertificateParts> = {
  // Version, unique identifiers, 4.1.2.1 and 4.1.2.8
  e_invalid_certificate_version: ({ version }) => version !== 3,
  e_cert_extensions_version_not_3: ({ version, extensions }) =>
    version !== 3 && extensions.length > 0,
  e_cert_contains_unique_identifier: ({ hasUniqueIdentifier }) => hasUniqueIdentifier,
  // Serial number, 4.1.2.2
  e_serial_number_not_positive: ({ serial: { tag, contents } }) =>
    tag !== 0x02 || contents.every((octet) => octet === 0) || (contents[0] ?? 0) > 0x7f,
  e_serial_number_longer_than_20_octets: ({ serial }) => serial.contents.length > 20,
  // Signature algorithm, 4.1.1.2 and 4.1.2.3; RFC 4055, RFC 5758, RFC 8410
  e_cert_sig_alg_not_match_tbs_sig_alg: ({ innerAlgorithm, outerAlgorithm }) =>
    !equal(innerAlgorithm.raw, outerAlgorithm),
  e_signature_algorithm_not_supported: ({ algorithm }) => !signatureAlgorithms.has(algorithm.id),
  e_algorithm_identifier_improper_encoding: ({ algorithm: { id, parameters } }) => {
    if (id.startsWith(ecdsaWith) || edwards.has(id)) return parameters !== undefined
    // RSASSA-PSS has parameters of its own.
    return id.startsWith(rsaWith) && id !== `${rsaWith}10` && !isNull(parameters)
  },
  // Public key, 4.1.2.7; RFC 3279, RFC 5480, RFC 8410
  e_spki_rsa_encryption_parameter_not_null: (parts) =>
    keyKind(parts) === 'rsa' && !isNull(parts.key.parameters),
  e_ec_improper_curves: (parts) => keyKind(parts) === 'ec' && parts.key.parameters?.tag !== 0x06,
  e_spki_edwards_parameter_present: (parts) =>
    ['edwards', 'montgomery'].includes(keyKind(parts)) && parts.key.parameters !== undefined,
  // Names, 4.1.2.4 and 4.1.2.6
  e_issuer_field_empty: ({ issuer }) => issuer.contents.length === 0,
  e_subject_dn_country_not_printable_string: isOtherThanPrintable(oids.countryName),
  e_subject_dn_serial_number_not_printable_string: isOtherThanPrintable(oids.serialNumber),
  e_subject_dn_qualifier_not_printable_string: isOtherThanPrintable('2.5.4.46'),
  e_subject_printable_string_badalpha: ({ subjectAttributes }) =>
    subjectAttributes.some(
      ({ tag, contents }) => tag === printableString && !printable.test(ia5Text(contents) ?? '\n'),
    ),
  e_subject_dn_not_printable_characters: ({ subjectAttributes }) =>
    subjectAttributes.some(({ characters }) => /\p{Cc}/u.test(characters.join(''))),
  w_subject_dn_leading_whitespace: ({ subjectAttributes }) =>
    subjectAttributes.some(({ characters }) => /^\s/u.test(characters.join(''))),
  w_subject_dn_trailing_whitespace: ({ subjectAttributes }) =>
    subjectAttributes.some(({ characters }) => /\s$/u.test(characters.join(''))),
  e_subject_attribute_empty: ({ subjectAttributes }) =>
    subjectAttributes.some(({ contents }) => contents.length === 0),
  ...bounds,
  // Validity, 4.1.2.5
  e_utc_time_not_in_zulu: (parts) => anyTime(parts, 0x17, (text) => !text.endsWith('Z')),
  e_utc_time_does_not_include_seconds: (parts) =>
    anyTime(parts, 0x17, (text) => !/^\d{12}(?!\d)/.test(text)),
  e_generalized_time_not_in_zulu: (parts) => anyTime(parts, 0x18, (text) => !text.endsWith('Z')),
  e_generalized_time_does_not_include_seconds: (parts) =>
    anyTime(parts, 0x18, (text) => !/^\d{14}(?!\d)/.test(text)),
  e_generalized_time_includes_fraction_seconds: (parts) =>
    anyTime(parts, 0x18, (text) => text.includes('.')),
  e_wrong_time_format_pre2050: (parts) =>
    anyTime(parts, 0x18, (text) => Number(text.slice(0, 4)) < 2050),
  e_validity_time_unreadable: ({ validity, notBefore, notAfter }) =>
    validity.length !== 2 || notBefore === undefined || notAfter === undefined,
  e_validity_time_not_positive: ({ notBefore, notAfter }) =>
    notBefore !== undefined && notAfter !== undefined && notAfter <= notBefore,
}

function isNull(parameters: Node | undefined): boolean {
  return parameters?.tag === 0x05 && parameters.contents.length === 0
}

function isOtherThanPrintable(type: string): Check<CertificateParts> {
  return ({ subjectAttributes }) =>
    subjectAttributes.some((one) => one.type === type && one.tag !== printableString)
}

function anyTime(
  { validity, validityTexts }: CertificateParts,
  tag: number,
  objects: (text: string) => boolean,
): boolean {
  return validity.some((one, at) => one.tag === tag && objects(validityTexts[at] ?? ''))
}
