/** What the issuing authority takes and gives: plain data and ports. Types only. */
import type { Urls } from '../certificates/extensions.ts'
import type { Subject } from '../certificates/name.ts'
import type { ProfileName } from '../certificates/profiles.ts'
import type { ProvenPublicKey } from '../certificates/public_key.ts'
import type { Clock } from '../clock.ts'
import type { RevocationReason } from '../crl/reasons.ts'
import type { Actor, EntryDraft, Expectation, Journal } from '../journal/types.ts'
import type { OcspResponder } from '../ocsp/respond.ts'
import type { Random } from '../random.ts'
import type { Signer } from '../signer.ts'
import type { RevokedRecord } from './keyspace.ts'

/** Which of the two authorities. */
export type IssuerName = 'root' | 'issuing'

export interface IssueOptions {
  readonly profile: ProfileName
  readonly subject: Subject
  /** From `readRequest`, or of a key of the box. */
  readonly publicKey: ProvenPublicKey
  /** Opaque here: `seat:…`, `unit:…`, `person:…`, `box`. */
  readonly holder: string
  readonly actor: Actor
  /** For `tls-server`. */
  readonly hostNames?: readonly string[]
}

export interface RevokeOptions {
  /** SHA-256 of the certificate. */
  readonly sha256: string
  readonly reason: RevocationReason
  readonly actor: Actor
  /** When the key is believed to have been compromised (RFC 5280 5.3.2). */
  readonly invalidityDate?: Date
}

/** Entries and expectations for a commit. */
export interface Prepared {
  readonly entries: readonly EntryDraft[]
  readonly expect: readonly Expectation[]
}

export interface PreparedCertificate extends Prepared {
  /** DER; not to be handed out before the commit stands. */
  readonly certificate: Uint8Array
}

/** A certificate of ours as it stands; the times inside `revoked` are RFC 3339. */
export interface CertificateState {
  readonly sha256: string
  /** DER. */
  readonly certificate: Uint8Array
  readonly profile: ProfileName
  readonly holder: string
  /** Hexadecimal. */
  readonly serial: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly revoked: RevokedRecord | undefined
}

export interface CertificatesAsked {
  /** SHA-256 of the certificate that the page begins behind; one that was never issued is as none. */
  readonly after?: string
  /** Certificates at most, 1 to 500. */
  readonly limit: number
}

export interface CertificatesPage {
  readonly items: readonly CertificateState[]
  /** SHA-256 of the last one; undefined where nothing follows. */
  readonly next: string | undefined
}

/** A CRL as it is published. */
export interface PublishedCrl {
  /** DER. */
  readonly crl: Uint8Array
  /** Index of the `crl.issued` entry. */
  readonly number: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

export interface Authority {
  /** Certificates from issuing authority to root, DER. */
  readonly chain: readonly Uint8Array[]
  /** Throws `CA_REQUEST_KEY_REFUSED` if `prepareIssue` would do so now; for requests that wait for an approval first. */
  requireUncertifiedKey(publicKey: ProvenPublicKey): Promise<void>
  /** Throws `CA_PROFILE_VIOLATED`, `CA_REQUEST_KEY_REFUSED` (the key was certified before, for whomever). */
  prepareIssue(options: IssueOptions): Promise<PreparedCertificate>
  /** Issues and commits; gives the DER. Throws as `prepareIssue`, and what `Journal.commit` throws. */
  issue(options: IssueOptions): Promise<Uint8Array>
  /** Throws `CA_CERTIFICATE_UNKNOWN`, `CA_ALREADY_REVOKED`, `CA_ISSUER_OFFLINE`. */
  prepareRevoke(options: RevokeOptions): Promise<Prepared>
  /** Revokes and issues the CRL in one commit. Throws as `prepareRevoke`, and what `Journal.commit` throws. */
  revoke(options: RevokeOptions): Promise<void>
  /** The certificate if it may be used at `at`: issued by us, within its validity, neither revoked nor on hold. One read. */
  liveCertificate(sha256: string, at: Date): Promise<CertificateState | undefined>
  certificate(sha256: string): Promise<CertificateState | undefined>
  certificateBySerial(issuer: IssuerName, serial: string): Promise<CertificateState | undefined>
  certificatesOf(holder: string): Promise<CertificateState[]>
  /** A page of all that was ever issued, in the order of holders; one read a certificate. */
  certificates(page: CertificatesAsked): Promise<CertificatesPage>
  /** The current CRL; throws `CA_ISSUER_OFFLINE` where its key is away. */
  crl(issuer: IssuerName): Promise<PublishedCrl>
  /** Commits a fresh CRL for each issuer whose list has lived half its time; to be called at start and every few hours. */
  refreshCrls(actor: Actor): Promise<void>
  readonly ocsp: OcspResponder
}

export interface AuthorityOptions {
  readonly journal: Journal
  readonly issuer: Signer
  /** Undefined once the root key has left the box. */
  readonly root: Signer | undefined
  readonly chain: readonly Uint8Array[]
  /** Responder certificate given by `issuer`. */
  readonly ocsp: Signer
  readonly clock: Clock
  readonly random: Random
  readonly urls: Urls
  readonly crlValidForDays?: number
  readonly ocspValidForHours?: number
}
