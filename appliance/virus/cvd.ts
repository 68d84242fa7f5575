/** The header of a ClamAV database (`.cvd`): 512 octets of ASCII in fields parted by colons. Pure; whether it is genuine `sigtool` says. */
import { gunzipSync } from 'node:zlib'

export const cvdHeaderBytes = 512
/** As much of the packed part as shows the names of its first members. */
export const cvdPeekBytes = 64 * 1024

export interface CvdHeader {
  readonly builtAt: Date
  /** Counts up with each release of this database. */
  readonly version: number
  readonly signatures: number
}

/** undefined where it is no such header. */
export function readCvdHeader(bytes: Uint8Array): CvdHeader | undefined {
  const text = Buffer.from(bytes.subarray(0, cvdHeaderBytes)).toString('latin1')
  const fields = text.trimEnd().split(':')
  const [magic, , version = '', signatures = ''] = fields
  // The last field is the time of building in seconds; the second the same in words.
  const seconds = fields[8] ?? ''
  const isHeader =
    magic === 'ClamAV-VDB' && [version, signatures, seconds].every((one) => /^\d{1,12}$/.test(one))
  if (!isHeader) return undefined
  return {
    builtAt: new Date(Number(seconds) * 1000),
    version: Number(version),
    signatures: Number(signatures),
  }
}

/**
 * Whether the members packed inside are those of the database `name` (`daily`): the signature does not cover the file's name, and an
 * old small database under the name of a large one would take its place. `start` is the beginning of the file.
 */
export function isNamedInside(name: string, start: Uint8Array): boolean {
  let tar: Buffer
  try {
    // The end is missing on purpose.
    tar = gunzipSync(start.subarray(cvdHeaderBytes), { finishFlush: 2 })
  } catch {
    return false
  }
  for (let at = 0; at + 512 <= tar.length;) {
    const member = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8)
    if (!Number.isSafeInteger(size) || size < 0) return false
    if (member !== 'COPYING') return member.startsWith(`${name}.`)
    at += 512 + Math.ceil(size / 512) * 512
  }
  return false
}
