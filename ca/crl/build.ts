/**
 * Writes and signs full certificate revocation lists (RFC 5280 5), without issuing distribution point, so that any validator takes
 * them as they are. Expired certificates stay on the list, and ExpiredCertsOnCRL says so (X.509 9.5.2.8), as archives need.
 */
import { fromHex } from '../bytes.ts'
import { extension, signatureAlgorithmIdentifier } from '../certificates/encoding.ts'
import { brokenCrlHeadChecks } from '../certificates/lint/crl.ts'
import * as der from '../der/write.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import { readCertificate } from '../path/certificate.ts'
import type { Signer } from '../signer.ts'
import { createCrlEntries, type CrlEntries, type RevokedCertificate } from './entries.ts'

export type { RevokedCertificate } from './entries.ts'

export interface CrlOptions {
  readonly signer: Signer
  readonly number: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/**
 * DER CertificateList. `number` is the CRL number; no `revokedAt` may lie after `thisUpdate`. Throws `CA_PROFILE_VIOLATED` if the lint
 * objects; then nothing was signed. All at once, for short lists: long ones are kept as `CrlEntries`.
 */
export async function buildCrl(
  options: CrlOptions & { readonly revoked: readonly RevokedCertificate[] },
): Promise<Uint8Array> {
  const entries = createCrlEntries()
  for (const one of options.revoked) entries.put(one)
  return signCrl({ ...options, entries, turn: () => undefined })
}

/** As `buildCrl`, of entries that are encoded already; `turn` is awaited between steps. */
export async function signCrl(
  options: CrlOptions & {
    readonly entries: CrlEntries
    readonly turn: () => Promise<void> | undefined
  },
): Promise<Uint8Array> {
  const { signer, entries, turn } = options
  if (entries.latest > options.thisUpdate) throw refused('e_crl_revocation_time_after_this_update')
  const pieces = await entries.pieces(turn)
  const issuer = readCertificate(signer.certificate)
  const algorithm = signatureAlgorithmIdentifier(signer.algorithm)
  const authorityKey = fromHex(issuer.subjectKeyIdentifier ?? '')
  const extensions = der.sequence(
    extension(oids.authorityKeyIdentifier, der.sequence(der.implicit(0, authorityKey))),
    extension(oids.crlNumber, der.integer(options.number)),
    extension(oids.expiredCertsOnCrl, der.generalizedTime(issuer.notBefore)),
  )
  const tbs = der.sequence(
    der.integer(1),
    algorithm,
    issuer.subject.raw,
    der.time(options.thisUpdate),
    der.time(options.nextUpdate),
    // RFC 5280 5.1.2.6: absent, not empty.
    ...(pieces.length > 0 ? [der.sequence(...pieces)] : []),
    der.explicit(0, extensions),
  )
  const { subjectKeyIdentifier, subject } = issuer
  const [lint] = brokenCrlHeadChecks({
    ...{ tbs, signatureAlgorithm: algorithm },
    issuer: { subject: subject.raw, subjectKeyIdentifier },
  })
  if (lint !== undefined) throw refused(lint)
  await turn()
  const signature = await signer.sign(tbs)
  return der.sequence(tbs, algorithm, der.bitString(signature))
}

function refused(lint: string): CaError {
  return new CaError('CA_PROFILE_VIOLATED', `${lint}: no list that may be signed`, {
    details: { lint },
  })
}
