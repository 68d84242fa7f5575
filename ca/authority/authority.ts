/**
 * The issuing authority: issues, revokes, answers who holds a live certificate, publishes CRLs and OCSP answers. Each operation
 * has a `prepare…` form whose entries a higher room puts into one commit with its own, and a plain form that commits.
 * All state is in the journal's views; what is cached here can be built again from them.
 */
import type { CertificateStatus } from '../ocsp/encode.ts'
import { fromHex } from '../bytes.ts'
import { createOcspResponder, type OcspIssuer } from '../ocsp/respond.ts'
import { CaError } from '../errors.ts'
import { serialHex } from '../ocsp/request.ts'
import { readCertificate } from '../path/certificate.ts'
import { pooled } from '../random.ts'
import type { Actor, EntryDraft, Views } from '../journal/types.ts'
import { urlsBelow, type Urls } from '../certificates/extensions.ts'
import { authoritiesOf, type Authorities, type KnownAuthority } from './authorities.ts'
import { createCrlPublisher, crlDays } from './crls.ts'
import { crlIssuedEntry } from './entries.ts'
import { keys } from './keyspace.ts'
import { prepareCertificate, requireUncertifiedKey } from './issue.ts'
import { createRegister, isLive, type Register } from './register.ts'
import { prepareRelease, prepareRevocation } from './revoke.ts'
import type {
  Authority,
  AuthorityKey,
  AuthorityOptions,
  CertificateState,
  IssueOptions,
  PreparedCertificate,
} from './types.ts'

const defaultOcspHours = 24

/** The authority over a journal whose folds include `caFolds`. */
export function createAuthority(options: AuthorityOptions): Authority {
  const { journal, clock, random } = options
  const { ocspValidForHours = defaultOcspHours } = options
  const authorities = authoritiesOf(options)
  const register = createRegister(journal.views)
  const ocsp = createOcspResponder({
    issuers: issuersFor(authorities, { register, views: journal.views }),
    validForHours: ocspValidForHours,
    // Views that could not be written are behind what was answered.
    isCurrent: () => journal.state !== 'read-only',
  })
  const issuing = {
    ...{ journal, clock, random: pooled(random), issuer: authorities.current.signer },
    urls: urlsOf(authorities, options.urls.origin),
  }
  const ownRevocation = revocationKey(authorities.current.certificate)
  const prepareIssue = async (request: IssueOptions): Promise<PreparedCertificate> => {
    // Mostly there is no such record: cheaper to ask for than the certificate's own, which always is.
    if (await journal.views.get(ownRevocation)) {
      throw new CaError('CA_ISSUER_REVOKED', 'the issuing authority was revoked')
    }
    return prepareCertificate(request, issuing)
  }
  const revoking = { journal, clock, authorities }
  return {
    chain: chainOf(authorities),
    roots: authorities.roots.map(({ certificate }) => certificate),
    links: options.links ?? [],
    authorities: authorities.all.map(withoutKeys),
    issuerOf: (certificate) => {
      const issuer = authorities.issuerOf(certificate)
      return issuer && withoutKeys(issuer)
    },
    chainOf: (certificate) => authorities.chainOf(certificate),
    ocsp,
    certificate: (sha256) => register.bySha256(sha256),
    certificateBySerial: async (key, serial) =>
      register.bySerial(authorities.named(key).id, serial),
    certificatesOf: (holder) => register.byHolder(holder),
    certificates: (page) => register.page(page),
    async liveCertificate(sha256, at) {
      const found = await register.bySha256(sha256)
      return found && isLive(found, at) ? found : undefined
    },
    requireUncertifiedKey: (publicKey) => requireUncertifiedKey(publicKey, journal.views),
    prepareIssue,
    async issue(request) {
      const prepared = await prepareIssue(request)
      await journal.commit(prepared)
      return prepared.certificate
    },
    prepareRevoke: (request) => prepareRevocation(request, revoking),
    async revoke(request) {
      // One commit: no moment shows the one without the other.
      await journal.commit(await prepareRevocation(request, revoking))
    },
    prepareRelease: (request) => prepareRelease(request, revoking),
    async release(request) {
      await journal.commit(await prepareRelease(request, revoking))
    },
    ...listsOf(options, authorities),
  }
}

/** What `Authority` has of revocation lists. */
function listsOf(
  { journal, clock }: AuthorityOptions,
  authorities: Authorities,
): Pick<Authority, 'crl' | 'crlOf' | 'crlsFor' | 'refreshCrls' | 'prepareFreshCrls'> {
  const crls = createCrlPublisher({ journal, authorities: authorities.all })
  return {
    crl: async (key) => crls.current(authorities.named(key)),
    async crlOf(certificate) {
      const issuer = authorities.issuerOf(certificate)
      if (issuer) return crls.current(issuer)
      throw new CaError('CA_ISSUER_UNKNOWN', 'no authority of this box issued it')
    },
    crlsFor: (certificates) =>
      Promise.all(authorities.above(certificates).map((authority) => crls.current(authority))),
    async refreshCrls(actor) {
      const at = clock.now()
      const due = await crls.due(at)
      const entries = due.map((authority) => listEntry(authority, { actor, at }))
      if (entries.length > 0) await journal.commit({ entries })
    },
    prepareFreshCrls({ actor, above }) {
      const at = clock.now()
      const online = authorities.all.filter(({ signer }) => signer)
      const more = above === undefined ? {} : { above }
      const entries = online.map((authority) => listEntry(authority, { actor, at, ...more }))
      return { entries, expect: [] }
    },
  }
}

function listEntry(
  { id: issuer, role }: KnownAuthority,
  of: { readonly actor: Actor; readonly at: Date; readonly above?: number },
): EntryDraft {
  return crlIssuedEntry({ issuer, crlValidForDays: crlDays[role], ...of })
}

function issuersFor(
  authorities: Authorities,
  { register, views }: { readonly register: Register; readonly views: Views },
): OcspIssuer[] {
  return authorities.all.flatMap(({ id, certificate, ocsp: signer }) =>
    signer === undefined
      ? []
      : [
          {
            certificate,
            signer,
            statusOf: async (serial: string) => statusOf(await register.bySerial(id, serial)),
            // No status changes without a list in its commit.
            version: async () => (await views.get(keys.crl(id)))?.version ?? 0,
          },
        ],
  )
}

function withoutKeys({ key, role, generation, certificate }: AuthorityKey) {
  return { key, role, generation, certificate }
}

function statusOf(found: CertificateState | undefined): CertificateStatus {
  if (!found) return { status: 'unknown' }
  if (!found.revoked) return { status: 'good' }
  const { revokedAt, reason } = found.revoked
  return { status: 'revoked', revokedAt: new Date(revokedAt), reason }
}

/** From the issuing authority of now to the newest root. */
function chainOf(authorities: Authorities): readonly Uint8Array[] {
  const { certificate } = authorities.current
  return [certificate, ...authorities.chainOf(certificate)]
}

/** The addresses that a certificate below the issuing authority of now carries. */
function urlsOf(authorities: Authorities, origin: string): Urls {
  const { current } = authorities
  const root = authorities.issuerOf(current.certificate)
  return urlsBelow(origin, { issuing: current.key, ...(root && { root: root.key }) })
}

/** Where the views say that a certificate is revoked. */
function revocationKey(certificate: Uint8Array): string {
  const { authorityKeyIdentifier = '', serialNumber } = readCertificate(certificate)
  return keys.revoked(authorityKeyIdentifier, serialHex(fromHex(serialNumber)))
}
