/**
 * The issuing authority: issues, revokes, answers who holds a live certificate, publishes CRLs and OCSP answers. Each operation
 * has a `prepare…` form whose entries a higher room puts into one commit with its own, and a plain form that commits.
 * All state is in the journal's views; what is cached here can be built again from them.
 */
import { fromBase64, sha256Hex } from '../bytes.ts'
import { buildCertificate, drawSerial, type Urls } from '../certificates/build.ts'
import type { Subject } from '../certificates/name.ts'
import type { ProfileName } from '../certificates/profiles.ts'
import type { ProvenPublicKey } from '../certificates/public_key.ts'
import type { Clock } from '../clock.ts'
import type { RevocationReason } from '../crl/reasons.ts'
import { CaError } from '../errors.ts'
import type { Actor, EntryDraft, Expectation, Journal } from '../journal/types.ts'
import { createOcspResponder, type OcspResponder } from '../ocsp/respond.ts'
import { readCertificate } from '../path/certificate.ts'
import type { Random } from '../random.ts'
import type { Signer } from '../signer.ts'
import { createCrlPublisher, type PublishedCrl } from './crls.ts'
import { certificateIssuedEntry, crlIssuedEntry, issuerId } from './entries.ts'
import {
  holderPrefix,
  keys,
  type CertificateRecord,
  type PublicKeyRecord,
  type RevokedRecord,
} from './keyspace.ts'

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

/** A certificate of ours as it stands; times are RFC 3339. */
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

export interface Authority {
  /** Certificates from issuing authority to root, DER. */
  readonly chain: readonly Uint8Array[]
  /** Throws `CA_PROFILE_VIOLATED`, `CA_REQUEST_KEY_REFUSED` (the key is another holder's or serves another purpose). */
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

/** How long a CRL may be used; a trial box publishes a new one after half of it. */
export const defaultCrlDays = 7
const defaultOcspHours = 24
/** Machines of units have no time service: a fresh certificate must not look like one of the future to a slow clock. */
export const clockSkewMs = 10 * 60_000

/** The authority over a journal whose folds include `caFolds`. */
export function createAuthority(options: AuthorityOptions): Authority {
  const { journal, issuer, root, clock } = options
  const { crlValidForDays = defaultCrlDays, ocspValidForHours = defaultOcspHours } = options
  const { views } = journal
  const identifiers = identifiersOf(options)
  const signers = { root, issuing: issuer } as const
  const crls = createCrlPublisher({ views, signers, identifiers })

  const certificate = async (sha256: string): Promise<CertificateState | undefined> => {
    const record = await views.get(keys.certificate(sha256))
    return record && stateOf(record.value as CertificateRecord)
  }

  const bySerial = async (
    name: IssuerName,
    serial: string,
  ): Promise<CertificateState | undefined> => {
    const found = await views.get(keys.serial(identifiers[name], serial))
    return found && certificate(found.value as string)
  }

  const prepareIssue = (request: IssueOptions): Promise<PreparedCertificate> =>
    prepareCertificate(request, options)

  const prepareRevoke = async (request: RevokeOptions): Promise<Prepared> => {
    const record = await views.get(keys.certificate(request.sha256))
    if (!record) throw unknown(request.sha256)
    const found = record.value as CertificateRecord
    refuseSecond(found, request.reason)
    const name = found.issuer === identifiers.issuing ? 'issuing' : 'root'
    if (!signers[name]) throw offline(name)
    const at = clock.now()
    return {
      entries: [
        revokedEntry(found, request, at),
        crlIssuedEntry({ issuer: found.issuer, actor: request.actor, at, crlValidForDays }),
      ],
      expect: [{ key: keys.certificate(found.sha256), version: record.version }],
    }
  }

  return {
    chain: options.chain,
    prepareIssue,
    prepareRevoke,
    certificate,
    certificateBySerial: bySerial,
    crl: (name) => crls.current(name),
    async issue(request) {
      const prepared = await prepareIssue(request)
      await journal.commit(prepared)
      return prepared.certificate
    },
    async revoke(request) {
      // One commit: no moment shows the one without the other.
      await journal.commit(await prepareRevoke(request))
    },
    async liveCertificate(sha256, at) {
      const found = await certificate(sha256)
      return found && isLive(found, at) ? found : undefined
    },
    async certificatesOf(holder) {
      const prefix = holderPrefix(holder)
      const found: CertificateState[] = []
      for await (const { key } of views.scan(prefix)) {
        const state = await certificate(key.slice(prefix.length))
        if (state) found.push(state)
      }
      return found.sort((a, b) => a.notBefore.getTime() - b.notBefore.getTime())
    },
    async refreshCrls(actor) {
      const at = clock.now()
      const due = await crls.due(at)
      const entries = due.map((id) => crlIssuedEntry({ issuer: id, actor, at, crlValidForDays }))
      if (entries.length > 0) await journal.commit({ entries })
    },
    ocsp: createOcspResponder({
      issuer: issuer.certificate,
      signer: options.ocsp,
      validForHours: ocspValidForHours,
      async statusOf(serial) {
        const found = await bySerial('issuing', serial)
        if (!found) return { status: 'unknown' }
        if (!found.revoked) return { status: 'good' }
        const { revokedAt, reason } = found.revoked
        return { status: 'revoked', revokedAt: new Date(revokedAt), reason }
      },
    }),
  }
}

/** Whether a certificate may be used at a time. */
function isLive({ notBefore, notAfter, revoked }: CertificateState, at: Date): boolean {
  return revoked === undefined && notBefore <= at && at <= notAfter
}

async function prepareCertificate(
  request: IssueOptions,
  { journal, issuer, clock, random, urls }: AuthorityOptions,
): Promise<PreparedCertificate> {
  const { profile, holder } = request
  const publicKeyKey = keys.publicKey(sha256Hex(request.publicKey))
  const known = await journal.views.get(publicKeyKey)
  refuseForeignKey(known?.value as PublicKeyRecord | undefined, request)
  const skewed = new Date(clock.now().getTime() - clockSkewMs)
  const { notBefore: earliest } = readCertificate(issuer.certificate)
  const certificate = await buildCertificate(
    {
      profile,
      subject: request.subject,
      publicKey: request.publicKey,
      serial: drawSerial(random),
      notBefore: skewed < earliest ? earliest : skewed,
      ...(request.hostNames && { hostNames: request.hostNames }),
      urls,
    },
    issuer,
  )
  const entry = certificateIssuedEntry({ certificate, profile, holder, actor: request.actor })
  const { issuer: id, serial } = entry.data as CertificateRecord
  return {
    certificate,
    entries: [entry],
    expect: [
      { key: keys.serial(id, serial), version: null },
      { key: publicKeyKey, version: known?.version ?? null },
    ],
  }
}

/** One key, one holder, one purpose: a signing key that also logs in would sign what a server chooses. */
function refuseForeignKey(known: PublicKeyRecord | undefined, request: IssueOptions): void {
  if (!known || (known.holder === request.holder && known.profile === request.profile)) return
  throw new CaError(
    'CA_REQUEST_KEY_REFUSED',
    'this key is certified already, for another holder or another purpose',
    { details: { profile: known.profile } },
  )
}

/** A held certificate may still be revoked for good; anything else only once. */
function refuseSecond({ revoked, sha256 }: CertificateRecord, reason: RevocationReason): void {
  if (!revoked) return
  if (revoked.reason === 'certificateHold' && reason !== 'certificateHold') return
  throw new CaError('CA_ALREADY_REVOKED', 'the certificate is revoked already', {
    details: { sha256, revokedAt: revoked.revokedAt, reason: revoked.reason },
  })
}

function revokedEntry(found: CertificateRecord, request: RevokeOptions, at: Date): EntryDraft {
  const { sha256, issuer, serial } = found
  return {
    type: 'certificate.revoked',
    actor: request.actor,
    subject: `certificate:${sha256}`,
    data: {
      sha256,
      issuer,
      serial,
      reason: request.reason,
      revokedAt: at.toISOString(),
      invalidityDate: request.invalidityDate?.toISOString() ?? null,
    },
  }
}

function stateOf(record: CertificateRecord): CertificateState {
  return {
    sha256: record.sha256,
    certificate: fromBase64(record.certificate),
    profile: record.profile,
    holder: record.holder,
    serial: record.serial,
    notBefore: new Date(record.notBefore),
    notAfter: new Date(record.notAfter),
    revoked: record.revoked ?? undefined,
  }
}

function identifiersOf({ chain, issuer }: AuthorityOptions): Record<IssuerName, string> {
  const rootCertificate = chain.at(-1)
  if (!rootCertificate) throw new TypeError('a chain ends at its root')
  return { issuing: issuerId(issuer.certificate), root: issuerId(rootCertificate) }
}

function unknown(sha256: string): CaError {
  return new CaError('CA_CERTIFICATE_UNKNOWN', 'this authority issued no such certificate', {
    details: { sha256 },
  })
}

function offline(issuer: IssuerName): CaError {
  return new CaError('CA_ISSUER_OFFLINE', 'the key of this authority is not on the box', {
    details: { issuer },
  })
}
