/**
 * Certificate profiles as data (design 5; RFC 5280 4.2). A profile says everything about a certificate but whose it is; what
 * encodes it is `build.ts`, what refuses violations is `lint.ts`.
 */
import { oids } from '../oids.ts'

/** Bits of KeyUsage (RFC 5280 4.2.1.3). */
export const keyUsageBits = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  keyAgreement: 4,
  keyCertSign: 5,
  crlSign: 6,
} as const satisfies Record<string, number>

export type KeyUsage = keyof typeof keyUsageBits

/** Where a certificate says its status is to be found. */
export type Pointers = 'none' | 'crl' | 'crl-and-ocsp'

export interface Profile {
  readonly keyUsage: readonly KeyUsage[]
  readonly extendedKeyUsage?: { readonly purposes: readonly string[]; readonly critical: boolean }
  /** Present on authorities only: how many authorities may stand below. */
  readonly authority?: { readonly pathLength: number }
  /** Whether subject and issuer are one name though the keys are two. */
  readonly selfIssued?: true
  readonly validForDays: number
  readonly policies: readonly string[]
  readonly pointers: Pointers
  /** RFC 9608: no status is ever published to look up. */
  readonly noRevocationAvailable?: true
  /** RFC 6960 4.2.2.2.1. */
  readonly ocspNoCheck?: true
  /** The key signs for this long only; its certificate verifies for longer. */
  readonly privateKeyUsageDays?: number
  /** Whether the holder is named by host names and addresses, which must then be given. */
  readonly alternativeNames?: 'required'
}

const year = 365

const client = (policy: string): Profile => ({
  keyUsage: ['digitalSignature'],
  extendedKeyUsage: { purposes: [oids.clientAuth], critical: false },
  validForDays: 3 * year,
  policies: [policy],
  pointers: 'crl-and-ocsp',
})

/** id-kp-documentSigning (RFC 9336), with the will to be bound. */
const signing = (policy: string): Profile => ({
  keyUsage: ['digitalSignature', 'nonRepudiation'],
  extendedKeyUsage: { purposes: [oids.documentSigning], critical: false },
  validForDays: 3 * year,
  policies: [policy],
  pointers: 'crl-and-ocsp',
})

export const profiles = {
  root: {
    keyUsage: ['keyCertSign', 'crlSign'],
    authority: { pathLength: 1 },
    validForDays: 20 * year + 5,
    policies: [],
    pointers: 'none',
  },
  /**
   * Link certificates of a root roll-over (RFC 4210 4.4): one root's key certified by the other's, both of the same name, so that the
   * link is self-issued and counts against no path length. anyPolicy, or no policy of anybody below would hold across the link.
   */
  'root-link': {
    keyUsage: ['keyCertSign', 'crlSign'],
    authority: { pathLength: 1 },
    selfIssued: true,
    validForDays: 20 * year + 5,
    policies: [oids.anyPolicy],
    pointers: 'crl',
  },
  issuing: {
    keyUsage: ['keyCertSign', 'crlSign'],
    authority: { pathLength: 0 },
    validForDays: 10 * year + 2,
    policies: [oids.anyPolicy],
    pointers: 'crl',
  },
  'tls-server': {
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: { purposes: [oids.serverAuth], critical: false },
    validForDays: 2 * year,
    policies: [oids.certificatePolicyBox],
    pointers: 'crl-and-ocsp',
    alternativeNames: 'required',
  },
  'seat-client': client(oids.certificatePolicyUnit),
  'seat-signing': signing(oids.certificatePolicyUnit),
  // A policy of its own: a seat's signature is no seal, and a seal signs no statement.
  'unit-seal': signing(oids.certificatePolicySeal),
  'officer-client': client(oids.certificatePolicyOfficer),
  'officer-signing': signing(oids.certificatePolicyOfficer),
  'auditor-client': client(oids.certificatePolicyAuditor),
  'auditor-signing': signing(oids.certificatePolicyAuditor),
  'administrator-client': client(oids.certificatePolicyAdministrator),
  'administrator-signing': signing(oids.certificatePolicyAdministrator),
  timestamping: {
    keyUsage: ['digitalSignature', 'nonRepudiation'],
    // RFC 3161 2.3: this purpose alone, and critical.
    extendedKeyUsage: { purposes: [oids.timeStamping], critical: true },
    validForDays: 5 * year + 1,
    policies: [oids.certificatePolicyBox],
    pointers: 'none',
    noRevocationAvailable: true,
    privateKeyUsageDays: year,
  },
  ocsp: {
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: { purposes: [oids.ocspSigning], critical: false },
    validForDays: year,
    policies: [oids.certificatePolicyBox],
    pointers: 'none',
    ocspNoCheck: true,
  },
  journal: {
    keyUsage: ['digitalSignature'],
    // A purpose of its own: without any, TLS libraries take it for a server's and a client's.
    extendedKeyUsage: { purposes: [oids.journalSigning], critical: false },
    validForDays: 10 * year,
    policies: [oids.certificatePolicyBox],
    pointers: 'crl-and-ocsp',
  },
} as const satisfies Record<string, Profile>

export type ProfileName = keyof typeof profiles

/** The row of a name. */
export function profileOf(name: ProfileName): Profile {
  return profiles[name]
}

/** Whether `name` names a profile. */
export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(profiles, name)
}
