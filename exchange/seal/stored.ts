/**
 * A prepared seal put away until its signature comes back: from a browser, from a token in another building, days later, after a restart. What is kept is the prepared
 * file and what the seal was prepared for; digest and attributes are taken from it anew, so that nothing kept can make a key sign one thing and the
 * file say another. Format: canonical JSON (RFC 8785), see `docs/formats/sealed-pdf.md`.
 */
import * as z from 'zod'
import {
  canonicalJson,
  fromBase64,
  signatureSuites,
  signedAttributes,
  toBase64,
  type SignatureAlgorithm,
} from '../../ca/index.ts'
import { ExchangeError } from '../errors.ts'
import { readPdf, readSignatureForm } from '../pdf/index.ts'
import { digestOfWhole } from './file.ts'
import type { PreparedSeal } from './prepare.ts'

/** A prepared seal with what it was prepared for. */
export interface StoredSeal {
  readonly prepared: PreparedSeal
  /** DER certificate of the key that will sign. */
  readonly certificate: Uint8Array
  readonly algorithm: SignatureAlgorithm
}

const suites = Object.keys(signatureSuites) as [SignatureAlgorithm, ...SignatureAlgorithm[]]
const bytes = z.base64().transform(fromBase64)
const storedSchema = z.strictObject({
  type: z.literal('sealbox.prepared-seal'),
  v: z.literal(1),
  algorithm: z.enum(suites),
  certificate: bytes,
  certifies: z.boolean(),
  contentsAt: z.int().min(0),
  contentsBytes: z.int().min(1),
  pdf: bytes,
})

/** The bytes to keep. */
export function storeSeal({ prepared, certificate, algorithm }: StoredSeal): Uint8Array {
  const { certifies, contentsAt, contentsBytes, pdf } = prepared
  return canonicalJson({
    type: 'sealbox.prepared-seal',
    v: 1,
    ...{ algorithm, certifies, contentsAt, contentsBytes },
    certificate: toBase64(certificate),
    pdf: toBase64(pdf),
  })
}

/** Reads what was kept. `SIGN_REQUEST_MALFORMED` if it is no such thing, or its place for a signature is not empty or not that of its file; errors of `readPdf` for that. */
export function restoreSeal(kept: Uint8Array): StoredSeal {
  const { pdf, certificate, algorithm, ...place } = parseStored(kept)
  requirePlace(pdf, place)
  const digest = digestOfWhole(pdf, place, signatureSuites[algorithm].digest)
  const attributes = attributesOf(certificate, digest)
  return { prepared: { pdf, ...place, digest, attributes }, certificate, algorithm }
}

function attributesOf(certificate: Uint8Array, digest: Uint8Array): Uint8Array {
  try {
    return signedAttributes({ certificate, digest })
  } catch (cause) {
    throw malformed('its certificate is none', cause)
  }
}

function parseStored(kept: Uint8Array): z.infer<typeof storedSchema> {
  try {
    return storedSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(kept)))
  } catch (cause) {
    throw malformed('it is not what was kept', cause)
  }
}

/** The gap is all zeros, and one signature of the file has exactly this gap in its /ByteRange. */
function requirePlace(
  pdf: Uint8Array,
  { contentsAt, contentsBytes }: { readonly contentsAt: number; readonly contentsBytes: number },
): void {
  const end = contentsAt + 2 * contentsBytes + 2
  const gap = pdf.subarray(contentsAt + 1, end - 1)
  const isEmpty = gap.length === 2 * contentsBytes && gap.every((octet) => octet === 0x30)
  const { fields } = readSignatureForm(readPdf(pdf))
  const value = fields.find((field) => field.value?.contents?.offset === contentsAt)?.value
  const range = [0, contentsAt, end, pdf.length - end]
  if (!isEmpty || value?.byteRange?.join(' ') !== range.join(' ')) {
    throw malformed('its place for a signature is not empty, or not that of its file')
  }
}

function malformed(why: string, cause?: unknown): ExchangeError {
  return new ExchangeError('SIGN_REQUEST_MALFORMED', `the kept seal cannot be read: ${why}`, {
    ...(cause !== undefined && { cause }),
  })
}
