/** Enrolment: one-time codes that officers give out, and which certificates each redeems. Types, keys and the table of uses. */
import type { Role, Sha256 } from '../../exchange/index.ts'

/** What a code is for: a whole unit (its first seats and its seal), or one administrator. */
export type CodeFor =
  | { readonly kind: 'unit'; readonly uscc: string }
  | { readonly kind: 'person'; readonly id: string; readonly role: Role }

/** A code as the box knows it: by hash alone. */
export type CodeRecord = {
  readonly codeFor: CodeFor
  /** RFC 3339. */
  readonly expires: string
  readonly state: 'open' | 'redeemed'
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
  code: (hash: Sha256) => `p/code/${hash}`,
  codes: 'p/code/',
  keyFile: (holder: string) => `p/key-file/${holder}`,
  /** There once the holder enrolled: other codes given out for it are worth nothing then. */
  enrolled: (holder: string) => `p/enrolled/${holder}`,
} as const
