/**
 * Uploads: a small state machine, receiving -> inspecting -> accepted | refused, with a list of inspectors (structure, active
 * content, classified mark now; virus scan, shadow lint and OCR join the list). Only what every inspector lets through
 * becomes a blob; who uploaded it is noted in the scratch area until a draft names it.
 */
import type { AbstractLevel } from 'abstract-level'
import { sha256Hex, type Blobs, type Clock, type Sha256 } from '../../ca/index.ts'

export type UploadPurpose = 'document' | 'attachment'

export interface UploadFinding {
  readonly inspector: string
  readonly code: string
  readonly severity: 'refuse' | 'warn'
  readonly message: string
  readonly page?: number
}

/** One look at a file; findings with severity `refuse` keep it out. */
export interface Inspector {
  readonly name: string
  readonly purposes: readonly UploadPurpose[]
  inspect(file: {
    readonly bytes: Uint8Array
    readonly fileName: string
  }): Promise<readonly Omit<UploadFinding, 'inspector'>[]>
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
  /** Whether this unit uploaded this file and it was accepted. */
  uploadedBy(unit: string, file: Sha256): Promise<boolean>
}

export type Scratch = AbstractLevel<string | Uint8Array | Buffer>

export function createIntake(parts: {
  readonly blobs: Blobs
  readonly scratch: Scratch
  readonly clock: Clock
  readonly inspectors: readonly Inspector[]
}): Intake {
  const { blobs, scratch, clock, inspectors } = parts
  const key = (unit: string, file: Sha256): string => `upload/${unit}/${file}`
  return {
    async take({ unit, purpose, fileName, bytes }) {
      const findings: UploadFinding[] = []
      for (const inspector of inspectors) {
        if (!inspector.purposes.includes(purpose)) continue
        const found = await inspector.inspect({ bytes, fileName })
        findings.push(...found.map((finding) => ({ inspector: inspector.name, ...finding })))
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
      await scratch.put(key(unit, upload.sha256), JSON.stringify({ purpose, at: upload.at }))
      return upload
    },
    uploadedBy: async (unit, file) => (await scratch.get(key(unit, file))) !== undefined,
  }
}
