/** The box attests what is in a bundle: a detached CAdES signature by the journal's key (level LT), so that a box that leaves something out has signed so. */
import { createHash } from 'node:crypto'
import {
  assembleSignedData,
  sha256,
  signedAttributes,
  type Authority,
  type RevocationData,
  type Signer,
} from '../../ca/index.ts'
import { carriedCertificates } from '../statement/carried_certificates.ts'

/** Signs the manifest's bytes; gives the CMS, DER. */
export type Attest = (manifest: Uint8Array) => Promise<Uint8Array>

/** `stamp` and `evidence` as for statements (`exchange/statement/accept.ts`). */
export function createAttest(parts: {
  /** The journal's key as it is now: it may change while the box runs. */
  readonly signer: () => Signer
  readonly authority: Pick<Authority, 'chainOf' | 'links' | 'authorities'>
  readonly stamp: (imprint: Uint8Array) => Promise<Uint8Array | undefined>
  readonly evidence: (certificate: Uint8Array) => Promise<RevocationData>
}): Attest {
  return async (manifest) => {
    const { authority } = parts
    const signer = parts.signer()
    const { certificate, algorithm } = signer
    // RFC 8419 3.1: beside Ed25519 the digest is SHA-512.
    const digest = new Uint8Array(createHash('sha512').update(manifest).digest())
    const attributes = signedAttributes({ certificate, digest })
    const signature = await signer.sign(attributes)
    const token = await parts.stamp(sha256(signature))
    // Asked after the stamp, so that the answer is not older than the signature (EN 319 102-1 5.2.6).
    const { crls, ocspResponses } = await parts.evidence(certificate)
    return assembleSignedData({
      ...{ certificate, algorithm, attributes, signature },
      certificates: carriedCertificates(authority, certificate),
      ...(token && { signatureTimeStamp: token }),
      revocation: { crls, ocspResponses },
    })
  }
}
