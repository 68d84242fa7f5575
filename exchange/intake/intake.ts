/**
 * Uploads: a small state machine, receiving -> inspecting -> accepted | refused, with a list of inspectors (structure, active and hidden
 * content, classified mark now; virus scan and OCR join the list). Only what every inspector lets through
 * becomes a blob; who uploaded it is noted in the scratch area until a draft names it.
 */
import type { AbstractLevel } from 'abstract-level'

import { sha256Hex, type Blobs, type Clock, type Sha256 } from '../../ca/index.ts'
import { uploadWordsOf } from './words.ts'

export type UploadPurpose = 'document' | 'attachment'

export interface UploadFinding {
  readonly inspector: string
  readonly code: string
  readonly severity: 'refuse' | 'warn'
  /** English, for the operator. */
  readonly message: string
  /** For people, in both languages. */
  readonly words?: { readonly zh: string; readonly en: string }
  /** Number of the page from 1. */
  readonly page?: number
}

/** One look at a file; findings with severity `refuse` keep it out. */
export interface Inspector {
  readonly name: string
  readonly purposes: readonly UploadPurpose[]
  inspect(file: {
    readonly bytes: Uint8Array
    readonly fileName: string
  }): Promise<readonly Omit<UploadFinding, 'inspector' | 'words'>[]>
}

export type Upload = {
  readonly state: 'accepted' | 'refused'
  readonly sha256: Sha256
  readonly bytes: number
  readonly fileName: string
  readonly findings: readonly UploadFinding[]
  readonly at: string
}

export interface Intake {
  /** Inspects and, if nothing objects, keeps the file. The answer says which inspector refused it and why. */
  take(upload: {
    readonly unit: string
    readonly purpose: UploadPurpose
    readonly fileName: string
    readonly bytes: Uint8Array
  }): Promise<Upload>
  /** What this unit uploaded under this name and was accepted; undefined if it did not: a hash alone gives no right to a file. */
  uploadedBy(unit: string, file: Sha256): Promise<Uploaded | undefined>
}

/** What the scratch area keeps of an accepted upload. */
export interface Uploaded {
  /** As what it was inspected: an attachment may be of any kind, a document may not. */
  readonly purposes: readonly UploadPurpose[]
  readonly bytes: number
}

export type Scratch = AbstractLevel<string | Uint8Array | Buffer>

/** A finding with its words; a code of another inspector may have none. */
function told(
  inspector: string,
  finding: Omit<UploadFinding, 'inspector' | 'words'>,
): UploadFinding {
  const words = uploadWordsOf(finding.code)
  return { inspector, ...finding, ...(words && { words }) }
}

export function createIntake(parts: {
  readonly blobs: Blobs
  readonly scratch: Scratch
  readonly clock: Clock
  readonly inspectors: readonly Inspector[]
}): Intake {
  const { blobs, scratch, clock, inspectors } = parts
  const key = (unit: string, file: Sha256): string => `upload/${unit}/${file}`
  const uploadedBy = async (unit: string, file: Sha256): Promise<Uploaded | undefined> => {
    const kept = await scratch.get(key(unit, file))
    return kept === undefined ? undefined : (JSON.parse(kept) as Uploaded)
  }
  return {
    async take({ unit, purpose, fileName, bytes }) {
      const findings: UploadFinding[] = []
      for (const inspector of inspectors) {
        if (!inspector.purposes.includes(purpose)) continue
        const found = await inspector.inspect({ bytes, fileName })
        findings.push(...found.map((finding) => told(inspector.name, finding)))
        // A file that an inspector refuses is not shown to the next: a parser bomb stays with the first.
        if (findings.some(({ severity }) => severity === 'refuse')) break
      }
      const refused = findings.some(({ severity }) => severity === 'refuse')
      const upload: Upload = {
        state: refused ? 'refused' : 'accepted',
        sha256: sha256Hex(bytes),
        bytes: bytes.length,
        fileName,
        findings,
        at: clock.now().toISOString(),
      }
      if (refused) return upload
      await blobs.put(bytes)
      const before = await uploadedBy(unit, upload.sha256)
      const purposes = [...new Set([...(before?.purposes ?? []), purpose])]
      const kept: Uploaded = { purposes, bytes: bytes.length }
      await scratch.put(key(unit, upload.sha256), JSON.stringify(kept))
      return upload
    },
    uploadedBy,
  }
}
