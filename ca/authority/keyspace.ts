/**
 * The keys of this room's views, and the values under them: the one table. An *issuer* is named by the hexadecimal key identifier
 * of its key, a *holder* by an opaque string of the higher rooms (`seat:…`, `unit:…`, `person:…`, `box`).
 */
import type { JsonObject } from '../journal/types.ts'
import type { RevocationReason } from '../crl/reasons.ts'
import type { ProfileName } from '../certificates/profiles.ts'

export const keys = {
  /** The one record of the box itself. */
  box: 'ca/box',
  /** By SHA-256 of the certificate. */
  certificate: (sha256: string) => `ca/certificate/${sha256}`,
  /** By issuer and serial number. */
  serial: (issuer: string, serial: string) => `ca/serial/${issuer}/${serial}`,
  /** By holder and SHA-256. */
  holder: (holder: string, sha256: string) => `${holderPrefix(holder)}${sha256}`,
  /** By SHA-256 of the SubjectPublicKeyInfo. */
  publicKey: (sha256: string) => `ca/public-key/${sha256}`,
  revoked: (issuer: string, serial: string) => `${revokedPrefix(issuer)}${serial}`,
  crl: (issuer: string) => `ca/crl/${issuer}`,
  /** By end (RFC 3339, UTC, milliseconds) and SHA-256; without those that were revoked for good. */
  endsAt: (notAfter: string, sha256: string) => `${endingPrefix}${notAfter}/${sha256}`,
  /** Counters by month, `YYYY-MM` of UTC. */
  issuedIn: (month: string) => `${monthPrefix('issued')}${month}`,
  endingIn: (month: string) => `${monthPrefix('ending')}${month}`,
  revokedIn: (month: string) => `${monthPrefix('revoked')}${month}`,
} as const

/** Prefix of all certificates, by holder. */
export const holdersPrefix = 'ca/holder/'

/** Prefix of all certificates of a holder. */
export const holderPrefix = (holder: string): string =>
  `${holdersPrefix}${encodeURIComponent(holder)}/`

/** Prefix of all serial numbers, by issuer. */
export const serialsPrefix = 'ca/serial/'

/** Prefix of all certificates in the order of their ends. */
export const endingPrefix = 'ca/ending/'

/** Prefix of the counters by month. */
export const monthPrefix = (what: 'issued' | 'ending' | 'revoked'): string => `ca/by-month/${what}/`

/** Prefix of all revoked certificates of an issuer. */
export const revokedPrefix = (issuer: string): string => `${allRevokedPrefix}${issuer}/`

/** Prefix of all revoked certificates, by issuer. */
export const allRevokedPrefix = 'ca/revoked/'

export interface BoxRecord extends JsonObject {
  readonly mode: 'trial' | 'production'
  readonly districtName: string
  /** SHA-256 of the root certificate. */
  readonly root: string
}

/** Times are RFC 3339, UTC. */
export interface CertificateRecord extends JsonObject {
  readonly sha256: string
  /** Base64 of the DER. */
  readonly certificate: string
  readonly profile: ProfileName
  readonly holder: string
  readonly issuer: string
  /** Hexadecimal octets of the positive number, without a sign octet. */
  readonly serial: string
  readonly notBefore: string
  readonly notAfter: string
  readonly revoked: RevokedRecord | null
}

export interface RevokedRecord extends JsonObject {
  readonly reason: RevocationReason
  /** Of a certificate that was on hold before: when the hold began. */
  readonly revokedAt: string
  readonly invalidityDate: string | null
}

export interface PublicKeyRecord extends JsonObject {
  readonly holder: string
  readonly profile: ProfileName
}

export interface CrlRecord extends JsonObject {
  /** CRL number. */
  readonly number: number
  readonly thisUpdate: string
  readonly nextUpdate: string
}
