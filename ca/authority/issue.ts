/** Prepares the issuing of a certificate: signs it, and gives the entry that makes it stand. Commits nothing. */
import { sha256Hex } from '../bytes.ts'
import { buildCertificate, drawSerial } from '../certificates/build.ts'
import { CaError } from '../errors.ts'
import { readCertificate } from '../path/certificate.ts'
import { certificateIssuedEntry } from './entries.ts'
import { keys, type CertificateRecord, type PublicKeyRecord } from './keyspace.ts'
import type { AuthorityOptions, IssueOptions, PreparedCertificate } from './types.ts'

/** Machines of units have no time service: a fresh certificate must not look like one of the future to a slow clock. */
export const clockSkewMs = 10 * 60_000

/** Throws `CA_PROFILE_VIOLATED`, `CA_REQUEST_KEY_REFUSED`. */
export async function prepareCertificate(
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

/** Throws `CA_REQUEST_KEY_REFUSED` if the key is certified already for another holder or purpose. */
export async function requireOwnKey(
  request: Pick<IssueOptions, 'profile' | 'holder' | 'publicKey'>,
  views: AuthorityOptions['journal']['views'],
): Promise<void> {
  const known = await views.get(keys.publicKey(sha256Hex(request.publicKey)))
  refuseForeignKey(known?.value as PublicKeyRecord | undefined, request)
}

/** One key, one holder, one purpose: a signing key that also logs in would sign what a server chooses. */
function refuseForeignKey(
  known: PublicKeyRecord | undefined,
  request: Pick<IssueOptions, 'profile' | 'holder'>,
): void {
  if (!known || (known.holder === request.holder && known.profile === request.profile)) return
  throw new CaError(
    'CA_REQUEST_KEY_REFUSED',
    'this key is certified already, for another holder or another purpose',
    { details: { profile: known.profile } },
  )
}
