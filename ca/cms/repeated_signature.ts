/**
 * The same CMS SignedData as `signed_data.ts` writes, for who signs the same kind of content with the same certificate a million
 * times: everything but content, digest and signature is written once. Pure.
 */
import { concat } from '../bytes.ts'
import { children, readDer } from '../der/read.ts'
import { writeBackwards } from '../der/backwards.ts'
import * as der from '../der/write.ts'
import { oids } from '../oids.ts'
import { digestOctets, signatureSuites, type SignatureAlgorithm } from '../signer.ts'
import { assembleSignedData, signedAttributes } from './signed_data.ts'

export interface RepeatedSignature {
  /** Signed attributes over content with this hash (of the suite), as they are signed. */
  attributes(digest: Uint8Array): Uint8Array
  /** The ContentInfo around content, attributes and signature; its certificates inside if they are wanted. */
  assemble(parts: {
    readonly content: Uint8Array
    readonly attributes: Uint8Array
    readonly signature: Uint8Array
    readonly withCertificates: boolean
    /** What else it carries, signed by nobody here; with certificates of its own only where `withCertificates` is. */
    readonly carried?: CarriedPieces | undefined
  }): Uint8Array
}

/** Evidence that travels inside a SignedData (RFC 5652 5.1: certificates, crls), DER. */
export interface CarriedPieces {
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
}

export function createRepeatedSignature(options: {
  readonly certificate: Uint8Array
  readonly algorithm: SignatureAlgorithm
  /** DER. */
  readonly certificates: readonly Uint8Array[]
  readonly contentType: string
}): RepeatedSignature {
  const { certificate, algorithm, contentType } = options
  // Recognisable, to be found again in what was written around it.
  const octets = digestOctets[signatureSuites[algorithm].digest]
  const mark = new Uint8Array(octets).fill(0xa5)
  const attributes = signedAttributes({ certificate, digest: mark, contentType })
  const digestAt = Buffer.from(attributes).indexOf(mark)
  const whole = assembleSignedData({
    ...{ certificate, algorithm, attributes },
    signature: new Uint8Array(1),
    certificates: [],
    content: { type: contentType, bytes: new Uint8Array(1) },
  })
  const { version, digestAlgorithms, signer, signatureAlgorithm } = constantParts(whole)
  const head = concat(version, digestAlgorithms)
  const inside = der.element(0xa0, concat(...options.certificates))
  const type = der.objectIdentifier(contentType)
  const signedDataType = der.objectIdentifier(oids.signedData)
  const constant =
    aroundOctets +
    [signer, signatureAlgorithm, type, head, signedDataType].reduce(
      (sum, part) => sum + part.length,
      0,
    )
  return {
    attributes(digest) {
      const filled = attributes.slice()
      filled.set(digest, digestAt)
      return filled
    },
    assemble({ content, attributes: signed, signature, withCertificates, carried }) {
      const certificates = carried
        ? der.element(0xa0, ...distinct([...options.certificates, ...carried.certificates]))
        : inside
      const crls = carried && carried.crls.length > 0 ? distinct(carried.crls) : undefined
      const lists = crls ? der.element(0xa1, ...crls) : new Uint8Array()
      const variable = content.length + signed.length + signature.length + lists.length
      const out = writeBackwards(constant + variable + (withCertificates ? certificates.length : 0))
      out.put(signature)
      out.wrap(0x04, 0)
      out.put(signatureAlgorithm)
      // As signed they are a SET OF; inside SignerInfo they bear a tag of their own (RFC 5652 5.4).
      out.put(signed.subarray(1))
      out.put(implicitSet)
      out.put(signer)
      out.wrap(0x30, 0)
      out.wrap(0x31, 0)
      out.put(lists)
      if (withCertificates) out.put(certificates)
      const end = out.length
      out.put(content)
      out.wrap(0x04, end)
      out.wrap(0xa0, end)
      out.put(type)
      out.wrap(0x30, end)
      out.put(head)
      out.wrap(0x30, 0)
      out.wrap(0xa0, 0)
      out.put(signedDataType)
      out.wrap(0x30, 0)
      return out.bytes()
    },
  }
}

/** Each once, as a SET OF has them in order (X.690 11.6). */
function distinct(pieces: readonly Uint8Array[]): Uint8Array[] {
  const sorted = pieces.toSorted(der.compareBytes)
  return sorted.filter((piece, at) => at === 0 || der.compareBytes(piece, sorted[at - 1] ?? piece))
}

/** Identifier octet of the signed attributes inside a SignerInfo. */
const implicitSet = Uint8Array.of(0xa0)
/** Identifiers and lengths of the nine elements around what varies, at most. */
const aroundOctets = 9 * 5

/** The elements that are the same in each, as they were written. */
function constantParts(whole: Uint8Array): {
  readonly version: Uint8Array
  readonly digestAlgorithms: Uint8Array
  /** Version, name of the signer, and digest algorithm of the SignerInfo. */
  readonly signer: Uint8Array
  readonly signatureAlgorithm: Uint8Array
} {
  const [, explicit] = children(readDer(whole))
  const [signedData] = explicit ? children(explicit) : []
  const [version, digestAlgorithms, , signerInfos] = signedData ? children(signedData) : []
  const [signerInfo] = signerInfos ? children(signerInfos) : []
  const [signerVersion, name, digest, , algorithm] = signerInfo ? children(signerInfo) : []
  if (!version || !digestAlgorithms || !signerVersion || !name || !digest || !algorithm) {
    throw new TypeError('not a SignedData of ours')
  }
  return {
    version: version.raw,
    digestAlgorithms: digestAlgorithms.raw,
    signer: concat(signerVersion.raw, name.raw, digest.raw),
    signatureAlgorithm: algorithm.raw,
  }
}
