/** A cpio archive in the kernel's "newc" format (Documentation/driver-api/early-userspace/buffer-format.rst). Pure: the same entries, the same bytes. */

export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string
  readonly kind: 'folder' | 'file' | 'program' | 'link' | 'console'
  /** Of a file its bytes, of a link its target. */
  readonly content?: Uint8Array
}

const modes = {
  folder: 0o040755,
  file: 0o100644,
  program: 0o100755,
  link: 0o120777,
  console: 0o020600,
} as const

/** The character device that the kernel writes to before anything is mounted: 5, 1. */
const consoleDevice = { major: 5, minor: 1 }

/** The archive; folders must come before what they hold. All times are 0 and all owners root. */
export function cpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts = entries.flatMap((entry, index) => record(entry, index + 1))
  return Buffer.concat([...parts, ...record({ path: 'TRAILER!!!', kind: 'file' }, 0)])
}

function record(entry: CpioEntry, inode: number): Uint8Array[] {
  const content = entry.content ?? new Uint8Array()
  const name = Buffer.from(`${entry.path}\0`)
  const device = entry.kind === 'console' ? consoleDevice : { major: 0, minor: 0 }
  const fields = [
    ...[inode, modes[entry.kind], 0, 0, entry.kind === 'folder' ? 2 : 1, 0, content.length],
    ...[0, 0, device.major, device.minor, name.length, 0],
  ]
  const header = Buffer.from(
    `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`,
  )
  return [header, name, padding(header.length + name.length), content, padding(content.length)]
}

function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4)
}
