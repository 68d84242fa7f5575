/** Evidence sheets of `sealbox verify --sheet`: a PDF to be printed for each verified file, in a folder of the caller's. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sha256Hex } from '../../ca/path/index.ts'
import { evidenceSheet, rootFacts, type Fonts } from '../../exchange/index.ts'
import type { Language, Report, VerifyRequest } from '../../exchange/verify/index.ts'
import { ApplianceError } from '../errors.ts'

export interface SheetOptions {
  readonly directory: string
  readonly language: Language
  /** Loaded once for all sheets: they take a moment and some 25 MB. */
  readonly fonts: Fonts
}

/** Sheets are read where the documents are: districts of one country with one time. */
const timeZone = 'Asia/Shanghai'

/** Writes `NAME.sheet.pdf`; `USAGE` where there is such a file, which is never written over. */
export async function writeSheet(
  request: Pick<VerifyRequest, 'bytes' | 'trust'>,
  report: Report,
  { directory, language, fonts }: SheetOptions,
): Promise<void> {
  const { bytes, trust } = request
  const sheet = await evidenceSheet({
    report,
    file: { sha256: sha256Hex(bytes), bytes: bytes.length },
    roots: rootFacts(trust),
    ...{ language, timeZone, fonts },
  })
  const path = join(directory, `${basename(report.file)}.sheet.pdf`)
  try {
    mkdirSync(directory, { recursive: true })
    writeFileSync(path, sheet, { flag: 'wx' })
  } catch (cause) {
    throw new ApplianceError('USAGE', `the sheet ${path} cannot be written, or is there already`, {
      cause,
    })
  }
}
