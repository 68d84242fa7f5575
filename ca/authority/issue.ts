/** Prepares the issuing of a certificate: signs it, and gives the entry that makes it stand. Commits nothing. */
import { hash } from 'node:crypto'
import { buildAndRead, drawSerial } from '../certificates/build.ts'
import { readIssuer } from '../certificates/issuer.ts'
import type { ProvenPublicKey } from '../certificates/public_key.ts'
import { CaError } from '../errors.ts'
import { certificateIssuedEntry } from './entries.ts'
import type { Signer } from '../signer.ts'
import { keys, type CertificateRecord, type PublicKeyRecord } from './keyspace.ts'
import type { AuthorityOptions, IssueOptions, PreparedCertificate } from './types.ts'

/** Machines of units have no time service: a fresh certificate must not look like one of the future to a slow clock. */
export const clockSkewMs = 10 * 60_000

/** What issuing needs: the authority that issues now, and where to find its list and certificate. */
export type IssuingParts = Pick<AuthorityOptions, 'journal' | 'clock' | 'random' | 'urls'> & {
  readonly issuer: Signer
}

/** Throws `CA_PROFILE_VIOLATED`, `CA_REQUEST_KEY_REFUSED`. */
export async function prepareCertificate(
  request: IssueOptions,
  { journal, issuer, clock, random, urls }: IssuingParts,
): Promise<PreparedCertificate> {
  const { profile, holder } = request
  const publicKeyKey = keys.publicKey(hash('sha256', request.publicKey))
  const known = await journal.views.get(publicKeyKey)
  refuseCertified(known?.value as PublicKeyRecord | undefined)
  const skewed = new Date(clock.now().getTime() - clockSkewMs)
  const { notBefore: earliest } = readIssuer(issuer.certificate)
  const { certificate, read } = await buildAndRead(
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
  const entry = certificateIssuedEntry({ certificate, read, profile, holder, actor: request.actor })
  const { issuer: id, serial } = entry.data as CertificateRecord
  return {
    certificate,
    entries: [entry],
    expect: [
      { key: keys.serial(id, serial), version: null },
      { key: publicKeyKey, version: null },
    ],
  }
}

/** Throws `CA_REQUEST_KEY_REFUSED` if the key was certified before. */
export async function requireUncertifiedKey(
  publicKey: ProvenPublicKey,
  views: AuthorityOptions['journal']['views'],
): Promise<void> {
  const known = await views.get(keys.publicKey(hash('sha256', publicKey)))
  refuseCertified(known?.value as PublicKeyRecord | undefined)
}

/**
 * A key is certified once, ever. For another purpose a signing key would sign what a server chooses; for the same holder again, a key
 * that was revoked, or is years old, would begin a new life.
 */
function refuseCertified(known: PublicKeyRecord | undefined): void {
  if (!known) return
  throw new CaError('CA_REQUEST_KEY_REFUSED', 'this key was certified before', {
    details: { profile: known.profile },
  })
}
