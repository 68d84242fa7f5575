/** Renewal: new keys for who is certified, both certificates live until the old one ends (ADR 25). Types. */
import type { Sha256, StatementBinding } from '../../exchange/index.ts'
import type { RequestedCertificate } from '../kit/at_the_box.ts'

/** One certificate that followed another. */
export type Renewed = {
  readonly profile: string
  readonly holder: string
  /** SHA-256 of the certificate that it follows. */
  readonly before: Sha256
  /** SHA-256 of the new one. */
  readonly certificate: Sha256
}

/** A renewal as officers see it. */
export type ListedRenewal = {
  readonly holder: string
  readonly by: 'statement' | 'est'
  /** RFC 3339. */
  readonly at: string
  readonly renewed: readonly Renewed[]
}

/** `data` of `enrolment.renewed`, and what the view keeps by the name of the request. */
export type RenewalRecord = {
  /** SHA-256 of the request file: the name under which the same request again is answered as before. */
  readonly request: Sha256
  /** The unit or person: `unit:…`, `person:…`. */
  readonly holder: string
  /** Whose statements stand behind it, or EST: the log-in certificate alone. */
  readonly by: 'statement' | 'est'
  readonly certificates: readonly RequestedCertificate[]
  readonly renewed: readonly Renewed[]
  readonly keyFile: Sha256 | null
  readonly statements: readonly StatementBinding[]
}
