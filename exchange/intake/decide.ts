/** What follows from the scanner's word: a blob and a record, or nothing but the reason. */
import type { Sha256 } from '../../ca/index.ts'
import { ExchangeError } from '../errors.ts'
import type { ScanResult } from './scanner.ts'
import type { FileOfUnit, Shelf } from './shelf.ts'
import type { Decided, IntakeParts, Uploaded, UploadFinding } from './types.ts'
import type { Waiting, WaitingRoom } from './waiting.ts'
import { uploadWordsOf } from './words.ts'

/** What a scanner said that can tell. */
export type Told = Exclude<ScanResult, { state: 'unavailable' }>

export interface Deciding {
  /** Makes it a blob and an upload of its unit; `signatures` is the set that let it pass. */
  readonly keep: (
    file: FileOfUnit & Pick<Uploaded, 'purposes'>,
    bytes: Uint8Array,
    signatures?: string,
  ) => Promise<void>
  readonly decide: (file: Waiting, bytes: Uint8Array, result: Told) => Promise<void>
  /** Scans what was kept while the box had no scanner; undefined where it was refused. Throws `UPLOAD_WAITING`. */
  readonly scanKept: (file: FileOfUnit, kept: Uploaded) => Promise<Uploaded | undefined>
}

export function createDeciding(
  parts: IntakeParts & { readonly room: WaitingRoom; readonly shelf: Shelf },
): Deciding {
  const { blobs, clock, scanner, room, shelf } = parts
  const now = (): string => clock.now().toISOString()
  const keep = async (
    file: FileOfUnit & Pick<Uploaded, 'purposes'>,
    bytes: Uint8Array,
    signatures?: string,
  ): Promise<void> => {
    await blobs.put(bytes)
    const scanned = signatures === undefined ? {} : { scanned: { signatures, at: now() } }
    await shelf.put(file, { purposes: file.purposes, bytes: bytes.length, ...scanned })
  }
  const decide = async (file: Waiting, bytes: Uint8Array, result: Told): Promise<void> => {
    if (result.state === 'clean') await keep(file, bytes, result.signatures)
    else {
      const { fileName } = file
      await shelf.refuse(file, { findings: [scanFinding(result)], fileName, at: now() })
    }
    // Crash here: it is scanned once more.
    await room.remove(file)
  }
  const scanKept = async (file: FileOfUnit, kept: Uploaded): Promise<Uploaded | undefined> => {
    const { sha256 } = file
    if (scanner === undefined || kept.scanned !== undefined) return kept
    const result = await scanner.scan(await blobs.get(sha256), file)
    if (result.state === 'unavailable') throw waits(sha256)
    if (result.state === 'found') {
      const findings = [scanFinding(result)]
      await shelf.refuse(file, { findings, fileName: '', at: now() })
      return undefined
    }
    const { signatures } = result
    const scanned = { ...kept, scanned: { signatures, at: now() } }
    await shelf.put(file, scanned)
    return scanned
  }
  return { keep, decide, scanKept }
}

/** A finding with its words; a code of another inspector may have none. */
export function told(
  inspector: string,
  finding: Omit<UploadFinding, 'inspector' | 'words'>,
): UploadFinding {
  const words = uploadWordsOf(finding.code)
  return { inspector, ...finding, ...(words && { words }) }
}

export const isRefusal = ({ severity }: UploadFinding): boolean => severity === 'refuse'

/** What becomes of a file of which the scanner said this. */
export function decidedOf({ unit, sha256 }: FileOfUnit, result: Told): Decided {
  return result.state === 'clean'
    ? { unit, sha256, state: 'accepted' }
    : { unit, sha256, state: 'refused', finding: scanFinding(result) }
}

/** What the scanner found, as a finding. */
export function scanFinding({
  code,
  name,
}: Extract<ScanResult, { state: 'found' }>): UploadFinding {
  return told('virus', { code, severity: 'refuse', message: `the virus check says: ${name}` })
}

export function waits(file: Sha256): ExchangeError {
  return new ExchangeError('UPLOAD_WAITING', 'a file still waits for the virus check', {
    details: { file },
  })
}
