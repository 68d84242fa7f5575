/**
 * Distinguished names as this authority writes them (RFC 5280 4.1.2.4): country CN, then organization, unit, common name in
 * UTF-8, within the upper bounds of RFC 5280 appendix A.1. Names of others are only ever copied as bytes.
 */
import * as der from '../der/write.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'

/** Whose certificate it is; the country is always CN. */
export interface Subject {
  readonly organization?: string
  readonly organizationalUnit?: string
  readonly commonName: string
  /** Unified social credit code of a unit (X.520 organizationIdentifier). */
  readonly organizationIdentifier?: string
}

const upperBounds = {
  organization: { id: oids.organizationName, characters: 64 },
  organizationalUnit: { id: oids.organizationalUnitName, characters: 64 },
  organizationIdentifier: { id: oids.organizationIdentifier, characters: 64 },
  commonName: { id: oids.commonName, characters: 64 },
} as const satisfies Record<keyof Subject, { id: string; characters: number }>

/** Name, DER. Throws `CA_PROFILE_VIOLATED` for an empty, overlong or unprintable part. */
export function encodeSubject(subject: Subject): Uint8Array {
  const parts = Object.entries(upperBounds).flatMap(([field, { id, characters }]) => {
    const text = subject[field as keyof Subject]
    if (text === undefined) return []
    const length = Array.from(text).length
    if (length === 0 || length > characters || text !== text.trim() || unprintable.test(text)) {
      throw new CaError(
        'CA_PROFILE_VIOLATED',
        `e_subject_${field}: 1 to ${String(characters)} printable characters`,
        {
          details: { lint: 'e_subject_name_out_of_bounds', field, length },
        },
      )
    }
    return [relative(id, der.utf8String(text))]
  })
  return der.sequence(relative(oids.countryName, der.printableString('CN')), ...parts)
}

// Controls, format characters such as bidirectional overrides, and lone surrogates make names that read as others.
const unprintable = /\p{C}/u

function relative(id: string, value: Uint8Array): Uint8Array {
  return der.setOf(der.sequence(der.objectIdentifier(id), value))
}
