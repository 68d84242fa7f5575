/**
 * Reads RFC 3161 time-stamp tokens: the TSTInfo (2.4.2) inside a SignedData. Pure; judges nothing, see `token_verify.ts`.
 */
import { toHex } from '../bytes.ts'
import {
  children,
  malformed,
  readBoolean,
  readDer,
  readGeneralizedTime,
  readInteger,
  readIntegerOctets,
  readObjectIdentifier,
  sequenceOf,
  expectTag,
  type Node,
} from '../der/read.ts'
import { oids } from '../oids.ts'
import { readExtensions } from './certificate.ts'
import { readHash, type HashName } from './signatures.ts'
import { signedDataOf, type Pieces } from './pieces.ts'
import type { SignedData } from './signed_data.ts'

export interface TimeStampToken {
  readonly signedData: SignedData
  /** DER TSTInfo: the signed content. */
  readonly tstInfo: Uint8Array
  readonly policy: string
  readonly imprintHash: HashName | undefined
  readonly imprint: Uint8Array
  readonly serialNumber: string
  readonly genTime: Date
  /** Milliseconds either way; undefined: not said. */
  readonly accuracyMs: number | undefined
  /** A critical extension, none of which is known here. */
  readonly unknownCritical: string | undefined
}

/** Reads a token (a ContentInfo); throws `DER_MALFORMED`. `padded` as in `readSignedData`. */
export function readTimeStampToken(
  bytes: Uint8Array,
  options: { readonly padded?: boolean; readonly pieces?: Pieces | undefined } = {},
): TimeStampToken {
  const signedData = signedDataOf(bytes, options.padded ?? false, options.pieces)
  const tstInfo = signedData.content
  if (signedData.contentType !== oids.tstInfo || !tstInfo) throw malformed('not a TSTInfo')
  const fields = sequenceOf(readDer(tstInfo), 'TSTInfo')
  if (readInteger(fields.shift(), 'TSTInfo version') !== 1n) throw malformed('TSTInfo version')
  const [policy, imprint, serial, genTime] = fields.splice(0, 4)
  const [algorithm, digest, extra] = sequenceOf(imprint, 'messageImprint')
  if (extra) throw malformed('messageImprint')
  return {
    signedData,
    tstInfo,
    policy: readObjectIdentifier(policy, 'policy'),
    imprintHash: readHash(algorithm, 'hashAlgorithm'),
    imprint: expectTag(digest, 0x04, 'hashedMessage').contents,
    serialNumber: toHex(readIntegerOctets(serial, 'serialNumber')),
    genTime: readGeneralizedTime(genTime, 'genTime'),
    ...readOptional(fields),
  }
}

/** accuracy, ordering, nonce, tsa, extensions: each at most once and in this order. */
function readOptional(fields: readonly Node[]) {
  const order = [0x30, 0x01, 0x02, 0xa0, 0xa1]
  let last = -1
  let accuracyMs: number | undefined
  let unknownCritical: string | undefined
  for (const field of fields) {
    const place = order.indexOf(field.tag)
    if (place <= last) throw malformed('TSTInfo: unknown field')
    last = place
    if (field.tag === 0x30) accuracyMs = readAccuracy(field)
    if (field.tag === 0x01) readBoolean(field, 'ordering')
    if (field.tag === 0x02) readIntegerOctets(field, 'nonce')
    if (field.tag === 0xa1) {
      const extensions = readExtensions({ ...field, tag: 0x30 })
      unknownCritical = [...extensions].find(([, { critical }]) => critical)?.[0]
    }
  }
  return { accuracyMs, unknownCritical }
}

/** Accuracy (RFC 3161 2.4.2), rounded up to milliseconds. */
function readAccuracy(node: Node): number {
  const units = new Map([
    [0x02, 1000],
    [0x80, 1],
    [0x81, 0.001],
  ])
  let total = 0
  for (const part of children(node)) {
    const unit = units.get(part.tag)
    if (unit === undefined) throw malformed('accuracy')
    total += unit * Number(readInteger({ ...part, tag: 0x02 }, 'accuracy'))
  }
  return Math.ceil(total)
}
