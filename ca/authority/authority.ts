/**
 * The issuing authority: issues, revokes, answers who holds a live certificate, publishes CRLs and OCSP answers. Each operation
 * has a `prepare…` form whose entries a higher room puts into one commit with its own, and a plain form that commits.
 * All state is in the journal's views; what is cached here can be built again from them.
 */
import type { CertificateStatus } from '../ocsp/respond.ts'
import { createOcspResponder } from '../ocsp/respond.ts'
import { createCrlPublisher, defaultCrlDays } from './crls.ts'
import { crlIssuedEntry, issuerId } from './entries.ts'
import { prepareCertificate, requireUncertifiedKey } from './issue.ts'
import { createRegister, isLive } from './register.ts'
import { prepareRevocation } from './revoke.ts'
import type { Authority, AuthorityOptions, CertificateState, IssuerName } from './types.ts'

const defaultOcspHours = 24

/** The authority over a journal whose folds include `caFolds`. */
export function createAuthority(options: AuthorityOptions): Authority {
  const { journal, issuer, root, clock } = options
  const { crlValidForDays = defaultCrlDays, ocspValidForHours = defaultOcspHours } = options
  const identifiers = identifiersOf(options)
  const register = createRegister(journal.views)
  const crls = createCrlPublisher({
    views: journal.views,
    signers: { root, issuing: issuer },
    identifiers,
  })
  const ocsp = createOcspResponder({
    issuer: issuer.certificate,
    signer: options.ocsp,
    validForHours: ocspValidForHours,
    statusOf: async (serial) => statusOf(await register.bySerial(identifiers.issuing, serial)),
  })
  return {
    chain: options.chain,
    ocsp,
    certificate: (sha256) => register.bySha256(sha256),
    certificateBySerial: (name, serial) => register.bySerial(identifiers[name], serial),
    certificatesOf: (holder) => register.byHolder(holder),
    certificates: (page) => register.page(page),
    async liveCertificate(sha256, at) {
      const found = await register.bySha256(sha256)
      return found && isLive(found, at) ? found : undefined
    },
    requireUncertifiedKey: (publicKey) => requireUncertifiedKey(publicKey, journal.views),
    prepareIssue: (request) => prepareCertificate(request, options),
    async issue(request) {
      const prepared = await prepareCertificate(request, options)
      await journal.commit(prepared)
      return prepared.certificate
    },
    prepareRevoke: (request) => prepareRevocation(request, options),
    async revoke(request) {
      // One commit: no moment shows the one without the other.
      await journal.commit(await prepareRevocation(request, options))
    },
    crl: (name) => crls.current(name),
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

function identifiersOf({ chain, issuer }: AuthorityOptions): Record<IssuerName, string> {
  const rootCertificate = chain.at(-1)
  if (!rootCertificate) throw new TypeError('a chain ends at its root')
  return { issuing: issuerId(issuer.certificate), root: issuerId(rootCertificate) }
}
