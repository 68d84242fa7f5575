/** Checks of key usage and extended key usage against each other and the kind of key (RFC 5280 4.2.1.3, 4.2.1.12). Pure. */
import { readNamedBits } from '../../der/read.ts'
import { oids } from '../../oids.ts'
import { keyUsageBits } from '../profiles.ts'
import type { Checks } from './check.ts'
import { keyKind, type KeyKind } from './fields.ts'
import { isReadable, valueOf, type CertificateParts } from './parts.ts'

const { digitalSignature, nonRepudiation, keyEncipherment, keyAgreement, keyCertSign, crlSign } =
  keyUsageBits
const [dataEncipherment, encipherOnly, decipherOnly] = [3, 7, 8]
const anyExtendedKeyUsage = '2.5.29.37.0'
const authorityUsage = [digitalSignature, nonRepudiation, keyCertSign, crlSign]

/** What a kind of key can do: RFC 3279 2.3.1, RFC 8813 3, RFC 8410 5. */
const allowedUsage: Readonly<Record<Exclude<KeyKind, 'other'>, readonly number[]>> = {
  rsa: [...authorityUsage, keyEncipherment, dataEncipherment],
  ec: [...authorityUsage, keyAgreement, encipherOnly, decipherOnly],
  edwards: authorityUsage,
  montgomery: [keyAgreement, encipherOnly, decipherOnly],
}

/** Usage that fits a purpose, at least one bit of it (RFC 5280 4.2.1.12). */
const usageOfPurpose: Readonly<Record<string, readonly number[]>> = {
  [oids.serverAuth]: [digitalSignature, keyEncipherment, keyAgreement],
  [oids.clientAuth]: [digitalSignature, keyAgreement],
  [oids.timeStamping]: [digitalSignature, nonRepudiation],
  [oids.ocspSigning]: [digitalSignature, nonRepudiation],
  [oids.documentSigning]: [digitalSignature, nonRepudiation],
}

/** Checks by name. */
export const keyUsageChecks: Checks<CertificateParts> = {
  w_ext_key_usage_not_critical: ({ byId }) => byId.get(oids.keyUsage)?.critical === false,
  e_ext_key_usage_without_bits: ({ values }) => values.keyUsage?.length === 0,
  e_incorrect_ku_encoding: (parts) => {
    const value = valueOf(parts, oids.keyUsage)
    return (
      parts.byId.has(oids.keyUsage) &&
      (value === undefined || !isReadable(() => readNamedBits(value, 'keyUsage')))
    )
  },
  // X.690 11.2.2: named bits end with the last one set.
  e_superfluous_ku_encoding: (parts) => {
    const contents = valueOf(parts, oids.keyUsage)?.contents ?? new Uint8Array()
    const [unused = 0, last] = [contents[0], contents.length > 1 ? contents.at(-1) : undefined]
    return last !== undefined && ((last >> unused) & 1) === 0
  },
  e_ca_key_usage_missing: (parts) => isAuthority(parts) && !parts.byId.has(oids.keyUsage),
  e_ca_key_cert_sign_not_set: (parts) => isAuthority(parts) && lacks(parts, keyCertSign),
  e_ext_key_usage_cert_sign_without_ca: (parts) =>
    !isAuthority(parts) && (parts.values.keyUsage ?? []).includes(keyCertSign),
  e_rsa_allowed_ku_ca: (parts) => isAuthority(parts) && exceeds(parts, 'rsa'),
  e_rsa_allowed_ku_ee: (parts) => !isAuthority(parts) && exceeds(parts, 'rsa'),
  e_ecdsa_allowed_ku: (parts) => exceeds(parts, 'ec'),
  e_edwards_allowed_ku: (parts) => exceeds(parts, 'edwards'),
  e_montgomery_allowed_ku: (parts) => exceeds(parts, 'montgomery'),
  e_key_usage_only_without_key_agreement: ({ values: { keyUsage: usage = [] } }) =>
    !usage.includes(keyAgreement) &&
    [encipherOnly, decipherOnly].some((bit) => usage.includes(bit)),
  e_key_usage_and_extended_key_usage_inconsistent: ({ values }) => {
    const { keyUsage: usage, extendedKeyUsage: purposes = [] } = values
    return (
      usage !== undefined &&
      purposes.some((purpose) => {
        const fitting = usageOfPurpose[purpose]
        return fitting !== undefined && !fitting.some((bit) => usage.includes(bit))
      })
    )
  },
  w_eku_critical_improperly: ({ values, byId }) =>
    byId.get(oids.extendedKeyUsage)?.critical === true &&
    (values.extendedKeyUsage ?? []).includes(anyExtendedKeyUsage),
  e_ext_extended_key_usage_duplicate: ({ values: { extendedKeyUsage: purposes = [] } }) =>
    new Set(purposes).size !== purposes.length,
  // RFC 3161 2.3, of who stamps; an authority may be limited to those below it who do.
  e_timestamping_not_sole_and_critical: (parts) => {
    const purposes = parts.values.extendedKeyUsage ?? []
    if (isAuthority(parts) || !purposes.includes(oids.timeStamping)) return false
    return purposes.length !== 1 || parts.byId.get(oids.extendedKeyUsage)?.critical !== true
  },
}

/** Whether it says that it is an authority's. */
export function isAuthority({ values }: CertificateParts): boolean {
  return values.basicConstraints?.isCa === true
}

function lacks({ values: { keyUsage } }: CertificateParts, bit: number): boolean {
  return keyUsage !== undefined && !keyUsage.includes(bit)
}

function exceeds(parts: CertificateParts, kind: Exclude<KeyKind, 'other'>): boolean {
  const usage = parts.values.keyUsage ?? []
  return keyKind(parts) === kind && usage.some((bit) => !allowedUsage[kind].includes(bit))
}
