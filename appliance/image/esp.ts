/** The partition that the firmware reads: the boot loader, its settings, the owner's keys for a machine in setup mode, and the kernel images. */
import { closeSync, openSync, rmSync, ftruncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { partition } from './layout.ts'
import { tool } from './tools.ts'

/** No menu, no editor, no other loader; keys are enrolled by themselves only where the firmware is in setup mode. */
const loaderSettings = [
  'timeout 0',
  'editor no',
  'auto-entries no',
  'auto-firmware no',
  'secure-boot-enroll force',
  '',
].join('\n')

const folders = ['EFI', 'EFI/BOOT', 'EFI/Linux', 'loader', 'loader/keys', 'loader/keys/auto']

/** Writes the file system `image`; `files` maps a path on it to a file here. mtools take the time from SOURCE_DATE_EPOCH. */
export async function makeEsp(
  image: string,
  files: Readonly<Record<string, string>>,
  work: string,
): Promise<void> {
  const settings = join(work, 'loader.conf')
  writeFileSync(settings, loaderSettings)
  rmSync(image, { force: true })
  const file = openSync(image, 'w')
  ftruncateSync(file, partition('sealbox-esp').sizeBytes)
  closeSync(file)
  await tool('mkfs.vfat', ['--invariant', '-F', '32', '-n', 'SEALBOX', image])
  for (const folder of folders) await tool('mmd', ['-i', image, `::${folder}`])
  for (const [path, from] of Object.entries({ ...files, 'loader/loader.conf': settings })) {
    await tool('mcopy', ['-i', image, from, `::${path}`])
  }
}
