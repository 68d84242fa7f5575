/**
 * From a signature to PAdES B-LTA in one go: signature timestamp, evidence, document timestamp (EN 319 142-1 6). Never a lower level in silence: either the
 * error, or the lower level by name where the caller asked for it.
 */
import { ExchangeError } from '../errors.ts'
import {
  completeSeal,
  unreachable,
  type SealCompletion,
  type SealedPdf,
  type Stamp,
} from './complete.ts'
import { appendDocumentTimestamp } from './document_timestamp.ts'
import { appendDss, type Evidence } from './dss.ts'

export interface BaselineRequest extends SealCompletion {
  readonly stamp: Stamp
  /**
   * Chain, CRLs and OCSP answers for the seal and for both timestamps. Asked after the signature timestamp is there, so that an OCSP answer made then has a
   * `thisUpdate` not before `genTime`.
   */
  readonly evidence: () => Promise<Evidence>
  readonly timestampFieldName?: string
  /** What to do when a timestamp or evidence fails: refuse (the default), or give the level that was reached, to be stamped beside the file later. */
  readonly onStampFailure?: 'refuse' | 'stamp-later'
}

/** A file of the level that was asked for, or of a lower one with the reason. */
export interface BaselineResult extends SealedPdf {
  /** `SEAL_LEVEL_UNREACHABLE`; absent at B-LTA. */
  readonly failure?: ExchangeError
}

/**
 * Completes a seal to B-LTA. `SEAL_LEVEL_UNREACHABLE` unless `onStampFailure` is `stamp-later`; all other errors as `completeSeal` and
 * `appendDocumentTimestamp`.
 */
export async function sealToBaselineLta(request: BaselineRequest): Promise<BaselineResult> {
  let reached: SealedPdf | undefined
  try {
    reached = await completeSeal(request)
    reached = {
      ...appendDss({ pdf: reached.document, ...(await fetchEvidence(request)) }),
      level: 'B-LT',
    }
    return await timestampToLta({ ...request, pdf: reached })
  } catch (error) {
    const wanted = request.onStampFailure === 'stamp-later'
    if (!wanted || !(error instanceof ExchangeError) || error.code !== 'SEAL_LEVEL_UNREACHABLE') {
      throw error
    }
    reached ??= await completeSeal({ ...request, stamp: undefined })
    return { ...reached, failure: error }
  }
}

/**
 * Brings a file of level B-T, also with several seals, to B-LTA: evidence for all of them, then one document timestamp. For joint documents: complete each seal with
 * `completeSeal`, the last step is this. `SEAL_LEVEL_UNREACHABLE`.
 */
export async function addBaselineEvidence(options: {
  readonly pdf: SealedPdf
  readonly evidence: () => Promise<Evidence>
  readonly stamp: Stamp
  readonly timestampFieldName?: string
}): Promise<SealedPdf> {
  const stored = appendDss({ pdf: options.pdf.document, ...(await fetchEvidence(options)) })
  return timestampToLta({ ...options, pdf: { ...stored, level: 'B-LT' } })
}

async function timestampToLta(options: {
  readonly pdf: SealedPdf
  readonly stamp: Stamp
  readonly timestampFieldName?: string
}): Promise<SealedPdf> {
  const { pdf, stamp, timestampFieldName: fieldName } = options
  const stamped = await appendDocumentTimestamp({
    pdf: pdf.document,
    stamp,
    ...(fieldName !== undefined && { fieldName }),
  })
  return { ...stamped, level: 'B-LTA' }
}

async function fetchEvidence(options: {
  readonly evidence: () => Promise<Evidence>
}): Promise<Evidence> {
  try {
    return await options.evidence()
  } catch (cause) {
    throw unreachable('B-LT', 'no evidence was to be had', cause)
  }
}
