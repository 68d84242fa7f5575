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
import type { SealableFile } from './file.ts'

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
export interface BaselineResult extends Pick<SealedPdf, 'pdf' | 'document' | 'file' | 'level'> {
  /** `SEAL_LEVEL_UNREACHABLE`; absent at the level that was asked for. */
  readonly failure?: ExchangeError
}

/**
 * Completes a seal to B-LTA. `SEAL_LEVEL_UNREACHABLE` unless `onStampFailure` is `stamp-later`; all other errors as `completeSeal` and
 * `appendDocumentTimestamp`.
 */
export async function sealToBaselineLta(request: BaselineRequest): Promise<BaselineResult> {
  return sealTo('B-LTA', request)
}

/** Completes a seal to B-LT: evidence inside, and no document timestamp over it. Errors as `sealToBaselineLta`. */
export async function sealToBaselineLt(request: BaselineRequest): Promise<BaselineResult> {
  return sealTo('B-LT', request)
}

async function sealTo(level: 'B-LT' | 'B-LTA', request: BaselineRequest): Promise<BaselineResult> {
  let reached: BaselineResult | undefined
  try {
    const stamped = await completeSeal(request)
    reached = stamped
    const stored = appendDss({ pdf: stamped.file, ...(await fetchEvidence(request)) })
    reached = { ...stored, level: 'B-LT' }
    if (level === 'B-LT') return reached
    const { tokenBytes } = stamped
    return await timestampToLta({ ...request, file: stored.file, tokenBytes })
  } catch (error) {
    const wanted = request.onStampFailure === 'stamp-later'
    if (!wanted || !(error instanceof ExchangeError) || error.code !== 'SEAL_LEVEL_UNREACHABLE') {
      throw error
    }
    reached ??= await completeSeal({ ...request, stamp: undefined })
    const { pdf, document, file } = reached
    return { pdf, document, file, level: reached.level, failure: error }
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
}): Promise<BaselineResult> {
  const { tokenBytes, file } = options.pdf
  const stored = appendDss({ pdf: file, ...(await fetchEvidence(options)) })
  return timestampToLta({ ...options, file: stored.file, tokenBytes })
}

async function timestampToLta(options: {
  readonly file: SealableFile
  readonly tokenBytes: number | undefined
  readonly stamp: Stamp
  readonly timestampFieldName?: string
}): Promise<BaselineResult> {
  const { file, stamp, tokenBytes, timestampFieldName: fieldName } = options
  const stamped = await appendDocumentTimestamp({
    pdf: file,
    stamp,
    likeTokenBytes: tokenBytes,
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
