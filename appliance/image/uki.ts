/**
 * The kernel image: systemd's stub with kernel, initramfs, command line and what it is as sections of one PE file (UAPI.5 Unified Kernel Image), so that
 * one signature covers all. `objcopy` does what Debian 12 has no `ukify` for.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { tool } from './tools.ts'

export interface KernelParts {
  readonly osRelease: string
  readonly commandLine: string
  readonly vmlinuz: string
  readonly initrd: string
}

/** In the order in which the stub measures them; each starts on a page of its own. */
const sectionOf = {
  osRelease: '.osrel',
  commandLine: '.cmdline',
  vmlinuz: '.linux',
  initrd: '.initrd',
} as const satisfies Record<keyof KernelParts, string>

const page = 4096
const onPage = (bytes: number): number => Math.ceil(bytes / page) * page

/** Writes the kernel image of `parts` (paths of files) to `to`; it is not signed yet. */
export async function makeKernelImage(stub: string, parts: KernelParts, to: string): Promise<void> {
  let address = onPage(await endOfSections(stub))
  const options: string[] = []
  for (const [part, section] of Object.entries(sectionOf)) {
    const file = parts[part as keyof KernelParts]
    options.push('--add-section', `${section}=${file}`)
    options.push('--change-section-vma', `${section}=0x${address.toString(16)}`)
    address = onPage(address + statSync(file).size)
  }
  await tool('objcopy', [...options, stub, to])
  clearTime(to)
}

async function endOfSections(stub: string): Promise<number> {
  const table = (await tool('objdump', ['--section-headers', stub])).toString()
  const rows = [...table.matchAll(/^\s*\d+ \S+\s+([0-9a-f]{8})\s+([0-9a-f]{16})/gm)]
  return Math.max(
    ...rows.map(([, size, at]) => parseInt(size ?? '0', 16) + parseInt(at ?? '0', 16)),
  )
}

/** Adds one more section behind the last one. */
export async function addSection(
  from: string,
  section: { readonly name: string; readonly file: string },
  to: string,
): Promise<void> {
  const address = `0x${onPage(await endOfSections(from)).toString(16)}`
  const options = ['--add-section', `${section.name}=${section.file}`]
  await tool('objcopy', [
    ...options,
    '--change-section-vma',
    `${section.name}=${address}`,
    from,
    to,
  ])
  clearTime(to)
}

/** PE format: the offset of the header stands at 0x3c; in the header the time of linking, and a sum over all that no firmware reads. */
const headerAt = 0x3c
const timeAt = 8
const sumAt = 88
const sectionCountAt = 6
const optionalSizeAt = 20
const fileHeaderBytes = 24
const sectionHeaderBytes = 40

function clearTime(path: string): void {
  const bytes = readFileSync(path)
  const header = bytes.readUInt32LE(headerAt)
  for (const at of [timeAt, sumAt]) bytes.writeUInt32LE(0, header + at)
  writeFileSync(path, bytes)
}

/** The sections of a PE file by name, as they lie in memory: so much of each as its virtual size says. */
export function readSections(path: string): ReadonlyMap<string, Uint8Array> {
  const bytes = readFileSync(path)
  const header = bytes.readUInt32LE(headerAt)
  const table = header + fileHeaderBytes + bytes.readUInt16LE(header + optionalSizeAt)
  const rows = Array.from({ length: bytes.readUInt16LE(header + sectionCountAt) }, (_, index) =>
    bytes.subarray(table + index * sectionHeaderBytes, table + (index + 1) * sectionHeaderBytes),
  )
  return new Map(
    rows.map((row) => {
      const name = row.subarray(0, 8).toString('latin1').replace(/\0+$/, '')
      const [size, stored, at] = [8, 16, 20].map((offset) => row.readUInt32LE(offset))
      return [name, bytes.subarray(at, (at ?? 0) + Math.min(size ?? 0, stored ?? 0))]
    }),
  )
}

/** The command line: the root hash, and nothing that the machine's console or a file beside it could add to. */
export function commandLine(rootHash: string): string {
  return [
    'console=tty1 console=ttyS0,115200',
    `box.roothash=${rootHash}`,
    'ro systemd.gpt_auto=no systemd.import_credentials=no',
    'lockdown=integrity module.sig_enforce=1 panic=10',
    'init_on_alloc=1 slab_nomerge vsyscall=none',
    'quiet loglevel=4 systemd.show_status=no',
  ].join(' ')
}

/** What the boot loader shows: os-release (freedesktop.org). */
export function osRelease(version: string): string {
  return [
    'ID=sealbox',
    'NAME="Sealbox"',
    `PRETTY_NAME="Sealbox ${version}"`,
    `VERSION_ID=${version}`,
    `IMAGE_ID=sealbox`,
    `IMAGE_VERSION=${version}`,
    '',
  ].join('\n')
}
