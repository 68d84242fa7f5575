/**
 * Takes a signed statement in: is it what this act needs, did the right live certificate sign it, and then time-stamped,
 * detached CMS (CAdES level LT) beside the statement, both as blobs. Decides nothing about the act itself.
 */
import {
  assembleSignedData,
  canonicalJson,
  equal,
  sha256,
  suiteOf,
  verifySignature,
  type Authority,
  type Blobs,
  type Clock,
  type RevocationData,
  type Sha256,
} from '../../ca/index.ts'
import { carriedCertificates } from './carried_certificates.ts'
import { ExchangeError } from '../errors.ts'
import type { SeenHeads } from './seen_heads.ts'
import { statementAttributes } from './sign.ts'
import { stampFact, type StampFact } from './stamp_fact.ts'
import {
  statementBytes,
  statementSchemas,
  type Statement,
  type StatementOf,
  type StatementType,
} from './types.ts'

/** As it arrives with an act. */
export interface SignedStatement {
  readonly statement: unknown
  /** Raw signature over the signed attributes, DER `Ecdsa-Sig-Value` for ECDSA. */
  readonly signature: Uint8Array
  /** SHA-256 of the signing certificate. */
  readonly certificate: Sha256
}

export interface AcceptedStatement<T extends StatementType> {
  readonly statement: StatementOf<T>
  readonly statementHash: Sha256
  readonly signatureHash: Sha256
  /** SHA-256 of the certificate that signed. */
  readonly signingCertificate: Sha256
  /** The time stamp on the signature; none while time-stamping is down. */
  readonly stamps: readonly StampFact[]
}

/** What an entry keeps of an accepted statement. */
export type StatementBinding = {
  readonly statement: Sha256
  readonly signature: Sha256
  /** SHA-256 of the certificate that signed. */
  readonly signingCertificate: Sha256
  readonly stamps: readonly StampFact[]
}

/** The statement as the entry of an act names it. */
export function bindingIn(
  accepted: Omit<AcceptedStatement<StatementType>, 'statement'>,
): StatementBinding {
  const { statementHash, signatureHash, signingCertificate, stamps } = accepted
  return { statement: statementHash, signature: signatureHash, signingCertificate, stamps }
}

export interface StatementDesk {
  /**
   * Throws `STATEMENT_MALFORMED`, `STATEMENT_MISMATCH` (naming the field), `CERTIFICATE_NOT_LIVE`, `SIGNATURE_INVALID`.
   * `must` are the fields that this act fixes.
   */
  accept<T extends StatementType>(
    type: T,
    signed: SignedStatement,
    must: Partial<StatementOf<T>> & { readonly signer: string },
  ): Promise<AcceptedStatement<T>>
  /**
   * A second signature over the very bytes of a statement that somebody else signed.
   * Throws `CERTIFICATE_NOT_LIVE`, `SIGNATURE_INVALID`.
   */
  countersign(
    statement: Statement,
    signed: Omit<SignedStatement, 'statement'>,
    signer: string,
  ): Promise<Pick<AcceptedStatement<StatementType>, 'signatureHash' | 'stamps'>>
}

/** A claimed time may differ this much from the box's. */
export const maxClaimedSkewSeconds = 600

export interface StatementDeskParts {
  readonly authority: Authority
  readonly blobs: Blobs
  readonly clock: Clock
  readonly box: string
  /** A time-stamp token over a SHA-256, or undefined while time-stamping is down (stamped later, beside it). */
  readonly stamp: (imprint: Uint8Array) => Promise<Uint8Array | undefined>
  /** Is told the head of each statement whose signature fits. */
  readonly seenHeads: SeenHeads
  /** Revocation data for a certificate of ours, fresh now. */
  readonly evidence: (certificate: Uint8Array) => Promise<RevocationData>
}

export function createStatementDesk(parts: StatementDeskParts): StatementDesk {
  const { blobs, clock, box, seenHeads } = parts
  return {
    async accept(type, signed, must) {
      const statement = parse(type, signed.statement)
      requireFields(statement, { ...must, box })
      requireRecent(statement.at, clock.now())
      const verified = await verifySigned(parts, statement, { ...signed, signer: must.signer })
      if (statement.head !== null) await seenHeads.note(statement.signer, statement.head.size)
      const { cms, stamps } = await completeSignature(parts, verified)
      const [statementHash, signatureHash] = await Promise.all([
        blobs.put(statementBytes(statement)),
        blobs.put(cms),
      ])
      const { certificate: signingCertificate } = signed
      return { statement, statementHash, signatureHash, signingCertificate, stamps }
    },
    async countersign(statement, signed, signer) {
      const verified = await verifySigned(parts, statement, { ...signed, signer })
      const { cms, stamps } = await completeSignature(parts, verified)
      return { signatureHash: await blobs.put(cms), stamps }
    },
  }
}

interface Verified {
  readonly certificate: Uint8Array
  readonly attributes: Uint8Array
  readonly signature: Uint8Array
}

/** The signature fits the statement and is of a live signing certificate of `signer`. */
async function verifySigned(
  { authority, clock }: StatementDeskParts,
  statement: Statement,
  signed: Omit<SignedStatement, 'statement'> & { readonly signer: string },
): Promise<Verified> {
  const live = await authority.liveCertificate(signed.certificate, clock.now())
  if (live?.holder !== signed.signer || !maySign(statement.type, live.profile)) {
    throw new ExchangeError('CERTIFICATE_NOT_LIVE', 'the signing certificate is not live', {
      details: { certificate: signed.certificate },
    })
  }
  const { certificate } = live
  const { signature } = signed
  const attributes = statementAttributes(statement, certificate)
  if (!verifySignature({ certificate, bytes: attributes, signature })) {
    throw new ExchangeError('SIGNATURE_INVALID', 'the signature does not fit the statement')
  }
  return { certificate, attributes, signature }
}

/** Detached CMS with time stamp, chain and revocation data (CAdES level LT). */
async function completeSignature(
  { authority, stamp, evidence }: StatementDeskParts,
  { certificate, attributes, signature }: Verified,
): Promise<{ readonly cms: Uint8Array; readonly stamps: readonly StampFact[] }> {
  const token = await stamp(sha256(signature))
  // Asked after the stamp, so that the answer is not older than the signature (EN 319 102-1 5.2.6).
  const { crls, ocspResponses } = await evidence(certificate)
  const cms = assembleSignedData({
    certificate,
    algorithm: suiteOf(certificate),
    attributes,
    signature,
    certificates: carriedCertificates(authority, certificate),
    ...(token && { signatureTimeStamp: token }),
    revocation: { crls, ocspResponses },
  })
  return { cms, stamps: token === undefined ? [] : [stampFact(token)] }
}

const signingProfiles: ReadonlySet<string> = new Set(['seat-signing', 'officer-signing'])
/** Auditors and administrators bind nobody by a signature; their certificates they renew themselves. */
const renewingProfiles: ReadonlySet<string> = new Set([
  ...signingProfiles,
  'auditor-signing',
  'administrator-signing',
])

function maySign(type: StatementType, profile: string): boolean {
  return (type === 'sealbox.renewal' ? renewingProfiles : signingProfiles).has(profile)
}

function parse<T extends StatementType>(type: T, value: unknown): StatementOf<T> {
  const parsed = statementSchemas[type].safeParse(value)
  if (parsed.success) return parsed.data as StatementOf<T>
  const [issue] = parsed.error.issues
  throw new ExchangeError('STATEMENT_MALFORMED', `not a statement ${type}`, {
    details: { field: issue?.path.join('.') ?? '', rule: issue?.message ?? '' },
  })
}

function requireFields(statement: object, must: object): void {
  const given = statement as Record<string, unknown>
  for (const [field, value] of Object.entries(must)) {
    if (equal(canonicalJson(given[field] ?? null), canonicalJson(value))) continue
    throw new ExchangeError(
      'STATEMENT_MISMATCH',
      `the statement's ${field} is not what is signed for`,
      {
        details: { field },
      },
    )
  }
}

function requireRecent(at: string, now: Date): void {
  if (Math.abs(Date.parse(at) - now.getTime()) > maxClaimedSkewSeconds * 1000) {
    throw new ExchangeError('STATEMENT_MISMATCH', "the statement's time is not about now", {
      details: { field: 'at' },
    })
  }
}
