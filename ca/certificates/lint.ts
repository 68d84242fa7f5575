/**
 * Pre-issuance lint: reads back the very bytes that are about to be signed and refuses what breaks RFC 5280 or the profile, as tables
 * of checks with the names that zlint gives them where it has one. It sees one certificate and its issuer's; it validates no path.
 * A warning (`w_`) refuses as an error (`e_`) does: nothing of ours needs to earn one.
 */
import { CaError } from '../errors.ts'
import * as der from '../der/write.ts'
import { readCertificateBy, type Certificate } from '../path/certificate.ts'
import { readIssuer } from './issuer.ts'
import { linterOf, type Checks } from './lint/check.ts'
import { extensionChecks } from './lint/extensions.ts'
import { fieldChecks } from './lint/fields.ts'
import { keyUsageChecks } from './lint/key_usage.ts'
import { attempt, takeApart, type CertificateParts } from './lint/parts.ts'
import { profileChecks } from './lint/profile.ts'
import { profileOf, type ProfileName } from './profiles.ts'

export interface LintInput {
  /** TBSCertificate, DER. */
  readonly tbs: Uint8Array
  /** AlgorithmIdentifier that will stand outside, DER. */
  readonly signatureAlgorithm: Uint8Array
  readonly profile: ProfileName
  /** Certificate of the issuer, DER; undefined where the certificate signs itself. */
  readonly issuer: Uint8Array | undefined
}

/** Checks that hold for anybody's certificate. */
const generalChecks: Checks<CertificateParts> = {
  ...fieldChecks,
  ...keyUsageChecks,
  ...extensionChecks,
}

const lintGenerally = linterOf(generalChecks)
const lintIssuance = linterOf(profileChecks)

/** Names of all checks, for what lists them. */
export const checkNames: readonly string[] = [
  'e_not_strict_der',
  ...Object.keys(generalChecks),
  ...Object.keys(profileChecks),
]

/**
 * The certificate as a relying party will read it, its signature still empty. Throws `CA_PROFILE_VIOLATED` naming the checks that
 * object in `details.lint`.
 */
export function lintCertificate(input: LintInput): Certificate {
  const { broken, certificate } = lint(input)
  if (broken.length === 0 && certificate) return certificate
  throw new CaError('CA_PROFILE_VIOLATED', `the certificate would break ${broken.join(', ')}`, {
    details: { lint: broken },
  })
}

/** Names of all checks that object, in the order of the tables; `e_not_strict_der` where a strict reader would not take the bytes. */
export function brokenChecks(input: LintInput): string[] {
  return lint(input).broken
}

/** Names of the checks of RFC 5280 that object to a certificate of whomever. */
export function brokenRfcChecks(input: Pick<LintInput, 'tbs' | 'signatureAlgorithm'>): string[] {
  return generalLint(input).broken
}

/**
 * The first of `profiles` that nothing objects to by; `broken` are the checks of the one that comes nearest. For who does not know what
 * the certificate is to be.
 */
export function fittingProfile(
  input: Omit<LintInput, 'profile'>,
  profiles: readonly ProfileName[],
): { readonly profile: ProfileName } | { readonly broken: readonly string[] } {
  const { broken, certificate } = generalLint(input)
  if (!certificate || broken.length > 0) return { broken }
  const isSelfSigned = input.issuer === undefined
  const issuer = input.issuer ? readIssuer(input.issuer) : certificate
  let nearest: string[] | undefined
  for (const profile of profiles) {
    const objects = lintIssuance({
      ...{ certificate, issuer, isSelfSigned },
      profile: profileOf(profile),
    })
    if (objects.length === 0) return { profile }
    if (nearest === undefined || objects.length < nearest.length) nearest = objects
  }
  return { broken: nearest ?? [] }
}

interface Linted {
  readonly broken: string[]
  /** As a relying party reads it; undefined where it cannot be. */
  readonly certificate: Certificate | undefined
}

function lint(input: LintInput): Linted {
  const { broken, certificate } = generalLint(input)
  if (!certificate) return { broken, certificate }
  const issuance = {
    certificate,
    issuer: input.issuer ? readIssuer(input.issuer) : certificate,
    isSelfSigned: input.issuer === undefined,
    profile: profileOf(input.profile),
  }
  return { broken: [...broken, ...lintIssuance(issuance)], certificate }
}

function generalLint({
  tbs,
  signatureAlgorithm,
  issuer,
}: Pick<LintInput, 'tbs' | 'signatureAlgorithm'> & Partial<LintInput>): Linted {
  // A signature is still missing; all else is as it will be.
  const whole = der.sequence(tbs, signatureAlgorithm, der.bitString(new Uint8Array()))
  const issuerName = issuer && readIssuer(issuer).subject
  const certificate = attempt(() => readCertificateBy(whole, issuerName))
  const parts = attempt(() => takeApart(tbs, signatureAlgorithm, certificate))
  const strict = certificate && parts ? [] : ['e_not_strict_der']
  return { broken: [...strict, ...(parts ? lintGenerally(parts) : [])], certificate }
}
