/**
 * The issuing authority: issues, revokes, answers who holds a live certificate, publishes CRLs and OCSP answers. Each operation
 * has a `prepare…` form whose entries a higher room puts into one commit with its own, and a plain form that commits.
 * All state is in the journal's views; what is cached here can be built again from them.
 */
import type { CertificateStatus } from '../ocsp/respond.ts'
import { createOcspResponder } from '../ocsp/respond.ts'
import { urlsBelow, type Urls } from '../certificates/extensions.ts'
import { authoritiesOf, type Authorities } from './authorities.ts'
import { createCrlPublisher, defaultCrlDays } from './crls.ts'
import { crlIssuedEntry } from './entries.ts'
import { prepareCertificate, requireUncertifiedKey } from './issue.ts'
import { createRegister, isLive } from './register.ts'
import { prepareRevocation } from './revoke.ts'
import type { Authority, AuthorityOptions, CertificateState } from './types.ts'

const defaultOcspHours = 24

/** The authority over a journal whose folds include `caFolds`. */
export function createAuthority(options: AuthorityOptions): Authority {
  const { journal, clock, random } = options
  const { crlValidForDays = defaultCrlDays, ocspValidForHours = defaultOcspHours } = options
  const authorities = authoritiesOf(options)
  const register = createRegister(journal.views)
  const crls = createCrlPublisher({ views: journal.views, authorities: authorities.all })
  const ocsp = createOcspResponder({
    issuers: authorities.all.flatMap(({ id, certificate, ocsp: signer }) =>
      signer
        ? [
            {
              ...{ certificate, signer },
              statusOf: async (serial) => statusOf(await register.bySerial(id, serial)),
            },
          ]
        : [],
    ),
    validForHours: ocspValidForHours,
  })
  const issuing = {
    ...{ journal, clock, random, issuer: authorities.current.signer },
    urls: urlsOf(authorities, options.urls.origin),
  }
  const revoking = { journal, clock, crlValidForDays, authorities }
  return {
    chain: chainOf(authorities),
    roots: authorities.roots.map(({ certificate }) => certificate),
    authorities: authorities.all,
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
    prepareIssue: (request) => prepareCertificate(request, issuing),
    async issue(request) {
      const prepared = await prepareCertificate(request, issuing)
      await journal.commit(prepared)
      return prepared.certificate
    },
    prepareRevoke: (request) => prepareRevocation(request, revoking),
    async revoke(request) {
      // One commit: no moment shows the one without the other.
      await journal.commit(await prepareRevocation(request, revoking))
    },
    crl: async (key) => crls.current(authorities.named(key)),
    crlsFor: (certificates) =>
      Promise.all(authorities.above(certificates).map((authority) => crls.current(authority))),
    async refreshCrls(actor) {
      const at = clock.now()
      const due = await crls.due(at)
      const entries = due.map((id) => crlIssuedEntry({ issuer: id, actor, at, crlValidForDays }))
      if (entries.length > 0) await journal.commit({ entries })
    },
  }
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
