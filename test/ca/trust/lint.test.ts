/** The pre-issuance lint: each check objects to a certificate made to break it, and to no other. */
import test from 'ava'
import { profiles, type ProfileName } from '../../../ca/index.ts'
import { brokenChecks } from '../../../ca/certificates/lint.ts'
import { children, readDer, sequenceOf } from '../../../ca/der/read.ts'
import * as der from '../../../ca/der/write.ts'
import { oids } from '../../../ca/oids.ts'
import { issueSeat, openDistrict, type TestDistrict } from './district.ts'

/** The parts of a TBSCertificate, to be changed one by one. */
interface Parts {
  version: Uint8Array
  serial: Uint8Array
  algorithm: Uint8Array
  issuer: Uint8Array
  validity: Uint8Array
  subject: Uint8Array
  publicKey: Uint8Array
  extensions: Map<string, Uint8Array[]>
}

function take(certificate: Uint8Array): Parts {
  const [tbs] = sequenceOf(readDer(certificate), 'certificate')
  const raw = sequenceOf(tbs, 'tbs').map((node) => node.raw)
  const part = (at: number): Uint8Array => raw[at] ?? new Uint8Array()
  const list = sequenceOf(children(readDer(part(7)))[0], 'extensions')
  const ids = new Map(Object.values(oids).map((id) => [der.objectIdentifier(id).join(), id]))
  return {
    version: part(0),
    serial: part(1),
    algorithm: part(2),
    issuer: part(3),
    validity: part(4),
    subject: part(5),
    publicKey: part(6),
    extensions: new Map(
      list.map((node) => [ids.get(children(node)[0]?.raw.join() ?? '') ?? '', [node.raw]]),
    ),
  }
}

function build({ extensions, ...parts }: Parts): Uint8Array {
  return der.sequence(
    ...[parts.version, parts.serial, parts.algorithm, parts.issuer, parts.validity],
    ...[parts.subject, parts.publicKey],
    der.explicit(3, der.sequence(...[...extensions.values()].flat())),
  )
}

const extension = (id: string, value: Uint8Array, critical = false): Uint8Array[] => [
  der.sequence(
    der.objectIdentifier(id),
    ...(critical ? [der.booleanTrue] : []),
    der.octetString(value),
  ),
]
const keyUsage = (...bits: number[]): Uint8Array[] =>
  extension(oids.keyUsage, der.namedBits(bits), true)
const purposes = (...ids: string[]): Uint8Array[] =>
  extension(oids.extendedKeyUsage, der.sequence(...ids.map(der.objectIdentifier)))
const validity = (from: string, to: string): Uint8Array =>
  der.sequence(der.time(new Date(from)), der.time(new Date(to)))
const country = (value: Uint8Array): Uint8Array =>
  der.sequence(der.setOf(der.sequence(der.objectIdentifier(oids.countryName), value)))
const authority = extension(oids.basicConstraints, der.sequence(der.booleanTrue), true)

type Change = (parts: Parts, district: TestDistrict) => void

const breaking: readonly (readonly [check: string, change: Change])[] = [
  [
    'e_serial_number_not_positive',
    (parts) => (parts.serial = der.element(2, new Uint8Array(16).fill(0x80))),
  ],
  [
    'e_serial_number_longer_than_20_octets',
    (parts) => (parts.serial = der.integer(new Uint8Array(21).fill(1))),
  ],
  ['e_serial_number_low_entropy', (parts) => (parts.serial = der.integer(7))],
  [
    'e_not_strict_der',
    (parts) => (parts.algorithm = der.sequence(der.objectIdentifier(oids.ed25519))),
  ],
  ['e_issuer_dn_not_subject_of_issuer', (parts) => (parts.issuer = parts.subject)],
  ['e_subject_empty', (parts) => (parts.subject = der.sequence())],
  [
    'e_subject_dn_country_not_printable_string',
    (parts) => (parts.subject = country(der.utf8String('CN'))),
  ],
  [
    'e_validity_time_not_positive',
    (parts) => (parts.validity = validity('2027-05-01', '2027-04-01')),
  ],
  ['e_validity_outside_issuer', (parts) => (parts.validity = validity('2027-01-01', '2049-01-01'))],
  ['e_validity_outside_issuer', (parts) => (parts.validity = validity('2020-01-01', '2028-01-01'))],
  [
    'e_ext_authority_key_identifier_no_key_identifier',
    ({ extensions }) => extensions.delete(oids.authorityKeyIdentifier),
  ],
  [
    'e_ext_authority_key_identifier_critical',
    ({ extensions }, { certificates }) => {
      const [known] = take(certificates.ocsp).extensions.get(oids.authorityKeyIdentifier) ?? []
      const value = children(readDer(known ?? new Uint8Array()))[1]?.contents ?? new Uint8Array()
      extensions.set(
        oids.authorityKeyIdentifier,
        extension(oids.authorityKeyIdentifier, value, true),
      )
    },
  ],
  [
    'e_ext_subject_key_identifier_missing',
    ({ extensions }) => extensions.delete(oids.subjectKeyIdentifier),
  ],
  [
    'e_not_strict_der',
    ({ extensions }) => extensions.set('twice', extensions.get(oids.keyUsage) ?? []),
  ],
  ['e_ca_not_as_profile', ({ extensions }) => extensions.set('ca', authority)],
  [
    'w_ext_key_usage_not_critical',
    ({ extensions }) => extensions.set(oids.keyUsage, extension(oids.keyUsage, der.namedBits([0]))),
  ],
  [
    'e_ext_key_usage_cert_sign_without_ca',
    ({ extensions }) => extensions.set(oids.keyUsage, keyUsage(0, 5)),
  ],
  [
    'e_key_usage_and_extended_key_usage_inconsistent',
    ({ extensions }) => extensions.set(oids.keyUsage, keyUsage(0, 2)),
  ],
  ['e_key_usage_not_as_profile', ({ extensions }) => extensions.set(oids.keyUsage, keyUsage(0, 1))],
  [
    'e_ext_key_usage_not_as_profile',
    ({ extensions }) =>
      extensions.set(oids.extendedKeyUsage, purposes(oids.clientAuth, oids.serverAuth)),
  ],
  [
    'e_timestamping_not_sole_and_critical',
    ({ extensions }) => extensions.set(oids.extendedKeyUsage, purposes(oids.timeStamping)),
  ],
  ['e_policies_not_as_profile', ({ extensions }) => extensions.delete(oids.certificatePolicies)],
  [
    'e_crl_distribution_point_missing',
    ({ extensions }) => extensions.delete(oids.crlDistributionPoints),
  ],
  [
    'e_no_rev_avail_with_pointers',
    ({ extensions }) => extensions.set('none', extension(oids.noRevAvail, der.nullValue)),
  ],
]

async function lint(
  district: TestDistrict,
  change: Change,
  options: { profile?: ProfileName; issuer?: Uint8Array; from?: Uint8Array } = {},
): Promise<string[]> {
  const { profile = 'seat-client', issuer = district.certificates.issuing } = options
  const parts = take(options.from ?? (await issueSeat(district.authority)))
  const signatureAlgorithm = parts.algorithm
  change(parts, district)
  return brokenChecks({ tbs: build(parts), profile, signatureAlgorithm, issuer })
}

test('each check objects to what it is named after', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  t.deepEqual(await lint(district, () => undefined), [])
  for (const [check, change] of breaking) {
    t.true((await lint(district, change)).includes(check), check)
  }
})

test('an authority is linted against its own profile and its issuer', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { issuing, root, tls, timestamping } = district.certificates
  const asIssuing = { profile: 'issuing', from: issuing, issuer: root } as const
  t.deepEqual(await lint(district, () => undefined, asIssuing), [])
  const notCritical: Change = ({ extensions }) =>
    extensions.set(
      oids.basicConstraints,
      extension(oids.basicConstraints, der.sequence(der.booleanTrue)),
    )
  t.deepEqual(await lint(district, notCritical, asIssuing), ['e_basic_constraints_not_critical'])
  const noCrlSign: Change = ({ extensions }) => extensions.set(oids.keyUsage, keyUsage(5))
  t.true((await lint(district, noCrlSign, asIssuing)).includes('e_ca_key_cert_sign_not_set'))
  t.true(
    (await lint(district, () => undefined, { ...asIssuing, issuer: issuing })).includes(
      'e_path_len_constraint_exceeded',
    ),
  )
  t.true((await lint(district, () => undefined, { issuer: tls })).includes('e_issuer_not_ca'))
  const noNames: Change = ({ extensions }) => extensions.delete(oids.subjectAltName)
  t.deepEqual(await lint(district, noNames, { profile: 'tls-server', from: tls }), [
    'e_subscriber_cert_san_missing',
  ])
  t.deepEqual(
    await lint(district, () => undefined, { profile: 'timestamping', from: timestamping }),
    [],
  )
})

test('every profile has a purpose of its own or none, and authorities have no purpose', (t) => {
  for (const [name, profile] of Object.entries(profiles)) {
    const isAuthority = 'authority' in profile
    t.is('extendedKeyUsage' in profile, !isAuthority && name !== 'journal', name)
  }
})
