/**
 * Enrolment: one-time codes that officers give out, which certificates each redeems, and the requests that wait for an officer.
 * Types and the table of keys.
 */
import type { OldCertificates, Role, Sha256 } from '../../exchange/index.ts'
import type { RequestedCertificate } from '../kit/at_the_box.ts'

/** What a code is for: a whole unit (its first seats and its seal), or one administrator. */
export type CodeFor =
  | { readonly kind: 'unit'; readonly uscc: string }
  | { readonly kind: 'person'; readonly id: string; readonly role: Role }

/** A code as the box knows it: by hash alone. */
export type CodeRecord = {
  readonly codeFor: CodeFor
  /** RFC 3339. */
  readonly expires: string
  /** `none` for the first officer at first boot alone: there is nobody yet who could approve. */
  readonly approval: 'officer' | 'none'
  readonly state: 'open' | 'waiting' | 'redeemed' | 'refused'
  /** Who gave it out: the holder of an officer's certificate, or the box. Absent of codes from before this was noted. */
  readonly by?: string
  /** The request made with it, while and after it waited. */
  readonly request?: Sha256
  /** Of a code for who enrolled before: what becomes of the certificates that there are. */
  readonly again?: OldCertificates
}

/** A request that was made with a code. */
export type RequestRecord = {
  readonly code: Sha256
  readonly state: 'waiting' | 'approved' | 'refused'
  /** RFC 3339. */
  readonly since: string
  readonly certificates: readonly RequestedCertificate[]
  /** Asks for some of what its code stands for, as EST does; absent of a whole set. */
  readonly part?: true
  /** Blob: the PKCS#10 requests as they came, canonical JSON. */
  readonly proofs: Sha256
  /** Blob: the wrapped keys. */
  readonly keyFile: Sha256 | null
  /** When other keys were first offered under the same code. */
  readonly contested?: string
  readonly decision?: Decision
}

/** How an officer decided: who, when, and the signed statement by its hashes. */
export type Decision = {
  readonly by: string
  /** RFC 3339. */
  readonly at: string
  readonly statement: Sha256
  readonly signature: Sha256
}

/** One certificate that a redemption asks for, with the request that proves possession of its key. */
export interface CertificateRequest {
  readonly profile: string
  /** Seat of the unit, for `seat-client` and `seat-signing`. */
  readonly seat?: string
  /** PKCS#10, DER. */
  readonly request: Uint8Array
}

export interface IssuedCertificate {
  readonly profile: string
  readonly seat?: string
  readonly certificate: Uint8Array
}

export const keys = {
  /** There once two officers held live certificates at one time. */
  opened: 'p/opened',
  code: (hash: Sha256) => `p/code/${hash}`,
  codes: 'p/code/',
  /** There once an officer's order for a further code, by the hash of its statement, was carried out. */
  order: (statement: Sha256) => `p/order/${statement}`,
  /** Hash of the newest code of a holder: the others are worth nothing. */
  codeOf: (holder: string) => `p/code-of/${holder}`,
  /** By the name of the request. */
  request: (id: Sha256) => `p/request/${id}`,
  keyFile: (holder: string) => `p/key-file/${holder}`,
  /** SHA-256 of the certificate that was issued last for a holder and profile. */
  newest: (holder: string, profile: string) => `p/newest/${holder}/${profile}`,
  /** A renewal by the name of its request. */
  renewal: (request: Sha256) => `p/renewal/${request}`,
  /** The same in their order, by the index of the entry. */
  renewedAt: (index: number) => `p/renewed-at/${String(index).padStart(15, '0')}`,
  renewals: 'p/renewed-at/',
  /** There once the holder enrolled: of its codes only one for enrolling anew is worth anything then. */
  enrolled: (holder: string) => `p/enrolled/${holder}`,
} as const
