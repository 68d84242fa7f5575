/**
 * Second step of a seal: the signature that came back from the unit becomes a CMS in /Contents, with a signature timestamp if one is to be had (PAdES B-B or
 * B-T, EN 319 142-1 6). The key never was here. Evidence follows in `baseline.ts`.
 */
import { createHash } from 'node:crypto'
import { assembleSignedData, type SignatureAlgorithm } from '../../ca/index.ts'
import { ExchangeError } from '../errors.ts'
import {
  appendBytes,
  fillContents,
  putContents,
  type PdfDocument,
  type Placeholder,
} from '../pdf/index.ts'
import { openSource, type SealableFile } from './file.ts'
import type { PreparedSeal, PreparedState } from './prepare.ts'

/** Gives an RFC 3161 token over a SHA-256 imprint (32 bytes); undefined or an error if none is to be had. */
export type Stamp = (imprint: Uint8Array) => Promise<Uint8Array | undefined>

/** Baseline levels of EN 319 142-1, lowest first. */
export type SealLevel = 'B-B' | 'B-T' | 'B-LT' | 'B-LTA'

/** A sealed file, with its state for the next step. */
export interface SealedPdf {
  readonly pdf: Uint8Array
  readonly document: PdfDocument
  readonly file: SealableFile
  readonly level: SealLevel
  /** Length of the signature timestamp, if there is one. */
  readonly tokenBytes?: number
}

export interface SealCompletion {
  readonly prepared: PreparedSeal
  /** Over `prepared.attributes`, as the `Signer` gave it. */
  readonly signature: Uint8Array
  readonly algorithm: SignatureAlgorithm
  /** The certificate that the seal was prepared for. */
  readonly certificate: Uint8Array
  /** What goes into the CMS: the certificate and its issuers, DER. */
  readonly certificates: readonly Uint8Array[]
  /** Absent: level B-B. */
  readonly stamp?: Stamp | undefined
  /**
   * Whether the signature over `data` is the certificate's. Checking is the caller's part, who knows how (a port of `ca`): without it, whatever bytes came back are
   * sealed in.
   */
  readonly verifySignature?: (options: {
    readonly certificate: Uint8Array
    readonly algorithm: SignatureAlgorithm
    readonly data: Uint8Array
    readonly signature: Uint8Array
  }) => boolean | Promise<boolean>
}

/**
 * Puts the signature in. `SEAL_SIGNATURE_WRONG` if `verifySignature` refuses it; `SEAL_LEVEL_UNREACHABLE` if `stamp` fails (the cause inside);
 * `SEAL_PLACEHOLDER_TOO_SMALL`.
 */
export async function completeSeal(completion: SealCompletion): Promise<SealedPdf> {
  await checkSignature(completion)
  const { stamp } = completion
  if (!stamp) return fillSeal(completion, undefined)
  const imprint = new Uint8Array(createHash('sha256').update(completion.signature).digest())
  return fillSeal(completion, await stampOrRefuse(stamp, imprint, 'B-T'))
}

/** The caller's check of the signature; `SEAL_SIGNATURE_WRONG`. */
async function checkSignature(completion: SealCompletion): Promise<void> {
  const { prepared, signature, algorithm, certificate, verifySignature } = completion
  const data = prepared.attributes
  const good = await verifySignature?.({ certificate, algorithm, data, signature })
  if (good === false) {
    throw new ExchangeError('SEAL_SIGNATURE_WRONG', 'the signature is not that of the certificate')
  }
}

/** A token, or `SEAL_LEVEL_UNREACHABLE` that names the level. */
export async function stampOrRefuse(
  stamp: Stamp,
  imprint: Uint8Array,
  level: SealLevel,
): Promise<Uint8Array> {
  let cause: unknown
  try {
    const token = await stamp(imprint)
    if (token) return token
  } catch (error) {
    cause = error
  }
  throw unreachable(level, 'no timestamp was to be had', cause)
}

/** `SEAL_LEVEL_UNREACHABLE` with the level that was asked for. */
export function unreachable(level: SealLevel, why: string, cause: unknown): ExchangeError {
  return new ExchangeError('SEAL_LEVEL_UNREACHABLE', `level ${level} is out of reach: ${why}`, {
    details: { level },
    cause,
  })
}

function fillSeal(completion: SealCompletion, token: Uint8Array | undefined): SealedPdf {
  const { prepared, signature, algorithm, certificate, certificates } = completion
  const cms = assembleSignedData({
    ...{ certificate, algorithm, signature, certificates },
    attributes: prepared.attributes,
    ...(token && { signatureTimeStamp: token }),
  })
  const { after } = prepared
  const pdf = after
    ? filled(after, prepared, cms)
    : fillContents({ pdf: prepared.pdf, cms, placeholder: prepared })
  return sealedPdf({
    pdf,
    level: token ? 'B-T' : 'B-B',
    open: () => after?.over(pdf) ?? openSource(pdf),
    ...(token && { tokenBytes: token.length }),
  })
}

/** The whole file, in memory of its own: the prepared seal stays as it is. */
function filled(after: PreparedState, placeholder: Placeholder, cms: Uint8Array): Uint8Array {
  const pdf = appendBytes(after.base, after.added)
  putContents(pdf, { cms, placeholder })
  return pdf
}

/** A sealed file whose state is made when it is asked for. */
function sealedPdf(options: {
  readonly pdf: Uint8Array
  readonly level: SealLevel
  readonly open: () => SealableFile
  readonly tokenBytes?: number
}): SealedPdf {
  const { open, ...rest } = options
  let file: SealableFile | undefined
  const opened = (): SealableFile => (file ??= open())
  return {
    ...rest,
    get file() {
      return opened()
    },
    get document() {
      return opened().document
    },
  }
}
