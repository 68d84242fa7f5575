/**
 * What an issuing authority's key signs, whoever asks: certificates of holders that pass the lint of one of their profiles, and its own
 * revocation lists. For a key in a process of its own, which is handed bytes by one that may have been taken over. Pure.
 */
import { toHex } from '../bytes.ts'
import { signatureAlgorithmIdentifier } from '../certificates/encoding.ts'
import { readIssuer } from '../certificates/issuer.ts'
import { fittingProfile } from '../certificates/lint.ts'
import { brokenCrlChecks, crlNumberOf } from '../certificates/lint/crl.ts'
import { attempt } from '../certificates/lint/parts.ts'
import { profileOf, profiles, type ProfileName } from '../certificates/profiles.ts'
import { readDer, readIntegerOctets, sequenceOf } from '../der/read.ts'
import { CaError } from '../errors.ts'
import type { SignatureAlgorithm } from '../signer.ts'

/** What it is that may be signed. */
export type Signable =
  | {
      readonly kind: 'certificate'
      readonly profile: ProfileName
      /** Hexadecimal. */
      readonly serial: string
    }
  | { readonly kind: 'crl'; readonly number: string }

export interface MaySignInput {
  /** TBSCertificate or TBSCertList, DER. */
  readonly tbs: Uint8Array
  /** Certificate of the key, DER. */
  readonly issuer: Uint8Array
  readonly algorithm: SignatureAlgorithm
}

/** Profiles of holders. Nothing that is an authority: not below, and least of all under the issuer's own name. */
const holderProfiles = (Object.keys(profiles) as ProfileName[]).filter(
  (name) => profileOf(name).authority === undefined,
)

/** Says what it is. Throws `CA_PROFILE_VIOLATED` with the names of the checks for what the key does not sign. */
export function requireSignable(input: MaySignInput): Signable {
  const first = attempt(() => sequenceOf(readDer(input.tbs), 'tbs')[0])
  // TBSCertificate begins with its explicit version, TBSCertList with an INTEGER (RFC 5280 4.1, 5.1).
  if (first?.tag === 0xa0) return requireCertificate(input)
  if (first?.tag === 0x02) return requireCrl(input)
  throw refused(['e_not_strict_der'])
}

function requireCertificate({ tbs, issuer, algorithm }: MaySignInput): Signable {
  const signatureAlgorithm = signatureAlgorithmIdentifier(algorithm)
  const fitting = fittingProfile({ tbs, signatureAlgorithm, issuer }, holderProfiles)
  if ('broken' in fitting) throw refused(fitting.broken)
  const serial = readIntegerOctets(sequenceOf(readDer(tbs), 'TBSCertificate')[1], 'serialNumber')
  return { kind: 'certificate', profile: fitting.profile, serial: toHex(serial) }
}

function requireCrl({ tbs, issuer, algorithm }: MaySignInput): Signable {
  const { subject, subjectKeyIdentifier } = readIssuer(issuer)
  const broken = brokenCrlChecks({
    ...{ tbs, signatureAlgorithm: signatureAlgorithmIdentifier(algorithm) },
    issuer: { subject: subject.raw, subjectKeyIdentifier },
  })
  if (broken.length > 0) throw refused(broken)
  return { kind: 'crl', number: String(crlNumberOf(tbs)) }
}

function refused(broken: readonly string[]): CaError {
  return new CaError('CA_PROFILE_VIOLATED', `the key does not sign this: ${broken.join(', ')}`, {
    details: { lint: broken },
  })
}
