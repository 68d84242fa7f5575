/**
 * What the box tries its scanner with: a test file of its own, whose words hold a hash of the folder of signatures as it is, and a list
 * beside the sets by which the scanner finds it. A scanner that finds it has read the folder as it is. Pure.
 */
import { sha256Hex } from '../../ca/index.ts'
import { eicar } from './eicar.ts'

export interface SelfTest {
  readonly bytes: Uint8Array
  /** What the scanner calls it; undefined: it has a name of its own for it. */
  readonly name: string | undefined
}

/** Of a scanner whose signatures somebody else keeps: what each of them finds. */
export const eicarTest: SelfTest = { bytes: eicar(), name: undefined }

/** A file of the folder; one that takes its place differs in one of these. */
export interface FileOfFolder {
  readonly name: string
  readonly bytes: number
  /** Inode. */
  readonly id: bigint
  readonly changedNs: bigint
}

/** Beginning of the names of the box's own lists, which count for nothing in the hash. */
export const selfTestPrefix = 'sealbox-self-test'

/**
 * The test for a folder with these files, and the list to be laid beside them: in ClamAV's format of SHA-256 sums (`SHA256:size:name`).
 * It has EICAR too, so that whoever tries the box with it is refused whatever else is installed. Its name is new with each hash: a
 * scanner that began to read before it was there does not read it.
 */
export function selfTestOf(
  files: readonly FileOfFolder[],
): SelfTest & { readonly name: string; readonly file: string; readonly text: string } {
  const rows = files
    .filter(({ name }) => !name.startsWith(selfTestPrefix))
    .map(
      ({ name, bytes, id, changedNs }) =>
        `${name} ${String(bytes)} ${String(id)} ${String(changedNs)}`,
    )
  const hash = sha256Hex(new TextEncoder().encode(rows.toSorted().join('\n'))).slice(0, 32)
  const bytes = new TextEncoder().encode(`Sealbox self-test ${hash}\n`)
  const name = `Sealbox.SelfTest.${hash}`
  return {
    ...{ bytes, name, file: `${selfTestPrefix}-${hash}.hsb` },
    text: lineOf(bytes, name) + lineOf(eicar(), 'Sealbox.SelfTest.EICAR'),
  }
}

function lineOf(bytes: Uint8Array, name: string): string {
  return `${sha256Hex(bytes)}:${String(bytes.length)}:${name}\n`
}
