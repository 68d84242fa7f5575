/**
 * Reads OCSP responses (RFC 6960 4.2.1): the status and, where successful, the BasicOCSPResponse. Pure; judges nothing, see
 * `ocsp_verify.ts`. Reads a bare BasicOCSPResponse too, as CMS carries it.
 */
import { toHex } from '../bytes.ts'
import {
  children,
  expectTag,
  malformed,
  readBitString,
  readDer,
  readGeneralizedTime,
  readIntegerOctets,
  readObjectIdentifier,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import { oids } from '../oids.ts'
import { readExtensions, type Extension } from './certificate.ts'
import { readName, type Name } from './names.ts'
import { readHash, type HashName } from './signatures.ts'

/** An answer about a hundred certificates with its chain stays below. */
export const maxOcspBytes = 1024 * 1024
const maxSingleResponses = 1000
const maxOcspCertificates = 16

export type OcspStatus =
  | { readonly status: 'good' | 'unknown' }
  | { readonly status: 'revoked'; readonly date: Date; readonly reason: number }

/** One SingleResponse. */
export interface OcspAnswer {
  readonly hash: HashName | undefined
  readonly issuerNameHash: Uint8Array
  readonly issuerKeyHash: Uint8Array
  readonly serialNumber: string
  readonly certificate: OcspStatus
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  /** A critical extension, none of which is known here. */
  readonly unknownCritical: string | undefined
}

export interface OcspResponse {
  readonly raw: Uint8Array
  /** DER ResponseData: what is signed. */
  readonly tbs: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  /** The responder by name, or by SHA-1 of its key. */
  readonly responder: { readonly name: Name } | { readonly keyHash: Uint8Array }
  readonly producedAt: Date
  readonly answers: readonly OcspAnswer[]
  /** DER certificates sent along. */
  readonly certificates: readonly Uint8Array[]
  readonly unknownCritical: string | undefined
}

/** Reads a successful OCSPResponse, or a BasicOCSPResponse; throws `DER_MALFORMED`, also for an error answer. */
export function readOcspResponse(bytes: Uint8Array): OcspResponse {
  if (bytes.length > maxOcspBytes) throw malformed('OCSP response: too large')
  const whole = readDer(bytes)
  const [status, wrapped] = sequenceOf(whole, 'OCSPResponse')
  if (status?.tag !== 0x0a) return readBasic(whole)
  if (status.contents.length !== 1 || status.contents[0] !== 0 || wrapped?.tag !== 0xa0) {
    throw malformed('the OCSP response is an error answer')
  }
  const [type, octets] = sequenceOf(children(wrapped)[0], 'responseBytes')
  if (readObjectIdentifier(type, 'responseType') !== oids.ocspBasic) {
    throw malformed('not a BasicOCSPResponse')
  }
  return readBasic(readDer(expectTag(octets, 0x04, 'response').contents))
}

function readBasic(node: Node): OcspResponse {
  const [tbs, algorithm, signature, certs, extra] = sequenceOf(node, 'BasicOCSPResponse')
  if (!tbs || !algorithm || extra) throw malformed('BasicOCSPResponse: parts')
  const fields = sequenceOf(tbs, 'ResponseData')
  if (fields[0]?.tag === 0xa0) throw malformed('ResponseData: only version 1 is defined')
  const [responder, producedAt, responses, extensionsNode, more] = fields
  if (more || (extensionsNode && extensionsNode.tag !== 0xa1)) throw malformed('ResponseData')
  const singles = sequenceOf(responses, 'responses')
  const certificates = certs
    ? sequenceOf(children(expectTag(certs, 0xa0, 'certs'))[0], 'certs')
    : []
  if (singles.length > maxSingleResponses || certificates.length > maxOcspCertificates) {
    throw malformed('OCSP response: too many parts')
  }
  return {
    raw: node.raw,
    tbs: tbs.raw,
    signatureAlgorithm: expectTag(algorithm, 0x30, 'signatureAlgorithm').raw,
    signature: readBitString(signature, 'OCSP signature'),
    responder: readResponder(responder),
    producedAt: readGeneralizedTime(producedAt, 'producedAt'),
    answers: singles.map(readAnswer),
    certificates: certificates.map((certificate) => certificate.raw),
    unknownCritical: extensionsNode && criticalOf(readExtensions(children(extensionsNode)[0])),
  }
}

function readResponder(node: Node | undefined): OcspResponse['responder'] {
  const inner = node && children(node)[0]
  if (node?.tag === 0xa1) return { name: readName(inner, 'responderID') }
  if (node?.tag !== 0xa2) throw malformed('responderID')
  return { keyHash: expectTag(inner, 0x04, 'responderID').contents }
}

/** SingleResponse (RFC 6960 4.2.1). */
function readAnswer(node: Node): OcspAnswer {
  const [certId, status, thisUpdate, ...rest] = sequenceOf(node, 'SingleResponse')
  const [hash, nameHash, keyHash, serial, extra] = sequenceOf(certId, 'CertID')
  const next = rest[0]?.tag === 0xa0 ? children(rest.shift() ?? node)[0] : undefined
  const extensionsNode = rest.shift()
  if (extra || rest.length > 0 || (extensionsNode && extensionsNode.tag !== 0xa1)) {
    throw malformed('SingleResponse')
  }
  return {
    hash: readHash(hash, 'CertID hash'),
    issuerNameHash: expectTag(nameHash, 0x04, 'issuerNameHash').contents,
    issuerKeyHash: expectTag(keyHash, 0x04, 'issuerKeyHash').contents,
    serialNumber: toHex(readIntegerOctets(serial, 'serialNumber')),
    certificate: readStatus(status),
    thisUpdate: readGeneralizedTime(thisUpdate, 'thisUpdate'),
    nextUpdate: next && readGeneralizedTime(next, 'nextUpdate'),
    unknownCritical: extensionsNode && criticalOf(readExtensions(children(extensionsNode)[0])),
  }
}

function readStatus(node: Node | undefined): OcspStatus {
  if (node?.tag === 0x80) return { status: 'good' }
  if (node?.tag === 0x82) return { status: 'unknown' }
  const [date, reason] = children(expectTag(node, 0xa1, 'certStatus'))
  const code = reason && expectTag(children(reason)[0], 0x0a, 'reason').contents[0]
  return { status: 'revoked', date: readGeneralizedTime(date, 'revocationTime'), reason: code ?? 0 }
}

function criticalOf(extensions: ReadonlyMap<string, Extension>): string | undefined {
  return [...extensions].find(([, { critical }]) => critical)?.[0]
}
