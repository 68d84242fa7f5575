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

/** One authority of the box: a generation of its root or of its issuing authority. */
export interface AuthorityKey {
  /** Name of its key, which its addresses carry too: `root`, `issuing`, from the second generation `root-2`, `issuing-2` … */
  readonly key: string
  readonly role: 'root' | 'issuing'
  /** From 1 on. */
  readonly generation: number
  /** DER. */
  readonly certificate: Uint8Array
  /** Undefined while the key is not on the box. */
  readonly signer?: Signer | undefined
  /** The responder that this authority certified; an authority without one answers no OCSP. */
  readonly ocsp?: Signer | undefined
}

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
  /** Since when the key is doubtful (RFC 5280 5.3.2): not in the future, not before the certificate begins. */
  readonly invalidityDate?: Date
}

export interface ReleaseOptions {
  /** SHA-256 of a certificate on hold. */
  readonly sha256: string
  readonly actor: Actor
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
  /** CRL number: grows from list to list, also over a restore from a backup. */
  readonly number: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** The CRL as it stands now, with what a server says of it. */
export interface CurrentCrl extends PublishedCrl {
  /** Names these bytes, for an ETag. */
  readonly tag: string
  /** Entries on it; undefined of a list that a ceremony left behind. */
  readonly revoked: number | undefined
  /** The list before was of the same second: a date does not tell the two apart. */
  readonly sharesSecond: boolean
}

export interface Authority {
  /** From the authority that issues now to the newest root, DER; a root that was rolled over since comes in by its link. */
  readonly chain: readonly Uint8Array[]
  /** Certificates of all roots, DER, oldest first: each is an anchor. */
  readonly roots: readonly Uint8Array[]
  /** Links between generations of the root, DER: evidence for whoever trusts another generation than the newest. */
  readonly links: readonly Uint8Array[]
  /** All authorities of the box, oldest first. */
  readonly authorities: readonly Omit<AuthorityKey, 'signer' | 'ocsp'>[]
  /** As `chain`, from the authority that issued `certificate` (DER), whichever generation that was. */
  chainOf(certificate: Uint8Array): readonly Uint8Array[]
  /** Current CRLs for paths from `certificates` (DER, ours) to every root, each once. Throws as `crl`. */
  crlsFor(certificates: readonly Uint8Array[]): Promise<CurrentCrl[]>
  /** Throws `CA_REQUEST_KEY_REFUSED` if `prepareIssue` would do so now; for requests that wait for an approval first. */
  requireUncertifiedKey(publicKey: ProvenPublicKey): Promise<void>
  /** Throws `CA_ISSUER_REVOKED`, `CA_PROFILE_VIOLATED`, `CA_REQUEST_KEY_REFUSED` (the key was certified before, for whomever). */
  prepareIssue(options: IssueOptions): Promise<PreparedCertificate>
  /** Issues and commits; gives the DER. Throws as `prepareIssue`, and what `Journal.commit` throws. */
  issue(options: IssueOptions): Promise<Uint8Array>
  /** The current list of who issued this certificate (DER). Throws as `crl`. */
  crlOf(certificate: Uint8Array): Promise<CurrentCrl>
  /** The authority that issued this certificate (DER), by the identifier of its key. */
  issuerOf(certificate: Uint8Array): Omit<AuthorityKey, 'signer' | 'ocsp'> | undefined
  /** Throws `CA_CERTIFICATE_UNKNOWN`, `CA_ALREADY_REVOKED`, `CA_INVALIDITY_DATE_REFUSED`, `CA_ISSUER_OFFLINE`. */
  prepareRevoke(options: RevokeOptions): Promise<Prepared>
  /** A certificate on hold is used again. Throws `CA_CERTIFICATE_UNKNOWN`, `CA_NOT_HELD`, `CA_ISSUER_OFFLINE`. */
  prepareRelease(options: ReleaseOptions): Promise<Prepared>
  /** Revokes and issues the CRL in one commit. Throws as `prepareRevoke`, and what `Journal.commit` throws. */
  revoke(options: RevokeOptions): Promise<void>
  /** As `prepareRelease`, committed. */
  release(options: ReleaseOptions): Promise<void>
  /** The certificate if it may be used at `at`: issued by us, within its validity, neither revoked nor on hold. One read. */
  liveCertificate(sha256: string, at: Date): Promise<CertificateState | undefined>
  certificate(sha256: string): Promise<CertificateState | undefined>
  /** `key` names the authority; throws `CA_ISSUER_UNKNOWN`. */
  certificateBySerial(key: string, serial: string): Promise<CertificateState | undefined>
  certificatesOf(holder: string): Promise<CertificateState[]>
  /** A page of all that was ever issued, in the order of holders; one read a certificate. */
  certificates(page: CertificatesAsked): Promise<CertificatesPage>
  /** The current CRL of the authority with this key; throws `CA_ISSUER_UNKNOWN`, `CA_ISSUER_OFFLINE` where its key is away. */
  crl(key: string): Promise<CurrentCrl>
  /** Commits a fresh CRL for each issuer whose list has lived half its time; to be called at start and every few hours. */
  refreshCrls(actor: Actor): Promise<void>
  /**
   * Fresh lists of all authorities whose key is here, due or not: what a restore from a backup commits first. `above` is the highest
   * number seen on a published list, where the clock may have run ahead then; without it numbers go on from the time.
   */
  prepareFreshCrls(options: { readonly actor: Actor; readonly above?: number }): Prepared
  readonly ocsp: OcspResponder
}

export interface AuthorityOptions {
  readonly journal: Journal
  /** At least one root and one issuing authority; the newest issuing one issues, and its key must be on the box. */
  readonly authorities: readonly AuthorityKey[]
  /** Link certificates between generations of the root (RFC 4210 4.4), DER. */
  readonly links?: readonly Uint8Array[]
  readonly clock: Clock
  readonly random: Random
  /** Of any generation: what is issued carries those of its issuer. */
  readonly urls: Urls
  readonly ocspValidForHours?: number
}
