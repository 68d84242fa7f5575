/** A machine's firmware that has the owner's keys: enrolled once by the image itself, as at an office. Test support. */
import { copyFileSync, existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { BuiltImage } from './built.ts'
import { bootImage, copyDisk } from './machine.ts'
import { rmSync } from 'node:fs'

/** A file of firmware variables with the keys of `image` enrolled, for one machine of one's own. */
export async function enrolledVariables(image: BuiltImage, to: string): Promise<string> {
  const kept = join(image.keys, 'enrolled.fd')
  if (!existsSync(kept)) await enrol(image, kept)
  copyFileSync(kept, to)
  return to
}

/** In setup mode the boot loader enrols what lies on the disk and starts the machine again, which ends QEMU. */
async function enrol(image: BuiltImage, to: string): Promise<void> {
  const [disk, variables] = [`${to}.disk`, `${to}.new`]
  rmSync(variables, { force: true })
  await copyDisk(image.disk, disk)
  {
    await using machine = await bootImage({ disk, firmware: 'secure', variables })
    await machine.serial.expect('Enrolling secure boot keys')
    await machine.ended()
  }
  rmSync(disk)
  renameSync(variables, to)
}
